"""What the judge hears in a recording, and what is done to it before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pronunciation.mandarin.hearing import (
    BANDS,
    HOP,
    TONAL,
    WIDTH,
    Hearing,
    without_rumble,
    without_sinks,
)
from speech.audio import RATE, Samples
from speech.errors import ModelMissingError


def tone(hertz: float) -> Samples:
    return np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE).astype(np.float32)


@pytest.mark.parametrize(("hertz", "least", "most"), [(25, 0, 0.05), (100, 0.95, 1.0), (3e3, 1, 1)])
def test_rumble_is_left_out_and_the_lowest_voice_is_not(
    hertz: float, least: float, most: float
) -> None:
    samples = tone(hertz)
    gain = np.linalg.norm(without_rumble(samples)) / np.linalg.norm(samples)
    assert least - 1e-4 <= gain <= most + 1e-4


def test_nothing_stays_nothing() -> None:
    assert without_rumble(np.zeros(0, np.float32)).size == 0
    assert without_rumble(np.zeros(1, np.float32)).tolist() == [0.0]


def test_spectra_and_encoder_hear_the_same_moment() -> None:
    hearing, random = Hearing(), np.random.default_rng(0)
    silent = random.normal(0, 0.001, RATE).astype(np.float32)
    hissing = silent.copy()
    begin, end = 6_400, 11_200
    hissing[begin:end] += random.normal(0, 0.1, end - begin).astype(np.float32)
    frames, tonal = hearing.hear(hissing)
    assert frames.shape == (RATE // HOP + 1, WIDTH) and tonal.shape == (len(frames), TONAL)
    middle = (begin + end) / 2 / HOP
    for part in (slice(0, BANDS), slice(BANDS, WIDTH)):
        # Whether a frame is more like the middle of the hiss than like the silence before it.
        hiss, before = (
            np.linalg.norm(frames[:, part] - frames[place, part], axis=1)
            for place in (int(middle), 15)
        )
        nearer = np.flatnonzero(hiss < before)
        assert abs(np.median(nearer) - middle) < 6
        assert 0.7 < nearer.size * HOP / (end - begin) < 1.7


def test_frames_that_attention_rests_on_are_left_out() -> None:
    rows = np.stack([np.linspace(0, 1, 9), np.linspace(5, 3, 9), np.zeros(9)], axis=1)
    rows = rows.astype(np.float32)
    sunk = rows.copy()
    sunk[4] = (900, -900, 0)
    assert np.allclose(without_sinks(sunk), rows, atol=1e-5)
    assert np.array_equal(without_sinks(rows), rows)
    assert without_sinks(sunk[:0]).shape == (0, 3)


def test_a_missing_encoder_names_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONORANT_MODELS", str(tmp_path))
    with pytest.raises(ModelMissingError, match="sonorant models pull whisper-base"):
        Hearing()
