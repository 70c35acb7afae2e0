"""What is done to a recording before anything is heard in it."""

from __future__ import annotations

import numpy as np
import pytest

from pronunciation.mandarin.hearing import without_rumble
from speech.audio import RATE, Samples


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
