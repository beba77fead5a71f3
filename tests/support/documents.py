"""What is written for people: the README and the pages of the guide, with their code blocks and tables."""

from __future__ import annotations

import re
import shlex

from spatial_api.routes.guide.pages import LANGS, ORDER
from tests.support.inputs import ROOT

GUIDE = ROOT / "spatial_api" / "guide"
#: The file of each document under the project's folder → its text.
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for path in [ROOT / "README.md", *(GUIDE / lang / f"{name}.md" for lang in LANGS for name in ORDER)]
}


def guide_page(lang: str, name: str) -> str:
    """The Markdown of one page."""
    return DOCUMENTS[f"spatial_api/guide/{lang}/{name}.md"]


def table(markdown: str, first: str = "") -> dict[str, list[str]]:
    """The rows of the tables in the text: what stands in backticks in the first cell → the other cells.

    Rows whose name does not start with `first` are left out.
    """
    rows = [
        re.split(r"(?<!\\)\|", line.strip().strip("|"))
        for line in markdown.splitlines()
        if line.startswith(f"| `{first}")
    ]
    named = {row[0].strip().strip("`"): [cell.strip() for cell in row[1:]] for row in rows}
    assert len(named) == len(rows), "a name stands twice"
    return named


def shell_blocks(markdown: str) -> str:
    """The text of all blocks of shell commands."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", markdown, re.M | re.S))


def curls(markdown: str) -> list[tuple[str, str, str | None]]:
    """(method, path, body) of every request shown with curl that sends no file; the body is None where it has none."""
    found: list[tuple[str, str, str | None]] = []
    for line in re.findall(r"^curl (?:.*\\\n)*.*", markdown, re.M):
        words = shlex.split(line.replace("\\\n", " "), comments=True)
        address = next(word for word in words if word.startswith("localhost:8000"))
        body = words[words.index("-d") + 1] if "-d" in words else None
        usual = "GET" if body is None else "POST"
        method = words[words.index("-X") + 1] if "-X" in words else usual
        if "--data-binary" not in words:
            found.append((method, address.removeprefix("localhost:8000"), body))
    return found
