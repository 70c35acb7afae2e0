"""The one thing that a learner should work on first, said so that it can be acted on.

::

    advice = advice_for(assessment.words)
    advice.text["en"]  # "In “three”, /θ/ sounded like /s/: bring the tongue forward until ..."

Sounds and words compete. What weighs most wins: a sound by how low it scored and how surely
another one was heard, a word by what is wrong with it; what happens again counts half as much
each further time. The hints themselves are in ``advice.yaml``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any

import yaml

from pronunciation.english.phones import VOWELS, bare, ipa
from pronunciation.findings import LANGUAGES, Finding, gravest, in_word
from pronunciation.results import Advice, Phone, Word, WordError

LIMIT = 60.0
"""Sounds that score less are worth advice."""
SURE = 0.35
"""Probability from which on another sound counts as heard."""

SILENCE = frozenset({"", "SIL"})
"""What is heard where nothing was said."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the first is ten times as fast
_VAGUE = 0.5  # what an unclear sound weighs beside one for which another was heard
_WRONG_STRESS = 35.0
_STOPS = frozenset("B D G K P T".split())
_UNVOICED = {"B": "P", "D": "T", "G": "K", "V": "F", "DH": "TH", "Z": "S", "ZH": "SH", "JH": "CH"}


def advice_for(words: Sequence[Word]) -> Advice | None:
    """What to work on first, or None where nothing needs it.

    Parameters
    ----------
    words
        Of an English assessment. A word's ``heard`` sounds name ARPAbet phones; an empty name or
        ``SIL`` is silence.

    Returns
    -------
    The advice; its ``phone`` and ``heard`` are empty where it is about the word as a whole.
    ``heard`` is also empty where the sound was left out or merely unclear.
    """
    return gravest(
        finding
        for word in words
        for finding in (*_in_sounds(word), *in_word(word), *_in_stress(word))
    )


def _in_sounds(word: Word) -> Iterator[Finding]:
    """The sounds of a word that scored low."""
    if word.error in (WordError.OMISSION, WordError.INSERTION):
        return
    for place, phone in enumerate(word.phones):
        if phone.accuracy >= LIMIT:
            continue
        asked = bare(phone.phone)
        heard, probability = _substitute(phone)
        weight = 100.0 - phone.accuracy
        if heard is None:
            lead, name, hint = "unclear", "", _sound_hints(asked)["any"]
            weight *= _VAGUE
        else:
            lead, name, hint = _explain(word, place, heard)
            weight *= 0.5 + 0.5 * probability
        advice = Advice(word.word, phone.phone, name, _said(lead, hint, word.word, phone, name))
        yield Finding((lead, asked, name), weight, advice)


def _substitute(phone: Phone) -> tuple[str | None, float]:
    """The sound that was heard instead, None where that is not clear, and how surely."""
    best = phone.heard[0] if phone.heard else None
    if best is None or best.probability < SURE:
        return None, 0.0
    heard = bare(best.phone)
    if heard in SILENCE:
        return "", best.probability
    # A phone that is not ours has no hint and no IPA.
    known = heard in _hints()["sounds"] and heard != bare(phone.phone)
    return (heard, best.probability) if known else (None, 0.0)


def _explain(word: Word, place: int, heard: str) -> tuple[str, str, dict[str, str]]:
    """Lead, sound heard and hint; where in the word it happened comes before which sound it is."""
    phones = [bare(phone.phone) for phone in word.phones]
    asked, places = phones[place], _hints()["places"]
    final = place == len(phones) - 1
    cluster = any(name not in VOWELS for name in (*phones[:place][-1:], *phones[place + 1 :][:1]))
    if asked not in VOWELS:
        if not heard:
            if cluster and not (final and asked in _STOPS):
                return "missing", "", places["missing_cluster"]
            if final:
                stop = asked in _STOPS
                return "missing", "", places["missing_final_stop" if stop else "missing_final"]
        elif heard in VOWELS and not _written_for(asked, heard):
            if final or cluster:
                return "added", heard, places["added_final" if final else "added_cluster"]
        elif final and _UNVOICED.get(asked) == heard:
            return "heard", heard, places["devoiced_final"]
    hints = _sound_hints(asked)
    lead = "heard" if heard else "missing"
    return lead, heard, hints.get(heard) or hints["any"]


def _written_for(asked: str, heard: str) -> bool:
    """Whether there is a hint of its own: a dark L said as a vowel has nothing added."""
    return heard in _sound_hints(asked)


def _in_stress(word: Word) -> Iterator[Finding]:
    """A word whose stress was heard on the wrong syllable."""
    stress = word.lexical_stress
    right = word.stress is not None and word.stress >= LIMIT
    if stress is None or stress.expected == stress.heard or right:
        return
    name, template = word.word, _hints()["words"]["stress"]
    values = {"word": name, "expected": stress.expected, "heard": stress.heard}
    text = {each: template[each].format(**values) for each in LANGUAGES}
    yield Finding(("stress",), _WRONG_STRESS, Advice(name, "", "", text))


def _said(lead: str, hint: dict[str, str], word: str, phone: Phone, heard: str) -> dict[str, str]:
    """The whole sentence in every language."""
    values = {
        "word": word,
        "asked": f"/{ipa(phone.phone)}/",
        "heard": f"/{ipa(heard)}/" if heard else "",
    }
    leads = _hints()["leads"][lead]
    return {each: leads[each].format(**values, hint=hint[each]) for each in LANGUAGES}


def _sound_hints(phone: str) -> dict[str, dict[str, str]]:
    """Hints for one sound, by what was heard."""
    hints: dict[str, dict[str, str]] = _hints()["sounds"][phone]
    return hints


@functools.cache
def _hints() -> dict[str, Any]:
    """The table, its lists of heard sounds taken apart."""
    file = resources.files("pronunciation.english") / "advice.yaml"
    table: dict[str, Any] = yaml.load(file.read_text("utf-8"), _LOADER)
    for phone, hints in table["sounds"].items():
        table["sounds"][phone] = {
            heard: hint for several, hint in hints.items() for heard in several.split()
        }
    return table
