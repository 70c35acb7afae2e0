"""The one thing that a learner of Mandarin should work on first, said so that it can be acted on.

Parts of syllables and words compete: a part by how low it scored and how surely another one was
heard. The hints themselves are in ``advice.yaml``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

from pronunciation.findings import LANGUAGES, Finding, gravest, in_word
from pronunciation.mandarin.syllables import FINALS, letters, parse, with_tone
from pronunciation.results import Advice, Heard, Syllable, Word

LIMIT = 60.0
"""Parts that score less are worth advice."""
SURE = 0.35
"""Probability from which on another part counts as heard."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_VAGUE = 0.5  # what an unclear part weighs beside one for which another was heard
_KINDS = {"initial": "initials", "final": "finals", "tone": "tones"}
_NAMES = {letters(final): final for final in FINALS}


@dataclass(frozen=True, slots=True)
class _Low:
    """A part of a syllable that scored low."""

    lead: str
    """``heard`` or ``unclear``."""
    kind: str
    word: Word
    syllable: Syllable
    asked: str
    heard: str
    """Empty where it was unclear, or no initial was heard."""
    hint: Mapping[str, str]
    """By language."""


def advice_for(words: Sequence[Word], *, aloud: bool = False) -> Advice | None:
    """What to work on first, or None where nothing needs it.

    Parameters
    ----------
    aloud
        For the ear: sounds are named by characters that have them, instead of by pinyin.

    Returns
    -------
    The advice; its ``phone`` is an initial, a final or the digit of a tone, empty where it is about
    the word as a whole (or the syllable has no initial); ``heard`` is empty where it was unclear.
    """
    return gravest(
        finding for word in words for finding in (*_in_syllables(word, aloud), *in_word(word))
    )


def _in_syllables(word: Word, aloud: bool) -> Iterator[Finding]:
    """The parts of syllables that scored low."""
    for syllable in word.syllables:
        parts = (
            ("initial", syllable.initial.expected, syllable.initial),
            ("final", syllable.final.expected, syllable.final),
            ("tone", syllable.tone.surface, syllable.tone),
        )
        for kind, asked, part in parts:
            if part.accuracy < LIMIT:
                yield _finding(word, syllable, kind, asked, part.accuracy, part.heard, aloud)


def _finding(
    word: Word,
    syllable: Syllable,
    kind: str,
    asked: str,
    accuracy: float,
    heard: Sequence[Heard],
    aloud: bool,
) -> Finding:
    best = heard[0] if heard else None
    hints = hints_for(kind, asked)
    weight = 100.0 - accuracy
    if best is None or best.phone == asked or best.probability < SURE:
        lead, other, hint, weight = "unclear", "", hints["any"], weight * _VAGUE
    else:
        lead, other = "heard", best.phone
        hint = hints.get(_NAMES.get(other, other), hints["any"])
        weight *= 0.5 + 0.5 * best.probability
    low = _Low(lead, kind, word, syllable, asked, other, hint)
    told = _for_the_ear if aloud else _for_the_eye
    text = {each: told(low, each) for each in LANGUAGES}
    return Finding((lead, kind, asked, other), weight, Advice(word.word, asked, other, text))


def _for_the_eye(low: _Low, language: str) -> str:
    """With pinyin, and what sandhi makes of it: ``nǐ, here ní``."""
    asked, heard = (name_of(low.kind, sound, language) for sound in (low.asked, low.heard))
    pinyin, tone = low.syllable.pinyin, low.syllable.tone
    if low.kind == "tone" and tone.surface != tone.expected:
        said = with_tone(parse(pinyin), int(tone.surface)).pinyin
        pinyin = _hints()["names"]["here"][language].format(pinyin=pinyin, said=said)
    text: str = _hints()["leads"][low.lead][language].format(
        word=low.word.word, pinyin=pinyin, asked=asked, heard=heard, hint=low.hint[language]
    )
    return text


def _for_the_ear(low: _Low, language: str) -> str:
    """With characters that have the sounds."""
    table = _hints()["aloud"]

    def named(what: str, sign: str) -> str:
        name: str = table[what][language].format(sign=sign)
        return name

    sign = low.syllable.hanzi or low.syllable.pinyin
    asked, heard = named("neutral" if low.asked == "5" else low.kind, sign), ""
    if low.kind == "tone" and low.lead == "heard":
        meant, taken = (name_of(low.kind, sound, language) for sound in (low.asked, low.heard))
        heard = table["heard_tone"][language].format(heard=taken, asked=meant)
    elif low.lead == "heard":
        signs = _hints()["beginning" if low.kind == "initial" else "ending"]
        heard = named(low.kind, signs[_NAMES.get(low.heard, low.heard)])
    if low.word.word != sign:
        asked = table["within"][language].format(word=low.word.word, asked=asked)
    text: str = table[low.lead][language].format(asked=asked, heard=heard, hint=low.hint[language])
    return text[0].upper() + text[1:]


def name_of(kind: str, sound: str, language: str) -> str:
    """How a part is spoken of: ``zh``, ``-ang``, ``tone 3``, the neutral tone."""
    key = kind
    if kind == "initial" and not sound:
        key = "no_initial"
    elif kind == "tone" and sound == "5":
        key = "neutral"
    name: str = _hints()["names"][key][language].format(sound=sound)
    return name.replace("--", "-")


def hints_for(kind: str, sound: str) -> dict[str, dict[str, str]]:
    """The hints for a part by what was heard; ``any`` is for everything else."""
    hints: dict[str, dict[str, str]] = _hints()[_KINDS[kind]][_NAMES.get(sound, sound)]
    return hints


@functools.cache
def _hints() -> dict[str, Any]:
    """The table, its lists of heard sounds taken apart."""
    file = resources.files("pronunciation.mandarin") / "advice.yaml"
    table: dict[str, Any] = yaml.load(file.read_text("utf-8"), _LOADER)
    for kind in _KINDS.values():
        for sound, hints in table[kind].items():
            table[kind][sound] = {
                heard: hint
                for several, hint in hints.items()
                for heard in (several.split() or [""])
            }
    return table
