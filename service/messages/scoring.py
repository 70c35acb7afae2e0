"""``/v1/pronunciation``: a text, then the reading of it; progress, then the assessment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import Field

from pronunciation.results import Assessment
from pronunciation.shadowing.results import Shadowing
from service.messages.common import AudioStart, Done, End, Error, Hello, Language, Text
from service.messages.lessons import Standing
from service.messages.wire import Message

Ways = Annotated[
    dict[
        Annotated[str, Field(max_length=100)],
        Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(max_length=8)],
    ],
    Field(max_length=100),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(AudioStart):
    """From the client, first: what is read; then audio in binary messages while it is."""

    TYPE: ClassVar[str] = "start"
    text: Text
    """What is read."""
    language: Language | None = None
    """BCP 47; the service's own where it is left out."""
    id: Annotated[str, Field(max_length=200)] = ""
    """What the client calls the recording."""
    pronunciations: Ways = field(default_factory=dict)
    """The client's own pronunciations: a word to the ways it may be said, in ARPAbet."""
    record: bool = False
    """Whether it is an attempt at an item of a course, kept as the progress of the household."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Message):
    """How far the learner has read."""

    TYPE: ClassVar[str] = "progress"
    words: int
    """Words of the text that were begun."""
    time: float
    """Seconds of audio heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed(Message):
    """The judgement of the reading: scores 0 to 100, times in seconds from the start."""

    TYPE: ClassVar[str] = "assessment"
    assessment: Assessment
    standing: Standing | None = None
    """With `record`: what is known of the item now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shadowed(Message):
    """A learner beside a reference: how alike, and both melodies."""

    TYPE: ClassVar[str] = "shadowing"
    shadowing: Shadowing


FROM_CLIENT: tuple[type[Message], ...] = (Read, End)
FROM_SERVICE: tuple[type[Message], ...] = (Hello, Progress, Assessed, Done, Error)
