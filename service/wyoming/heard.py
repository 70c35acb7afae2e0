"""How sure transcripts were: Home Assistant passes on nothing but their text."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass

from assistant.heard import least_sure, readings
from speech.recognition import Final

_KEPT = 64  # transcripts
_LASTS = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of a text.

    One that was not heard here was typed, or comes from another recogniser, which nobody can
    tell. It is believed as if it was heard well: doors are careful even then.
    """

    alternatives: tuple[str, ...] = ()
    """Other hypotheses, best first."""
    confidence: float = 1.0
    """Of the word that is least sure, 0-1."""


class Heard:
    """The latest transcripts, for as long as a command with their text may come."""

    def __init__(self) -> None:
        self._readings: OrderedDict[str, tuple[Reading, float]] = OrderedDict()

    def add(self, final: Final) -> None:
        """Remember a transcript."""
        text, others = readings(final, "")
        if not text:
            return
        self._readings[text] = Reading(others, least_sure(final, text)), time.monotonic() + _LASTS
        self._readings.move_to_end(text)
        while len(self._readings) > _KEPT:
            self._readings.popitem(last=False)

    def reading(self, text: str) -> Reading:
        """What is known of a text."""
        reading, expires = self._readings.get(text.strip(), (Reading(), 0.0))
        return reading if time.monotonic() < expires else Reading()
