"""What every language's assessor promises: audio and a reference text in, an assessment out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pronunciation.results import Assessment
from speech.audio import Samples

Pronunciations = Mapping[str, str | Sequence[str]]
"""A caller's own pronunciations: a word to the ways it may be said, in ARPAbet or pinyin:
``{"Ana": ["AA1 N AH0"]}``, ``{"重": "chong2"}``."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the learner has read."""

    words: int
    """Words of the text that were begun, 0 to all."""
    time: float
    """Seconds of audio heard."""


class AssessmentStream(Protocol):
    """One recording while it is made. Used by one thread at a time."""

    def feed(self, samples: Samples) -> Progress | None:
        """Take the next samples; progress when there is news of it.

        Raises
        ------
        AudioError
            The recording has become longer than can be assessed at once.
        """
        ...

    def finish(self) -> Assessment:
        """End the recording and assess it. The stream cannot be used afterwards."""
        ...


class Assessor(Protocol):
    """A loaded scorer; shared between threads. Calls do CPU work and belong off an event loop."""

    def assess(
        self,
        samples: Samples,
        text: str | None,
        *,
        id: str = "",
        pronunciations: Pronunciations | None = None,
    ) -> Assessment:
        """Judge how a text was read.

        Parameters
        ----------
        samples
            Mono float32 at 16 kHz.
        text
            What was to be read; None for free speech, which is recognised first.
        id
            What the caller calls the recording.

        Raises
        ------
        ConfigError
            The text holds nothing that can be read in this language, or a pronunciation is none.
        """
        ...

    def stream(
        self, text: str, *, id: str = "", pronunciations: Pronunciations | None = None
    ) -> AssessmentStream:
        """Start to listen to a learner who reads a text; errors as in :meth:`assess`."""
        ...

    def close(self) -> None:
        """Free the models."""
        ...
