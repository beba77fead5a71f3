"""Arrays that nobody changes: those of files, memory-mapped, and those of memory that are used as they are."""

from __future__ import annotations

import ctypes
import mmap
import os
import weakref
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FAILED = ctypes.c_void_p(-1).value


def freeze(*arrays: NDArray[Any]) -> None:
    """Let nobody change the arrays, as nobody can those of a file: the compiled loops know both as one kind.

    >>> some = np.zeros(3)
    >>> freeze(some)
    >>> some[0] = 1.0
    Traceback (most recent call last):
        ...
    ValueError: assignment destination is read-only
    """
    for array in arrays:
        array.flags.writeable = False


@cache
def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [
        ctypes.c_void_p,
        ctypes.c_size_t,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_int64,
    ]
    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    return libc


def mapped_bytes(file: Path) -> NDArray[np.uint8]:
    """The bytes of a file, read-only; its pages come when they are used, and stay though the file is removed.

    `OSError` where it can't be opened or mapped. It keeps no descriptor: Python's own `mmap` (and so NumPy's) keeps a
    copy of it for each mapping, and a city of fourteen layers had 2,500 of them. The mapping ends with the last array
    that looks into it.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        size = os.fstat(descriptor).st_size
        if size == 0:
            return np.empty(0, np.uint8)
        at = _libc().mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
        if at in (None, _FAILED):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(file))
    finally:
        os.close(descriptor)
    window = (ctypes.c_uint8 * size).from_address(at)
    weakref.finalize(window, _libc().munmap, at, size).atexit = False  # the end of the process ends it anyway
    return np.frombuffer(memoryview(window).toreadonly(), np.uint8)
