"""The plain peer for Mandarin: recordings of other speakers as templates.

Initials and finals by dynamic time warping of cepstra (Sakoe & Chiba, IEEE Trans. ASSP, 1978) to
every syllable that the other speakers said; tones by the nearest of four mean pitch contours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pronunciation.mandarin.syllables import FINALS, INITIALS
from pronunciation.pitch import PitchTracker
from pronunciation.training.mandarin.corpus import Recording
from speech.audio import RATE, Samples
from speech.progress import progress

Floats = npt.NDArray[np.float32]

_FRAMES = 40  # a syllable is stretched to so many
_POINTS = 20  # of a pitch contour
_LOUD = 30.0  # dB below the loudest moment begins silence
_HOP = RATE // 100
_BAND = (100.0, 5_800.0)  # Hz, where all three recorded
_SOFTNESS = 0.02  # of the mean distance: how much nearer is how much likelier


@dataclass(frozen=True, slots=True)
class Measured:
    """An isolated syllable as templates are compared."""

    cepstra: Floats
    """Shape (_FRAMES, 26): 13 coefficients and their slopes, of zero mean and unit variance."""
    contour: Floats | None
    """Semitones around its own mean, shape (_POINTS,); None where too little is voiced."""


@dataclass(frozen=True, slots=True)
class Heard:
    """How likely each label is, as log likelihoods up to a constant of the recording."""

    sounds: Floats
    """Shape (n, initials, finals), -inf where nothing is known of a syllable."""
    tones: Floats
    """Shape (n, 4)."""


def measure(recordings: Sequence[Recording]) -> list[Measured]:
    """Cepstra and pitch of isolated syllables."""
    tracker, measured = PitchTracker(), []
    with progress("measuring", len(recordings), "syllables") as advance:
        for number, recording in enumerate(recordings, 1):
            samples = _loud(recording.samples())
            measured.append(Measured(_cepstra(samples), _contour(tracker.hertz(samples))))
            advance(number)
    return measured


def compare(
    recordings: Sequence[Recording],
    measured: Sequence[Measured],
    held: npt.NDArray[np.bool_],
) -> Heard:
    """Hear the recordings of ``held`` with all others as templates."""
    known, asked = np.flatnonzero(~held).tolist(), np.flatnonzero(held).tolist()
    syllables = [recording.syllables[0] for recording in recordings]
    places = [
        (INITIALS.index(syllables[one].initial), FINALS.index(syllables[one].final))
        for one in known
    ]
    templates = np.stack([measured[one].cepstra for one in known])
    sounds = np.full((len(asked), len(INITIALS), len(FINALS)), -np.inf, np.float32)
    with progress("comparing", len(asked), "syllables") as advance:
        for row, one in enumerate(asked):
            distances = _warped(measured[one].cepstra, templates)
            scores = -distances / (_SOFTNESS * distances.mean())
            for place, score in zip(places, scores, strict=True):
                sounds[(row, *place)] = max(sounds[(row, *place)], score)
            advance(row + 1)
    contours = [(syllables[one].tone, measured[one].contour) for one in known]
    means = np.stack(
        [
            np.mean([of for its, of in contours if its == tone and of is not None], axis=0)
            for tone in (1, 2, 3, 4)
        ]
    )
    tones = np.zeros((len(asked), 4), np.float32)
    for row, one in enumerate(asked):
        contour = measured[one].contour
        if contour is not None:
            tones[row] = -np.square(means - contour).mean(axis=1)
    return Heard(sounds, tones)


def _loud(samples: Samples) -> Samples:
    """Without the silence around it."""
    # Differences, since one speaker's rumble below 100 Hz is nearly as strong as the voice.
    blocks = np.diff(samples, prepend=0)[: samples.size // _HOP * _HOP].reshape(-1, _HOP)
    levels = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-9)
    loud = np.flatnonzero(levels > levels.max() - _LOUD)
    return samples[loud[0] * _HOP : (loud[-1] + 1) * _HOP]


def _cepstra(samples: Samples) -> Floats:
    import librosa

    static = librosa.feature.mfcc(
        y=librosa.effects.preemphasis(samples), sr=RATE, n_mfcc=13, n_mels=40,
        n_fft=512, win_length=400, hop_length=_HOP, fmin=_BAND[0], fmax=_BAND[1],
    )  # fmt: skip
    both = np.concatenate([static, np.gradient(static, axis=1)])
    both = (both - both.mean(axis=1, keepdims=True)) / (both.std(axis=1, keepdims=True) + 1e-3)
    return _stretched(both, _FRAMES).T.astype(np.float32)


def _contour(hertz: npt.NDArray[np.float64]) -> Floats | None:
    voiced = hertz[~np.isnan(hertz)]
    if voiced.size < 4:
        return None
    semitones = _stretched(12 * np.log2(voiced)[None], _POINTS)[0]
    return np.asarray(semitones - semitones.mean(), np.float32)


def _stretched(rows: npt.NDArray[np.floating], length: int) -> npt.NDArray[np.float64]:
    """Every row linearly stretched to a length."""
    there = np.linspace(0, rows.shape[1] - 1, length)
    return np.stack([np.interp(there, np.arange(rows.shape[1]), row) for row in rows])


def _warped(one: Floats, templates: Floats) -> npt.NDArray[np.float64]:
    """Cost of the best warping path to each template, shape (templates,)."""
    squares = np.square(one).sum(axis=1)[None, :, None] + np.square(templates).sum(axis=2)[:, None]
    steps = np.sqrt(np.maximum(squares - 2 * (one @ templates.transpose(0, 2, 1)), 0.0))
    steps = np.ascontiguousarray(steps.transpose(1, 2, 0))  # so that a cell of all lies together
    costs = np.full((_FRAMES + 1, _FRAMES + 1, len(templates)), np.inf, np.float32)
    costs[0, 0] = 0.0
    for row in range(_FRAMES):
        for column in range(_FRAMES):
            best = np.minimum(costs[row, column], costs[row, column + 1])
            np.minimum(best, costs[row + 1, column], out=best)
            np.add(best, steps[row, column], out=costs[row + 1, column + 1])
    return np.asarray(costs[-1, -1], np.float64)
