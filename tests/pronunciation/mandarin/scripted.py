"""A judge and a recogniser that say what they are told to, to see what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pronunciation.mandarin.contract import PartScores, SyllableScores, SyllableWays
from speech.audio import RATE, Samples
from speech.recognition.contract import Bias, Capabilities, Final, Partial

SYLLABLE = 0.25
"""Seconds that each syllable lasts, one after the other from 0.1 s on."""

CAPABILITIES = Capabilities(frozenset({"zh"}), True, False, False, False, Bias.NONE)


def part(heard: str, right: float = 0.95) -> PartScores:
    return PartScores(right, ((heard, max(right, 1 - right)),))


@dataclass(slots=True)
class ScriptedJudge:
    """Everything is right but what ``wrong`` says: syllable to part to what was heard instead."""

    wrong: dict[int, dict[str, str]] = field(default_factory=dict)
    missing: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()
    pauses: dict[int, float] = field(default_factory=dict)
    """Seconds of silence before a syllable."""
    read: bool = True
    said: int = 1000
    """How many syllables were said: more of them were not read."""
    chosen: dict[int, int] = field(default_factory=dict)

    def hear(self, samples: Samples) -> float:
        return samples.size / RATE

    def align_and_score(
        self, sounds: float, syllables: Sequence[SyllableWays]
    ) -> list[SyllableScores] | None:
        if not self.read or len(syllables) > self.said:
            return None
        found, at = [], 0.1
        for number, ways in enumerate(syllables):
            at += self.pauses.get(number, 0.0)
            way = ways[self.chosen.get(number, 0)]
            wrong = self.wrong.get(number, {})
            parts = {"initial": way.initial, "final": way.final, "tone": str(way.tone)}
            said = {
                name: part(wrong[name], 0.1) if name in wrong else part(right)
                for name, right in parts.items()
            }
            scores = SyllableScores(
                round(at, 3),
                round(at + SYLLABLE, 3),
                self.chosen.get(number, 0),
                said["initial"],
                said["final"],
                said["tone"],
                0.02 if number in self.missing else 0.7 if number in self.doubtful else 0.98,
            )
            found.append(scores)
            at += SYLLABLE
        return found

    def begun(self, sounds: float, syllables: Sequence[SyllableWays]) -> int:
        return min(len(syllables), int(max(0.0, sounds - 0.1) / SYLLABLE))


@dataclass(slots=True)
class ScriptedRecognizer:
    """Understands one text, whatever is said."""

    text: str
    name: str = "scripted"
    capabilities: Capabilities = CAPABILITIES

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> ScriptedRecognizer:
        return self

    def feed(self, samples: Samples) -> Partial | None:
        return None

    def anticipate(self) -> None:
        pass

    def finish(self) -> Final:
        return Final(self.text)

    def close(self) -> None:
        pass
