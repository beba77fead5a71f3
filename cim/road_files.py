"""A network's arrays beside the snapshot of its layer: written once, memory-mapped by every worker.

They lie in one file after a line of JSON that says of each its name, type, shape and place, with a checksum over all:
what does not match, or is cut short, is nothing, and the network is made again.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Arrays begin at multiples of this many bytes.
_ALIGNED = 64


def save(arrays: Mapping[str, NDArray[Any]], file: Path) -> None:
    """Write the arrays; the file appears at once and whole, in place of one that is damaged."""
    parts, contents, at, crc = [], {}, 0, 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array)
        contents[name] = {"dtype": data.dtype.str, "shape": data.shape, "at": at}
        padded = data.tobytes() + bytes(-data.nbytes % _ALIGNED)
        crc = zlib.crc32(padded, crc)
        at += len(padded)
        parts.append(padded)
    head = json.dumps({"arrays": contents, "crc": crc, "bytes": at}).encode()
    head += b" " * (-(len(head) + 1) % _ALIGNED) + b"\n"
    draft = file.with_name(f"{file.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("wb") as handle:
            handle.write(head)
            handle.writelines(parts)
            handle.flush()
            os.fsync(handle.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)


def opened(file: Path) -> dict[str, NDArray[Any]] | None:
    """The memory-mapped arrays; None where the file is not there, or is not what was written."""
    try:
        whole = np.memmap(file, np.uint8, "r").view(np.ndarray)
        begin = whole[: 1 << 20].tobytes().index(b"\n") + 1
        head = json.loads(whole[:begin].tobytes())
        body = whole[begin:]
        if len(body) != head["bytes"] or zlib.crc32(body.data) != head["crc"]:
            return None
        found = {}
        for name, said in head["arrays"].items():
            dtype = np.dtype(said["dtype"])
            size = int(np.prod(said["shape"])) * dtype.itemsize
            found[name] = body[said["at"] : said["at"] + size].view(dtype).reshape(said["shape"])
        return found
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remove(file: Path) -> None:
    """Remove a file; whoever has it mapped keeps its pages."""
    with contextlib.suppress(FileNotFoundError):
        file.unlink()
