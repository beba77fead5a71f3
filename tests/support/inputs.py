"""The folders that tests read: the repository, the case files, and the real data beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


#: The packages of the product.
PACKAGES = ("cim", "layers", "tiles", "spatial_api")
CASES = ROOT / "tests" / "cases"
SHARED = ROOT.parent / "shared" / "data"


def missing(what: str, variable: str) -> None:
    """Skip for what this machine lacks, or fail where the environment says it must be there."""
    if os.environ.get(variable) == "1":
        pytest.fail(f"{what}, and {variable}=1 says it must be there")
    pytest.skip(what)


def shared_file(name: str) -> Path:
    """A file of the real data beside the project."""
    path = SHARED / name
    if not path.exists():
        missing(f"{name} of the real data is not there", "CITYBASE_REQUIRE_SHARED")
    return path
