"""Where the judge says that syllables begin and end, and which tones it chooses from."""

from __future__ import annotations

import numpy as np
import pytest

from pronunciation.mandarin.judge import _full, _joined
from pronunciation.mandarin.networks import Span


def test_a_moment_of_silence_lies_half_with_each_syllable_and_a_pause_with_none() -> None:
    spans = [Span(2, 5, 20), Span(26, 30, 40), Span(40, 44, 60), Span(80, 84, 99)]
    assert _joined(spans) == [(2, 23), (23, 40), (40, 60), (80, 99)]


def test_one_syllable_stays_where_it_is() -> None:
    assert _joined([Span(2, 5, 20)]) == [(2, 20)]
    assert _joined([]) == []


def test_a_neutral_tone_speaks_against_no_full_one() -> None:
    heard = np.array([0.02, 0.06, 0.01, 0.01, 0.9], np.float32)
    assert _full(heard) == pytest.approx([0.2, 0.6, 0.1, 0.1], abs=1e-3)
    sure = np.array([0, 0, 0, 0, 1], np.float32)
    assert _full(sure) == pytest.approx([0.25, 0.25, 0.25, 0.25])
