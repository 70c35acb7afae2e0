"""Engines that are elsewhere: the contracts of recognisers, scorers and embedders, kept by asking.

Calls wait for their answer and belong off an event loop, as those of every engine do. An utterance
whose replica is lost is said again, from its beginning, to another: the caller notices a delay.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np

from pronunciation.contract import Progress, Pronunciations
from pronunciation.results import Assessment
from service.scaling.replicas import Listening, Lost, Reading, Step
from speech.audio import Samples
from speech.errors import EngineError
from speech.recognition.contract import Capabilities, Final, Partial
from voiceprint.contract import Embedding, EmbeddingModel

T = TypeVar("T")

_TRIES = 4
_PAUSE = 0.5  # seconds, then twice as many: until it is known everywhere that a replica is lost


class ReplicaLostError(Exception):
    """The replica ended before it answered."""


class Asking(Protocol):
    """Calls methods of replicas of a kind (:mod:`service.scaling.replicas`).

    Calls with the same ``key`` go to the same replica while it lives.
    """

    def ask(self, method: str, *args: object, key: str = "") -> Any:
        """The answer.

        Raises
        ------
        SonorantError
            What the method raises, or nobody answers.
        ReplicaLostError
            The replica ended before it answered.
        """
        ...

    def tell(self, method: str, *args: object, key: str) -> None:
        """Have it done, wait for nothing, raise nothing: may be called on an event loop."""
        ...


class RemoteRecognizer:
    """See :class:`speech.recognition.contract.Recognizer`.

    Raises
    ------
    SonorantError
        As by :func:`speech.recognition.engines.open_recognizer`, or no replica can be reached.
    """

    def __init__(self, asking: Asking, engine: str, language: str, model: str | None) -> None:
        self._asking = asking
        self._engine = engine, language, model
        self._about: tuple[str, Capabilities] = _persist(
            lambda: asking.ask("describe", *self._engine)
        )

    @property
    def name(self) -> str:
        """Engine and model."""
        return self._about[0]

    @property
    def capabilities(self) -> Capabilities:
        """What the engine can do."""
        return self._about[1]

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> RemoteStream:
        """Start an utterance; errors come with its first audio."""
        wanted = Listening(*self._engine, tuple(phrases), partials, alternatives)
        return RemoteStream(self._asking, wanted)

    def close(self) -> None:
        """Nothing to free here."""


class RemoteAssessor:
    """See :class:`pronunciation.contract.Assessor`; errors as of :class:`RemoteRecognizer`."""

    def __init__(self, asking: Asking, language: str) -> None:
        self._asking = asking
        self._language = language
        _persist(lambda: asking.ask("describe", language))

    def assess(
        self,
        samples: Samples,
        text: str | None,
        *,
        id: str = "",
        pronunciations: Pronunciations | None = None,
    ) -> Assessment:
        """Judge how a text was read."""
        reading = Reading(self._language, text, id, pronunciations)
        assessment: Assessment = _persist(lambda: self._asking.ask("assess", reading, samples))
        return assessment

    def stream(
        self, text: str, *, id: str = "", pronunciations: Pronunciations | None = None
    ) -> RemoteReading:
        """Start to listen to a learner; the text is looked at now, as errors tell."""
        return RemoteReading(self._asking, Reading(self._language, text, id, pronunciations))

    def close(self) -> None:
        """Nothing to free here."""


class RemoteEmbedder:
    """See :class:`voiceprint.contract.Embedder`; errors as of :class:`RemoteRecognizer`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._about: tuple[EmbeddingModel, int] = _persist(lambda: asking.ask("describe"))

    @property
    def model(self) -> EmbeddingModel:
        """What its vectors are marked with."""
        return self._about[0]

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        return self._about[1]

    def embed(self, samples: Samples) -> Embedding:
        """The embedding of whoever speaks."""
        embedding: Embedding = _persist(lambda: self._asking.ask("embed", samples))
        return embedding


class _Utterance:
    """An utterance elsewhere, and its audio here."""

    def __init__(self, asking: Asking, wanted: Listening | Reading) -> None:
        self._asking = asking
        self._wanted = wanted
        self._key = secrets.token_hex(8)
        self._heard: list[Samples] = []
        self._size = 0

    def advance(self, samples: Samples, *, last: bool = False) -> Any:
        """What the replica answers."""
        at = self._size
        self._heard.append(samples)
        self._size += samples.size
        step = Step(self._key, at, samples, last)

        def say() -> Any:
            nonlocal step
            try:
                found = self._asking.ask("advance", self._wanted, step, key=self._key)
            except ReplicaLostError:
                step = self._everything(last)
                raise
            if isinstance(found, Lost):
                step = self._everything(last)
                raise ReplicaLostError
            return found

        found = _persist(say)
        if last:
            self._heard.clear()
        return found

    def anticipate(self) -> None:
        """Work ahead, where somebody can."""
        if self._size:
            self._asking.tell("anticipate", self._key, key=self._key)

    def drop(self) -> None:
        """Nobody wants the result."""
        if self._heard:
            self._heard.clear()
            self._asking.tell("drop", self._key, key=self._key)

    def _everything(self, last: bool) -> Step:
        return Step(self._key, 0, np.concatenate(self._heard), last)


class RemoteStream:
    """See :class:`speech.recognition.contract.RecognitionStream`."""

    def __init__(self, asking: Asking, wanted: Listening) -> None:
        self._utterance = _Utterance(asking, wanted)

    def feed(self, samples: Samples) -> Partial | None:
        """Take the next samples."""
        found: Partial | None = self._utterance.advance(samples)
        return found

    def anticipate(self) -> None:
        """The speaker seems to have stopped."""
        self._utterance.anticipate()

    def finish(self) -> Final:
        """End the utterance."""
        final: Final = self._utterance.advance(np.zeros(0, np.float32), last=True)
        return final

    def close(self) -> None:
        """Drop the utterance."""
        self._utterance.drop()


class RemoteReading:
    """See :class:`pronunciation.contract.AssessmentStream`."""

    def __init__(self, asking: Asking, wanted: Reading) -> None:
        self._utterance = _Utterance(asking, wanted)
        self._utterance.advance(np.zeros(0, np.float32))

    def feed(self, samples: Samples) -> Progress | None:
        """Take the next samples."""
        progress: Progress | None = self._utterance.advance(samples)
        return progress

    def finish(self) -> Assessment:
        """End the recording and assess it."""
        assessment: Assessment = self._utterance.advance(np.zeros(0, np.float32), last=True)
        return assessment


def _persist(call: Callable[[], T]) -> T:
    """Call again where a replica is lost, a few times; then raise EngineError."""
    pause = _PAUSE
    for attempt in range(_TRIES):
        try:
            return call()
        except ReplicaLostError:
            if attempt:
                time.sleep(pause)
                pause *= 2
    raise EngineError("the processes that do this work end before they answer; try again later")
