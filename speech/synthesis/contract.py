"""What every synthesiser promises: text in, audio out, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from speech.audio import Samples


class Synthesizer(Protocol):
    """Speaks text. Calls do CPU work and belong off an event loop."""

    @property
    def name(self) -> str:
        """Engine and voice, as shown to a person: ``espeak-ng en-us``."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """What it speaks, BCP 47; each chooses a voice in :meth:`synthesize`."""
        ...

    def speaks(self, language: str) -> bool:
        """Whether a voice for this BCP 47 language is there."""
        ...

    def synthesize(
        self, text: str, language: str = "en", *, pace: float = 1.0
    ) -> Iterator[Samples]:
        """Yield the spoken text as chunks of mono float32 at 16 kHz, as they are ready.

        Closing the iterator early stops the work at once. Empty text yields nothing.

        Parameters
        ----------
        pace
            How fast, 1 as usual and 0.5 half as fast; engines keep it within what they can.

        Raises
        ------
        EngineError
            There is no voice for the language, or the engine failed.
        """
        ...

    def close(self) -> None:
        """Free the engine."""
        ...
