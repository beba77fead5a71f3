"""Columns in a folder: written once, then memory-mapped by every worker.

A folder is complete or not there (`cim.arrays.drafts`); what is derived from the columns is kept in it too, and goes
with it. Its name is `<version>-<seq>`, so the newest is the last in order.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cim.arrays import bundle, drafts, parallel
from cim.arrays.arrow_buffers import array_of, buffers_of
from cim.columnar.columns import ARRAYS, Columns
from cim.errors import StoreUnusable
from cim.model.layer import Layer
from cim.snapshot.tile_versions import TileVersions

#: Grows when the arrays change their meaning; folders of another format are built anew.
FORMAT = 5
_COLUMNS = "columns.bin"
_TOUCHED = "touched.bin"


def folder_name(version: int, seq: int) -> str:
    """The folder's name for a layer's version as of a place in the change log.

    >>> folder_name(3, 1200)
    'f5-v00000003-s000000001200'
    """
    return f"f{FORMAT}-v{version:08d}-s{seq:012d}"


class Draft:
    """Columns on their way to a folder: made and written by a thread of its own from now on, then made to appear."""

    def __init__(self, make: Callable[[], Columns], layer_folder: Path) -> None:
        self._layer_folder = layer_folder
        self._folder: drafts.FolderDraft | None = None
        self._writing = parallel.background(self._write, make)

    def wait(self) -> None:
        """Wait until all is written. `StoreUnusable` where it can't be, as on a full disk."""
        self._result()

    def publish(self, version: int, seq: int, touched: TileVersions | None = None) -> Path:
        """Make the columns appear at once as those of this version and place in the log, with what is known of where
        they were touched when (None: everywhere, here); gives their folder.

        Those before the last ones are removed. `StoreUnusable` where they can't be written.
        """
        target = self._layer_folder / folder_name(version, seq)
        try:
            draft = self._result()
            if not target.exists():
                (touched or TileVersions.everywhere(seq)).save(draft.path / _TOUCHED)
                draft.publish(target)
            remove_older(self._layer_folder, target)
            drafts.remove_folders(self._layer_folder)
        except OSError as error:
            if not target.exists():  # else another worker was faster
                raise self._unwritten(error) from error
        finally:
            self.discard()
        return target

    def discard(self) -> None:
        """Remove what was not published."""
        self._writing.exception()
        if self._folder is not None:
            self._folder.discard()

    def _result(self) -> drafts.FolderDraft:
        try:
            return self._writing.result()
        except OSError as error:
            raise self._unwritten(error) from error

    def _unwritten(self, error: OSError) -> StoreUnusable:
        return StoreUnusable(f"the snapshot can't be written in {self._layer_folder}: {error}")

    def _write(self, make: Callable[[], Columns]) -> drafts.FolderDraft:
        draft = self._folder = drafts.FolderDraft(self._layer_folder)
        columns = make()
        arrays = {name: getattr(columns, name) for name in ARRAYS}
        for i, values in enumerate(columns.values):
            arrays |= buffers_of(f"values-{i}", values)
        with (draft.path / _COLUMNS).open("wb") as handle:
            bundle.write(arrays, handle)
        draft.sync()  # the bulk of it, before anybody waits for it
        return draft


def save(
    columns: Columns, layer_folder: Path, version: int, seq: int, touched: TileVersions | None = None
) -> Path:
    """Write the columns and make them appear at once; gives their folder. `StoreUnusable` where the disk is full."""
    return Draft(lambda: columns, layer_folder).publish(version, seq, touched)


def open_columns(folder: Path, layer: Layer) -> Columns | None:
    """The memory-mapped columns of a folder; None where they are missing, cut short or not those of the layer.

    Opening reads no data; the pages come when they are used. `StoreUnusable` where the process may open no more
    files, which is no damage.
    """
    kept = bundle.open_bundle(folder / _COLUMNS)
    if kept is None:
        return None
    try:
        lengths = np.diff(kept.arrays["value_starts"]).tolist()
        values = tuple(
            array_of(f"values-{i}", field.type, length, kept.arrays)
            for i, (field, length) in enumerate(zip(layer.schema(), lengths, strict=True))
        )
        return Columns(**{name: kept.arrays[name] for name in ARRAYS}, values=values)
    except (KeyError, ValueError):
        return None


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
