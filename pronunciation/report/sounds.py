"""How a sound is written for a reader: IPA where it is known, else the phone as it is."""

from __future__ import annotations

from collections.abc import Callable

from pronunciation.results import Part, Syllable, Tone
from speech.errors import ConfigError

Ipa = Callable[[str], str]
"""From a phone to IPA; for one that it does not know it raises KeyError or ConfigError."""

TONE_MARKS = {"1": "ˉ1", "2": "ˊ2", "3": "ˇ3", "4": "ˋ4", "5": "·5"}
"""The tones of Mandarin as their marks and digits."""


class Sounds:
    """The sounds of one language.

    Parameters
    ----------
    language
        BCP 47 tag of the text; English is known.
    ipa
        From a phone to IPA, in place of what is known.
    """

    def __init__(self, language: str, ipa: Ipa | None = None) -> None:
        self._english = language.lower().split("-")[0] == "en"
        if ipa is None and self._english:
            from pronunciation.english.phones import ipa
        self._ipa = ipa

    def ipa(self, phone: str) -> str:
        """The phone in IPA, or as it is."""
        if self._ipa is None:
            return phone
        try:
            return self._ipa(phone)
        except (KeyError, ConfigError):
            return phone

    def bare(self, phone: str) -> str:
        """The phone without its stress digit, which says nothing about how it is articulated."""
        return phone.rstrip("012") if self._english else phone

    def syllables(self, phones: tuple[str, ...]) -> int:
        """How many syllables: in English the vowels, which carry a digit."""
        return sum(phone[-1:] in "012" for phone in phones if phone) if self._english else 0


def parts_of(syllable: Syllable) -> tuple[tuple[str, str, Part | Tone], ...]:
    """The parts of a syllable: ``initial``, ``final`` and ``tone``, each with what it should be."""
    return (
        ("initial", syllable.initial.expected, syllable.initial),
        ("final", syllable.final.expected, syllable.final),
        ("tone", syllable.tone.surface, syllable.tone),
    )


def part_name(kind: str, sound: str) -> str:
    """A part of a syllable as a reader knows it: ``zh-``, ``-ang``, ``ˇ3``."""
    if kind == "tone":
        return TONE_MARKS.get(sound, sound)
    if kind == "initial":
        return f"{sound}-" if sound else "∅"
    return sound if sound.startswith("-") else f"-{sound}"
