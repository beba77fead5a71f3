"""The `citybase` command as a user runs it, in this process or in one of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from tests.support.inputs import ROOT

Ran = subprocess.CompletedProcess[str]
#: How wide a terminal is that does not say so.
_COLUMNS = 80


def run_apart(folder: Path, *arguments: str, **environment: str) -> Ran:
    """`citybase …` in the folder, in a process of its own, which takes three seconds to import what it needs."""
    return subprocess.run(
        [sys.executable, "-m", "spatial_api.start", *arguments],
        cwd=folder,
        env={**_clean(), "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def run(folder: Path, *arguments: str, **environment: str) -> Ran:
    """`citybase …` in the folder, in this process."""
    from spatial_api.cli import terminal
    from spatial_api.cli.main import main

    columns = int(environment.get("COLUMNS", _COLUMNS))
    printed, complained = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        mock.patch.dict(os.environ, {**_clean(), **environment}, clear=True),
        mock.patch.object(sys, "argv", ["citybase", *arguments]),
        mock.patch.object(terminal.out, "_width", columns),
        mock.patch.object(terminal.err, "_width", columns),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(complained),
    ):
        try:
            main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
    return subprocess.CompletedProcess(arguments, status, printed.getvalue(), complained.getvalue())


def done(folder: Path, *arguments: str, **environment: str) -> str:
    """What a command printed that went well, in this process."""
    return _well(run(folder, *arguments, **environment))


def done_apart(folder: Path, *arguments: str, **environment: str) -> str:
    """What a command printed that went well, in a process of its own."""
    return _well(run_apart(folder, *arguments, **environment))


def _well(ran: Ran) -> str:
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _clean() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("CITYBASE_") and k != "COLUMNS"}
