"""What the parts of the voiceprint wing hand to each other.

Audio becomes a :data:`Vector` (an :class:`Embedder`), several vectors become a :class:`Template`,
a vector against a template becomes a :class:`Decision`. A :class:`Person` has a template a model;
vectors of different models never meet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from speech.audio import Samples

Vector = npt.NDArray[np.float32]
"""A speaker embedding, shape (dimension,), of unit length."""


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """Which network made a vector. Vectors of unequal models cannot be compared."""

    name: str
    """As in ``campplus``."""
    version: str
    """Changes whenever the vectors do: weights, head or front end."""

    def __str__(self) -> str:
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Embedding:
    """What a network makes of a recording."""

    vector: Vector = field(repr=False)
    """Who speaks."""
    strength: float
    """How much of a voice the network found: the length of its own vector, in its own unit. It is
    low for noise, several voices and little speech (Thienpondt et al., arXiv:2010.12468)."""


class Embedder(Protocol):
    """A speaker embedding network. Safe to call from several threads."""

    @property
    def model(self) -> EmbeddingModel:
        """What its vectors are marked with."""
        ...

    @property
    def dimension(self) -> int:
        """Numbers in a vector."""
        ...

    def embed(self, samples: Samples) -> Embedding:
        """The embedding of whoever speaks in ``samples``; at least 0.4 s are needed.

        Raises
        ------
        AudioError
            There are fewer samples than the network needs.
        """
        ...


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a recording is for telling who speaks."""

    seconds: float
    """Length of the recording."""
    speech: float
    """Seconds of it that are speech."""
    snr: float
    """Signal-to-noise ratio, dB."""
    clipping: float
    """Share of samples at the limit, 0-1."""
    narrow_band: bool
    """Whether nothing is there above 4 kHz, as over a telephone."""


@dataclass(frozen=True, slots=True)
class Template:
    """What is kept of a person's voice: never audio."""

    model: EmbeddingModel
    vector: Vector = field(repr=False, compare=False)
    """The aggregate of the enrolment's vectors, of unit length."""
    utterances: int = 1
    """How many went into it."""
    speech: float = 0.0
    """Seconds of speech in them."""
    strength: float = 0.0
    """The mean of theirs, see :class:`Embedding`; 0 where it is unknown."""


@dataclass(frozen=True, slots=True)
class Consent:
    """That a person agreed to be enrolled: the law treats voiceprints as biometric data."""

    given: datetime
    """With time zone."""
    statement: str
    """What was agreed to, in the words that were shown."""
    witness: str = ""
    """Who recorded the consent, if not the person."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody enrolled."""

    id: str
    """A random identifier (UUID), which stays when the name changes."""
    name: str
    """Unique whatever the case; shown and spoken."""
    groups: tuple[str, ...] = ()
    consent: Consent | None = None
    created: datetime | None = None
    expires: datetime | None = None
    """After this, every attempt is refused until the person is enrolled again."""
    blocked: bool = False
    models: tuple[EmbeddingModel, ...] = ()
    """Those that the person has a template of."""


class Outcome(StrEnum):
    """What was decided."""

    ACCEPT = "accept"
    REJECT = "reject"
    RETRY = "retry"
    """The recording does not allow a decision: say it again."""


class Purpose(StrEnum):
    """What a decision is for: how sure it has to be."""

    CONVENIENCE = "convenience"
    """A greeting, a playlist."""
    STANDARD = "standard"
    """A front door, together with a challenge."""
    STRICT = "strict"
    """Where a wrong accept is far worse than asking ten times."""


class Reason(StrEnum):
    """Why a decision is what it is."""

    MATCH = "match"
    NO_MATCH = "no_match"
    NOBODY_KNOWN = "nobody_known"
    """Identification: it is none of the people enrolled."""
    UNDECIDED = "undecided"
    """Identification: it may be one or another of the people enrolled."""
    TOO_SHORT = "too_short"
    TOO_NOISY = "too_noisy"
    CLIPPED = "clipped"
    NO_SPEECH = "no_speech"
    NARROW_BAND = "narrow_band"
    """Over a telephone line, or filtered: little of a voice is left to tell people apart by."""
    BLOCKED = "blocked"
    EXPIRED = "expired"
    LOCKED = "locked"
    """Too many attempts failed: nobody is verified as this person for a while."""
    NOT_ENROLLED = "not_enrolled"
    """There is no template of the model in use: the person has to be enrolled again."""
    REPLAYED = "replayed"
    """The very same utterance was heard before."""
    CHALLENGE_NEEDED = "challenge_needed"
    """The voice fits, but it has to be shown that it is live."""
    CHALLENGE_FAILED = "challenge_failed"
    """Other words were said than the challenge asked for."""
    CHALLENGE_EXPIRED = "challenge_expired"
    """It was answered too late, or answered before."""
    SEVERAL_VOICES = "several_voices"
    """Not the same person speaks from beginning to end."""


@dataclass(frozen=True, slots=True)
class Liveness:
    """What speaks for a living voice and against a recording."""

    challenge: bool | None = None
    """Whether the words of a challenge were said; None if there was none."""
    replayed: bool = False
    """Whether this very utterance was heard before."""
    playback: float | None = None
    """Probability, 0-1, that it came out of a loudspeaker, by signal checks; None if unchecked.
    A soft sign: it never decides alone."""
    spoof: float | None = None
    """Probability, 0-1, of synthetic or replayed speech by an anti-spoofing model, where one is
    installed; a soft sign as well."""

    @property
    def live(self) -> bool | None:
        """True with a challenge passed, False with one failed or a replay; None if unknown."""
        return False if self.replayed else self.challenge


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether it is who it should be, how sure that is, and why."""

    decision: Outcome
    reason: Reason
    llr: float | None = None
    """Log-likelihood ratio, natural logarithm; None where it was not compared."""
    probability: float | None = None
    """Of the same speaker, 0-1, where one in two attempts is genuine."""
    person: str | None = None
    """The name it is about: the one claimed, or the one identified."""
    quality: Quality | None = None
    liveness: Liveness = Liveness()
    wait: float | None = None
    """Seconds until somebody may be verified again, where that is locked."""
