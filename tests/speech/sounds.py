"""Sounds that are no speech, made up as long as a test wants them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from speech.audio import RATE

Signal = npt.NDArray[np.floating]


def silence(seconds: float) -> Signal:
    """Nothing at all."""
    return np.zeros(round(seconds * RATE))


def noise(seconds: float) -> Signal:
    """White, as of a fan."""
    return np.random.default_rng(3).normal(0, 0.05, round(seconds * RATE))


def hum(seconds: float) -> Signal:
    """Of the mains, at 50 Hz."""
    return 0.2 * np.sin(2 * np.pi * 50 * np.arange(round(seconds * RATE)) / RATE)


def music(seconds: float) -> Signal:
    """Four chords over a bass, with bass drum and snare in turn, at 120 beats a minute."""
    random = np.random.default_rng(7)
    time = np.arange(RATE // 2) / RATE
    chords = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
    beats = [np.zeros(0)]
    for number in range(round(2 * seconds)):
        chord = chords[number // 4 % 4]
        tones = np.zeros(time.size) + sum(
            np.sin(2 * np.pi * note * harmonic * time + random.uniform(0, 6)) / harmonic**1.5
            for note in (*chord, chord[0] / 4)
            for harmonic in range(1, 7)
        )
        drum = random.normal(0, 1, time.size) if number % 2 else np.sin(2 * np.pi * 60 * time)
        beats.append(0.06 * tones * np.exp(-2 * time) + 0.3 * drum * np.exp(-30 * time))
    return np.clip(np.concatenate(beats), -1, 1)


SOUNDS: dict[str, Callable[[float], Signal]] = {
    "silence": silence,
    "noise": noise,
    "hum": hum,
    "music": music,
}
