"""Files and folders that appear at once and whole: written under another name, synced, renamed.

What a process that died was writing is swept. A folder is held locked while it is written, which tells it from one
that nobody will finish; a file is written in seconds, so one that nobody has touched for an hour is abandoned.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

_DRAFT = re.compile(r"\..+\.[0-9a-f]{32}")
_ABANDONED_S = 3600.0


def lock_file(file: Path) -> TextIO:
    """An open file that is locked until it is closed; waits while another process or thread has it locked."""
    handle = file.open("w")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    except BaseException:
        handle.close()
        raise
    return handle


@contextmanager
def new_file(file: Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes its place at the end and not at all where something is raised. `OSError` where
    the disk is full."""
    draft = file.with_name(f".{file.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("wb") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)


def remove_files(folder: Path) -> None:
    """Remove the files of a folder that processes that died were writing: those that nobody touched for an hour."""
    long_ago = time.time() - _ABANDONED_S
    for draft in folder.glob(".*"):
        if _DRAFT.fullmatch(draft.name):
            with contextlib.suppress(FileNotFoundError):  # it was published, or its owner was faster
                if draft.stat().st_mtime < long_ago:
                    draft.unlink()


class FolderDraft:
    """A folder to write files into, held locked until it is published or discarded."""

    def __init__(self, parent: Path) -> None:
        """Make it inside `parent`, which is made too. `OSError` where it can't be."""
        self.path = parent / f".{uuid.uuid4().hex}"
        self._held: int | None = self._make()

    def sync(self) -> None:
        """Bring to disk what was written so far."""
        for file in self.path.iterdir():
            with file.open("rb") as handle:
                os.fsync(handle.fileno())

    def publish(self, target: Path) -> None:
        """Make the folder appear at once under its name."""
        self.sync()
        self.path.rename(target)

    def discard(self) -> None:
        """Remove what was not published."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _make(self) -> int:
        while True:
            self.path.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # somebody swept it before it was locked
                held = os.open(self.path, os.O_RDONLY)
                fcntl.flock(held, fcntl.LOCK_EX)
                if self.path.exists():
                    return held
                os.close(held)


def remove_folders(parent: Path) -> None:
    """Remove the folders that processes that died were writing; not those that are being written."""
    for draft in parent.glob(".*"):
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
