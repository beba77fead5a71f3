"""A private PostgreSQL with PostGIS."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from pathlib import Path

import psycopg

from tests.support.server import free_port


def postgres_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Cluster:
    """A private PostgreSQL in a temporary folder, gone with the tests."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder, self.port = binaries, folder, free_port()
        # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run(
            "initdb", "-D", str(folder / "data"), "-U", "citybase", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        options = (
            f"-p {self.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=on -c shared_buffers=256MB"
        )
        log = str(folder / "log")
        self._run("pg_ctl", "-D", str(folder / "data"), "-o", options, "-l", log, "-w", "start")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.binaries / program), *arguments],
            check=True,
            user=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )

    def new_database(self) -> str:
        """The URL of a database of its own."""
        name = "t" + uuid.uuid4().hex[:12]
        self._administer(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgresql+psycopg://citybase@127.0.0.1:{self.port}/{name}"

    def keep(self, url: str) -> None:
        """Let nobody use the database any more, so that others can be made like it at any time."""
        self._administer(f"ALTER DATABASE {url.rpartition('/')[2]} ALLOW_CONNECTIONS false")

    def make_like(self, url: str, kept: str) -> None:
        """Make the database anew, as a copy of one that is kept."""
        name = url.rpartition("/")[2]
        self._administer(f"DROP DATABASE {name}")
        self._administer(f"CREATE DATABASE {name} TEMPLATE {kept.rpartition('/')[2]}")

    def _administer(self, statement: str) -> None:
        to = f"host=127.0.0.1 port={self.port} user=citybase dbname=postgres"
        with psycopg.connect(to, autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Stop at once."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
