"""A small SQLite file in the state folder, which several programs may use at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from skills.storage import put_aside

_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_WAIT = 5.0
"""Seconds to wait for another program that writes."""


class _DamagedError(OSError):
    """The file holds something else, or is damaged."""


class Database:
    """One file. Every method raises OSError where it cannot be used.

    Parameters
    ----------
    file
        Made if it is missing; what is no database is kept beside it as ``NAME.broken``.
    schema
        Statements that make the tables, each harmless where they are there.
    """

    def __init__(self, file: Path, *schema: str) -> None:
        self._file = file
        self._schema = schema
        try:
            self._create()
        except _DamagedError as error:
            put_aside(self._file, str(error))
            self._create()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which other programs see all of or nothing of."""
        try:
            with closing(sqlite3.connect(self._file, timeout=_WAIT)) as database:
                database.isolation_level = None
                database.execute("PRAGMA secure_delete = ON")  # what is deleted is gone
                database.execute("BEGIN IMMEDIATE")
                try:
                    yield database
                except BaseException:
                    database.execute("ROLLBACK")
                    raise
                database.execute("COMMIT")
        except sqlite3.Error as error:
            damaged = getattr(error, "sqlite_errorcode", None) in _DAMAGED
            kind = _DamagedError if damaged else OSError
            raise kind(f"{self._file} cannot be used: {error}") from error

    def _create(self) -> None:
        with self.transaction() as database:
            for statement in self._schema:
                database.execute(statement)
