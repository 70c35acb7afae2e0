"""Where the judge says that syllables begin and end."""

from __future__ import annotations

from pronunciation.mandarin.judge import _joined
from pronunciation.mandarin.networks import Span


def test_a_moment_of_silence_lies_half_with_each_syllable_and_a_pause_with_none() -> None:
    spans = [Span(2, 5, 20), Span(26, 30, 40), Span(40, 44, 60), Span(80, 84, 99)]
    assert _joined(spans) == [(2, 23), (23, 40), (40, 60), (80, 99)]


def test_one_syllable_stays_where_it_is() -> None:
    assert _joined([Span(2, 5, 20)]) == [(2, 20)]
    assert _joined([]) == []
