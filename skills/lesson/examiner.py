"""Who judges how a sentence was said: a protocol, since scoring is another wing's work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from speech.audio import Samples


@dataclass(frozen=True, slots=True)
class Judgement:
    """How an item was said."""

    score: float | None
    """0 to 100; None where nothing could be heard that can be judged: silence, noise."""
    read: bool = True
    """Whether it was the item at all, and nothing else."""
    advice: Mapping[str, str] = field(default_factory=dict)
    """What to change first, by language, as it can be said aloud; empty where nothing has to be."""
    wrong: tuple[str, ...] = ()
    """The words that went wrong, as they stand in the item."""


class Examiner(Protocol):
    """Judges the voice of a learner."""

    def examines(self, language: str) -> bool:
        """Whether it can judge a language (BCP 47)."""
        ...

    async def prepare(self, language: str) -> None:
        """Load what a language needs, so that the first judgement is not slow.

        Raises
        ------
        SonorantError
            A model is missing; the message says which.
        """
        ...

    async def examine(self, samples: Samples, text: str, language: str) -> Judgement:
        """Judge how a text was said.

        Parameters
        ----------
        samples
            Mono float32 at 16 kHz: the utterance.

        Raises
        ------
        SonorantError
            A model is missing, or the text cannot be read in this language.
        """
        ...
