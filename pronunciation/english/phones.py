"""The sounds of English: the 39 phones of ARPAbet, as CMUdict writes them.

A vowel in a pronunciation carries a digit: 1 for the main stress, 2 for a secondary one, 0 for
none. A pronunciation is a tuple of phones: ``("HH", "AH0", "L", "OW1")``.
"""

from __future__ import annotations

from speech.errors import ConfigError

Pronunciation = tuple[str, ...]

_IPA = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "aʊ", "AY": "aɪ", "B": "b", "CH": "tʃ",
    "D": "d", "DH": "ð", "EH": "ɛ", "ER": "ɝ", "EY": "eɪ", "F": "f", "G": "ɡ", "HH": "h",
    "IH": "ɪ", "IY": "i", "JH": "dʒ", "K": "k", "L": "l", "M": "m", "N": "n", "NG": "ŋ",
    "OW": "oʊ", "OY": "ɔɪ", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ",
    "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
_UNSTRESSED = {"AH0": "ə", "ER0": "ɚ"}

PHONES: tuple[str, ...] = tuple(sorted(_IPA))
"""All phones without stress, in alphabetical order: a fixed index for networks."""

VOWELS = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
"""The phones that make a syllable."""

VOICELESS = frozenset("CH F HH K P S SH T TH".split())
"""The consonants without voice."""


def bare(phone: str) -> str:
    """A phone without its stress digit: ``AH0`` is ``AH``, ``T`` is ``T``."""
    return phone.rstrip("012")


def stress(phone: str) -> int | None:
    """The stress digit of a phone, None where it has none."""
    return int(phone[-1]) if phone[-1:] in "012" else None


def is_vowel(phone: str) -> bool:
    """Whether a phone, with or without its digit, makes a syllable."""
    return bare(phone) in VOWELS


def syllables(pronunciation: Pronunciation) -> int:
    """How many syllables a pronunciation has: one a vowel."""
    return sum(map(is_vowel, pronunciation))


def ipa(phone: str) -> str:
    """A phone as learners know it, in IPA: ``AH0`` is ``ə``, ``AH1`` and ``AH`` are ``ʌ``.

    Raises
    ------
    ConfigError
        There is no such phone.
    """
    sign = _UNSTRESSED.get(phone) or _IPA.get(bare(phone))
    if sign is None:
        raise ConfigError(f"{phone!r} is no ARPAbet phone; there are {', '.join(PHONES)}")
    return sign


def from_text(text: str) -> Pronunciation:
    """Read a pronunciation as a person writes it: ``R EH1 D``, in any case.

    Raises
    ------
    ConfigError
        It is empty, or a phone is unknown, or a stress digit is missing or out of place; the
        message names the phone.
    """
    phones = tuple(text.upper().split())
    if not phones:
        raise ConfigError("the pronunciation is empty: write phones, as in R EH1 D")
    for phone in phones:
        name = bare(phone)
        if name not in _IPA or len(phone) > len(name) + 1:
            raise ConfigError(
                f"pronunciation {text!r}: {phone} is no ARPAbet phone; there are "
                f"{', '.join(PHONES)}, and vowels end with 0, 1 or 2"
            )
        if (phone != name) != (name in VOWELS):
            wrong = "is a vowel: add its stress" if phone == name else "is a consonant: no stress"
            example = f", as in {name}1" if phone == name else f", as in {name}"
            raise ConfigError(f"pronunciation {text!r}: {phone} {wrong}{example}")
    return phones
