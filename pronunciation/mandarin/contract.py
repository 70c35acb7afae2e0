"""What the assessor asks of the judge, which knows how Mandarin sounds but not what a text is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pronunciation.mandarin.syllables import Syllable
from speech.audio import Samples

SyllableWays = tuple[Syllable, ...]
"""How one syllable may be said, the usual way first. The tones are those to be heard, after
sandhi; a third tone before another one than the third is the low half of it."""


@dataclass(frozen=True, slots=True)
class PartScores:
    """How the initial, the final or the tone of a syllable was said."""

    right: float
    """Probability that it was what was asked for, 0 to 1."""
    heard: tuple[tuple[str, float], ...]
    """What it may have been, likeliest first, with probabilities 0 to 1: one of ``INITIALS`` or
    ``FINALS``, or the digit of a tone."""


@dataclass(frozen=True, slots=True)
class SyllableScores:
    """One syllable as it was found in a recording."""

    start: float
    """Seconds."""
    end: float
    chosen: int
    """Which of its ways was taken."""
    initial: PartScores
    final: PartScores
    tone: PartScores
    said: float = 1.0
    """Probability that it was said at all, 0 to 1."""


Sounds = TypeVar("Sounds")
"""What the judge keeps of a recording."""


class Judge(Protocol[Sounds]):
    """The acoustic side; shared between threads."""

    def hear(self, samples: Samples) -> Sounds:
        """Listen to mono float32 at 16 kHz."""
        ...

    def align_and_score(
        self, sounds: Sounds, syllables: Sequence[SyllableWays]
    ) -> list[SyllableScores] | None:
        """Find each syllable and score it; None where the text was not read."""
        ...

    def begun(self, sounds: Sounds, syllables: Sequence[SyllableWays]) -> int:
        """How many syllables were begun so far, of a recording that still grows."""
        ...
