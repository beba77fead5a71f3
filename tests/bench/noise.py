"""How people get addresses wrong: the rules that make the questions of the address bench, apart from the code.

Each question is one address of the data, written as a caller, a form or a phone would hand it over. First
what is left out, then how it is spelt, then slips; every rule has its chance, all draws are independent:

| rule | chance | what it does |
|---|---|---|
| no city | 60 % | 长沙市 is left out |
| no street | 55 % | the street area (街道, 镇, 乡) is left out |
| no district | 35 % | the district is left out |
| no compound | 50 % of those with one | what stands after the house number is left out |
| district moved | 4 % | the district stands at the end |
| no 号 | 12 % | the house number stands bare |
| pinyin | 6 % | the road is written in pinyin, full |
| initials | 3 % | the road is written in its initials |
| traditional | 8 % | traditional characters |
| full width | 10 % | digits in full width |
| numerals | 8 % | the house number in Chinese numerals |
| spaces | 8 % | a space between some parts |
| homophone | 10 % | a character of the text replaced by one that sounds the same (what a pinyin keyboard does) |
| other character | 8 % | a character replaced by any other common one |
| left out | 8 % | a character is missing |
| swapped | 5 % | two neighbouring characters change places |

The last four, the slips, strike anywhere but in digits (a wrong number is another address): in road,
district, compound or in 路 and 号 themselves. A question whose words fit several addresses of the data exactly
alike has several right answers (`right`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin
from pypinyin.pinyin_dict import pinyin_dict

SEED = 20260601
_NUMERALS = "零一二三四五六七八九"
#: Characters that a slip may put in: the three hundred most used in names, whatever they sound like.
_COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
    "十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平"
    "形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程"
)


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the data, by its parts."""

    city: str
    district: str
    street: str
    road: str
    number: int
    rest: str

    @property
    def full(self) -> str:
        """As it stands in the data."""
        return f"{self.city}{self.district}{self.street}{self.road}{self.number}号{self.rest}"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, which address was meant, what of it was left in, and the rules that struck."""

    text: str
    meant: Address
    kept: Address
    rules: tuple[str, ...]

    def right(self, answer: Address) -> bool:
        """Whether this answer is right: the address meant, or one that agrees in every word that was asked."""
        if answer == self.meant:
            return True
        return all(
            not getattr(self.kept, part) or getattr(self.kept, part) == getattr(answer, part)
            for part in ("city", "district", "street", "road", "number", "rest")
        )


class Noise:
    """Makes questions; the same for the same seed."""

    def __init__(self, seed: int = SEED) -> None:
        self._random = random.Random(seed)
        self._traditional = OpenCC("s2t")
        self._sounding: dict[str, list[str]] = {}
        for code in range(0x4E00, 0x9FA6):
            said = pinyin_dict.get(code)
            if said and chr(code).encode("gb2312", "ignore"):  # what a keyboard offers
                self._sounding.setdefault(lazy_pinyin(chr(code))[0], []).append(chr(code))

    def _strikes(self, chance: float) -> bool:
        return self._random.random() < chance

    def question(self, meant: Address) -> Question:
        """One question about this address."""
        struck = []

        def rule(name: str, chance: float) -> bool:
            hit = self._strikes(chance)
            if hit:
                struck.append(name)
            return hit

        city = "" if rule("no city", 0.60) else meant.city
        street = "" if rule("no street", 0.55) else meant.street
        district = "" if rule("no district", 0.35) else meant.district
        rest = "" if meant.rest and rule("no compound", 0.50) else meant.rest
        kept = Address(city, district, street, meant.road, meant.number, rest)

        road, number = meant.road, str(meant.number)
        if rule("pinyin", 0.06):
            road = "".join(lazy_pinyin(road))
        elif rule("initials", 0.03):
            road = "".join(lazy_pinyin(road, style=Style.FIRST_LETTER))
        if rule("numerals", 0.08):
            number = _in_words(meant.number)
            number += "号"
        else:
            number += "" if not rest and rule("no 号", 0.12) else "号"
        parts = [p for p in (city, district, street, road, number, rest) if p]
        if district and rule("district moved", 0.04):
            parts.remove(district)
            parts.append(district)
        text = (" " if rule("spaces", 0.08) else "").join(parts)
        if rule("homophone", 0.10):
            text = self._homophone(text)
        if rule("other character", 0.08):
            text = self._slip(text, lambda c: self._random.choice(_COMMON.replace(c, "")))
        if rule("left out", 0.08):
            text = self._slip(text, lambda _: "")
        if rule("swapped", 0.05):
            text = self._swapped(text)
        if rule("traditional", 0.08):
            text = self._traditional.convert(text)
        if rule("full width", 0.10):
            text = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isdigit() else c for c in text)
        return Question(text, meant, kept, tuple(struck))

    def _places(self, text: str) -> list[int]:
        return [i for i, c in enumerate(text) if "\u4e00" <= c <= "\u9fff" and c not in _NUMERALS + "十百"]

    def _slip(self, text: str, change: Callable[[str], str]) -> str:
        places = self._places(text)
        if not places:
            return text
        at = self._random.choice(places)
        return text[:at] + change(text[at]) + text[at + 1 :]

    def _homophone(self, text: str) -> str:
        def other(character: str) -> str:
            alike = [c for c in self._sounding.get(lazy_pinyin(character)[0], []) if c != character]
            return self._random.choice(alike) if alike else character

        return self._slip(text, other)

    def _swapped(self, text: str) -> str:
        places = [i for i in self._places(text) if i + 1 in self._places(text)]
        if not places:
            return text
        at = self._random.choice(places)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _in_words(number: int) -> str:
    """A number below 1000 in Chinese numerals: 一百零五."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{_NUMERALS[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _NUMERALS[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_NUMERALS[ones] if ones else "")
