"""Arrays that nobody changes: those of `.npy` files, memory-mapped, and those of memory that are used as they are.

Any number of threads may open files at once. NumPy's own reader reads the header as Python source, which CPython before
3.11.8 and 3.12.2 can't do in two threads at once (gh-106905: "AST constructor recursion depth mismatch", a SystemError
out of the blue). What our files can say is little, and is read as such, in half the time.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_HEADER = re.compile(
    r"\{'descr': '([<|][biuf]\d)', 'fortran_order': (False|True), 'shape': \(([\d, ]*)\), \}\s*"
)


def fixed(*arrays: NDArray[Any]) -> None:
    """Let nobody change the arrays, as nobody can those of a file: the compiled loops know both as one kind.

    >>> some = np.zeros(3)
    >>> fixed(some)
    >>> some[0] = 1.0
    Traceback (most recent call last):
        ...
    ValueError: assignment destination is read-only
    """
    for array in arrays:
        array.flags.writeable = False


def mapped(file: Path) -> NDArray[Any]:
    """The array, read-only; its pages come when they are used.

    `OSError` where the file is not there, `ValueError` where it is none of ours or is cut short. A plain array: the
    memmap class costs a Python call on each slice.
    """
    with file.open("rb") as handle:
        if np.lib.format.read_magic(handle) != (1, 0):
            raise ValueError(f"{file} is not of the format of our arrays")
        length = int.from_bytes(handle.read(2), "little")
        said = _HEADER.fullmatch(handle.read(length).decode("latin1"))
        begin = handle.tell()
    if said is None:
        raise ValueError(f"{file} has a header that is not of our arrays")
    shape = tuple(int(n) for n in said[3].split(",") if n.strip())
    return np.memmap(file, np.dtype(said[1]), "r", begin, shape, "F" if said[2] == "True" else "C").view(
        np.ndarray
    )
