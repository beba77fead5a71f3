"""Classes of components (部件) and matters (事项) in the schemes of 2026, 2013 and 2007, old ⇄ new.

The key of a class says kind and scheme: `C` a component, `M` a matter, `E` a matter of the older schemes
(事件), then the digits: 2 + 3 of GB/T 47678.5-2026 (`C01003`), 2 + 2 of GB/T 30428.2-2013 (`E0406`); the list
of 2007 (CJ/T 214) counts differently and says so (`E0102@2007`). The kind must be in the key: component
01.001 and matter 01.001 share their number. `data/classes.csv` is the list; what of 2013 is only rebuilt
from the list of 2026 says so in its column `certainty`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from cim.errors import BadInput, NotFound

#: The kinds of classes with their Chinese and English names.
KINDS: dict[str, tuple[str, str]] = {"component": ("部件", "component"), "matter": ("事项", "matter")}
#: The schemes from the newest to the oldest, and the standard of each.
SCHEMES: dict[str, str] = {
    "2026": "GB/T 47678.5-2026",
    "2013": "GB/T 30428.2-2013",
    "2007": "CJ/T 214-2007",
}

# In the repository the list lies in `data/` beside the packages; in an installed wheel, inside this one.
_PLACES = (Path(__file__).resolve().parents[1] / "data", Path(__file__).parent / "data")
_KEY = re.compile(r"([CME]?)(\d{4,5})(?:@(\d{4}))?", re.IGNORECASE)
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

    @property
    def key(self) -> str:
        """The text that names the class in incidents, components and lists."""
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
        about_one = self.scheme == "2026" and self.code[:2] in _ABOUT_COMPONENTS
        return f"C{self.code}" if about_one else None

    def said(self) -> dict[str, Any]:
        """The class as answers show it."""
        zh, en = KINDS[self.kind]
        return {
            "key": self.key, "kind": self.kind, "kind_zh": zh, "kind_en": en, "scheme": self.scheme,
            "standard": SCHEMES[self.scheme], "code": self.code, "name": self.name, "big": self.big,
            "certainty": self.certainty, "same": [c.key for c in classes().same(self)],
        }  # fmt: skip


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
        found = self._coded(text, match, kind, scheme) if match else self._by_name.get(text, [])
        fitting = [c for c in found if kind in (None, c.kind) and scheme in (None, c.scheme)]
        if fitting:
            return fitting[0]
        if found:
            c = found[0]
            raise BadInput(
                f"class {said!r} is {c.key} {c.name}, a {c.kind} of {c.scheme}, not what was said beside it"
            )
        close = ", ".join(f"{c.key} {c.name}" for c in self.close(text, kind, scheme, 3))
        hint = f"; close: {close}" if close else "; a key looks like C01003, M06010 or E0406, or say its name"
        raise NotFound(f"class {said!r} is not known{hint}")

    def _coded(self, text: str, match: re.Match[str], kind: str | None, scheme: str | None) -> list[Class]:
        """The classes with these digits, newest first; `BadInput` where they don't say which kind is meant."""
        letter, digits, at = match[1].upper(), match[2], match[3]
        said = "component" if letter == "C" else "matter" if letter else kind
        found = [c for c in self._by_code.get(digits, []) if at in (None, c.scheme)]
        kinds = {c.kind for c in found if said in (None, c.kind)}
        if len(kinds) > 1:
            raise BadInput(
                f"class {text!r} may be a component or a matter: write C{digits} or M{digits}, or say the kind"
            )
        # Without a year, four digits are of 2013: the list of 2007 counts otherwise and is asked for by name.
        old = at is not None or scheme is not None
        return [c for c in found if c.kind in kinds and (old or c.scheme != "2007")]

    def close(
        self, text: str, kind: str | None = None, scheme: str | None = None, limit: int = 5
    ) -> list[Class]:
        """Classes whose name or key is like the text, most alike first."""
        fitting = [c for c in self.all if kind in (None, c.kind) and scheme in (None, c.scheme)]
        words = {word for c in fitting for word in (c.name, c.key)}
        alike = get_close_matches(text, sorted(words), limit, 0.5)
        order = {word: i for i, word in enumerate(alike)}
        near = [c for c in fitting if c.name in order or c.key in order]
        return sorted(near, key=lambda c: min(order.get(c.name, 99), order.get(c.key, 99)))[:limit]

    def search(self, q: str | None = None, kind: str | None = None, scheme: str | None = None) -> list[Class]:
        """The classes of a kind and scheme whose name holds the text or whose code or key begins with it; where
        there are none, those that are close.

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
        return found or self.close(text, kind, scheme, 10)


def require_known(what: str, word: str | None, known: dict[str, Any]) -> None:
    """Raise `BadInput` for a word that is none of the known ones (None is fine)."""
    if word is not None and word not in known:
        raise BadInput(f"{what} {word!r} is not known; known: {', '.join(known)}")


@lru_cache(1)
def classes() -> Classes:
    """The classes of all schemes, newest scheme first.

    >>> [sum(c.scheme == s for c in classes()) for s in ("2026", "2013", "2007")]
    [403, 253, 53]
    """
    folder = next((p for p in _PLACES if (p / "classes.csv").exists()), _PLACES[0])
    with (folder / "classes.csv").open(encoding="utf-8", newline="") as file:
        return Classes(
            tuple(
                Class(
                    r["kind"],
                    r["scheme"],
                    r["code"],
                    r["name"],
                    r["big"],
                    r["same_as"] or None,
                    r["certainty"],
                )
                for r in csv.DictReader(file)
            )
        )


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


def require_component_class(said: str) -> None:
    """Raise `BadInput` for what is not the key of a class of components; a name or bare digits are told their key."""
    try:
        found = classes().find(said, "component")
    except NotFound as error:
        raise BadInput(str(error)) from error
    if found.key != said:
        raise BadInput(f"class {said!r} is {found.key}: say its key")
