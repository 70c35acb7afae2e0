"""What each learner has said and how well, in ``lessons.db`` of the state folder.

Items are known by their language and text, so that a course can be changed, and two courses
share what they have in common. Several programs may use the file at once.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from skills.database import Database
from skills.lesson.scheduling import Standing, review
from speech.language import primary

HOUSEHOLD = "household"
"""The learner that everybody is whose voice is not known."""

_STANDINGS = """
CREATE TABLE IF NOT EXISTS standings (
    learner TEXT NOT NULL COLLATE NOCASE,
    language TEXT NOT NULL,
    text TEXT NOT NULL,
    score REAL NOT NULL,
    times INTEGER NOT NULL,
    last TEXT NOT NULL,
    due TEXT NOT NULL,
    card TEXT NOT NULL,
    PRIMARY KEY (learner, language, text)
)
"""


class Progress:
    """The learners' progress; every method raises OSError where the file cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(folder / "lessons.db", _STANDINGS)

    def record(
        self, learner: str, language: str, text: str, score: float, now: datetime | None = None
    ) -> Standing:
        """Keep how an item was said, and when it is to come again.

        Parameters
        ----------
        learner
            A name, whatever its case.
        score
            0 to 100.
        now
            In UTC; None for the present.
        """
        now = now or datetime.now(UTC)
        with self._database.transaction() as database:
            before = _standings(database, learner, language).get(text)
            after = review(before, text, score, now)
            database.execute(
                "INSERT INTO standings VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET score = excluded.score, times = excluded.times, "
                "last = excluded.last, due = excluded.due, card = excluded.card",
                (
                    *(learner, primary(language), text, after.score, after.times),
                    *(after.last.isoformat(), after.due.isoformat(), after.card),
                ),
            )
            return after

    def standings(self, learner: str, language: str) -> dict[str, Standing]:
        """How well a learner knows each item of a language that was said, by its text."""
        with self._database.transaction() as database:
            return _standings(database, learner, language)

    def learners(self) -> list[str]:
        """Everybody there is progress of."""
        with self._database.transaction() as database:
            rows = database.execute("SELECT learner FROM standings GROUP BY learner ORDER BY 1")
            return [name for (name,) in rows]

    def languages(self, learner: str) -> list[str]:
        """What a learner has lessons in, as primary subtags."""
        with self._database.transaction() as database:
            rows = database.execute(
                "SELECT DISTINCT language FROM standings WHERE learner = ? ORDER BY 1", (learner,)
            )
            return [language for (language,) in rows]

    def forget(self, learner: str) -> int:
        """Delete all that is kept of a learner; returns how many items that was."""
        with self._database.transaction() as database:
            return database.execute("DELETE FROM standings WHERE learner = ?", (learner,)).rowcount


def _standings(database: sqlite3.Connection, learner: str, language: str) -> dict[str, Standing]:
    rows = database.execute(
        "SELECT text, score, times, last, due, card FROM standings "
        "WHERE learner = ? AND language = ?",
        (learner, primary(language)),
    )
    return {
        text: Standing(
            text, score, times, datetime.fromisoformat(last), datetime.fromisoformat(due), card
        )
        for text, score, times, last, due, card in rows
    }
