"""The lists in ``lists.db`` of the state folder; several programs may use it at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from skills.database import Database
from skills.lists.items import same

_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    id INTEGER PRIMARY KEY,
    list TEXT NOT NULL,
    text TEXT NOT NULL,
    added TEXT NOT NULL DEFAULT (datetime('now'))
)
"""


class Lists:
    """Lists by name, each of texts in the order in which they were added.

    Every method raises OSError where the database cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "lists.db", _SCHEMA)

    def items(self, name: str) -> list[str]:
        """What is on a list."""
        with self._database.transaction() as database:
            return _texts(database, name)

    def add(self, name: str, items: Iterable[str]) -> list[str]:
        """Add what is not there yet; returns what was added."""
        with self._database.transaction() as database:
            there = _texts(database, name)
            added: list[str] = []
            for item in items:
                if not any(same(item, other) for other in (*there, *added)):
                    added.append(item)
            rows = [(name, item) for item in added]
            database.executemany("INSERT INTO items (list, text) VALUES (?, ?)", rows)
            return added

    def remove(self, name: str, items: Iterable[str]) -> list[str]:
        """Remove the things that are meant; returns what was removed, as it stood there."""
        with self._database.transaction() as database:
            removed = []
            for item in items:
                found = meant(item, _texts(database, name))
                if found is not None:
                    database.execute("DELETE FROM items WHERE list = ? AND text = ?", (name, found))
                    removed.append(found)
            return removed

    def clear(self, name: str) -> None:
        """Remove everything from a list."""
        with self._database.transaction() as database:
            database.execute("DELETE FROM items WHERE list = ?", (name,))


def meant(item: str, there: list[str]) -> str | None:
    """Which of the things on a list somebody means: the same, or the only one that holds it."""
    exact = [other for other in there if same(item, other)]
    holding = [other for other in there if item.casefold() in other.casefold()]
    return exact[0] if exact else holding[0] if len(holding) == 1 else None


def _texts(database: sqlite3.Connection, name: str) -> list[str]:
    rows = database.execute("SELECT text FROM items WHERE list = ? ORDER BY id", (name,))
    return [text for (text,) in rows]
