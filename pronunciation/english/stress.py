"""Which syllable of a word was stressed: the one that is longest, loudest and highest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pronunciation.english.phones import Pronunciation, is_vowel, stress
from pronunciation.pitch import STEP
from pronunciation.results import LexicalStress, Phone

_RIGHT = 0.85  # raw stress score from which the expected syllable is taken to be the stressed one
_LENGTH, _HEIGHT = 1.0, 0.1  # weights of ln seconds and of semitones


def heard_stress(
    said: Pronunciation,
    phones: Sequence[Phone],
    hertz: npt.NDArray[np.float64],
    score: float,
) -> LexicalStress | None:
    """Compare the stressed syllable with what was asked for.

    Returns
    -------
    None for a single syllable, and where the score, which predicts the experts' judgement, and the
    voice disagree: hardly anybody stressed a wrong syllable in the readings that it learnt from.
    """
    vowels = [place for place, name in enumerate(said) if is_vowel(name)]
    if len(vowels) < 2:
        return None
    main = [number for number, place in enumerate(vowels) if stress(said[place]) == 1]
    expected = main[0] if main else 0
    heard = max(range(len(vowels)), key=lambda one: _prominence(phones[vowels[one]], hertz))
    if (score >= _RIGHT) != (heard == expected):
        return None
    return LexicalStress(expected + 1, heard + 1)


def _prominence(phone: Phone, hertz: npt.NDArray[np.float64]) -> float:
    inside = hertz[int(phone.start / STEP) : int(phone.end / STEP) + 1]
    voiced = inside[~np.isnan(inside)]
    height = 12 * np.log2(float(voiced.max())) if voiced.size else 12 * np.log2(65.0)
    length = np.log(max(phone.end - phone.start, 0.02))
    return float(_LENGTH * length + _HEIGHT * height)
