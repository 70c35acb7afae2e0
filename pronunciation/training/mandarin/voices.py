"""Other voices out of three: men, children and other women, other rooms and microphones.

WORLD (Morise et al., 2016) takes a voice apart into pitch, resonances and breath and puts it
together again, with the resonances of a longer or shorter vocal tract, another pitch and another
pace. Three women alone would teach a network their voices rather than Mandarin.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyworld

from speech import conditions
from speech.audio import RATE, Samples

_VOICES = {
    # Ranges of the factors of all resonances, and of pitch.
    "man": ((0.80, 0.95), (0.42, 0.75)),
    "child": ((1.05, 1.22), (1.00, 1.50)),
    "woman": ((0.90, 1.10), (0.75, 1.25)),
}
_PERIOD = 5.0  # ms
_LOWEST, _HIGHEST = 65.0, 600.0  # Hz
_PEAK = 0.3


def others(samples: Samples, voices: list[str], random: np.random.Generator) -> list[Samples]:
    """The same said by other voices, named ``man``, ``child`` or ``woman``."""
    signal = samples.astype(np.float64)
    pitch, times = pyworld.dio(signal, RATE, f0_floor=_LOWEST, f0_ceil=_HIGHEST)
    pitch = pyworld.stonemask(signal, pitch, times, RATE)
    spectra = pyworld.cheaptrick(signal, pitch, times, RATE)
    breath = pyworld.d4c(signal, pitch, times, RATE)
    return [_other(pitch, spectra, breath, voice, random) for voice in voices]


def _other(
    pitch: npt.NDArray[np.float64],
    spectra: npt.NDArray[np.float64],
    breath: npt.NDArray[np.float64],
    voice: str,
    random: np.random.Generator,
) -> Samples:
    resonance, height = (float(random.uniform(*span)) for span in _VOICES[voice])
    bins = np.arange(spectra.shape[1]) / resonance
    low = np.minimum(bins.astype(int), spectra.shape[1] - 2)
    part = np.clip(bins - low, 0, 1)
    logs = np.log(spectra + 1e-16)
    tilt = random.uniform(-0.9, 0.9) * (np.linspace(0, 1, bins.size) - 0.3)
    warped = np.exp(logs[:, low] * (1 - part) + logs[:, low + 1] * part + tilt)
    airy = np.clip(breath[:, low] * (1 - part) + breath[:, low + 1] * part, 0, 1)
    voiced = pitch > 0
    moved = pitch.copy()
    if voiced.any():
        middle = float(np.median(pitch[voiced]))
        span = random.uniform(0.8, 1.25)  # of the melody
        moved[voiced] = middle * (pitch[voiced] / middle) ** span * height
        moved[voiced] = np.clip(moved[voiced], 60.0, 620.0)
    made = pyworld.synthesize(
        moved,
        np.ascontiguousarray(warped),
        np.ascontiguousarray(airy),
        RATE,
        _PERIOD * random.uniform(0.72, 1.25),
    )
    return np.asarray(made * (_PEAK / (np.abs(made).max() + 1e-6)), np.float32)


def through_the_air(samples: Samples, random: np.random.Generator) -> Samples:
    """What another microphone in another room would make of it, louder or softer."""
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
    peak = np.abs(samples).max() + 1e-6
    return np.asarray(samples * (random.uniform(0.03, 0.6) / peak), np.float32)


def _coloured(samples: Samples, random: np.random.Generator) -> Samples:
    """With a tilt of up to 6 dB, and a wave of up to 4 dB, in the spectrum."""
    spectrum = np.fft.rfft(samples)
    place = np.linspace(0, 1, spectrum.size)
    wave = np.cos(2 * np.pi * place * random.uniform(0.5, 2) + random.uniform(0, 6))
    gain = random.uniform(-6, 6) * place + random.uniform(-4, 4) * wave
    return np.fft.irfft(spectrum * 10 ** (gain / 20), samples.size).astype(np.float32)
