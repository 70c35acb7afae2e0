"""Other voices out of three: men, children and other women, other rooms and microphones.

WORLD (Morise et al., 2016) takes a voice apart into pitch, resonances and breath and puts it
together again, with the resonances of a longer or shorter vocal tract, another pitch and another
pace. Three women alone would teach a network their voices rather than Mandarin. What WORLD smears,
the bursts of stops, a recording that is only played faster or slower keeps (Ko et al., 2015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyworld
import soxr

from speech import conditions
from speech.audio import RATE, Samples

_VOICES = {
    # Ranges of the factors of all resonances, and of pitch.
    "man": ((0.80, 0.95), (0.42, 0.75)),
    "child": ((1.05, 1.22), (1.00, 1.50)),
    "woman": ((0.90, 1.10), (0.75, 1.25)),
}
_PERIOD = 5.0  # ms
_PACE, _FAST = (0.72, 1.25), (0.5, 0.8)  # of the time that was taken
_SPEED = (0.85, 1.18)
_LOWEST, _HIGHEST = 65.0, 600.0  # Hz
_PEAK = 0.3
_FRAME = RATE // 100
_QUIET = 30.0  # dB below the loudest frame
_SILENCE = 0.01  # of the peak


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """A voice taken apart, frame by frame of 5 ms."""

    pitch: npt.NDArray[np.float64]
    """Hz, 0 where unvoiced, shape (n,)."""
    resonances: npt.NDArray[np.float64]
    """Log power spectra of the vocal tract, shape (n, bins)."""
    breath: npt.NDArray[np.float64]
    """Share of noise, shape (n, bins)."""


def take_apart(samples: Samples) -> Apart:
    """What WORLD finds in a recording."""
    signal = samples.astype(np.float64)
    pitch, times = pyworld.dio(signal, RATE, f0_floor=_LOWEST, f0_ceil=_HIGHEST)
    pitch = pyworld.stonemask(signal, pitch, times, RATE)
    spectra = pyworld.cheaptrick(signal, pitch, times, RATE)
    return Apart(pitch, np.log(spectra + 1e-16), pyworld.d4c(signal, pitch, times, RATE))


def say(
    parts: Sequence[Apart], voice: str, random: np.random.Generator, *, fast: bool = False
) -> Samples:
    """The same said by another voice, ``man``, ``child`` or ``woman``; several as one phrase.

    A phrase sinks: each part of it is said a little lower than the one before.
    """
    resonance, height = (float(random.uniform(*span)) for span in _VOICES[voice])
    tilt, span = random.uniform(-0.9, 0.9), random.uniform(0.8, 1.25)
    pace = random.uniform(*(_FAST if fast else _PACE))
    fall = random.uniform(0.0, 0.06)
    said = [
        _other(part, resonance, height * (1 - fall * number), tilt, span, pace)
        for number, part in enumerate(parts)
    ]
    made = said[0] if len(said) == 1 else joined([_trimmed(one) for one in said], random)
    return np.asarray(made * (_PEAK / (np.abs(made).max() + 1e-6)), np.float32)


def sped(samples: Samples, random: np.random.Generator) -> Samples:
    """The recording played faster or slower, whose pitch and resonances go along."""
    speed = float(random.uniform(*_SPEED))
    return np.asarray(soxr.resample(samples, RATE * speed, RATE), np.float32)


def joined(parts: Sequence[Samples], random: np.random.Generator) -> Samples:
    """One after the other without a pause, each end and beginning overlapping by up to 40 ms."""
    made = parts[0]
    for part in parts[1:]:
        overlap = min(int(random.uniform(0.0, 0.04) * RATE), made.size, part.size)
        fading = np.linspace(1, 0, overlap, dtype=np.float32)
        both = made[made.size - overlap :] * fading + part[:overlap] * fading[::-1]
        made = np.concatenate([made[: made.size - overlap], both, part[overlap:]])
    return np.pad(made, (RATE // 10, RATE // 10))


def _other(
    apart: Apart, resonance: float, height: float, tilt: float, span: float, pace: float
) -> Samples:
    bins = np.arange(apart.resonances.shape[1]) / resonance
    low = np.minimum(bins.astype(int), bins.size - 2)
    part = np.clip(bins - low, 0, 1)
    logs, breath = apart.resonances, apart.breath
    tilted = tilt * (np.linspace(0, 1, bins.size) - 0.3)
    warped = np.exp(logs[:, low] * (1 - part) + logs[:, low + 1] * part + tilted)
    airy = np.clip(breath[:, low] * (1 - part) + breath[:, low + 1] * part, 0, 1)
    voiced = apart.pitch > 0
    moved = apart.pitch.copy()
    if voiced.any():
        middle = float(np.median(moved[voiced]))
        moved[voiced] = middle * (moved[voiced] / middle) ** span * height
        moved[voiced] = np.clip(moved[voiced], 60.0, 620.0)
    made = pyworld.synthesize(
        moved, np.ascontiguousarray(warped), np.ascontiguousarray(airy), RATE, _PERIOD * pace
    )
    return np.asarray(made, np.float32)


def _trimmed(samples: Samples) -> Samples:
    """What is loud, as loud as any other, with 10 ms around it."""
    levels = np.square(samples[: samples.size // _FRAME * _FRAME]).reshape(-1, _FRAME).mean(axis=1)
    loud = np.flatnonzero(levels > levels.max() * 10 ** (-_QUIET / 10))
    cut = samples[max(0, int(loud[0]) - 1) * _FRAME : (int(loud[-1]) + 2) * _FRAME]
    return np.asarray(cut * (_PEAK / (np.abs(cut).max() + 1e-6)), np.float32)


def through_the_air(samples: Samples, random: np.random.Generator) -> Samples:
    """What another microphone in another room would make of it, louder or softer.

    Some recordings begin late, with the first sound, and some end at a lower frequency.
    """
    if random.random() < 0.3:
        samples = _late(samples, random)
    if random.random() < 0.35:
        samples = conditions.room(samples, float(random.uniform(0.1, 0.5)), random)
    chance = random.random()
    if chance < 0.45:
        slope = float(random.choice([0, 3, 6]))
        samples = conditions.noise(samples, float(random.uniform(8, 30)), slope, random)
    elif chance < 0.55:
        samples = conditions.telephone(samples)
    if random.random() < 0.5:
        samples = _coloured(samples, random)
    if random.random() < 0.3:
        samples = _narrowed(samples, float(random.uniform(4_500, 7_500)))
    peak = np.abs(samples).max() + 1e-6
    return np.asarray(samples * (random.uniform(0.03, 0.6) / peak), np.float32)


def _coloured(samples: Samples, random: np.random.Generator) -> Samples:
    """With a tilt of up to 6 dB, and a wave of up to 4 dB, in the spectrum."""
    spectrum = np.fft.rfft(samples)
    place = np.linspace(0, 1, spectrum.size)
    wave = np.cos(2 * np.pi * place * random.uniform(0.5, 2) + random.uniform(0, 6))
    gain = random.uniform(-6, 6) * place + random.uniform(-4, 4) * wave
    return np.fft.irfft(spectrum * 10 ** (gain / 20), samples.size).astype(np.float32)


def _late(samples: Samples, random: np.random.Generator) -> Samples:
    """Without most of the silence in front, or all of it."""
    begin = int((np.abs(samples) > _SILENCE * np.abs(samples).max()).argmax())
    return samples[int(begin * random.uniform(0.7, 1.0)) :]


def _narrowed(samples: Samples, highest: float) -> Samples:
    """Without what lies above a frequency in Hz."""
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(samples.size, 1 / RATE) > highest] = 0
    return np.fft.irfft(spectrum, samples.size).astype(np.float32)
