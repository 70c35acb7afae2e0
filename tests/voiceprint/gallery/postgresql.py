"""A real PostgreSQL of the tests' own: a cluster in a folder, reached through a socket there."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest

_RUNNING = "-c listen_addresses='' -c fsync=off -c shared_buffers=16MB"


def _programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``; Debian keeps them out of the path."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: int(re.findall(r"\d+", str(path))[0]), default=None)
    return newest and newest.parent


class PostgreSQL:
    """A server that can be stopped and started again; it skips the test where there is none."""

    def __init__(self) -> None:
        programs = _programs()
        if programs is None:
            pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
        self._programs = programs
        # It refuses to run as root. Short, since the path of a socket has 107 letters at most.
        self._user = next(
            (name for name in ("postgres", "nobody") if os.getuid() == 0 and _exists(name)), None
        )
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if self._user:
            shutil.chown(self.folder, self._user)
        self._data = self.folder / "data"
        self._run("initdb", "--auth=trust", "--username=sonorant", "--no-sync", "-E", "UTF8")
        self.start()

    def start(self) -> None:
        """Start it and return once it answers."""
        options = f"{_RUNNING} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Stop it at once, as a power cut would."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def empty_database(self) -> str:
        """The URL of a database with nothing in it; what was in there is gone."""
        url = f"postgresql://sonorant@/postgres?host={self.folder}"
        with psycopg.connect(url) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return url

    def remove(self) -> None:
        """Stop it and remove all of it."""
        self.stop()
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, "-D", self._data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._user,
            cwd="/",
        )


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
