"""Arrow arrays as plain arrays and back, without a copy, so that one bundle keeps them beside the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def buffers_of(name: str, array: pa.Array) -> dict[str, NDArray[np.uint8]]:
    """The buffers of an array of plain values or texts (not of lists or structs), under its name and their number.

    >>> {name: part.tolist() for name, part in buffers_of("code", pa.array(["a", "bc"])).items()}
    {'code-1': [0, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0], 'code-2': [97, 98, 99]}
    """
    whole = pa.concat_arrays([array])  # a slice begins somewhere within its buffers
    return {
        f"{name}-{i}": np.frombuffer(buffer, np.uint8)
        for i, buffer in enumerate(whole.buffers())
        if buffer is not None
    }


def array_of(name: str, kind: pa.DataType, length: int, arrays: Mapping[str, NDArray[Any]]) -> pa.Array:
    """The Arrow array whose buffers are among `arrays` (`buffers_of`). `KeyError` where one is not there.

    >>> array_of("code", pa.string(), 2, buffers_of("code", pa.array(["a", None]))).to_pylist()
    ['a', None]
    """
    if not length:
        return pa.array([], kind)
    validity, *rest = (f"{name}-{i}" for i in range(kind.num_buffers))
    buffers = [pa.py_buffer(arrays[validity]) if validity in arrays else None]
    return pa.Array.from_buffers(kind, length, buffers + [pa.py_buffer(arrays[part]) for part in rest])
