"""The `citybase` command as a user runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.inputs import ROOT


def run(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`citybase …` in the folder."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CITYBASE_") and k != "COLUMNS"}
    return subprocess.run(
        [sys.executable, "-m", "spatial_api.start", *arguments],
        cwd=folder,
        env={**clean, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def done(folder: Path, *arguments: str, **environment: str) -> str:
    """What a command printed that went well."""
    ran = run(folder, *arguments, **environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
