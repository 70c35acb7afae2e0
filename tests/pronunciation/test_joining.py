"""Readings of several sentences, made of single ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pronunciation.training.corpus import Reading
from pronunciation.training.joining import join, rows
from speech.audio import RATE


def reading(id: str, speaker: str, words: int = 2, total: float = 0.5) -> Reading:
    said = (("K", "AE1", "T"),) * words
    return Reading(
        id, speaker, 20, "f", Path(id), ("Cat",) * words, said, said,
        np.full(3 * words, total), np.full((words, 3), total), np.full(5, total),
    )  # fmt: skip


def test_a_row_is_of_one_speaker_and_no_sentence_comes_twice() -> None:
    corpus = [reading(f"{speaker}{number}", speaker) for speaker in "abc" for number in range(20)]
    chosen = rows(corpus, 0)
    assert {len(row) for row in chosen} == {2, 3, 4}
    for row in chosen:
        assert len({corpus[one].speaker for one in row}) == 1
        assert len(set(row)) == len(row)


def test_long_readings_are_not_joined_beyond_what_can_be_assessed() -> None:
    corpus = [reading(str(number), "a", words=10) for number in range(20)]
    chosen = rows(corpus, 0)
    assert {len(row) for row in chosen} == {2, 3}  # four would have 120 phones


def test_a_joined_reading_has_the_sounds_of_all_and_their_mean_score() -> None:
    tone = np.sin(np.arange(RATE) / 10).astype(np.float32)
    quiet = np.zeros(2 * RATE, np.float32)
    samples = np.concatenate([quiet, tone, quiet])
    both = [(reading("a1", "a", total=0.4), samples), (reading("a2", "a", 3, 0.8), samples)]
    joined, audio = join(both)
    assert joined.parts == ("Cat",) * 5
    assert joined.phones.tolist() == [0.4] * 6 + [0.8] * 9
    assert joined.words.shape == (5, 3)
    assert joined.overall == pytest.approx(np.full(5, 0.6))
    # The silence at both ends is cut, but not all of it.
    assert 2.4 * RATE < audio.size < 3.2 * RATE
