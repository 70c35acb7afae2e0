"""Other good ways to say a word than CMUdict's: weak forms, and what accents do by rule.

CMUdict is American and writes words as they are said alone. In a sentence ``can`` is K AH0 N, and
a British speaker says ``better`` as B EH1 T AH0: neither is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pronunciation.english.phones import Pronunciation, bare, is_vowel, syllables

_ADDED = {
    "a": "EY1", "am": "AH0 M, M", "an": "AE1 N", "and": "AH0 N, N", "are": "ER0",
    "as": "AH0 Z", "at": "AH0 T", "be": "B IH0", "because": "B IH0 K AH0 Z",
    "been": "B IH1 N, B IY1 N", "can": "K AH0 N",
    "could": "K AH0 D", "do": "D UH0, D AH0", "for": "F ER0", "from": "F R AH0 M",
    "had": "HH AH0 D, AH0 D", "has": "HH AH0 Z, AH0 Z", "have": "HH AH0 V, AH0 V",
    "he": "HH IH0, IY0", "her": "ER0", "him": "IH0 M", "his": "IH0 Z",
    "into": "IH1 N T AH0", "just": "JH IH0 S T", "me": "M IH0", "must": "M AH0 S",
    "of": "AH0", "or": "ER0", "shall": "SH AH0 L", "she": "SH IH0", "should": "SH AH0 D",
    "than": "DH AH0 N", "that": "DH AH0 T", "the": "DH AH0, DH IY0", "them": "AH0 M",
    "there": "DH ER0", "to": "T AH0, T UH0", "was": "W AH0 Z", "we": "W IH0",
    "were": "W ER0", "will": "W AH0 L, AH0 L", "would": "W AH0 D, AH0 D", "you": "Y UH0, Y AH0",
    "your": "Y ER0",
    # Not weak, but missing: what many speakers say.
    "ate": "EH1 T", "either": "AY1 DH ER0", "minute": "M IH1 N IH0 T", "poor": "P AO1 R",
    "process": "P R OW1 S EH2 S", "real": "R IY1 AH0 L", "really": "R IY1 AH0 L IY0",
    "room": "R UH1 M", "rooms": "R UH1 M Z", "sure": "SH AO1 R",
}  # fmt: skip

_BATH = frozenset(
    "advance advantage after afternoon afterwards answer ask aunt banana basket basketball bath "
    "bathroom blast branch brass broadcast calf can't cast castle chance chant class classmate "
    "classroom command craft dance daft demand disaster draft enhance example fast fasten forecast "
    "france gasp giraffe glance glass grandfather grant graph grasp grass half halves lance last "
    "laugh laughter mask mast master nasty overcast pass passport past pastor path photograph "
    "plant plaster raft rather ranch shaft shan't slant staff task tomato vast".split()
)
"""Words with the broad A in southern England, and the stems of their forms."""

_OBSTRUENTS = frozenset("B CH D DH F G JH K P S SH T TH V Z ZH".split())


def with_variants(
    word: str, pronunciations: Iterable[Pronunciation], british: bool = True
) -> tuple[Pronunciation, ...]:
    """All valid pronunciations of a word, the given ones first, British ones last.

    In words of one syllable two pronunciations that differ in stress only count as one.
    """
    added = (tuple(text.split()) for text in _ADDED.get(word, "").split(",") if text)
    american = [*pronunciations, *added]
    american += [high for one in american if (high := _with_high_vowels(word, one)) != one]
    american += [short for one in american if (short := _with_syllabic(one)) != one]
    every = american + [_british(word, one) for one in american] if british else american
    unique: dict[Pronunciation, Pronunciation] = {}
    for one in every:
        key = tuple(map(bare, one)) if syllables(one) < 2 else one
        unique.setdefault(key, one)
    return tuple(unique.values())


def _with_high_vowels(word: str, phones: Pronunciation) -> Pronunciation:
    """IH0 where a weak ``e`` or ``i`` may be IH0 beside AH0 (``pocket``) or IY0 (``release``)."""
    changed = list(phones)
    for index, letters in _spelling(word, phones).items():
        following = phones[index + 1 :]
        if not following or is_vowel(following[0]) or following[0] in ("L", "M", "R"):
            continue
        weak = phones[index] == "AH0" and letters in ("ai", "e", "ei", "i", "y")
        if following[0] == "N":
            weak = weak and len(following) == 1
        if weak or (phones[index] == "IY0" and letters == "e"):
            changed[index] = "IH0"
    return tuple(changed)


def _with_syllabic(phones: Pronunciation) -> Pronunciation:
    """Without the weak vowel of ``little`` or ``seven``, whose L or N is a syllable by itself."""
    kept: list[str] = []
    for index, phone in enumerate(phones):
        sonorant, behind = (*phones[index + 1 : index + 3], "", "")[:2]
        inside = any(map(is_vowel, kept)) and not is_vowel(behind)
        if not (
            inside
            and (phone, sonorant) in (("AH0", "L"), ("AH0", "N"), ("IH0", "N"))
            and (kept[-1] in _OBSTRUENTS or (sonorant == "L" and kept[-1] in ("M", "N")))
        ):
            kept.append(phone)
    return tuple(kept)


def _british(word: str, phones: Pronunciation) -> Pronunciation:
    """As in southern England: R before vowels only, broad A, Y before UW."""
    spelling = _spelling(word, phones)
    broad = _is_bath(word)
    said = list[str]()
    for index, phone in enumerate(phones):
        name, digit = bare(phone), phone[-1]
        following = phones[index + 1] if index + 1 < len(phones) else ""
        before_vowel = bool(following) and is_vowel(following)
        if name == "R" and not before_vowel:
            said = _without_r(said)
        elif name == "ER" and digit == "0":
            said += ["AH0", "R"] if before_vowel else ["AH0"]
        elif name == "ER" and before_vowel:
            said += [phone, "R"] if spelling.get(index, "")[:1] != "u" else ["AH" + digit, "R"]
        elif name == "AE" and broad:
            said.append("AA" + digit)
        elif name == "IY" and following == "AH0":
            said.append("IH" + digit)
        elif name in ("IH", "IY") and _is_near(phones, index, spelling):
            said += ["IH" + digit, "AH0"]
        elif name == "UW" and said and said[-1] in ("D", "N", "T") and _is_long_u(spelling, index):
            said += ["Y", phone]
        else:
            said.append(phone)
    return tuple(said)


def _without_r(said: list[str]) -> list[str]:
    """What is left of ``near``, ``square``, ``cure``, ``fire`` and ``start`` without their R."""
    name, digit = (bare(said[-1]), said[-1][-1]) if said else ("", "")
    if name in ("IH", "IY"):
        return [*said[:-1], "IH" + digit, "AH0"]
    if name in ("UH", "EH", "AY", "AW"):
        return [*said, "AH0"]
    return said


def _is_near(phones: Pronunciation, index: int, spelling: dict[int, str]) -> bool:
    """Whether an IH or IY before R and a vowel is that of ``hearing``, not that of ``spirit``."""
    sonorant, behind = (*phones[index + 1 : index + 3], "", "")[:2]
    near = phones[index].endswith("1") and sonorant == "R" and is_vowel(behind)
    return near and spelling.get(index) in ("e", "ea", "ee")


def _is_long_u(spelling: dict[int, str], index: int) -> bool:
    """Whether a UW is the one of ``new`` and ``student``, not the one of ``noon`` and ``do``."""
    return spelling.get(index, "")[:1] == "u" or spelling.get(index, "") in ("ew", "eu")


def _is_bath(word: str) -> bool:
    stem = re.sub(r"('s|'t|e?s|e?d|ing|ers?|able)$", "", word)
    return bool({word, stem, stem + "e", stem + "er"} & _BATH)


def _spelling(word: str, phones: Pronunciation) -> dict[int, str]:
    """The letters of each vowel, by its index, where word and sounds have as many of them."""
    spelt = re.sub(r"(?<=[^aeiou])(e|es|'s)$", "", word)
    groups = re.findall(r"ew|[aeiouy]+", re.sub(r"^y(?=[aeiou])|(?<=q)u", "", spelt))
    vowels = [index for index, phone in enumerate(phones) if is_vowel(phone)]
    return dict(zip(vowels, groups, strict=True)) if len(groups) == len(vowels) else {}
