"""The processes of a service: workers that end with their parent, and who holds a port."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path

#: Seconds that a worker without a parent has to answer what is under way, before it is ended.
_GRACE_S = 12.0
_PR_SET_PDEATHSIG = 1
#: How much a process yields that others need not wait for, and its session, which must not starve; and after how many
#: seconds its threads take turns.
_NICE, _SESSION_NICE, _SWITCH_S = 10, 5, 0.001


def end_with_parent() -> None:
    """Let this worker stop in good order as soon as the process that started it is gone, however that ended.

    On Linux the kernel sends SIGTERM; everywhere a thread sees the end of the pipe that the parent held, sends it too,
    and ends the process where it does not stop. Nothing happens in a process that is no worker.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent.pid:  # it ended before we had begun
        os._exit(1)
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE_S)
        os._exit(1)

    threading.Thread(target=watch, name="end with parent", daemon=True).start()


def stand_apart() -> None:
    """Give this process a session of its own, and leave Ctrl-C to the one that started it.

    Linux may share the cores between sessions. In the session of its worker, a process of whatever priority takes from
    the worker's share.
    """
    if hasattr(os, "setsid"):
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.setswitchinterval(_SWITCH_S)


def yield_to_others() -> None:
    """From now on let this process, and its session, run after others that want its core."""
    os.nice(_NICE)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(_SESSION_NICE))


def holders_of(port: int) -> list[tuple[int, str]]:
    """The processes that listen on a TCP port, each with its command line; empty where the system does not tell."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    if not sockets:
        return []
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if _held_by(process) & sockets:
            with suppress(OSError):  # it has ended meanwhile
                words = (process / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
                found.append((int(process.name), b" ".join(words).decode("utf-8", "replace")))
    return sorted(found)


def _held_by(process: Path) -> set[str]:
    """What the descriptors of a process are; nothing where it belongs to somebody else."""
    held = set()
    with suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                held.add(str(descriptor.readlink()))
    return held


def _listening(port: int) -> list[str]:
    """The inodes of the sockets that listen on a port."""
    inodes = []
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            _, local, _, state, *rest = line.split()
            if state == "0A" and int(local.rpartition(":")[2], 16) == port:
                inodes.append(rest[5])
    return inodes
