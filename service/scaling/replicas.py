"""What a replica holds: engines of one kind, and the utterances that are under way with them.

Methods do CPU work and are called from several threads. What goes over the wire is their parameters
and results.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

from pronunciation.contract import AssessmentStream, Progress, Pronunciations
from pronunciation.results import Assessment
from service.opening import Here, Opening
from speech.audio import Samples
from speech.recognition.contract import Capabilities, Final, Partial, RecognitionStream
from voiceprint.contract import Embedding, EmbeddingModel

P = ParamSpec("P")
E = TypeVar("E")

_FORGOTTEN = 120.0  # seconds after which an utterance that nobody goes on with is dropped


@dataclass(frozen=True, slots=True)
class Lost:
    """The answer where an utterance is not here, or not all of it: say it from the beginning."""


@dataclass(frozen=True, slots=True)
class Step:
    """The next piece of an utterance."""

    key: str
    """Random, one an utterance."""
    at: int
    """Samples that came before; 0 begins the utterance, also anew."""
    samples: Samples = field(repr=False)
    last: bool = False
    """Whether the result is wanted."""


@dataclass(frozen=True, slots=True)
class Listening:
    """How an utterance is recognised."""

    engine: str
    language: str
    model: str | None
    phrases: tuple[str, ...]
    partials: bool
    alternatives: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read."""

    language: str
    text: str | None
    id: str
    pronunciations: Pronunciations | None


class Recognizers:
    """Recognisers, each opened when it is first needed."""

    def __init__(self, opening: Opening | None = None) -> None:
        self._opened = _Once((opening or Here()).recognizer)
        self._streams: _Streams[RecognitionStream] = _Streams(lambda stream: stream.close())

    def describe(self, engine: str, language: str, model: str | None) -> tuple[str, Capabilities]:
        """Name and capabilities; errors as in :meth:`service.opening.Opening.recognizer`."""
        recognizer = self._opened(engine, language, model)
        return recognizer.name, recognizer.capabilities

    def advance(self, wanted: Listening, step: Step) -> Partial | Final | Lost | None:
        """Go on with an utterance; errors as in :mod:`speech.recognition.contract`."""

        def begin() -> RecognitionStream:
            recognizer = self._opened(wanted.engine, wanted.language, wanted.model)
            return recognizer.stream(
                wanted.phrases, partials=wanted.partials, alternatives=wanted.alternatives
            )

        found: Partial | Final | Lost | None = self._streams.advance(begin, step)
        return found

    def anticipate(self, key: str) -> None:
        """The speaker seems to have stopped."""
        self._streams.use(key, lambda stream: stream.anticipate())

    def drop(self, key: str) -> None:
        """Nobody wants the result."""
        self._streams.drop(key)


class Assessors:
    """Scorers of readings, each opened when it is first needed."""

    def __init__(self, opening: Opening | None = None) -> None:
        self._opened = _Once((opening or Here()).assessor)
        self._streams: _Streams[AssessmentStream] = _Streams(lambda stream: None)

    def describe(self, language: str) -> None:
        """Load it; errors as in :func:`pronunciation.open_assessor`."""
        self._opened(language)

    def assess(self, wanted: Reading, samples: Samples) -> Assessment:
        """Judge a recording; errors as in :mod:`pronunciation.contract`."""
        return self._opened(wanted.language).assess(
            samples, wanted.text, id=wanted.id, pronunciations=wanted.pronunciations
        )

    def advance(self, wanted: Reading, step: Step) -> Progress | Assessment | Lost | None:
        """Go on with a reading; errors as in :mod:`pronunciation.contract`."""

        def begin() -> AssessmentStream:
            assert wanted.text is not None
            return self._opened(wanted.language).stream(
                wanted.text, id=wanted.id, pronunciations=wanted.pronunciations
            )

        found: Progress | Assessment | Lost | None = self._streams.advance(begin, step)
        return found

    def drop(self, key: str) -> None:
        """Nobody wants the result."""
        self._streams.drop(key)


class Embedders:
    """The embedding network."""

    def __init__(self, opening: Opening | None = None) -> None:
        self._opened = _Once((opening or Here()).embedder)

    def describe(self) -> tuple[EmbeddingModel, int]:
        """Model and dimension; errors as in :func:`voiceprint.embedding.open_embedder`."""
        embedder = self._opened()
        return embedder.model, embedder.dimension

    def embed(self, samples: Samples) -> Embedding:
        """The embedding; raises AudioError as an embedder does."""
        return self._opened().embed(samples)


class _Once(Generic[P, E]):
    """Opens each engine once, and keeps it."""

    def __init__(self, open: Callable[P, E]) -> None:
        self._open = open
        self._opened: dict[object, E] = {}
        self._lock = threading.Lock()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> E:
        with self._lock:
            if args not in self._opened:
                self._opened[args] = self._open(*args, **kwargs)
            return self._opened[args]


class _Stream(Protocol):
    def feed(self, samples: Samples) -> Any: ...

    def finish(self) -> Any: ...


S = TypeVar("S", bound=_Stream)


@dataclass(slots=True, eq=False)
class _Underway(Generic[S]):
    stream: S
    samples: int = 0
    used: float = field(default_factory=time.monotonic)
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Streams(Generic[S]):
    """The utterances that are under way."""

    def __init__(self, close: Callable[[S], object]) -> None:
        self._close = close
        self._streams: dict[str, _Underway[S]] = {}
        self._lock = threading.Lock()

    def advance(self, begin: Callable[[], S], step: Step) -> Any:
        """What the stream answers, or :class:`Lost`."""
        if step.at == 0:
            self.drop(step.key)
            self._forget()
            begun = _Underway(begin())
            with self._lock:
                self._streams[step.key] = begun
        underway = self._streams.get(step.key)
        if underway is None:
            return Lost()
        with underway.lock:
            if underway.samples != step.at:
                return Lost()
            underway.samples += step.samples.size
            underway.used = time.monotonic()
            found = underway.stream.feed(step.samples) if step.samples.size else None
            if step.last:
                found = underway.stream.finish()
        if step.last:
            self.drop(step.key)
        return found

    def use(self, key: str, call: Callable[[S], object]) -> None:
        """Call something of a stream, if it is here."""
        underway = self._streams.get(key)
        if underway is not None:
            with underway.lock:
                call(underway.stream)

    def drop(self, key: str) -> None:
        """Forget a stream, if it is here."""
        with self._lock:
            underway = self._streams.pop(key, None)
        if underway is not None:
            with underway.lock:
                self._close(underway.stream)

    def _forget(self) -> None:
        """Drop what nobody goes on with: its front door died, or another replica took it over."""
        now = time.monotonic()
        for key, underway in tuple(self._streams.items()):
            if now - underway.used > _FORGOTTEN:
                self.drop(key)
