"""The responsibility list (权责清单): for a class and its condition who acts, by when, and when it is done.

A class may have several rules, each with its condition (立案条件); the first of them counts where a report does not
say which. A class of an older scheme and its counterpart of the newest share their rules, and a component's 异常
matter has those of the component. What a list says of times and units is a city's own affair.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from cim.duty.answers import CalendarDay, Condition, RuleRecord
from cim.duty.classes import Class, classes
from cim.duty.crews import Crew, crews_text, parse_crews
from cim.duty.deadlines import Calendar, Limit, WorkClock
from cim.duty.roles import Chain, chain, chain_text, chains, require_known
from cim.duty.units import Units
from cim.errors import BadInput, CityError, Fault, FaultyData, StoreBusy, StoreUnusable
from cim.settings import Settings
from cim.store import Store
from cim.store.catalogue import put_meta
from cim.store.tables import CALENDAR, META, RESPONSIBILITY

#: The columns of a list: the field, whether it is needed, and its Chinese name.
FIELDS: dict[str, tuple[bool, str]] = {
    "class": (True, "类别"),
    "key": (False, "条件键"),
    "condition": (False, "立案条件"),
    "lead": (True, "牵头单位"),
    "assist": (False, "协同单位"),
    "limit": (True, "处置时限"),
    "clock": (False, "计时方式"),
    "closing": (False, "结案条件"),
    "basis": (False, "依据"),
    "similar_m": (False, "去重距离"),
    "similar_h": (False, "去重时间"),
    "crews": (False, "处置力量"),
    "affect_m": (False, "影响半径"),
    "close_m": (False, "封控半径"),
    "kind": (False, "类型"),
    "scheme": (False, "标准"),
}

_KINDS = {
    "部件": "component",
    "事项": "matter",
    "事件": "matter",
    "component": "component",
    "matter": "matter",
    "突发事件": "emergency",
    "emergency": "emergency",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the list. `lead` says who leads, the first that there is; `assist` the same of each who assists;
    `crews` the teams that are sent; within `affect_m` people are concerned, within `close_m` roads are closed."""

    class_key: str
    key: str
    condition: str
    lead: Chain
    assist: tuple[Chain, ...]
    limit: Limit
    closing: str
    basis: str
    similar_m: float | None
    similar_h: float | None
    crews: tuple[Crew, ...] = ()
    affect_m: float | None = None
    close_m: float | None = None

    def record(self) -> RuleRecord:
        """The rule as answers show it."""
        return RuleRecord(
            class_=self.class_key,
            name=classes().by_key[self.class_key].name,
            key=self.key,
            condition=self.condition,
            lead=chain_text(self.lead),
            assist=[chain_text(one) for one in self.assist],
            limit=self.limit.record(),
            closing=self.closing,
            basis=self.basis,
            similar_m=self.similar_m,
            similar_h=self.similar_h,
            crews=crews_text(self.crews),
            affect_m=self.affect_m,
            close_m=self.close_m,
        )

    def likeness(self, text: str) -> int:
        """How many pairs of neighbouring characters the condition and the text have in common."""
        return len(_pairs(self.condition) & _pairs(text))


def _pairs(text: str) -> set[str]:
    """The pairs of neighbouring letters, digits and characters of a text, none across a stop or space."""
    return {a + b for a, b in pairwise(text.lower()) if a.isalnum() and b.isalnum()}


class Rules:
    """A city's responsibility list with its clock, as of one `seq` of the store."""

    def __init__(
        self, rules: Sequence[Rule], clock: WorkClock, settings: Settings, stamp: str, seq: int
    ) -> None:
        self.all = tuple(rules)
        self.clock = clock
        self.default = Limit.of(settings.default_limit)
        self._similar = (settings.duplicate_reach_m, settings.duplicate_within_h)
        self.stamp = stamp
        self.seq = seq
        self._by_group: dict[str, list[Rule]] = {}
        for rule in rules:
            self._by_group.setdefault(classes().by_key[rule.class_key].group, []).append(rule)

    def for_class(self, wanted: Class) -> list[Rule]:
        """The rules of a class: its own, else those of the component that it is about."""
        return self._by_group.get(wanted.group) or self._by_group.get(wanted.about or "", [])

    def conditions(self, wanted: Class) -> list[Condition]:
        """The conditions of a class to choose from, each with its limit."""
        return [Condition(r.key, r.condition, r.limit.zh) for r in self.for_class(wanted)]

    def choose(self, wanted: Class, condition: str | None) -> tuple[Rule | None, bool]:
        """The rule that applies, None where the class has none, and whether the condition decided.

        A condition is the key of a rule or a text; of a text the rule with which it shares most counts.
        """
        rules = self.for_class(wanted)
        if not rules:
            return None, False
        text = condition.strip() if condition else ""
        if text:
            for rule in rules:
                if text in (rule.key, rule.condition):
                    return rule, True
            best = max(rules, key=lambda rule: rule.likeness(text))
            if best.likeness(text):
                return best, True
        return next((rule for rule in rules if not rule.condition), rules[0]), False

    def similar(self, group: str | None) -> tuple[float, float]:
        """Within how many metres and hours two reports of a class may be one: the list's, else the settings'."""
        rules = self._by_group.get(group or "", [])
        metres = next((r.similar_m for r in rules if r.similar_m is not None), self._similar[0])
        hours = next((r.similar_h for r in rules if r.similar_h is not None), self._similar[1])
        return metres, hours


# -- checking ------------------------------------------------------------------------------------------


def check_rows(rows: Iterable[tuple[int, Mapping[str, str]]], units: Units) -> tuple[list[Rule], list[Fault]]:
    """The rules that the rows say (place in the file, text by `FIELDS`), and every fault of them."""
    rules: list[Rule] = []
    faults: list[Fault] = []
    first: dict[tuple[str, str], int] = {}
    counts: dict[str, int] = {}
    for at, row in rows:
        found: list[str] = []
        rule = _rule(row, units, counts, found)
        if rule is not None and not found:
            group = classes().by_key[rule.class_key].group
            for what, same in (("condition", rule.condition), ("key", rule.key)):
                before = first.setdefault((group, f"{what} {same}"), at)
                if before != at:
                    found.append(f"{rule.class_key} with the {what} {same!r} stands in row {before} already")
        faults += [Fault(at, what) for what in found]
        if rule is not None and not found:
            rules.append(rule)
    if not rules and not faults:
        faults.append(Fault(None, "there is no row in it"))
    return rules, faults


def _rule(row: Mapping[str, str], units: Units, counts: dict[str, int], found: list[str]) -> Rule | None:
    """The rule of one row; what is wrong with it is added to `found`."""

    def attempt(make: Any, *given: Any) -> Any:
        try:
            return make(*given)
        except CityError as error:
            found.append(str(error))
            return None

    missing = [f"{name} ({zh})" for name, (needed, zh) in FIELDS.items() if needed and not row.get(name)]
    if missing:
        found.append(f"has no {', '.join(missing)}")
    of = attempt(_class, row) if row.get("class") else None
    lead: Chain = (attempt(chain, row["lead"]) if row.get("lead") else None) or ()
    assist: tuple[Chain, ...] = attempt(chains, row.get("assist", "")) or ()
    for meant in (meant for one in (lead, *assist) for meant in one):
        attempt(require_known, meant, units)
    limit = attempt(Limit.of, row["limit"], row.get("clock")) if row.get("limit") else None
    similar_m, similar_h, affect_m, close_m = (
        attempt(_positive, name, row.get(name, ""))
        for name in ("similar_m", "similar_h", "affect_m", "close_m")
    )
    crews: tuple[Crew, ...] = attempt(parse_crews, row.get("crews", "")) or ()
    if of is None or limit is None or not lead:
        return None
    counts[of.group] = counts.get(of.group, 0) + 1
    return Rule(
        class_key=of.key,
        key=row.get("key") or str(counts[of.group]),
        condition=row.get("condition", ""),
        lead=lead,
        assist=assist,
        limit=limit,
        closing=row.get("closing", ""),
        basis=row.get("basis", ""),
        similar_m=similar_m,
        similar_h=similar_h,
        crews=crews,
        affect_m=affect_m,
        close_m=close_m,
    )


def _class(row: Mapping[str, str]) -> Class:
    kind, scheme = row.get("kind") or None, row.get("scheme") or None
    if kind is not None and kind not in _KINDS:
        raise BadInput(f"kind {kind!r} is not known; known: 部件, 事项, 突发事件")
    return classes().find(row["class"], _KINDS[kind] if kind else None, scheme)


def _positive(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError as error:
        raise BadInput(f"{name} {text!r} is not a number") from error
    if not 0 < number <= 100_000:
        raise BadInput(f"{name} {text!r} must be more than 0 and at most 100,000")
    return number


def broken_rules(rules: Sequence[Rule], units: Units) -> list[Fault]:
    """What is wrong with stored rules by now: units that they name and that are gone."""
    faults: list[Fault] = []
    for i, rule in enumerate(rules, 1):
        for meant in (meant for one in (rule.lead, *rule.assist) for meant in one):
            try:
                require_known(meant, units)
            except BadInput as error:
                faults.append(Fault(i, f"{rule.class_key} {rule.key}: {error}"))
    return faults


def require_faultless(what: str, faults: Sequence[Fault]) -> None:
    """Raise `FaultyData` with every fault, if there is one."""
    if faults:
        first = "; ".join(map(str, faults[:5]))
        raise FaultyData(f"{len(faults)} faults in {what}; nothing was written: {first}", faults)


# -- the store -----------------------------------------------------------------------------------------


def current(store: Store, settings: Settings, known: Rules | None, seq: int) -> Rules:
    """The rules as the store has them; `known` again where it has no others."""
    with store.reading() as connection:
        stamp = connection.execute(sa.select(META.c.value).where(META.c.key == "rules")).scalar() or ""
        if known is not None and known.stamp == stamp:
            known.seq = seq
            return known
        days = {row.day: bool(row.works) for row in connection.execute(sa.select(CALENDAR))}
        listed = connection.execute(sa.select(RESPONSIBILITY).order_by(RESPONSIBILITY.c.id)).mappings().all()
    clock = WorkClock(Calendar(days), settings.office_hours, settings.day_counting, settings.zone)
    rules = [
        Rule(
            class_key=r["class"],
            key=r["key"],
            condition=r["condition"],
            lead=chain(r["lead"]),
            assist=chains(r["assist"]),
            limit=Limit(r["amount"], r["clock"]),
            closing=r["closing"],
            basis=r["basis"],
            similar_m=r["similar_m"],
            similar_h=r["similar_h"],
            crews=parse_crews(r["crews"] or ""),
            affect_m=r["affect_m"],
            close_m=r["close_m"],
        )
        for r in listed
        if r["class"] in classes().by_key
    ]
    return Rules(rules, clock, settings, stamp, seq)


class RuleRegistry:
    """The rules of a store, looked at once for each place in its change log and read again where they were changed."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._newest: Rules | None = None

    def rules(self, seq: int) -> Rules:
        """The rules as of a place in the change log.

        Answers go on from the rules of before while the store is away; `/health` says that it is.
        """
        cached = self._newest
        if cached is None or cached.seq != seq:
            try:
                cached = self._newest = current(self._store, self._settings, cached, seq)
            except (StoreBusy, StoreUnusable):
                if cached is None:
                    raise
        return cached


def replace_rules(store: Store, rules: Sequence[Rule], actor: str) -> None:
    """Make these the responsibility list, in one durable transaction."""
    rows = [
        {
            "id": i,
            "class": r.class_key,
            "key": r.key,
            "condition": r.condition,
            "lead": chain_text(r.lead),
            "assist": ",".join(map(chain_text, r.assist)),
            "amount": r.limit.amount,
            "clock": r.limit.clock,
            "closing": r.closing,
            "basis": r.basis,
            "similar_m": r.similar_m,
            "similar_h": r.similar_h,
            "crews": crews_text(r.crews),
            "affect_m": r.affect_m,
            "close_m": r.close_m,
        }
        for i, r in enumerate(rules, 1)
    ]
    with store.writing(actor) as tx:
        tx.connection.execute(RESPONSIBILITY.delete())
        if rows:
            tx.connection.execute(RESPONSIBILITY.insert(), rows)
        put_meta(tx.connection, "rules", _stamp())
        tx.announce(RESPONSIBILITY.name)


def replace_days(store: Store, days: Mapping[dt.date, tuple[bool, str]], actor: str) -> None:
    """Put days into the calendar (whether each is worked, and its name), in place of all others of their years."""
    years = {day.year for day in days}
    with store.writing(actor) as tx:
        for year in years:
            of_year = CALENDAR.c.day.between(dt.date(year, 1, 1), dt.date(year, 12, 31))
            tx.connection.execute(CALENDAR.delete().where(of_year))
        rows = [{"day": day, "works": works, "name": name} for day, (works, name) in sorted(days.items())]
        if rows:
            tx.connection.execute(CALENDAR.insert(), rows)
        put_meta(tx.connection, "rules", _stamp())
        tx.announce(CALENDAR.name)


def _stamp() -> str:
    """What tells one state of list and calendar from any other."""
    return dt.datetime.now(dt.UTC).isoformat()


def calendar_days(store: Store) -> list[CalendarDay]:
    """The calendar as the store has it: day, whether it is worked, its name."""
    with store.reading() as connection:
        found = connection.execute(sa.select(CALENDAR).order_by(CALENDAR.c.day)).all()
    return [CalendarDay(r.day.isoformat(), bool(r.works), r.name or "") for r in found]
