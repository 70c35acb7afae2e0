"""Comparing two recordings of the same words, by sounds, melody and rhythm.

The sounds are the frames of the recogniser's encoder, each recording's around its own mean, which
takes much of the voice and the room out of them; dynamic time warping lays one on the other. Its
path also tells the rhythm, and where the pitches belong together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pronunciation.pitch import STEP as PITCH_STEP
from pronunciation.pitch import PitchTracker, melody
from pronunciation.shadowing.results import Contour, Shadowing
from pronunciation.shadowing.warping import Integers, warp
from speech.audio import RATE, Samples, sanitize
from speech.errors import AudioError
from speech.models import ModelStore
from speech.recognition.moonshine import MoonshineRecognizer
from speech.vad import WINDOW, SileroVad

Floats = npt.NDArray[np.float64]

LONGEST = 30.0
"""Seconds that can be compared at once."""
STEP = 384 / RATE
"""Seconds between two frames of the encoder."""

_SPEECH = 0.5  # probability
_LEAST = 0.2  # seconds of speech
_MARGIN = 0.1  # seconds that are kept around the speech
_PADDING = 1_600  # samples of silence on either side: the encoder is unsure at the edges
_OUTSIDE = 3  # frames that fall into the padding

_SAME = 0.55
"""Up to this sound distance the same is said; ``benchmarks/shadowing.py`` measures it."""
_NEAR, _FAR = 0.20, 0.65
"""Sound distances of 100 and of 0 points: one voice at another speed, and other words."""
_PITCH_FAR = 6.0  # semitones of 0 points
_RHYTHM_FAR = 0.15  # share of the length of 0 points
_LEAST_VOICED = 10  # frames voiced in both


@dataclass(frozen=True, slots=True)
class _Heard:
    """The speech of one recording."""

    start: float
    frames: Floats
    """Shape (frames, features)."""
    pitch: Floats
    """Semitones above the median at each frame, NaN where unvoiced; shape (frames,)."""

    @property
    def end(self) -> float:
        return self.start + len(self.frames) * STEP


class Shadower:
    """Compares recordings; its models are loaded once, and shared between threads.

    Raises
    ------
    ModelMissingError
        A model was not pulled yet.
    """

    def __init__(self, *, threads: int = 1) -> None:
        folder = ModelStore().path("moonshine-tiny-en")
        self._network = MoonshineRecognizer(folder, threads=threads).network
        self._vad = SileroVad()
        self._pitch = PitchTracker(threads)

    def compare(self, reference: Samples, learner: Samples) -> Shadowing:
        """Compare a learner with a teacher.

        Parameters
        ----------
        reference, learner
            Mono float32 at 16 kHz, at most :data:`LONGEST` seconds each.

        Raises
        ------
        AudioError
            One of them is too long, or holds no speech.
        """
        one, other = self._heard(reference, "reference"), self._heard(learner, "learner")
        costs = 1.0 - _directions(one.frames) @ _directions(other.frames).T
        path = warp(costs)
        sounds = max(0.0, float(costs[path[:, 0], path[:, 1]].mean()))
        pitch = _pitch_distance(one.pitch[path[:, 0]], other.pitch[path[:, 1]])
        uneven = _unevenness(path)
        return Shadowing(
            same=sounds <= _SAME,
            sounds=_points((_FAR - sounds) / (_FAR - _NEAR)),
            melody=None if pitch is None else _points(1 - pitch / _PITCH_FAR),
            rhythm=_points(1 - uneven / _RHYTHM_FAR),
            sound_distance=round(sounds, 3),
            pitch_distance=None if pitch is None else round(pitch, 2),
            rhythm_distance=round(uneven, 3),
            speed=round(len(one.frames) / len(other.frames), 2),
            reference_start=round(one.start, 2),
            reference_end=round(one.end, 2),
            learner_start=round(other.start, 2),
            learner_end=round(other.end, 2),
            contour=_contour(one, other, path),
        )

    def _heard(self, samples: Samples, which: str) -> _Heard:
        if samples.ndim != 1:
            raise AudioError(f"audio has one channel here, not the shape {samples.shape}")
        if samples.size > LONGEST * RATE:
            raise AudioError(f"the {which} is longer than {LONGEST:.0f} s, compare it in pieces")
        samples = sanitize(samples)
        start, end = self._speech(samples, which)
        speech = samples[start:end]
        states = self._network.encode(np.pad(speech, _PADDING)).states[0]
        frames = states[_OUTSIDE:-_OUTSIDE].astype(np.float64)
        contour = melody(self._pitch.hertz(speech)).contour
        values = np.array([np.nan if value is None else value for value in contour])
        at = np.round(np.arange(len(frames)) * STEP / PITCH_STEP).astype(int)
        pitch = np.full(len(frames), np.nan)
        pitch[at < values.size] = values[at[at < values.size]]
        return _Heard(start / RATE, frames, pitch)

    def _speech(self, samples: Samples, which: str) -> tuple[int, int]:
        """From which sample to which somebody speaks."""
        stream = self._vad.stream()
        windows = np.pad(samples, (0, -samples.size % WINDOW)).reshape(-1, WINDOW)
        speech = np.flatnonzero([stream.feed(window) >= _SPEECH for window in windows])
        if speech.size * WINDOW < _LEAST * RATE:
            raise AudioError(f"there is no speech in the recording of the {which}")
        margin = round(_MARGIN * RATE)
        first, last = speech[0] * WINDOW - margin, (speech[-1] + 1) * WINDOW + margin
        return max(0, int(first)), min(samples.size, int(last))


def _directions(frames: Floats) -> Floats:
    """Frames around their mean, each of length 1."""
    centred = frames - frames.mean(axis=0)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    result: Floats = centred / np.maximum(length, 1e-9)
    return result


def _pitch_distance(one: Floats, other: Floats) -> float | None:
    """Mean difference along the path, where both are voiced."""
    difference = np.abs(one - other)
    voiced = difference[~np.isnan(difference)]
    if voiced.size < _LEAST_VOICED:
        return None
    # An octave is the tracker's mistake, not the learner's.
    return float(np.minimum(voiced, 12.0).mean())


def _unevenness(path: Integers) -> float:
    """Mean distance of the path from the straight line of an even speed, 0 to 1."""
    share = path / np.maximum(path[-1], 1)
    return float(np.abs(share[:, 0] - share[:, 1]).mean())


def _points(share: float) -> float:
    return round(100 * min(1.0, max(0.0, share)), 1)


def _contour(one: _Heard, other: _Heard, path: Integers) -> Contour:
    """Both pitches on the frames of the reference."""
    _, first = np.unique(path[:, 0], return_index=True)
    there = path[first, 1]
    return Contour(
        STEP,
        tuple(round(other.start + float(frame) * STEP, 3) for frame in there),
        _numbers(one.pitch),
        _numbers(other.pitch[there]),
    )


def _numbers(values: Floats) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(value) else round(float(value), 2) for value in values)
