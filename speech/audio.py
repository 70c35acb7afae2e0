"""Audio in and out of files, and what can be measured on it.

Everywhere inside Sonorant audio is :data:`Samples`: mono float32 in [-1, 1] at 16 kHz. On a wire
it is PCM16 little-endian. :func:`blocks` decodes any container that libsndfile or ffmpeg opens,
block by block, so that an hour of audio needs no more memory than a second.
"""

from __future__ import annotations

from collections.abc import Generator
from os import fspath

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from speech import containers
from speech.containers import AnyPath
from speech.errors import AudioError

RATE = 16_000
"""Samples a second, everywhere inside."""

Samples = npt.NDArray[np.float32]
"""Mono float32 in [-1, 1] at 16 kHz, shape (n,)."""

SILENCE_DBFS = -120.0
"""What :func:`level` answers for digital silence or no samples at all."""


class Resampler:
    """Turns blocks of any rate and channel count into :data:`Samples`, keeping state between them.

    Parameters
    ----------
    rate
        Samples a second of the input, 1,000 to 768,000.

    Raises
    ------
    AudioError
        The rate is outside what audio can have.
    """

    def __init__(self, rate: int) -> None:
        if not 1_000 <= rate <= 768_000:
            raise AudioError(f"a sample rate of {rate} Hz is not audio; 8000 to 192000 is usual")
        self._stream = None if rate == RATE else soxr.ResampleStream(rate, RATE, 1, dtype="float32")

    def feed(self, block: npt.NDArray[np.float32], last: bool = False) -> Samples:
        """Convert a block of shape (n,) or (n, channels); ``last`` flushes what is held back."""
        # Before anything is averaged or filtered: one NaN would spread over its neighbours.
        block = sanitize(block)
        mono = block if block.ndim == 1 else block.mean(axis=1, dtype=np.float32)
        if self._stream is None:
            return mono
        mono = self._stream.resample_chunk(np.ascontiguousarray(mono, np.float32), last=last)
        return sanitize(mono)


def sanitize(samples: npt.NDArray[np.float32]) -> Samples:
    """Samples with NaN and infinity made silent and the rest held within [-1, 1]."""
    clean = np.nan_to_num(np.asarray(samples, np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    return np.clip(clean, -1.0, 1.0)


def blocks(path: AnyPath, seconds: float = 1.0) -> Generator[Samples, None, None]:
    """Decode a file block by block.

    Parameters
    ----------
    path
        Any container that libsndfile opens; others go through ``ffmpeg`` where it is installed. A
        pipe is copied into a temporary file first, to its end.
    seconds
        Length of a block of input; the blocks that come out differ a little from it.

    Yields
    ------
    Samples of one block after the other, none of them empty.

    Raises
    ------
    AudioError
        The file is missing, empty or not audio. Also, behind the samples that could be decoded,
        where it is damaged or was cut off and that can be told: WAV, AIFF, AU, FLAC and MP3 with a
        Xing or Info tag say in their header how long they are, the last page of an Ogg is marked,
        and ffmpeg notices it in MP4 and Matroska. In an MP3 without such a tag, in AAC and in
        files that were written to a pipe a missing end cannot be told from an earlier one.
    """
    resampler: Resampler | None = None
    early: AudioError | None = None
    try:
        for rate, frames in containers.decode(path, seconds):
            resampler = resampler or _resampler(path, rate)
            samples = resampler.feed(frames)
            if samples.size:
                yield samples
    except AudioError as error:
        early = error
    if resampler is not None:
        tail = resampler.feed(np.zeros(0, np.float32), last=True)
        if tail.size:
            yield tail
    if early is not None:
        raise early


def read(path: AnyPath) -> Samples:
    """Decode a whole file; see :func:`blocks` for what it opens and raises."""
    return np.concatenate([*blocks(path)] or [np.zeros(0, np.float32)])


def duration(path: AnyPath) -> float | None:
    """Seconds that a file's header promises; None for a pipe, or where only decoding would tell.

    Raises
    ------
    AudioError
        There is no such file, or it cannot be opened.
    """
    return containers.length(path)


def write(path: AnyPath, samples: Samples) -> None:
    """Write a PCM16 file at 16 kHz; the ending of the name chooses the container.

    Raises
    ------
    AudioError
        The folder is missing, or the ending is none that libsndfile writes.
    """
    try:
        soundfile.write(fspath(path), samples, RATE, subtype="PCM_16")
    except (soundfile.LibsndfileError, TypeError, ValueError) as error:
        raise AudioError(f"{fspath(path)}: cannot be written ({error})") from error


def to_pcm16(samples: Samples) -> bytes:
    """The samples as PCM16 little-endian, as they travel on a wire."""
    return (sanitize(samples) * 32767.0).round().astype("<i2").tobytes()


def from_pcm16(data: bytes) -> Samples:
    """Samples out of PCM16 little-endian bytes.

    Raises
    ------
    AudioError
        The number of bytes is odd, so that a sample was cut in two.
    """
    if len(data) % 2:
        raise AudioError(f"PCM16 comes in pairs of bytes, but {len(data)} bytes were given")
    return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32768.0)


def level(samples: Samples) -> float:
    """Root mean square level in dB relative to full scale, -120 for silence."""
    if samples.size == 0:
        return SILENCE_DBFS
    power = float(np.mean(np.square(samples, dtype=np.float64)))
    return max(SILENCE_DBFS, 10.0 * float(np.log10(power))) if power > 0 else SILENCE_DBFS


def clipped(samples: Samples) -> float:
    """Share of the samples, 0 to 1, that sit at full scale (within 0.1 %)."""
    return float(np.mean(np.abs(samples) >= 0.999)) if samples.size else 0.0


def snr(samples: Samples) -> float:
    """Rough signal-to-noise ratio in dB: 90th minus 10th percentile of 25 ms frame levels.

    Needs speech with pauses in it; 0 where there are fewer than ten frames.
    """
    frame = RATE // 40
    count = samples.size // frame
    if count < 10:
        return 0.0
    power = np.mean(np.square(samples[: count * frame].reshape(count, frame), dtype=np.float64), 1)
    loud, quiet = np.percentile(10.0 * np.log10(power + 1e-12), [90, 10])
    return float(loud - quiet)


def _resampler(path: AnyPath, rate: int) -> Resampler:
    try:
        return Resampler(rate)
    except AudioError as error:
        raise AudioError(f"{fspath(path)}: {error}") from error
