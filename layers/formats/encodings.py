"""Which encoding the texts of a file are in, where what the file says of itself need not be true."""

from __future__ import annotations

import codecs
import re

from cim.errors import BadInput

#: What files call the encodings that are read as another name, which reads the same bytes and more.
_ALIASES = {
    "936": "GB18030",
    "GBK": "GB18030",
    "GB2312": "GB18030",
    "CP936": "GB18030",
    "950": "BIG5",
    "65001": "UTF-8",
    "UTF8": "UTF-8",
    "LDID/77": "GB18030",
    "88591": "ISO-8859-1",
    "ISO88591": "ISO-8859-1",
    "1252": "CP1252",
}
#: Shares of characters that are in common use: above the first a text is surely Chinese in GBK.
_CHINESE = 0.8
#: Words with a character beyond ASCII, looked for in so many characters.
_WORDS = re.compile(r"\w*[^\W\x00-\x7f]\w*")
_LOOKED_AT = 100_000


def check_encoding(encoding: str) -> str:
    """The encoding's name, where Python knows it, else `BadInput`."""
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise BadInput(f"{encoding!r} is no encoding; name one like GB18030 or UTF-8") from error


def choose_encoding(texts: list[bytes], stated: str, origin: str) -> tuple[str, str]:
    """The encoding that reads all the texts best, and a note where it is not the one stated ("" for none).

    What is stated counts, unless the bytes say otherwise: a single-byte encoding reads any bytes at all, so that
    UTF-8 or common Chinese characters in GBK win over it. `origin` names the file in the error.

    >>> choose_encoding(["长沙市五一广场".encode("gbk")], "ISO-8859-1", "a.dbf")
    ('GB18030', 'text is read as GB18030 (its .cpg says ISO-8859-1); look whether the names are right')
    """
    said = _ALIASES.get(stated.upper().replace(" ", ""), stated)
    texts = [text for text in texts if not text.isascii()]
    if not texts:
        return "UTF-8", ""
    if said and not _is_known(said):
        said = ""
    chosen = _choose(texts, said)
    if chosen is None:
        raise BadInput(
            f"{origin} has text that is neither UTF-8 nor GB18030; name its encoding with --encoding"
        )
    if chosen.upper() == said.upper():
        return chosen, ""
    why = f"its .cpg says {stated}" if stated else "it names no encoding"
    note = f"text is read as {chosen} ({why})"
    if _is_single_byte(said):
        note += "; look whether the names are right"
    if chosen == "GB18030" and not said and _reads(texts, "BIG5"):
        traditional = _share(texts, "BIG5", _common_big5)
        if traditional > _share(texts, "GB18030", _common_gbk):
            longest = max(texts, key=len)
            gbk, big5 = (_text(longest, one)[:12] for one in ("GB18030", "BIG5"))
            note += f"; as BIG5 it would be {big5!r} instead of {gbk!r}: look at the names and say --encoding BIG5"
    return chosen, note


def note_on_gb18030(text: str) -> str:
    """The note on a text that names no encoding and was read as GB18030, in which almost any bytes are some Chinese:
    where its characters are not in common use, with one of its words to look at.

    >>> note_on_gb18030("name\\n长沙市\\n"), note_on_gb18030("Zürich".encode("latin-1").decode("gb18030"))
    ('text is read as GB18030', "text is read as GB18030; look whether 'Z黵ich' is right, else name its --encoding")
    """
    words = _WORDS.findall(text, 0, _LOOKED_AT)
    if not words or _share([" ".join(words).encode("gb18030")], "GB18030", _common_gbk) >= _CHINESE:
        return "text is read as GB18030"
    return f"text is read as GB18030; look whether {max(words, key=len)[:20]!r} is right, else name its --encoding"


def _choose(texts: list[bytes], said: str) -> str | None:
    utf8, gbk = _reads(texts, "UTF-8"), _reads(texts, "GB18030")
    chinese = gbk and _share(texts, "GB18030", _common_gbk) >= _CHINESE
    # 约 in GBK is a letter in UTF-8: text of two-byte letters beyond Latin is UTF-8 only if that is stated.
    letters = utf8 and all(ord(c) < 0x800 for text in texts for c in _text(text, "UTF-8"))
    latin = letters and all(ord(c) < 0x250 for text in texts for c in _text(text, "UTF-8"))
    if said.upper() == "UTF-8" and utf8:
        return said
    if said and not _is_single_byte(said) and _reads(texts, said) and (not utf8 or letters):
        return said
    if utf8 and (latin or not letters or not chinese):
        return "UTF-8"
    if _is_single_byte(said) and not chinese and _reads(texts, said):
        return said
    return "GB18030" if gbk else None


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def _is_single_byte(encoding: str) -> bool:
    return encoding.upper() not in ("", "UTF-8") and len(b"\xc4\xe3".decode(encoding, "replace")) == 2


def _reads(texts: list[bytes], encoding: str) -> bool:
    try:
        for text in texts:
            _text(text, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _text(text: bytes, encoding: str) -> str:
    # A value that fills its field may end in the middle of a character, so the end is not final.
    return codecs.getincrementaldecoder(encoding)().decode(text)


def _share(texts: list[bytes], encoding: str, common: tuple[int, int]) -> float:
    """The share of the characters beyond ASCII that are in common use: their first byte is in the range `common`,
    or they are marks (first bytes A1 to A9, A1 to A3 in Big5)."""
    marks = 0xA9 if encoding == "GB18030" else 0xA3
    usual = count = 0
    for text in texts:
        for character in _text(text, encoding):
            raw = character.encode(encoding)
            if len(raw) < 2:
                continue
            count += 1
            usual += (
                len(raw) == 2
                and raw[1] >= (0xA1 if encoding == "GB18030" else 0x40)
                and (common[0] <= raw[0] <= common[1] or 0xA1 <= raw[0] <= marks)
            )
    return usual / count if count else 0.0


#: First bytes of the characters in common use: level 1 of GB 2312, and of Big5.
_common_gbk, _common_big5 = (0xB0, 0xD7), (0xA4, 0xC6)
