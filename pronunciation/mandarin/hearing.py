"""What the judge hears in a recording: the encoder's frames, spectra, and pitch.

The frames are those of an inner layer of Whisper's encoder, whose weights stay as they are. It
learnt from many thousand hours of Mandarin, and knows many voices; spectra say to the frame where
a sound begins, and pitch carries the tones. All three lie on one grid of 12 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pronunciation.mel import triangles
from pronunciation.pitch import PitchTracker
from speech.audio import RATE, Samples
from speech.models import ModelStore
from speech.recognition.whisper_encoder import SIZE, STRIDE, WhisperEncoder

Floats = npt.NDArray[np.float32]

HOP = 192
"""Samples between two frames, 12 ms; frame t lies around sample 192 t."""

BANDS = 48
"""Of a spectrum."""

ENCODED = SIZE
"""Numbers a frame that the encoder says."""

WIDTH = BANDS + ENCODED
"""Numbers a frame: a spectrum, and what the encoder says."""

TONAL = 11
"""Numbers a frame that tones are heard by: pitch, voicing, loudness, a coarse spectrum."""

_WINDOW, _FFT = 400, 512  # samples
_LOWEST, _HIGHEST = 60.0, 7_600.0  # Hz
_LAYERS = 4  # of the encoder; those above hear words rather than sounds
_BEFORE, _AFTER = 3_200, 6_400  # samples of silence that the encoder wants around speech
_SUNK = 1.6  # times as spread as the median frame
_RUMBLE = 60.0  # Hz
_SHORTEST = RATE // 5  # samples that pitch is looked for in
_VOICED, _PERHAPS_VOICED = 0.7, 0.3  # confidence in a pitch
_MIDDLE = 7.6  # log2 of Hz, where nothing is voiced


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """The frames of a recording."""

    frames: Floats
    """Shape (n, 560): log mel spectra relative to the loudness of the speech, then the encoder's
    frames."""
    tonal: Floats
    """Shape (n, 11): pitch in thirds of an octave over the speaker's median (0 where unvoiced),
    confidence in it, loudness relative to the loudest, the spectrum in eight bands."""
    log_posteriors: Floats
    """Shape (n, classes): log probability of each initial, final, and silence."""


class Hearing:
    """Encoder, spectra and pitch; shared between threads.

    Parameters
    ----------
    folder
        The model ``whisper-base``; that of the default store where None.
    """

    def __init__(self, folder: Path | None = None, *, threads: int = 1) -> None:
        folder = folder or ModelStore().path("whisper-base")
        self._encoder = WhisperEncoder(folder, layers=_LAYERS, threads=threads)
        self._pitch = PitchTracker(threads)

    def hear(self, samples: Samples) -> tuple[Floats, Floats]:
        """Frames and what tones are heard by, as :class:`Sounds` has them.

        Parameters
        ----------
        samples
            Mono float32 at 16 kHz.
        """
        samples = without_rumble(samples)
        spectra = relative(mel_spectra(samples))
        encoded = self._encoded(samples, len(spectra))
        return np.concatenate([spectra, encoded], axis=1), self._tonal(samples, spectra)

    def _encoded(self, samples: Samples, count: int) -> Floats:
        """The encoder's frames, interpolated."""
        states = self._encoder.encode(np.pad(samples, (_BEFORE, _AFTER)))
        return without_sinks(interpolated(states, (np.arange(count) * HOP + _BEFORE) / STRIDE))

    def _tonal(self, samples: Samples, spectra: Floats) -> Floats:
        padded = np.pad(samples, (0, max(0, _SHORTEST - samples.size)))
        times, octaves, confidence = self._pitch.octaves(padded)
        grid = np.arange(len(spectra)) * HOP / RATE
        octaves, confidence = np.interp(grid, times, octaves), np.interp(grid, times, confidence)
        voiced = confidence > _VOICED
        middle = np.median(octaves[voiced]) if voiced.sum() > 3 else _MIDDLE
        pitch = np.where(confidence > _PERHAPS_VOICED, 3 * (octaves - middle), 0.0)
        loudness = spectra.mean(axis=1)
        coarse = spectra.reshape(len(spectra), 8, -1).mean(axis=2)
        columns = np.stack([pitch, confidence, loudness - loudness.max()], axis=1)
        return np.concatenate([columns, coarse], axis=1).astype(np.float32)


def without_rumble(samples: Samples) -> Samples:
    """Without what lies below 60 Hz, where no voice is."""
    if not samples.size:
        return samples
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(samples.size, 1 / RATE)
    gain = 1 / np.sqrt(1 + (_RUMBLE / np.maximum(hertz, 1.0)) ** 8)
    return np.fft.irfft(spectrum * gain, samples.size).astype(np.float32)


def mel_spectra(samples: Samples) -> Floats:
    """Log mel energies around every 192nd sample, shape (n, 48)."""
    count = samples.size // HOP + 1
    padded = np.pad(samples, (_WINDOW // 2, HOP + _WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::HOP][:count]
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW), _FFT)) ** 2
    return np.log(power @ triangles(BANDS, _LOWEST, _HIGHEST, _FFT).T + 1e-6).astype(np.float32)


def relative(spectra: Floats) -> Floats:
    """Spectra relative to how loud the speech is."""
    loudness = spectra.mean(axis=1)
    loud = loudness >= np.quantile(loudness, 0.9) - 4
    result: Floats = (spectra - spectra[loud].mean()) / np.float32(2.5)
    return result


def without_sinks(rows: Floats) -> Floats:
    """The encoder's frames without those that hold numbers far larger than all others.

    A transformer rests its attention on some frames, mostly of silence, which then say nothing of
    their sound (Sun et al., arXiv:2402.17762). They and the frames beside them are taken from what
    lies before and after.
    """
    if not len(rows):
        return rows
    spread = rows.std(axis=1)
    sunk = np.pad(spread > _SUNK * np.median(spread), 1)
    kept = np.flatnonzero(~(sunk[:-2] | sunk[1:-1] | sunk[2:]))
    if not kept.size:
        return rows
    return interpolated(rows[kept], np.interp(np.arange(len(rows)), kept, np.arange(kept.size)))


def interpolated(rows: Floats, places: npt.NDArray[np.floating]) -> Floats:
    """Rows between rows; what lies outside is the nearest."""
    low = np.clip(places.astype(int), 0, max(0, len(rows) - 2))
    part = np.clip(places - low, 0, 1)[:, None].astype(np.float32)
    high = np.minimum(low + 1, len(rows) - 1)
    result: Floats = rows[low] * (1 - part) + rows[high] * part
    return result


def padded(log_posteriors: Floats, silence: int) -> Floats:
    """With a frame of silence at both ends: an alignment begins and ends there."""
    quiet = np.full((1, log_posteriors.shape[1]), -30.0, np.float32)
    quiet[0, silence] = 0.0
    return np.concatenate([quiet, log_posteriors, quiet])
