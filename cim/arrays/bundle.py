"""Many arrays in one file: written once, then memory-mapped by every worker.

Whatever arrays the city keeps, it keeps in such files: the columns of a snapshot, text indexes, road networks, levels
of tiles. Other formats are for exchange (PMTiles, GeoParquet, Arrow, PNG) or hold no arrays (finished tiles).

The file begins with a line: a checksum, and JSON that says of each array its name, type, shape and place, and may hold
a few facts besides. What is cut short, or is no such file, or differs in one bit of that line, is not opened; where a
checksum of the arrays was asked for, neither is what differs in one of their bits. A file takes no descriptor while it
is mapped, and one mapping whatever the number of its arrays.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from cim.arrays import drafts
from cim.arrays.open_files import explain, is_shortage
from cim.arrays.readonly import mapped_bytes
from cim.errors import StoreUnusable

#: Arrays begin at multiples of this many bytes.
_ALIGNED = 64
#: The first line begins with a checksum of the rest of it: eight digits and a space.
_CRC_BYTES = 9
#: The first line is at most this long.
_LONGEST_HEAD = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """The arrays of a file by name, read-only, and the facts that were kept with them."""

    arrays: dict[str, NDArray[Any]]
    facts: dict[str, Any]


def save(
    arrays: Mapping[str, NDArray[Any]],
    file: Path,
    facts: Mapping[str, Any] | None = None,
    *,
    checksum: bool = False,
) -> None:
    """Write the arrays; the file appears at once and whole, in place of one that is damaged. `OSError` where the disk
    is full."""
    with drafts.new_file(file) as handle:
        write(arrays, handle, facts, checksum=checksum)


def write(
    arrays: Mapping[str, NDArray[Any]],
    handle: BinaryIO,
    facts: Mapping[str, Any] | None = None,
    *,
    checksum: bool = False,
) -> None:
    """Write the arrays into an open file."""
    contents: dict[str, Any] = {}
    parts: list[memoryview | bytes] = []
    at = crc = 0
    for name, array in arrays.items():
        # A kernel is compiled for each order of an array's axes: what comes back has the order that went in.
        by_column = array.flags.f_contiguous and not array.flags.c_contiguous
        data = np.ascontiguousarray(array.T if by_column else array)
        contents[name] = {"dtype": data.dtype.str, "shape": array.shape, "at": at, "order": "CF"[by_column]}
        padding = bytes(-data.nbytes % _ALIGNED)
        flat = data.reshape(-1).view(np.uint8).data
        if checksum:
            crc = zlib.crc32(padding, zlib.crc32(flat, crc))
        parts += [flat, padding]
        at += data.nbytes + len(padding)
    said = {"arrays": contents, "bytes": at, "facts": dict(facts or {})}
    head = json.dumps({**said, "crc": crc} if checksum else said).encode()
    head += b" " * (-(len(head) + _CRC_BYTES + 1) % _ALIGNED)
    handle.write(_crc_text(head) + head + b"\n")
    for part in parts:
        handle.write(part)


def open_bundle(file: Path) -> Bundle | None:
    """The memory-mapped arrays; None where the file is not there, or is not what was written.

    Without a checksum no data is read; the pages come when they are used. `StoreUnusable` where the process may open
    or map no more files, which says nothing about this one.
    """
    try:
        whole = mapped_bytes(file)
        begin = whole[:_LONGEST_HEAD].tobytes().index(b"\n") + 1
        line = whole[: begin - 1].tobytes()
        if line[:_CRC_BYTES] != _crc_text(line[_CRC_BYTES:]):
            return None
        head = json.loads(line[_CRC_BYTES:])
        body = whole[begin:]
        if len(body) != head["bytes"] or ("crc" in head and zlib.crc32(body.data) != head["crc"]):
            return None
        return Bundle({name: _array(body, said) for name, said in head["arrays"].items()}, head["facts"])
    except OSError as error:
        if is_shortage(error):
            raise StoreUnusable(f"{file} can't be opened: {explain(error)}") from error
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _crc_text(head: bytes) -> bytes:
    return b"%08x " % zlib.crc32(head)


def _array(body: NDArray[np.uint8], said: Mapping[str, Any]) -> NDArray[Any]:
    dtype, shape = np.dtype(said["dtype"]), tuple(said["shape"])
    size = int(np.prod(shape)) * dtype.itemsize
    flat: NDArray[Any] = body[said["at"] : said["at"] + size].view(dtype)
    return flat.reshape(shape[::-1]).T if said["order"] == "F" else flat.reshape(shape)


def remove(file: Path) -> None:
    """Remove a file; whoever has it mapped keeps its pages."""
    with contextlib.suppress(FileNotFoundError):
        file.unlink()
