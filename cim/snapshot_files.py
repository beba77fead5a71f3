"""Columns in a folder: written once, then memory-mapped by every worker.

A folder is complete or not there: it is written under another name, synced, and renamed.
Its name is `<version>-<seq>`, so the newest is the last in order.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import uuid
from pathlib import Path

import numpy as np
import pyarrow as pa

from cim.columns import ARRAYS, Columns
from cim.errors import StoreUnusable
from cim.layer import Layer

#: Grows when the arrays change their meaning; folders of another format are built anew.
FORMAT = 2
_VALUES = "values.arrow"


def folder_name(version: int, seq: int) -> str:
    """The folder's name for a layer's version as of a place in the change log.

    >>> folder_name(3, 1200)
    'f2-v00000003-s000000001200'
    """
    return f"f{FORMAT}-v{version:08d}-s{seq:012d}"


def save(columns: Columns, layer_folder: Path, version: int, seq: int) -> Path:
    """Write the columns and make them appear at once; gives their folder. `StoreUnusable` where the disk is full."""
    target = layer_folder / folder_name(version, seq)
    if target.exists():
        return target
    draft = layer_folder / f".{uuid.uuid4().hex}"
    try:
        draft.mkdir(parents=True)
        for name in ARRAYS:
            np.save(draft / f"{name}.npy", getattr(columns, name), allow_pickle=False)
        lists = [pa.LargeListArray.from_arrays(pa.array([0, len(v)], pa.int64()), v) for v in columns.values]
        table = pa.table(lists, names=[str(i) for i in range(len(lists))])
        with pa.OSFile(str(draft / _VALUES), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        _sync(draft)
        with contextlib.suppress(FileExistsError, OSError):
            draft.rename(target)  # another worker was faster where it exists
        if not target.exists():
            draft.rename(target)
    except OSError as error:
        raise StoreUnusable(
            f"the snapshot of {layer_folder.name!r} can't be written in {layer_folder}: {error}"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def _sync(folder: Path) -> None:
    for file in folder.iterdir():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())


def open_columns(folder: Path, layer: Layer) -> Columns | None:
    """The memory-mapped columns of a folder; None where a file of it is missing or cut short.

    Opening reads no data; the pages come when they are used.
    """
    try:
        # A plain view: the memmap class costs a Python call on each slice.
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False).view(np.ndarray)
            for name in ARRAYS
        }
        table = pa.ipc.open_file(pa.memory_map(str(folder / _VALUES))).read_all()
    except (OSError, ValueError, EOFError):
        return None
    values = tuple(
        table.column(i).chunk(0).values if table.num_rows else pa.array([], field.type)
        for i, field in enumerate(layer.schema())
    )
    return Columns(**arrays, values=values)


def newest(layer_folder: Path, version: int) -> tuple[Path, int] | None:
    """The newest complete folder of the layer's version and the place in the change log it was made at."""
    prefix = f"f{FORMAT}-v{version:08d}-s"
    names = sorted(p.name for p in layer_folder.glob(prefix + "*")) if layer_folder.is_dir() else []
    return (layer_folder / names[-1], int(names[-1].removeprefix(prefix))) if names else None


def remove_older(layer_folder: Path, keep: Path) -> None:
    """Remove all but the kept folder and the one before it; whoever has an older one mapped keeps its pages."""
    folders = sorted((p for p in layer_folder.glob("f*-v*-s*") if p.name < keep.name), key=lambda p: p.name)
    for old in folders[:-1]:
        shutil.rmtree(old, ignore_errors=True)
