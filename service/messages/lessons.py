"""``/v1/lessons``: the courses, and how the household gets on with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from service.messages.wire import Message
from skills.lesson import course, scheduling


@dataclass(frozen=True, slots=True)
class Standing:
    """How well an item is known."""

    score: float
    """Of the last attempt that counted, 0 to 100."""
    times: int
    """Attempts that counted."""
    due: datetime
    """When it should be said again."""

    @classmethod
    def of(cls, standing: scheduling.Standing | None) -> Standing | None:
        """What a client is told of a standing."""
        return None if standing is None else cls(standing.score, standing.times, standing.due)


@dataclass(frozen=True, slots=True)
class Item:
    """Something to say."""

    kind: course.Kind
    text: str
    gloss: str
    """What it means, in the learners' language."""
    cue: str
    """In a dialogue, what is said to the learner before it."""
    standing: Standing | None
    """None where it was never said."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """Items that belong together."""

    name: dict[str, str]
    """By language."""
    tip: dict[str, str]
    """What to watch, by language."""
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """What is learnt, by whom."""

    id: str
    teaches: str
    """BCP 47."""
    speakers: str
    """The learners' language."""
    name: dict[str, str]
    lessons: tuple[Lesson, ...]

    @classmethod
    def of(cls, one: course.Course, standings: Mapping[str, scheduling.Standing]) -> Course:
        """A course with what is known of its items."""
        lessons = tuple(
            Lesson(
                dict(lesson.name),
                dict(lesson.tip),
                tuple(
                    Item(
                        item.kind,
                        item.text,
                        item.gloss,
                        item.cue,
                        Standing.of(standings.get(item.text)),
                    )
                    for item in lesson.items
                ),
            )
            for lesson in one.lessons
        )
        return cls(one.id, one.teaches, one.speakers, dict(one.name), lessons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Courses(Message):
    """All courses, one's own first."""

    TYPE: ClassVar[str] = "courses"
    courses: tuple[Course, ...]


FROM_SERVICE: tuple[type[Message], ...] = (Courses,)
