"""Pronunciations of words that are missing from the dictionary, built from words that it has.

Each way was measured against espeak-ng's rules on words of the dictionary that were left out of
it: endings get 1.8 % of the phones wrong, espeak-ng 4.8 %. Two words written as one are left to
espeak-ng, which gets 7 % wrong where a split gets 11 %.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice, product

from pronunciation.english.phones import VOICELESS, Pronunciation, bare, stress

Pronunciations = tuple[Pronunciation, ...]
Known = Callable[[str], Pronunciations]
"""The pronunciations of a word, none where it is unknown."""

_CLITICS = {"'s": "S", "'d": "D", "'ll": "L", "'ve": "V", "'re": "ER0", "'m": "M"}
_ENDINGS = {
    "s": "S", "es": "S", "ed": "D", "ing": "IH0 NG", "in'": "IH0 N", "er": "ER0",
    "est": "AH0 S T", "ly": "L IY0", "ness": "N AH0 S", "less": "L AH0 S", "ful": "F AH0 L",
}  # fmt: skip
_SIBILANTS = {"S", "Z", "SH", "ZH", "CH", "JH"}
_MOST = 6  # pronunciations of a word that is put together from several


def inflected(word: str, known: Known) -> Pronunciations:
    """A word from its base and an ending: plurals, ``'s`` and other clitics, -ed, -ing, -ly."""
    if word.endswith("s'"):
        return known(word[:-1]) or inflected(word[:-1], known)
    for clitic, sound in _CLITICS.items():
        base = known(word.removesuffix(clitic)) if word.endswith(clitic) else ()
        if base:
            return tuple(said for one in base for said in _joined(one, sound))
    for ending, sound in _ENDINGS.items():
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            for stem in _stems(word.removesuffix(ending), ending):
                # A plural may follow another ending, as in `viewings`.
                base = known(stem) or (inflected(stem, known) if ending == "s" else ())
                if base:
                    return tuple(said for one in base for said in _joined(one, sound))
    return ()


def hyphenated(word: str, known: Known) -> Pronunciations:
    """A word with hyphens from its parts; the first keeps the main stress."""
    parts = [part for part in word.split("-") if part.strip("'.")]
    return _chained([known(part) for part in parts]) if len(parts) > 1 else ()


def spelt(word: str, known: Known) -> Pronunciations:
    """An abbreviation letter by letter, with the main stress on the last."""
    letters = [known(f"{letter}.")[0] for letter in word if letter.isalpha() and letter.isascii()]
    if not letters:
        return ()
    return (tuple(_weaker(p) for one in letters[:-1] for p in one) + letters[-1],)


def is_abbreviation(word: str) -> bool:
    """Whether a word can only be spelt: ``u.s.a.`` with its dots, ``bmw`` without vowels."""
    return bool(re.fullmatch(r"([a-z]\.)+[a-z]?|[b-df-hj-np-tv-xz]{1,6}", word))


def _stems(stem: str, ending: str) -> Iterable[str]:
    """The words that an ending may have been added to, the likeliest first."""
    if ending == "s":
        return () if stem[-1] in "isu" else (stem,)
    if ending not in ("es", "ed", "ing", "in'", "er", "est"):
        return (stem, f"{stem[:-1]}y") if stem.endswith("i") else (stem,)
    stems = [stem, f"{stem}e"]
    if re.search(r"[^aeiou][aeiou][^aeiouwxy]$", stem):  # hoping is of hope, hopping of hop
        stems.reverse()
    if stem[-1] == stem[-2]:
        stems.append(stem[:-1])
    if stem.endswith("i"):
        stems.append(f"{stem[:-1]}y")
    return stems


def _joined(base: Pronunciation, ending: str) -> Pronunciations:
    """A base and an ending that suits its last sound."""
    last = bare(base[-1])
    if (ending == "S" and last in _SIBILANTS) or (ending == "D" and last in ("T", "D")):
        voiced = {"S": "Z", "D": "D"}[ending]
        return ((*base, "IH0", voiced), (*base, "AH0", voiced))
    if ending == "S":
        return ((*base, "S" if last in VOICELESS else "Z"),)
    if ending == "D":
        return ((*base, "T" if last in VOICELESS else "D"),)
    if ending == "L IY0" and last == "L":
        return ((*base, "IY0"),)
    if ending in ("L", "V", "M") and last not in ("IY", "UW", "EY", "AY", "OW"):
        return ((*base, "AH0", ending),)
    return ((*base, *ending.split()),)


def _chained(parts: list[Pronunciations]) -> Pronunciations:
    chains = (
        (*first, *(_weaker(phone) for one in rest for phone in one))
        for first, *rest in product(*parts)
    )
    return tuple(islice(chains, _MOST))


def _weaker(phone: str) -> str:
    return f"{bare(phone)}2" if stress(phone) == 1 else phone
