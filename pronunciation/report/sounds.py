"""How a sound is written for a reader: IPA where it is known, else the phone as it is."""

from __future__ import annotations

from collections.abc import Callable

from speech.errors import ConfigError

Ipa = Callable[[str], str]
"""From a phone to IPA; for one that it does not know it raises KeyError or ConfigError."""


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
