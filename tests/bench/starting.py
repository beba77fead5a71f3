"""How long the command line takes to say something: its help, its version, and that a file can't be read."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from tests.bench.measure import Row, said, seconds
from tests.support.inputs import ROOT

#: What is said, the arguments, and the seconds that it may take.
_SAID = (
    ("citybase --help", ("--help",), 0.3),
    ("citybase --version", ("--version",), 0.3),
    ("refused: a file of an unknown kind", ("load", "notes.docx"), 1.0),
    ("refused: a file that is not there", ("load", "gone.gpkg"), 1.0),
    ("refused: an empty file", ("load", "empty.fgb"), 1.0),
    ("refused: no file of its name's kind", ("load", "text.gpkg"), 1.0),
)


def run(folder: Path, rounds: int) -> list[Row]:
    """The median seconds of each, from starting Python; Python alone as the peer."""
    work = folder / "start"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / "notes.docx").write_bytes(b"PK")
    (work / "empty.fgb").write_bytes(b"")
    (work / "text.gpkg").write_text("no GeoPackage")
    rows = []
    _command(work, "init")
    for what, arguments, most_s in _SAID:
        _command(work, *arguments)  # what is compiled and read for the first time is read
        taken = statistics.median(seconds(lambda: _command(work, *arguments)) for _ in range(rounds))  # noqa: B023
        python = statistics.median(seconds(_python) for _ in range(rounds))
        rows.append(Row(what, said(taken), said(python), taken / python, f"≤ {most_s:g} s", taken <= most_s))
    return rows


def _command(work: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "spatial_api.start", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True)
    refused = arguments[0] == "load"
    if done.returncode != int(refused) or (refused and not done.stderr.startswith("error: ")):
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")


def _python() -> None:
    subprocess.run([sys.executable, "-c", "pass"], check=True)
