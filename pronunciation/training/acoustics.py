"""Sounds as the ear has them: logarithmic mel spectra, which know of nothing but their moment."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pronunciation.english.hearing import start_of
from pronunciation.mel import triangles
from speech.audio import RATE, Samples

BANDS = 40

_WINDOW = 400  # samples, 25 ms
_FFT = 512
_LOWEST, _HIGHEST = 60.0, 7_600.0  # Hz


def mel_spectra(samples: Samples, frames: int) -> npt.NDArray[np.float32]:
    """Log mel energies around the middle of each of the encoder's frames.

    Returns
    -------
    Shape (frames, 40), of zero mean and unit variance over the recording.
    """
    middles = np.array([(start_of(frame) + start_of(frame + 1)) / 2 for frame in range(frames)])
    starts = np.round(middles * RATE).astype(np.int64) - _WINDOW // 2
    pad = max(0, -int(starts[0]))
    padded = np.pad(samples, (pad, _WINDOW + max(0, int(starts[-1]) - samples.size + _WINDOW)))
    windows = padded[(starts + pad)[:, None] + np.arange(_WINDOW)] * np.hanning(_WINDOW)
    power = np.square(np.abs(np.fft.rfft(windows, _FFT)))
    # A little noise, so that digital silence is as quiet as a quiet room, not quieter.
    logs = np.log(power @ triangles(BANDS, _LOWEST, _HIGHEST, _FFT).T + 1e-5)
    result: npt.NDArray[np.float32] = ((logs - logs.mean()) / (logs.std() + 1e-3)).astype(
        np.float32
    )
    return result
