"""Classes of components (部件), matters (事项) and emergencies (突发事件), in the schemes of several years, old ⇄ new.

The key of a class says kind and scheme: `C` a component, `M` a matter, `E` a matter of the older schemes
(事件), then the digits: 2 + 3 of GB/T 47678.5-2026 (`C01003`), 2 + 2 of GB/T 30428.2-2013 (`E0406`); the list
of 2007 (CJ/T 214) counts differently and says so (`E0102@2007`). The kind must be in the key: component
01.001 and matter 01.001 share their number. `data/classes.csv` is the list; what of 2013 is only rebuilt
from the list of 2026 says so in its column `certainty`.

Emergencies (`T2001` 火灾) are a starter scheme of our own: its kinds 1 to 4 are the four of GB/T 35561-2017 (自然灾害,
事故灾难, 公共卫生, 社会安全), 5 is what must be done in any of them. The codes of that standard are not known to us, so
none is used; `certainty` is U. A city that has the standard replaces them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import Any

from cim.duty.answers import ClassRecord, SuggestedClass
from cim.duty.word_matches import fold, matches
from cim.errors import BadInput, NotFound
from cim.model import reference_data

#: The kinds of classes with their Chinese and English names.
KINDS: dict[str, tuple[str, str]] = {
    "component": ("部件", "component"),
    "matter": ("事项", "matter"),
    "emergency": ("突发事件", "emergency"),
}
#: The schemes from the newest to the oldest, and the standard of each.
SCHEMES: dict[str, str] = {
    "2026": "GB/T 47678.5-2026",
    "2013": "GB/T 30428.2-2013",
    "2007": "CJ/T 214-2007",
    "starter": "own codes, not of a standard; kinds 1 to 4 after GB/T 35561-2017 自编代码",
}

_KEY = re.compile(r"([CMET]?)(\d{4,5})(?:@(\d{4}))?", re.IGNORECASE)
_LETTERS = {"C": "component", "M": "matter", "E": "matter", "T": "emergency"}
#: Levels from which on an emergency is likelier than a matter of urban management that has the same words.
_GRAVE = ("serious", "major", "critical")
#: Big classes of the matters of 2026 that are a component out of order: `M01003` is about `C01003`.
_ABOUT_COMPONENTS = ("01", "02", "03", "04", "05")


@dataclass(frozen=True, slots=True)
class Class:
    """One sub-class (小类) of one scheme. `code` are its bare digits, `same_as` the key it goes by in newer schemes."""

    kind: str
    scheme: str
    code: str
    name: str
    big: str
    same_as: str | None
    certainty: str
    #: Words that people write for it, our own list, for suggestions only.
    words: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The text that names the class in incidents, components and lists."""
        if self.kind == "emergency":
            return f"T{self.code}"
        letter = "C" if self.kind == "component" else "M" if self.scheme == "2026" else "E"
        return f"{letter}{self.code}{'@2007' if self.scheme == '2007' else ''}"

    @property
    def group(self) -> str:
        """What a class shares with its counterparts in other schemes: the key of the newest of them."""
        return self.same_as or self.key

    @property
    def about(self) -> str | None:
        """The group of components that the class is about: its own, or that of a component's 异常 matter."""
        if self.kind == "component":
            return self.group
        about_one = self.kind == "matter" and self.scheme == "2026" and self.code[:2] in _ABOUT_COMPONENTS
        return f"C{self.code}" if about_one else None

    def record(self) -> ClassRecord:
        """The class as answers show it."""
        zh, en = KINDS[self.kind]
        same = [c.key for c in classes().same(self)]
        return ClassRecord(
            key=self.key,
            kind=self.kind,
            kind_zh=zh,
            kind_en=en,
            scheme=self.scheme,
            standard=SCHEMES[self.scheme],
            code=self.code,
            name=self.name,
            big=self.big,
            certainty=self.certainty,
            same=same,
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A class that a text may mean, with the words of the text that say so."""

    of: Class
    words: tuple[str, ...]

    @property
    def score(self) -> int:
        """How many characters of the text say so."""
        return sum(map(len, self.words))

    def record(self) -> SuggestedClass:
        """The suggestion as answers show it."""
        return SuggestedClass(self.of.key, self.of.name, self.of.kind, self.of.big, list(self.words))


class Classes:
    """All classes, found by key, code or name."""

    def __init__(self, known: tuple[Class, ...]) -> None:
        self.all = known
        self.by_key = {c.key: c for c in known}

    def __iter__(self) -> Iterator[Class]:
        return iter(self.all)

    @cached_property
    def _by_name(self) -> dict[str, list[Class]]:
        found: dict[str, list[Class]] = {}
        for c in self.all:
            found.setdefault(c.name, []).append(c)
        return found

    @cached_property
    def _by_code(self) -> dict[str, list[Class]]:
        found: dict[str, list[Class]] = {}
        for c in self.all:
            found.setdefault(c.code, []).append(c)
        return found

    @cached_property
    def _groups(self) -> dict[str, tuple[Class, ...]]:
        found: dict[str, list[Class]] = {}
        for c in self.all:
            found.setdefault(c.group, []).append(c)
        return {group: tuple(members) for group, members in found.items()}

    def group(self, key: str) -> tuple[Class, ...]:
        """The classes of a group, newest scheme first."""
        return self._groups.get(key, ())

    def same(self, of: Class) -> tuple[Class, ...]:
        """The counterparts of a class in the other schemes.

        >>> [c.key for c in classes().same(classes().find("E0102@2007"))]
        ['M06010', 'E0110']
        """
        return tuple(c for c in self.group(of.group) if c is not of)

    def find(self, said: str, kind: str | None = None, scheme: str | None = None) -> Class:
        """The class of a key (`C01003`), of bare digits with their kind, or of a name; the newest where several.

        `NotFound` names what is close, `BadInput` what is not enough to tell or contradicts itself.

        >>> classes().find("雨水箅子").key, classes().find("0103", kind="component").name
        ('C01004', '雨水井盖')
        >>> classes().find("雨水蓖子")
        Traceback (most recent call last):
        cim.errors.NotFound: class '雨水蓖子' is not known; close: C01004 雨水箅子, C0104 雨水箅子, M01004 雨水箅子异常
        """
        require_known("kind", kind, KINDS)
        require_known("scheme", scheme, SCHEMES)
        text = said.strip()
        match = _KEY.fullmatch(text)
        found = self._with_digits(text, match, kind, scheme) if match else self._by_name.get(text, [])
        fitting = [c for c in found if kind in (None, c.kind) and scheme in (None, c.scheme)]
        if fitting:
            return fitting[0]
        if found:
            c = found[0]
            raise BadInput(
                f"class {said!r} is {c.key} {c.name}, a {c.kind} of {c.scheme}, not what was said beside it"
            )
        raise NotFound(f"class {said!r} is not known{self._hint(text, kind, scheme)}")

    def _hint(self, text: str, kind: str | None, scheme: str | None) -> str:
        close = ", ".join(f"{c.key} {c.name}" for c in self.close(text, kind, scheme, 3))
        if close:
            return f"; close: {close}"
        return "; a key looks like C01003, M06010 or E0406 (an emergency T2001), or say its name"

    def _with_digits(
        self, text: str, match: re.Match[str], kind: str | None, scheme: str | None
    ) -> list[Class]:
        """The classes with these digits, newest first; `BadInput` where they don't say which kind is meant."""
        letter, digits, at = match[1].upper(), match[2], match[3]
        said = _LETTERS.get(letter, kind)
        found = [
            c
            for c in self._by_code.get(digits, [])
            # Bare digits are those of urban management; our own codes of emergencies go by their letter.
            if at in (None, c.scheme) and (c.kind != "emergency" or said == "emergency")
        ]
        kinds = {c.kind for c in found if said in (None, c.kind)}
        if len(kinds) > 1:
            raise BadInput(
                f"class {text!r} may be a component or a matter: write C{digits} or M{digits}, or say the kind"
            )
        # Without a year, four digits are of 2013: the list of 2007 counts otherwise and is asked for by name.
        old = at is not None or scheme is not None
        return [c for c in found if c.kind in kinds and (old or c.scheme != "2007")]

    def suggestions(self, text: str, level: str | None = None, limit: int = 5) -> list[Suggestion]:
        """The classes whose words or name stand in the text, those with the longest first; none where no word does.

        `level`: at a serious level and above an emergency comes before a matter with as many characters, below it
        after.

        >>> [(s.of.key, s.words) for s in classes().suggestions("三楼着火，浓烟很大")]
        [('T2001', ('着火', '浓烟'))]
        >>> [[s.of.name for s in classes().suggestions("小区内涝", level)] for level in ("general", "major")]
        [['道路积水', '暴雨洪涝'], ['暴雨洪涝', '道路积水']]
        """
        found = [Suggestion(of, words) for of, words in matches(text, self._by_word).items()]
        grave = level in _GRAVE
        found.sort(key=lambda s: (-s.score, (s.of.kind == "emergency") != grave, s.of.key))
        return found[:limit]

    @cached_property
    def _by_word(self) -> dict[str, tuple[Class, ...]]:
        """The classes of each word that people write, and of each name that has no newer one."""
        found: dict[str, dict[Class, None]] = {}
        for of in self.all:
            for word in (*([] if of.same_as else [of.name]), *of.words):
                found.setdefault(fold(word), {})[of] = None
        return {word: tuple(mine) for word, mine in found.items()}

    def close(
        self, text: str, kind: str | None = None, scheme: str | None = None, limit: int = 5
    ) -> list[Class]:
        """The classes nearest to a text that is none: by their words, then those whose name or key is like it."""
        meant = [s.of for s in self.suggestions(text, limit=50)]
        meant = [c for c in meant if kind in (None, c.kind) and scheme in (None, c.scheme)]
        return list(dict.fromkeys([*meant, *self._alike(text, kind, scheme, limit)]))[:limit]

    def _alike(self, text: str, kind: str | None, scheme: str | None, limit: int) -> list[Class]:
        """Classes whose name or key is like the text, most alike first."""
        fitting = [c for c in self.all if kind in (None, c.kind) and scheme in (None, c.scheme)]
        words = {word for c in fitting for word in (c.name, c.key)}
        alike = get_close_matches(text, sorted(words), limit, 0.5)
        order = {word: i for i, word in enumerate(alike)}
        near = [c for c in fitting if c.name in order or c.key in order]
        return sorted(near, key=lambda c: min(order.get(c.name, 99), order.get(c.key, 99)))[:limit]

    def search(self, q: str | None = None, kind: str | None = None, scheme: str | None = None) -> list[Class]:
        """The classes of a kind and scheme whose name holds the text, whose code or key begins with it, or one of
        whose words is in it or holds it; where there are none, those that are close.

        >>> [[c.key for c in classes().search(q)] for q in ("火警", "危化品泄漏")]
        [['T2001'], ['T2003']]
        >>> [c.key for c in classes().search("井盖", scheme="2026", kind="component")][:2]
        ['C01001', 'C01002']
        """
        require_known("kind", kind, KINDS)
        require_known("scheme", scheme, SCHEMES)
        fitting = [c for c in self.all if kind in (None, c.kind) and scheme in (None, c.scheme)]
        if not q or not q.strip():
            return fitting
        text = q.strip()
        upper = text.upper()
        found = [c for c in fitting if text in c.name or c.code.startswith(text) or c.key.startswith(upper)]
        meant = [s.of for s in self.suggestions(text, limit=50)]
        meant += [of for word, mine in self._by_word.items() if fold(text) in word for of in mine]
        found += [c for c in meant if c in fitting]
        return list(dict.fromkeys(found)) or self.close(text, kind, scheme, 10)


def require_known(what: str, word: str | None, known: dict[str, Any]) -> None:
    """Raise `BadInput` for a word that is none of the known ones (None is fine)."""
    if word is not None and word not in known:
        raise BadInput(f"{what} {word!r} is not known; known: {', '.join(known)}")


@lru_cache(1)
def classes() -> Classes:
    """The classes of all schemes, newest scheme first.

    >>> [sum(c.scheme == s for c in classes()) for s in ("2026", "2013", "2007", "starter")]
    [403, 253, 53, 35]
    """
    words = {r["class"]: tuple(r["words"].split("、")) for r in reference_data.rows("class_words")}
    known = [
        Class(r["kind"], r["scheme"], r["code"], r["name"], r["big"], r["same_as"] or None, r["certainty"])
        for r in reference_data.rows("classes")
    ]
    return Classes(tuple(replace(c, words=words.get(c.key, ())) for c in known))


@lru_cache(4096)
def group_of(said: str | None) -> str | None:
    """The group of a stored class text, for comparing: what is no known class is a group of its own.

    >>> group_of("E0110") == group_of("M06010") == group_of("暴露垃圾"), group_of("X1"), group_of(None)
    (True, 'X1', None)
    """
    if not said or not said.strip():
        return None
    try:
        return classes().find(said).group
    except (NotFound, BadInput):
        return said.strip()


def require_class(said: str) -> Class:
    """The class of a text; `BadInput` with the nearest ones for one that is not known.

    >>> require_class("着火")
    Traceback (most recent call last):
    cim.errors.BadInput: class '着火' is not known; close: T2001 火灾
    """
    try:
        return classes().find(said)
    except NotFound as error:
        raise BadInput(str(error)) from error


def require_component_class(said: str) -> None:
    """Raise `BadInput` for what is not the key of a class of components; a name or bare digits are told their key."""
    try:
        found = classes().find(said, "component")
    except NotFound as error:
        raise BadInput(str(error)) from error
    if found.key != said:
        raise BadInput(f"class {said!r} is {found.key}: say its key")
