"""What both stores do alike: the catalogue, the change log, reading rows, and small durable writes."""

from __future__ import annotations

import abc
import datetime as dt
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from cim.arrays.types import Fids
from cim.columnar.columns import StoredRows, rows_of
from cim.errors import Conflict, LayerChanged, NotFound
from cim.model.layer import Features, Layer
from cim.model.standard_layers import PERIODIC, PLACED, in_force
from cim.progress import Progress
from cim.store import answers
from cim.store.answers import ChangeKey, KeptAnswer
from cim.store.catalogue import catalogue, last_seq, log_described, log_loaded, put_meta, replaceable
from cim.store.registry import Registry
from cim.store.tables import ANSWERS, CHANGES, HISTORY, LAYERS, META, Instant, layer_table

#: Rows that are written in one statement.
_AT_ONCE = 2000

#: Layers whose changes carry the old and the new row.
OPERATIONAL = frozenset({"incident", "resource", "sensor"})


@dataclass(frozen=True, slots=True)
class LayerChange:
    """What happened to one layer: it was loaded anew, or these fids changed and `now` is what is there of them
    (None: its table has changed so that they can't be read before it is adopted). `layer` is what is known of it
    now; `described` whether that changed, as its title did.

    `seqs` is the place of each fid's last entry in the log; `once` whether none has several.
    """

    layer: Layer
    loaded: bool
    fids: Fids
    now: Features | None
    seqs: NDArray[np.int64]
    once: bool
    described: bool = False


@dataclass(frozen=True, slots=True)
class CatchUp:
    """All changes up to `seq`, read in one transaction; `dropped` names layers that are gone."""

    seq: int
    layers: dict[str, LayerChange]
    dropped: frozenset[str] = frozenset()


class Transaction:
    """Changes that become durable and visible together, in the name of one actor."""

    def __init__(self, connection: sa.Connection, srid: int, actor: str) -> None:
        self.connection = connection
        self.actor = actor
        self._srid = srid

    def insert(self, layer: Layer, geometry: Any, values: Mapping[str, Any]) -> int:
        """Add one feature; gives its fid."""
        table = layer_table(layer, self._srid)
        made = self.connection.execute(table.insert().values(geom=geometry, **values))
        return int(made.inserted_primary_key[0])  # type: ignore[index]  # an insert of one row has a key

    def insert_many(self, layer: Layer, features: Features) -> None:
        """Add features whose attributes are the layer's fields; the store numbers them."""
        table = layer_table(layer, self._srid)
        rows = features.attributes.to_pylist()
        for start in range(0, len(rows), _AT_ONCE):
            some = rows[start : start + _AT_ONCE]
            for row, geometry in zip(some, features.geometry[start : start + _AT_ONCE], strict=True):
                row["geom"] = geometry
            self.connection.execute(table.insert(), some)

    def delete_where(self, layer: Layer, field: str, value: Any) -> int:
        """Remove the features whose field has this value; gives their number."""
        table = layer_table(layer, self._srid)
        return self.connection.execute(table.delete().where(table.c[field] == value)).rowcount

    def update(self, layer: Layer, fid: int, values: Mapping[str, Any]) -> None:
        """Change fields (and `geom`) of one feature. `NotFound` where it is not there."""
        table = layer_table(layer, self._srid)
        done = self.connection.execute(table.update().where(table.c.fid == fid).values(**values))
        if done.rowcount == 0:
            raise NotFound(f"layer {layer.name!r} has no feature {fid}")

    def delete(self, layer: Layer, fid: int) -> None:
        """Remove one feature. `NotFound` where it is not there."""
        table = layer_table(layer, self._srid)
        if self.connection.execute(table.delete().where(table.c.fid == fid)).rowcount == 0:
            raise NotFound(f"layer {layer.name!r} has no feature {fid}")

    def take_turns(self) -> None:
        """Wait until no other transaction gives out codes. Nothing to do in a store of one writer at any time."""

    def require_unused(self, layer: Layer, values: Mapping[str, Any], besides: int | None = None) -> None:
        """Raise `Conflict` where a feature of the layer (but the one of fid `besides`) already has its code.

        The code of an area may come again for a time in which no other row has it (`PERIODIC`).
        """
        self.take_turns()
        table, code = layer_table(layer, self._srid), values["code"]
        taken = sa.select(table.c.fid).where(table.c.code == code, table.c.fid != (besides or 0))
        if layer.name in PERIODIC:
            since, until = values.get("valid_from"), values.get("valid_to")
            if until is not None:
                taken = taken.where(sa.or_(table.c.valid_from.is_(None), table.c.valid_from < until))
            if since is not None:
                taken = taken.where(sa.or_(table.c.valid_to.is_(None), table.c.valid_to > since))
        if self.connection.execute(taken).first():
            then = " at that time" if layer.name in PERIODIC else ""
            raise Conflict(
                f"{layer.name}: code {code!r} is taken{then}; change that one or choose another code"
            )

    def row(self, layer: Layer, code: str, day: dt.date) -> dict[str, Any]:
        """The stored row with this code, as `fid`, `geom` and fields. `NotFound` where it is not there.

        Of several rows of an area, the one in force on the day.
        """
        table = layer_table(layer, self._srid)
        query = sa.select(table).where(table.c.code == code).order_by(table.c.fid).with_for_update()
        found = [dict(row) for row in self.connection.execute(query).mappings()]
        if not found:
            raise NotFound(f"{layer.name}: there is none with code {code!r}")
        return found[in_force(found, day)]

    def note(self, incident: str, status: str, at: dt.datetime, note: str | None) -> None:
        """Add one line to the status history of an incident."""
        self.connection.execute(
            HISTORY.insert().values(incident=incident, status=status, at=at, actor=self.actor, note=note)
        )

    def announce(self, table: str, *, only_described: bool = False) -> int:
        """Log that a table may be another as a whole, so that every process looks at it again; gives the seq.

        `only_described`: only what is known of the layer changed.
        """
        log = log_described if only_described else log_loaded
        return log(self.connection, table, self.actor)


class Store(Registry):
    """The durable truth of one city. Everything that differs by engine is an abstract method."""

    #: The schema that this code writes; older stores are migrated when they are opened.
    SCHEMA = 6

    def __init__(self, url: str, engine: sa.Engine) -> None:
        super().__init__()
        self.url = url
        self.engine = engine

    # -- what the engines do differently ---------------------------------------------------------

    @abc.abstractmethod
    def load(
        self,
        layer: Layer,
        columns: StoredRows,
        *,
        actor: str,
        report: str | None = None,
        progress: Progress = ...,
        ready: Callable[[], None] | None = None,
        new: bool = False,
    ) -> tuple[Layer, int]:
        """Replace a layer by the columns, all at once: gives it at its new version, and the seq of its entry.

        `ready` is called when all is written but nothing is in place yet; where it raises, nothing will be. Until
        it is done nothing of the layer is visible; after a crash nothing of it is left. `Conflict` where a table
        that is no layer has its name; for a `new` layer also where a layer has.
        """

    @abc.abstractmethod
    def fetch(self, connection: sa.Connection, layer: Layer, fids: Fids | None) -> Features:
        """The rows of a layer (None: all), in one pass, whatever their order."""

    @abc.abstractmethod
    def wait(self, timeout_s: float) -> bool:
        """Wait until something may have changed, at most so long; whether it may have."""

    # -- what they do alike ----------------------------------------------------------------------

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    def meta(self, key: str, default: str | None = None) -> str:
        """One fact about the store."""
        with self.reading() as connection:
            value = connection.execute(sa.select(META.c.value).where(META.c.key == key)).scalar()
        if value is None and default is None:
            raise NotFound(f"the store has no {key!r}")
        return str(value if value is not None else default)

    def set_meta(self, key: str, value: str) -> None:
        """Keep one fact about the store."""
        with self.writing("citybase") as tx:
            put_meta(tx.connection, key, value)

    def layers(self) -> dict[str, Layer]:
        """The loaded layers by name."""
        with self.reading() as connection:
            return catalogue(connection)

    def report(self, name: str) -> dict[str, Any] | None:
        """What the layer's last load reported."""
        with self.reading() as connection:
            text = connection.execute(sa.select(LAYERS.c.report).where(LAYERS.c.name == name)).scalar()
        return json.loads(text) if text else None

    def read(self, name: str) -> tuple[Layer, int, Features]:
        """A layer, all its rows, and the place in the change log at which they were read."""
        with self.reading() as connection:
            layer = catalogue(connection).get(name)
            if layer is None:
                raise NotFound(f"layer {name!r} is not loaded")
            return layer, last_seq(connection), self.fetch(connection, layer, None)

    def seq(self) -> int:
        """The place of the last entry in the change log."""
        with self.reading() as connection:
            return last_seq(connection)

    def changes(self, after: Mapping[str, int], since: int) -> CatchUp:
        """What changed since: per layer the fids that changed after `after[layer]` and what is there of them.

        `since` is the seq that the caller has caught up to as a whole, `after` may name layers that are behind it.
        """
        oldest = min([since, *after.values()])
        with self.reading() as connection:
            seq = last_seq(connection)
            if seq <= oldest:
                return CatchUp(seq, {})
            known = catalogue(connection)
            entries = connection.execute(
                sa.select(CHANGES.c.seq, CHANGES.c.layer, CHANGES.c.fid, CHANGES.c.op).where(
                    CHANGES.c.seq > oldest
                )
            ).all()
            touched: dict[str, dict[int, int]] = {}
            several: set[str] = set()
            loaded: set[str] = set()
            described: set[str] = set()
            dropped: set[str] = set()
            for entry in entries:
                if entry.seq <= after.get(entry.layer, since):
                    continue
                if entry.layer not in known:
                    dropped.add(entry.layer)
                elif entry.op == "l":
                    loaded.add(entry.layer)
                elif entry.op == "m":
                    described.add(entry.layer)
                else:
                    fids = touched.setdefault(entry.layer, {})
                    if entry.fid in fids:
                        several.add(entry.layer)
                    fids[entry.fid] = max(entry.seq, fids.get(entry.fid, 0))
            none = np.empty(0, np.int64)
            layers = {
                name: LayerChange(known[name], name in loaded, none, None, none, True, name in described)
                for name in loaded | described
            }
            for name, fids in touched.items():
                if name not in loaded:
                    changed, seqs = np.array(sorted(fids.items()), np.int64).T.copy()
                    now = None
                    with (
                        suppress(LayerChanged),
                        connection.begin_nested(),
                    ):  # adopting it will log it as loaded
                        now = self.fetch(connection, known[name], changed)
                    layers[name] = LayerChange(
                        known[name], False, changed, now, seqs, name not in several, name in described
                    )
            return CatchUp(seq, layers, frozenset(dropped))

    def leads_on(self, name: str, seq: int) -> bool:
        """Whether the change log leads on from a layer as it was at `seq`: it has every entry after that, and none
        says that all of it may be another (a load, a TRUNCATE; or a backup was put back and `seq` is yet to come).
        """
        with self.reading() as connection:
            kept_from = connection.execute(sa.select(META.c.value).where(META.c.key == "log_from")).scalar()
            anew = sa.select(CHANGES.c.seq).where(
                CHANGES.c.seq > seq, CHANGES.c.layer == name, CHANGES.c.op == "l"
            )
            return (
                int(kept_from or 0) <= seq <= last_seq(connection)
                and connection.execute(anew.limit(1)).first() is None
            )

    def answer_kept(self, asked: ChangeKey) -> KeptAnswer | None:
        """The answer to a change that was made under this key; None where there is none. `KeyReused` where the key
        was used for another change."""
        with self.reading() as connection:
            return answers.find(connection, asked)

    def complete_answer(self, asked: ChangeKey, body: bytes) -> None:
        """Keep the whole answer in place of the one that was kept with the change."""
        with self.writing(asked.actor) as tx:
            answers.complete(tx.connection, asked, body)

    def forget_answers(self) -> None:
        """Remove the answers that were kept long enough."""
        oldest = sa.select(sa.func.min(ANSWERS.c.at, type_=Instant()))
        with self.reading() as connection:
            at = connection.execute(oldest).scalar()
        if at is not None and at < dt.datetime.now(dt.UTC) - answers.KEPT:
            with self.writing("citybase") as tx:
                answers.forget(tx.connection)

    def is_untouched(self, name: str, since: int, until: int) -> bool:
        """Whether no feature of the layer changed after `since` and before `until`, and the log goes back so far."""
        between = sa.select(CHANGES.c.seq).where(
            CHANGES.c.seq > since, CHANGES.c.seq < until, CHANGES.c.layer == name, CHANGES.c.fid.is_not(None)
        )
        with self.reading() as connection:
            kept_from = connection.execute(sa.select(META.c.value).where(META.c.key == "log_from")).scalar()
            return int(kept_from or 0) <= since and connection.execute(between.limit(1)).first() is None

    def entries(self, after: int, limit: int = 1000) -> list[dict[str, Any]]:
        """Entries of the change log after a place, in commit order."""
        with self.reading() as connection:
            query = sa.select(CHANGES).where(CHANGES.c.seq > after).order_by(CHANGES.c.seq).limit(limit)
            return [dict(row) for row in connection.execute(query).mappings()]

    def history(self, incident: str) -> list[dict[str, Any]]:
        """The status history of an incident, oldest first."""
        with self.reading() as connection:
            query = sa.select(HISTORY).where(HISTORY.c.incident == incident).order_by(HISTORY.c.id)
            return [dict(row) for row in connection.execute(query).mappings()]

    def require_free_name(self, layer: Layer) -> None:
        """Raise `Conflict` where the name of a layer is that of something that a load may not replace."""
        with self.reading() as connection:
            replaceable(connection, layer, new=False)

    def ensure_placed(self) -> None:
        """Make the tables of placed things where they are missing, and the columns that came with a newer citybase.

        `adopt` makes known that a table has more columns.
        """
        with self.reading() as connection:
            known = catalogue(connection, with_lost=True)
        for layer in PLACED.values():
            if layer.name in known:
                self._add_columns(layer, set(layer.field_names) - set(known[layer.name].field_names))
                continue
            try:
                self.load(layer, rows_of(layer, Features.empty(layer)), actor="citybase", new=True)
            except Conflict:
                with self.reading() as connection:
                    there = layer.name in catalogue(connection, with_lost=True)
                if not there:
                    raise  # else another process was faster

    def _add_columns(self, layer: Layer, names: set[str]) -> None:
        if not names:
            return
        table = layer_table(layer, self.srid)
        with self.writing("citybase") as tx:
            if not sa.inspect(tx.connection).has_table(layer.name):
                return  # dropped from outside, which the snapshots tell
            there = {column["name"] for column in sa.inspect(tx.connection).get_columns(layer.name)}
            for name in sorted(names - there):
                column = sa.schema.CreateColumn(table.c[name]).compile(dialect=self.engine.dialect)
                tx.connection.exec_driver_sql(f'ALTER TABLE "{layer.name}" ADD COLUMN {column}')
