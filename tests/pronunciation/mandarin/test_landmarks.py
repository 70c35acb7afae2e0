"""Landmarks of words that are put together here, so that their times are known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.mandarin_landmarks import find
from speech.audio import RATE, Samples


def voice(seconds: float) -> Samples:
    """A harmonic tone of 200 Hz."""
    time = np.arange(int(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * 200 * number * time) / number for number in range(1, 12))
    return (0.2 * np.asarray(tone)).astype(np.float32)


def hiss(seconds: float) -> Samples:
    """Noise above 3 kHz, as of a fricative."""
    size = int(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(0).normal(0, 0.1, size))
    spectrum[np.fft.rfftfreq(size, 1 / RATE) < 3_000] = 0
    return np.fft.irfft(spectrum, size).astype(np.float32)


def quiet(seconds: float) -> Samples:
    return np.random.default_rng(1).normal(0, 1e-4, int(seconds * RATE)).astype(np.float32)


def test_a_fricative_begins_where_the_voice_stops() -> None:
    word = np.concatenate([quiet(0.2), voice(0.3), hiss(0.15), voice(0.3), quiet(0.2)])
    found = find(word, "sh")
    assert found is not None
    assert found.start == pytest.approx(0.2, abs=0.02)
    assert found.earliest == found.latest == pytest.approx(0.5, abs=0.02)
    assert found.end == pytest.approx(0.95, abs=0.02)
    assert found.between(0.56) == pytest.approx(0.06, abs=0.02)


def test_a_stop_may_begin_anywhere_in_its_closure() -> None:
    word = np.concatenate([quiet(0.2), voice(0.3), quiet(0.08), hiss(0.05), voice(0.3), quiet(0.2)])
    found = find(word, "t")
    assert found is not None
    assert found.earliest == pytest.approx(0.5, abs=0.02)
    assert found.latest == pytest.approx(0.58, abs=0.02)
    assert found.between(0.54) == 0.0
    assert found.between(0.45) == pytest.approx(0.05, abs=0.02)


def test_nothing_is_said_where_the_voice_goes_on_or_stops_twice() -> None:
    through = np.concatenate([quiet(0.2), voice(0.7), quiet(0.2)])
    assert find(through, "sh") is None
    twice = np.concatenate([voice(0.2), hiss(0.1), voice(0.2), hiss(0.1), voice(0.2)])
    assert find(twice, "sh") is None


def test_voiced_initials_leave_no_landmark() -> None:
    word = np.concatenate([quiet(0.2), voice(0.3), hiss(0.15), voice(0.3), quiet(0.2)])
    assert find(word, "m") is None
    assert find(word, "") is None


def test_too_short_a_recording_tells_nothing() -> None:
    assert find(voice(0.03), "s") is None
