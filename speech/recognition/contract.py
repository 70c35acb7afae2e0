"""What every recogniser promises: audio in, partials while one speaks, one final at the end.

A :class:`Recognizer` holds a loaded model and is shared between threads. It makes one
:class:`RecognitionStream` for each utterance; a stream belongs to one utterance and is used by
one thread at a time. Where an utterance begins and ends is not the recogniser's business:
``speech.endpoint`` says that. All calls do CPU work and belong off an event loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from speech.audio import Samples


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times in seconds from the first sample fed to the stream."""

    word: str
    start: float | None
    """None where the engine does not know when a word was said."""
    end: float | None
    confidence: float | None
    """Probability in [0, 1], or None where the engine has none."""


@dataclass(frozen=True, slots=True)
class Partial:
    """What has been understood so far; a later partial replaces it."""

    text: str


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One way to read the whole utterance."""

    text: str
    confidence: float | None
    """Probability in [0, 1] comparable within one utterance, or None."""


@dataclass(frozen=True, slots=True)
class Final:
    """The result for a whole utterance. ``text`` is empty where no speech was understood."""

    text: str
    words: tuple[Word, ...] = ()
    confidence: float | None = None
    alternatives: tuple[Hypothesis, ...] = ()
    """The n best hypotheses, best first, ``text`` included; empty without n-best."""


class Bias(Enum):
    """What an engine does with the phrases it is told to expect."""

    NONE = "none"
    """They are ignored."""
    PREFER = "prefer"
    """They are made more likely; other text stays possible."""
    GRAMMAR = "grammar"
    """Only they can be recognised; anything else comes out as ``[unk]`` or empty."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do; callers ask this record, never for a class."""

    languages: frozenset[str] | None
    """Primary language subtags (``en``, ``zh``), or None for whatever the model speaks."""
    native_partials: bool
    """True where feeding costs the same however long the utterance already is."""
    word_times: bool
    confidences: bool
    n_best: bool
    bias: Bias


class RecognitionStream(Protocol):
    """One utterance on its way through a recogniser."""

    def feed(self, samples: Samples) -> Partial | None:
        """Take the next samples (mono float32, 16 kHz); a new partial where there is one."""
        ...

    def anticipate(self) -> None:
        """The speaker seems to have stopped: work ahead, so that ``finish`` answers at once.

        Feeding may go on afterwards; the work is then thrown away. Does nothing where an engine
        has nothing to prepare.
        """
        ...

    def finish(self) -> Final:
        """End the utterance and return its result. The stream cannot be used afterwards."""
        ...

    def close(self) -> None:
        """Drop the utterance without a result. Safe to call twice, and after ``finish``."""
        ...


class Recognizer(Protocol):
    """A loaded model that makes streams."""

    @property
    def name(self) -> str:
        """Engine and model, as shown to a person: ``moonshine tiny-en``."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What this engine can do with this model."""
        ...

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> RecognitionStream:
        """Start an utterance, told to expect ``phrases`` (see :class:`Bias`).

        Without ``partials`` or ``alternatives`` an engine that has to compute them separately
        saves their cost.
        """
        ...

    def close(self) -> None:
        """Free the model."""
        ...
