"""Courses, and how the household gets on with them, for who practises without a conversation.

The first attempt at an item that is new or due counts, as in a lesson by voice, and by the same
score; what is said in between is exercise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from assistant.examiner import judged
from pronunciation import Assessment
from skills.lesson.course import Course, Item
from skills.lesson.courses import load_courses
from skills.lesson.progress import HOUSEHOLD, Progress
from skills.lesson.scheduling import Standing
from speech.errors import ConfigError
from speech.language import primary


class Practice:
    """The courses of a machine; every method raises OSError where progress cannot be kept.

    Parameters
    ----------
    state
        The state folder.
    """

    def __init__(self, state: Path) -> None:
        state.mkdir(parents=True, exist_ok=True)
        self._progress = Progress(state)

    def courses(self) -> list[Course]:
        """All that can be read now."""
        return load_courses()

    def standings(self, language: str) -> Mapping[str, Standing]:
        """How well each item of a language was said, by its text."""
        return self._progress.standings(HOUSEHOLD, language)

    def item(self, text: str, language: str) -> Item:
        """The item of a course that a text is; raises ConfigError if it is none."""
        for course in self.courses():
            if primary(course.teaches) == primary(language):
                for item in course.items:
                    if item.text == text:
                        return item
        raise ConfigError("no course has this text: leave out `record`")

    def attempt(
        self, text: str, language: str, assessment: Assessment, now: datetime | None = None
    ) -> Standing | None:
        """Keep how an item was said, if it is new or due; what is then known of it.

        None where nothing was heard that can be judged, and nothing is known.
        """
        now = now or datetime.now(UTC)
        before = self.standings(language).get(text)
        score = judged(assessment, language).score
        if score is None or (before is not None and before.due > now):
            return before
        return self._progress.record(HOUSEHOLD, language, text, round(score, 1), now)
