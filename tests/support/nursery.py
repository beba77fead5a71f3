"""Python programs in processes of their own that need not import what they stand on: to import it takes two seconds.

One process imports the product once and is forked for every program. It runs no thread, opens nothing and waits; so a
program begins like any other, with a process number, standard streams and memory of its own.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from tests.support.inputs import ROOT

#: What the programs import.
_IMPORTED = ("cim.city", "cim.store", "tests.support.small_city", "tests.support.killed_programs")
_LONGEST = 1 << 20


class Program:
    """A program that runs, as far as `subprocess.Popen` knows it too."""

    def __init__(self, code: str, arguments: tuple[str, ...]) -> None:
        out, out_there = os.pipe()
        err, err_there = os.pipe()
        nursery = _nursery()
        socket.send_fds(nursery, [json.dumps([code, *arguments]).encode()], [out_there, err_there])
        os.close(out_there)
        os.close(err_there)
        self.pid = int(nursery.recv(_LONGEST))
        self.stdout, self.stderr = os.fdopen(out, encoding="utf-8"), os.fdopen(err, encoding="utf-8")

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it, if it has not ended."""
        if self.is_there():
            os.kill(self.pid, signal.SIGKILL)

    def is_there(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def wait(self, timeout: float = 60) -> None:
        """Return when it has ended."""
        until = time.monotonic() + timeout
        while self.is_there():
            assert time.monotonic() < until, "the program goes on"
            time.sleep(0.001)

    def communicate(self, timeout: float = 60) -> tuple[str, str]:
        """All that it printed and complained of, when it has ended; it prints little."""
        self.wait(timeout)
        return self.stdout.read(), self.stderr.read()

    def close(self) -> None:
        """End it and close its streams."""
        self.kill()
        self.wait()
        self.stdout.close()
        self.stderr.close()


@functools.cache
def _nursery() -> socket.socket:
    """The connection to the process that is forked; it ends when this one does."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.nursery", str(there.fileno())],
            cwd=ROOT,
            pass_fds=[there.fileno()],
        )
    atexit.register(_end, here, process)
    return here


def _end(here: socket.socket, process: subprocess.Popen[bytes]) -> None:
    here.close()
    process.wait(10)


def _serve(connection: socket.socket) -> None:
    """Fork for each program that is asked for, until nobody is at the other end."""
    for name in _IMPORTED:
        __import__(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system forgets children that ended
    while True:
        asked, streams, _, _ = socket.recv_fds(connection, _LONGEST, 2)
        if not asked:
            return
        if child := os.fork():
            for stream in streams:
                os.close(stream)
            connection.send(str(child).encode())
        else:
            connection.close()
            _run(streams, *json.loads(asked))


def _run(streams: list[int], code: str, *arguments: str) -> Any:
    """Be the program: its streams, its arguments, its code; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, stream in enumerate(streams, 1):
        os.dup2(stream, number)
        os.close(stream)
    sys.argv = ["-c", *arguments]
    status = 0
    try:
        exec(compile(code, "<program>", "exec"), {"__name__": "__main__"})
    except BaseException:  # noqa: BLE001 (as the interpreter does at its end)
        sys.excepthook(*sys.exc_info())
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
