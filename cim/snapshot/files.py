"""Columns in a folder: written once, then memory-mapped by every worker.

A folder is complete or not there: it is written under another name, synced, and renamed.
Its name is `<version>-<seq>`, so the newest is the last in order.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa

from cim.arrays import bundle, parallel
from cim.arrays.open_files import explain, is_shortage
from cim.arrays.readonly import mapped_bytes
from cim.columnar.columns import ARRAYS, Columns
from cim.errors import StoreUnusable
from cim.model.layer import Layer
from cim.snapshot.tile_versions import TileVersions

#: Grows when the arrays change their meaning; folders of another format are built anew.
FORMAT = 4
_ARRAYS = "columns.bin"
_VALUES = "values.arrow"
_TOUCHED = "touched.bin"


def folder_name(version: int, seq: int) -> str:
    """The folder's name for a layer's version as of a place in the change log.

    >>> folder_name(3, 1200)
    'f4-v00000003-s000000001200'
    """
    return f"f{FORMAT}-v{version:08d}-s{seq:012d}"


class Draft:
    """Columns on their way to a folder: made and written by a thread of its own from now on, then made to appear."""

    def __init__(self, make: Callable[[], Columns], layer_folder: Path) -> None:
        self._layer_folder = layer_folder
        self._folder = layer_folder / f".{uuid.uuid4().hex}"
        self._held: int | None = None
        self._writing = parallel.background(lambda: self._write(make))

    def wait(self) -> None:
        """Wait until all is written. `StoreUnusable` where it can't be, as on a full disk."""
        try:
            self._writing.result()
        except OSError as error:
            raise StoreUnusable(f"the snapshot can't be written in {self._layer_folder}: {error}") from error

    def publish(self, version: int, seq: int, touched: TileVersions | None = None) -> Path:
        """Make the columns appear at once as those of this version and place in the log, with what is known of where
        they were touched when (None: everywhere, here); gives their folder.

        Those before the last ones are removed. `StoreUnusable` where they can't be written.
        """
        target = self._layer_folder / folder_name(version, seq)
        try:
            self.wait()
            if not target.exists():
                (touched or TileVersions.everywhere(seq)).save(self._folder / _TOUCHED)
                _sync(self._folder)
                self._folder.rename(target)
            remove_older(self._layer_folder, target)
            remove_drafts(self._layer_folder)
        except OSError as error:
            if not target.exists():  # else another worker was faster
                raise StoreUnusable(
                    f"the snapshot can't be written in {self._layer_folder}: {error}"
                ) from error
        finally:
            self.discard()
        return target

    def discard(self) -> None:
        """Remove what was not published."""
        self._writing.exception()
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _write(self, make: Callable[[], Columns]) -> None:
        self._held = self._make_folder()
        self._fill(make())

    def _make_folder(self) -> int:
        """Make the folder and hold it locked until it is published or discarded, so that nobody sweeps it as
        that of a process that died."""
        while True:
            self._folder.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # somebody swept it before it was locked
                held = os.open(self._folder, os.O_RDONLY)
                fcntl.flock(held, fcntl.LOCK_EX)
                if self._folder.exists():
                    return held
                os.close(held)

    def _fill(self, columns: Columns) -> None:
        with (self._folder / _ARRAYS).open("wb") as handle:
            bundle.write({name: getattr(columns, name) for name in ARRAYS}, handle)
        lists = [pa.LargeListArray.from_arrays(pa.array([0, len(v)], pa.int64()), v) for v in columns.values]
        table = pa.table(lists, names=[str(i) for i in range(len(lists))])
        with (
            pa.OSFile(str(self._folder / _VALUES), "wb") as sink,
            pa.ipc.new_file(sink, table.schema) as writer,
        ):
            writer.write_table(table)
        _sync(self._folder)  # the bulk of it, before anybody waits for it


def save(
    columns: Columns, layer_folder: Path, version: int, seq: int, touched: TileVersions | None = None
) -> Path:
    """Write the columns and make them appear at once; gives their folder. `StoreUnusable` where the disk is full."""
    return Draft(lambda: columns, layer_folder).publish(version, seq, touched)


def remove_drafts(layer_folder: Path) -> None:
    """Remove what processes that died were writing."""
    for draft in layer_folder.glob(".*"):
        if draft.is_dir():
            with contextlib.suppress(FileNotFoundError):  # its owner was faster
                held = os.open(draft, os.O_RDONLY)
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(draft, ignore_errors=True)
                except BlockingIOError:
                    continue  # being written
                finally:
                    os.close(held)


def _sync(folder: Path) -> None:
    for file in folder.iterdir():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())


def open_columns(folder: Path, layer: Layer) -> Columns | None:
    """The memory-mapped columns of a folder; None where a file of it is missing or cut short.

    Opening reads no data; the pages come when they are used. `StoreUnusable` where the process may open no more
    files, which is no damage.
    """
    kept = bundle.open_bundle(folder / _ARRAYS)
    try:
        if kept is None or kept.arrays.keys() != set(ARRAYS):
            return None
        table = pa.ipc.open_file(pa.py_buffer(mapped_bytes(folder / _VALUES))).read_all()
    except OSError as error:
        if is_shortage(error):
            raise StoreUnusable(f"the snapshot in {folder} can't be opened: {explain(error)}") from error
        return None
    except (ValueError, EOFError):
        return None
    values = tuple(
        table.column(i).chunk(0).values if table.num_rows else pa.array([], field.type)
        for i, field in enumerate(layer.schema())
    )
    return Columns(**kept.arrays, values=values)


def open_touched(folder: Path) -> TileVersions | None:
    """What a folder says of where its layer was touched when; None where it does not."""
    return TileVersions.from_file(folder / _TOUCHED)


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
