"""What happens to a voice on its way to the microphone: other voices, noise, rooms, telephones.

Used to train with and to measure under. Everything is drawn from the generator that is passed in,
so that a run can be repeated.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import soundfile
import soxr

from speech.audio import RATE, Samples

_TELEPHONE = 8_000
_MU = 255.0


def at_snr(samples: Samples, noise: Samples, snr: float) -> Samples:
    """Add noise, as much as makes the ratio of mean powers ``snr`` dB; the peak stays below 1."""
    repeats = -(-samples.size // noise.size)
    noise = np.tile(noise, repeats)[: samples.size]
    power, other = float(np.mean(samples**2)), float(np.mean(noise**2))
    if other <= 0.0:
        return samples
    return _below_one(samples + noise * np.float32(np.sqrt(power / other / 10 ** (snr / 10))))


def babble(
    samples: Samples, others: Sequence[Samples], snr: float, random: np.random.Generator
) -> Samples:
    """Add voices that talk at once, each as loud as the next."""
    mixed = np.zeros(samples.size, np.float32)
    for voice in others:
        start = int(random.integers(voice.size))
        turned = np.roll(voice, -start)
        turned = np.tile(turned, -(-samples.size // turned.size))[: samples.size]
        mixed += turned / np.float32(np.sqrt(np.mean(turned**2)) + 1e-9)
    return at_snr(samples, mixed, snr)


def noise(samples: Samples, snr: float, slope: float, random: np.random.Generator) -> Samples:
    """Add steady noise whose power falls by ``slope`` dB an octave (0 white, 3 pink, 6 brown)."""
    spectrum = np.fft.rfft(random.standard_normal(samples.size))
    frequency = np.maximum(np.fft.rfftfreq(samples.size, 1 / RATE), 50.0)
    shaped = np.fft.irfft(spectrum * (frequency / 1000.0) ** (-slope / 6.02), samples.size)
    return at_snr(samples, shaped.astype(np.float32), snr)


def room(samples: Samples, seconds: float, random: np.random.Generator) -> Samples:
    """Put the speaker into a room: a direct sound and a tail that falls by 60 dB in ``seconds``."""
    time = np.arange(int(seconds * RATE)) / RATE
    tail = random.standard_normal(time.size) * 10 ** (-3 * time / seconds)
    tail *= float(random.uniform(0.3, 1.0)) / (np.sqrt(np.sum(tail**2)) + 1e-9)
    delay = int(random.integers(20, 200))
    response = np.concatenate([np.zeros(delay), tail])
    response[0] = 1.0
    size = samples.size + response.size
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(response, size), size)
    return _below_one(wet[: samples.size].astype(np.float32))


def telephone(samples: Samples) -> Samples:
    """300 to 3,400 Hz, mu-law of 8 bits, as a telephone passes on."""
    narrow = soxr.resample(samples, RATE, _TELEPHONE)
    spectrum = np.fft.rfft(narrow)
    frequency = np.fft.rfftfreq(narrow.size, 1 / _TELEPHONE)
    spectrum[(frequency < 300) | (frequency > 3_400)] = 0
    narrow = np.clip(np.fft.irfft(spectrum, narrow.size), -1, 1)
    code = np.sign(narrow) * np.log1p(_MU * np.abs(narrow)) / np.log1p(_MU)
    code = np.round(code * 127) / 127
    plain = np.sign(code) * np.expm1(np.abs(code) * np.log1p(_MU)) / _MU
    wide = soxr.resample(plain.astype(np.float32), _TELEPHONE, RATE)
    return np.asarray(_fit(wide, samples.size), np.float32)


def opus(samples: Samples) -> Samples:
    """Through the Opus codec, as over the internet."""
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, RATE, format="OGG", subtype="OPUS", compression_level=0.9)
    buffer.seek(0)
    decoded, rate = soundfile.read(buffer, dtype="float32")
    if rate != RATE:
        decoded = soxr.resample(decoded, rate, RATE)
    return np.asarray(_fit(decoded, samples.size), np.float32)


def crop(samples: Samples, seconds: float, random: np.random.Generator) -> Samples:
    """A stretch of that length, drawn among those that are not mostly silence."""
    size = int(seconds * RATE)
    if samples.size <= size:
        return samples
    energy = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    power = (energy[size:] - energy[:-size]) / size
    starts = np.flatnonzero(power >= 0.3 * energy[-1] / samples.size)
    start = int(random.choice(starts)) if starts.size else int(np.argmax(power))
    return samples[start : start + size]


def _below_one(samples: Samples) -> Samples:
    peak = float(np.abs(samples).max(initial=0.0))
    return samples if peak < 1.0 else (samples * np.float32(0.99 / peak)).astype(np.float32)


def _fit(samples: Samples, size: int) -> Samples:
    return np.pad(samples, (0, max(0, size - samples.size)))[:size]
