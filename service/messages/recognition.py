"""``/v1/recognize``: audio up, what was understood down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import Field

from service.messages.common import AudioStart, Done, End, Error, Hello, Language
from service.messages.wire import Message
from speech.recognition.contract import Final, Hypothesis, Word

Phrase = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognize(AudioStart):
    """From the client, first: what is spoken and what is wanted; then audio in binary messages."""

    TYPE: ClassVar[str] = "start"
    language: Language | None = None
    """BCP 47; the service's own where it is left out."""
    partials: bool = True
    """Whether partial results are wanted; without them it costs less."""
    alternatives: bool = True
    """Whether the n best are wanted; without them it costs less with Vosk."""
    phrases: Annotated[tuple[Phrase, ...], Field(max_length=1000)] = ()
    """What is expected to be said; of use to engines with grammars only."""
    endpoints: bool = True
    """Whether utterances are found in the audio; else all of it is one, 30 s at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(Message):
    """Somebody began to speak."""

    TYPE: ClassVar[str] = "speech_started"
    start: float
    """Seconds from the start of the audio."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialText(Message):
    """What was understood so far of the utterance under way; the next one replaces it."""

    TYPE: ClassVar[str] = "partial"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalText(Message):
    """The result for one utterance; empty text where nothing was understood. Times in seconds from
    the start of the audio."""

    TYPE: ClassVar[str] = "final"
    text: str
    start: float
    end: float
    confidence: float | None = None
    words: tuple[Word, ...] = ()
    alternatives: tuple[Hypothesis, ...] = ()
    """The n best, best first, `text` included."""

    @classmethod
    def of(cls, final: Final, start: float, end: float, offset: float) -> FinalText:
        """A recogniser's result for the audio from ``offset`` on."""
        words = tuple(
            Word(
                word.word,
                None if word.start is None else word.start + offset,
                None if word.end is None else word.end + offset,
                word.confidence,
            )
            for word in final.words
        )
        return cls(
            text=final.text,
            start=start,
            end=end,
            confidence=final.confidence,
            words=words,
            alternatives=final.alternatives,
        )


FROM_CLIENT: tuple[type[Message], ...] = (Recognize, End)
FROM_SERVICE: tuple[type[Message], ...] = (
    *(Hello, SpeechStarted, PartialText, FinalText, Done, Error),
)
