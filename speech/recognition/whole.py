"""A stream of an engine that decodes utterances as a whole, again and again while they grow.

While one speaks, the utterance so far is decoded quickly now and then, each time after it has grown
by a share of its length, so that the cost of partials stays in proportion to the audio; less often
where that is slow, so that on a busy machine partials do not keep finals waiting. The final is
decoded with care; that work begins at the first pause (``anticipate``) and is usually done before
the endpoint.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from speech.audio import RATE, Samples
from speech.errors import EngineError
from speech.recognition.contract import Final, Partial


class WholeDecoder(Protocol):
    """Decodes an utterance from its first sample on. Called by one thread at a time."""

    @property
    def name(self) -> str:
        """The engine, as an error calls it."""
        ...

    def partial(self, samples: Samples) -> Partial | None:
        """What has been said so far, quickly; None where that is not worth showing."""
        ...

    def final(self, samples: Samples) -> Final:
        """What was said."""
        ...


@dataclass(frozen=True, slots=True)
class Pace:
    """When the next partial is due, and how long an utterance may become; in seconds."""

    first: float
    """Audio before the first partial is worth its cost."""
    least: float
    """Audio from one partial to the next."""
    growth: float
    """Share by which an utterance grows between two partials."""
    longest: float = 30.0
    """Audio that is decoded at once: memory is bounded, and what is longer refused."""
    patience: float = 4.0
    """The next partial waits for this many times as much audio as the last took to make."""


class WholeStream:
    """One utterance; see :class:`speech.recognition.contract.RecognitionStream`."""

    def __init__(self, decoder: WholeDecoder, pace: Pace, partials: bool) -> None:
        self._decoder = decoder
        self._pace = pace
        self._audio: list[Samples] = []
        self._size = 0
        self._partials = partials
        self._next_partial = round(pace.first * RATE)
        self._prepared: tuple[int, Final] | None = None
        self._closed = False
        self._lock = threading.Lock()  # anticipate may still run while more audio comes

    def feed(self, samples: Samples) -> Partial | None:
        """Take samples; a partial when the utterance has grown enough since the last."""
        self._check_open()
        longest = self._pace.longest
        if self._size + samples.size > longest * RATE:
            raise EngineError(
                f"this utterance is longer than the {longest:g} s that {self._decoder.name} "
                "takes at once: end it earlier (the endpointer's maximum_length)"
            )
        self._audio.append(samples)
        self._size += samples.size
        if not self._partials or self._size < self._next_partial:
            return None
        began = time.perf_counter()
        with self._lock:
            partial = self._decoder.partial(self._joined())
        taken = time.perf_counter() - began
        wait = max(
            self._pace.least, self._size / RATE * self._pace.growth, self._pace.patience * taken
        )
        self._next_partial = self._size + round(wait * RATE)
        return partial

    def anticipate(self) -> None:
        """Decode what is there; ``finish`` answers with it if no more audio comes."""
        with self._lock:
            if not self._closed and (self._prepared is None or self._prepared[0] != self._size):
                size = self._size
                self._prepared = (size, self._decoder.final(self._joined()))

    def finish(self) -> Final:
        """Decode the utterance, or take what ``anticipate`` has prepared."""
        self._check_open()
        self.anticipate()
        assert self._prepared is not None
        final = self._prepared[1]
        self.close()
        return final

    def close(self) -> None:
        """Drop the audio."""
        self._closed = True
        self._audio.clear()

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError("this utterance is over: start a new stream for the next")

    def _joined(self) -> Samples:
        if len(self._audio) > 1:
            self._audio = [np.concatenate(self._audio)]
        return self._audio[0] if self._audio else np.zeros(0, np.float32)
