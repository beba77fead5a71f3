r"""Texts in STEP files: ISO 10303-21 writes letters beyond ASCII as `\X2\4E07\X0\`, and files do it in other ways."""

from __future__ import annotations

import re

#: What a backslash begins: code points of 2 or 4 bytes, one byte, a letter of the upper half, a code page, itself.
_ESCAPE = re.compile(
    r"\\X2\\((?:[0-9A-Fa-f]{4})*)\\X0\\|\\X4\\((?:[0-9A-Fa-f]{8})*)\\X0\\|\\X\\([0-9A-Fa-f]{2})|\\S\\(.)|\\P([A-I])\\|(\\\\)",
    re.DOTALL,
)
_BEYOND_ASCII = re.compile(r"[^\x20-\x7e]+")


def decode(text: str) -> str:
    r"""The text that a STEP string means, given without its quotes.

    A backslash that begins nothing stands for itself; half a surrogate pair becomes U+FFFD.

    >>> decode(r"\X2\4E07\X0\12F")
    '万12F'
    >>> decode(r"D''Arc \\ \S\i \X\B2 \X2\D842DFB7\X0\\X4\00020BB7\X0\\X2\\X0\ C:\temp")
    "D'Arc \\ é ² 𠮷𠮷 C:\\temp"
    """
    if "\\" not in text:
        return text.replace("''", "'")
    page = "A"

    def meaning(match: re.Match[str]) -> str:
        nonlocal page
        two, four, one, upper, code_page, _ = match.groups()
        if two is not None:
            return bytes.fromhex(two).decode("utf-16-be", "replace")
        if four is not None:
            return bytes.fromhex(four).decode("utf-32-be", "replace")
        if one is not None:
            return chr(int(one, 16))
        if upper is not None:
            return _upper(upper, page)
        if code_page is not None:
            page = code_page
            return ""
        return "\\"

    return _ESCAPE.sub(meaning, text.replace("''", "'"))


def encode(text: str) -> str:
    r"""The text as a STEP string in its plainest form, without the quotes: only `\X2\`, `\X4\`, `\\` and `''`.

    >>> encode("𠮷屋 D'Arc")
    "\\X4\\00020BB7\\X0\\\\X2\\5C4B\\X0\\ D''Arc"
    """
    plain = text.replace("\\", "\\\\").replace("'", "''")
    return _BEYOND_ASCII.sub(lambda match: _escape(match[0]), plain)


def _escape(letters: str) -> str:
    out: list[str] = []
    for part in re.findall(r"[\U00010000-\U0010ffff]+|[^\U00010000-\U0010ffff]+", letters):
        wide = ord(part[0]) > 0xFFFF
        code = part.encode("utf-32-be" if wide else "utf-16-be", "replace").hex().upper()
        out.append(f"\\X{4 if wide else 2}\\{code}\\X0\\")
    return "".join(out)


def _upper(letter: str, page: str) -> str:
    code = ord(letter) + 128
    if code > 255:
        return letter
    return bytes([code]).decode(f"iso8859-{ord(page) - ord('A') + 1}", "replace")
