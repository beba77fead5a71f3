"""A private PostgreSQL with PostGIS."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from pathlib import Path

import psycopg

from tests.support.memory import MEMORY
from tests.support.server import free_port


def postgres_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Cluster:
    """A private PostgreSQL in a temporary folder, gone with the tests."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder, self.port = binaries, folder, free_port()
        self._with_postgis = ""
        # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run(
            "initdb", "-D", str(folder / "data"), "-U", "citybase", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        options = (
            f"-p {self.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=on -c shared_buffers=256MB "
            "-c max_wal_size=256MB"
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

    def new_database(self, like: str | None = None) -> str:
        """The URL of a database of its own: a copy of the one at the URL, else empty but for PostGIS."""
        return self._make(self._postgis() if like is None else like.rpartition("/")[2])

    def bare_database(self) -> str:
        """The URL of a database of its own that has no PostGIS yet."""
        return self._make("template0")

    def keep(self, url: str) -> None:
        """Let nobody use the database any more, so that others can be made like it at any time."""
        self._administer(f"ALTER DATABASE {url.rpartition('/')[2]} ALLOW_CONNECTIONS false")

    def drop(self, url: str) -> None:
        """Make room. Where the database lies on a disk it stays: to drop it, PostgreSQL writes all it has there."""
        if self.folder.is_relative_to(MEMORY):
            self._administer(f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def _make(self, template: str) -> str:
        name = "t" + uuid.uuid4().hex[:12]
        self._administer(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgresql+psycopg://citybase@127.0.0.1:{self.port}/{name}"

    def _postgis(self) -> str:
        """The database with PostGIS and nothing else: to add PostGIS takes ten times as long as to copy it."""
        if not self._with_postgis:
            url = self.bare_database()
            with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
                connection.execute("CREATE EXTENSION postgis")
            self.keep(url)
            self._with_postgis = url.rpartition("/")[2]
        return self._with_postgis

    def _administer(self, statement: str) -> None:
        to = f"host=127.0.0.1 port={self.port} user=citybase dbname=postgres"
        with psycopg.connect(to, autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Stop at once."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
