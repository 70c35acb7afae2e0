"""What may become of a recording on its way into a microphone again, simulated.

Simulated rooms and loudspeakers are kinder than real ones in some respects and harsher in others:
figures made with them compare methods, they promise nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from speech.audio import RATE, Samples

Attack = Callable[[Samples, np.random.Generator], Samples]


def gain(samples: Samples, random: np.random.Generator) -> Samples:
    """Played softer, by 6 to 26 dB."""
    return (samples * 10 ** (-random.uniform(6, 26) / 20)).astype(np.float32)


def offset(samples: Samples, random: np.random.Generator) -> Samples:
    """Begun a little later, with something before it."""
    lead = random.normal(0, 1e-4, random.integers(1_000, 16_000))
    return np.concatenate([lead, samples[random.integers(0, 1_600) :]]).astype(np.float32)


def telephone(samples: Samples, random: np.random.Generator) -> Samples:
    """Through 8 kHz and back."""
    return np.asarray(soxr.resample(soxr.resample(samples, RATE, 8_000), 8_000, RATE), np.float32)


def opus(samples: Samples, random: np.random.Generator) -> Samples:
    """Encoded once more."""
    file = io.BytesIO()
    soundfile.write(
        file, samples, RATE, format="OGG", subtype="OPUS", compression_level=random.uniform(0.7, 1)
    )
    file.seek(0)
    decoded, rate = soundfile.read(file, dtype="float32")
    return np.asarray(decoded if rate == RATE else soxr.resample(decoded, rate, RATE), np.float32)


def noise(samples: Samples, random: np.random.Generator, snr: float = 10.0) -> Samples:
    """With noise of a falling spectrum, 10 dB below the speech."""
    spectrum = np.fft.rfft(random.normal(0, 1, samples.size))
    spectrum /= np.sqrt(np.maximum(1, np.arange(spectrum.size)))
    added = np.fft.irfft(spectrum, samples.size)
    loud = np.sqrt(np.mean(samples.astype(np.float64) ** 2))
    added *= loud / 10 ** (snr / 20) / np.sqrt(np.mean(added**2))
    return (samples + added).astype(np.float32)


def room(samples: Samples, random: np.random.Generator) -> Samples:
    """In a room with a reverberation time of 0.2 to 0.6 s, 1 to 2 m away."""
    seconds = random.uniform(0.2, 0.6)
    time = np.arange(int(seconds * RATE)) / RATE
    tail = random.normal(0, 1, time.size) * 10 ** (-3 * time / seconds)
    tail[: RATE // 500] = 0
    tail *= np.sqrt(random.uniform(0.3, 1.0) / np.sum(tail**2))
    tail[0] = 1.0
    size = 1 << (samples.size + tail.size).bit_length()
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)[: samples.size]
    return _as_loud(wet, samples)


def loudspeaker(samples: Samples, random: np.random.Generator) -> Samples:
    """Out of the small loudspeaker of a telephone: without bass, uneven, distorted."""
    frequency = np.fft.rfftfreq(samples.size, 1 / RATE)
    low, high = random.uniform(250, 600), random.uniform(5_000, 7_500)
    response = 1 / np.sqrt(1 + (low / np.maximum(frequency, 1)) ** 6)
    response /= np.sqrt(1 + (frequency / high) ** 8)
    for _ in range(4):
        middle, width = random.uniform(500, 6_000), random.uniform(100, 500)
        peak = random.uniform(-6, 6) * np.exp(-(((frequency - middle) / width) ** 2))
        response *= 10 ** (peak / 20)
    out = np.fft.irfft(np.fft.rfft(samples) * response, samples.size)
    drive = random.uniform(1, 3) / (np.abs(out).max() + 1e-9)
    return _as_loud(np.tanh(out * drive), samples)


def speed(samples: Samples, random: np.random.Generator) -> Samples:
    """Played up to 1 % slower or faster."""
    factor = 1 + random.uniform(-0.01, 0.01)
    return np.asarray(soxr.resample(samples, RATE * factor, RATE), np.float32)


def replay(samples: Samples, random: np.random.Generator) -> Samples:
    """All of it: out of a loudspeaker, through a room, into a microphone that adds its noise."""
    played = room(loudspeaker(samples, random), random)
    return noise(offset(played, random), random, snr=random.uniform(20, 35))


ATTACKS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (gain, offset, telephone, opus, noise, room, loudspeaker, speed, replay)
}


def _as_loud(samples: npt.NDArray[np.floating], model: Samples) -> Samples:
    """Samples at another recording's level, within full scale."""
    power = np.sqrt(np.mean(np.square(model, dtype=np.float64)) / (np.mean(samples**2) + 1e-12))
    loud: Samples = np.clip(samples * power, -1, 1).astype(np.float32)
    return loud
