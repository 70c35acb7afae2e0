"""What is measured on each phone before it is judged.

Goodness of pronunciation follows Witt & Young (Speech Communication, 2000) and Hu et al. (Speech
Communication, 2015): the log posterior of the phone that was asked for, and its distance to the
best other one. The decoder's view of each word, the timing, the loudness and how the whole
utterance went stand beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pronunciation.alignment import Alignment
from pronunciation.english.graph import INDEX, SILENCE
from pronunciation.english.hearing import Fit, Sounds, start_of
from pronunciation.english.phones import Pronunciation, bare, stress
from speech.audio import RATE, Samples

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

NO_STRESS = 3
"""Stress class of consonants; vowels have 0, 1 or 2."""

ALONE, INITIAL, FINAL, MEDIAL = range(4)
"""Where a phone stands in its word."""

_FLOOR = -12.0  # log probabilities below this differ by chance only
_WINDOW = 200  # samples on both sides of a frame's middle: 25 ms of loudness


@dataclass(frozen=True, slots=True)
class PhoneFeatures:
    """Everything about the n phones of an utterance."""

    numbers: Floats
    """Shape (n, NUMBERS)."""
    encoded: Floats
    """Shape (n, 288): the encoder's frames, averaged over the phone."""
    phones: Integers
    """Index of the phone that was asked for, shape (n,)."""
    stress: Integers
    """0 to 2, or :data:`NO_STRESS`."""
    places: Integers
    """:data:`ALONE`, :data:`INITIAL`, :data:`FINAL` or :data:`MEDIAL`."""
    words: Integers
    """Index of the word, shape (n,), without gaps."""
    posteriors: Floats
    """Shape (n, 40): mean posterior of each phone and of silence."""
    fit: float
    """Mean log posterior of the phones that were asked for: how well the sounds fit the text."""
    gain: float
    """What the audio adds to the log probability of a word's tokens, mean over the words."""


def measure(
    samples: Samples,
    sounds: Sounds,
    fit: Fit,
    pronunciations: Sequence[Pronunciation],
    alignment: Alignment,
) -> PhoneFeatures:
    """Measure every phone.

    Parameters
    ----------
    pronunciations
        Of each word the one that was aligned.
    """
    asked = [phone for pronunciation in pronunciations for phone in pronunciation]
    phones = np.array([INDEX[bare(phone)] for phone in asked])
    words = alignment.words
    spans = list(zip(alignment.starts, alignment.ends, strict=True))
    logs = np.maximum(sounds.log_posteriors, _FLOOR)
    probabilities = np.exp(logs)
    mean_logs = np.stack([logs[start:end].mean(axis=0) for start, end in spans])
    means = np.stack([probabilities[start:end].mean(axis=0) for start, end in spans])
    own = _own(logs, probabilities, phones, spans, mean_logs, means)
    timing = _timing(alignment)
    loudness = _loudness(samples, len(logs), spans)
    by_word = _by_word(fit, len(pronunciations))
    local = np.concatenate([own, timing, loudness], axis=1)
    whole = _whole(own, timing, by_word, fit, words, len(logs))
    numbers = np.concatenate(
        [local, means, mean_logs, by_word[words], np.tile(whole, (len(phones), 1))], axis=1
    )
    return PhoneFeatures(
        numbers.astype(np.float32),
        np.stack([sounds.encoded[start:end].mean(axis=0) for start, end in spans]),
        phones,
        np.array([NO_STRESS if stress(phone) is None else stress(phone) for phone in asked]),
        _places(words),
        words,
        means,
        float(own[:, 0].mean()),
        float(by_word[:, 4].mean()),
    )


def _own(
    logs: Floats,
    probabilities: Floats,
    phones: Integers,
    spans: Sequence[tuple[int, int]],
    mean_logs: Floats,
    means: Floats,
) -> Floats:
    """How well each phone fits where it should be, shape (n, 9)."""
    at = np.arange(len(phones))
    lpp = mean_logs[at, phones]
    others = mean_logs[:, :SILENCE].copy()
    others[at, phones] = -np.inf
    tracks = [logs[start:end, phone] for (start, end), phone in zip(spans, phones, strict=True)]
    around = [
        probabilities[max(0, start - 2) : end + 2, phone].max()
        for (start, end), phone in zip(spans, phones, strict=True)
    ]
    columns = [
        lpp,
        lpp - others.max(axis=1),
        [track[track.size // 2] for track in tracks],
        [track.max() for track in tracks],
        [track.min() for track in tracks],
        means[at, phones],
        around,
        -(means * np.log(means + 1e-9)).sum(axis=1),
        mean_logs[:, SILENCE],
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _timing(alignment: Alignment) -> Floats:
    """ln of frames: the phone's own, and the silence before and after it; shape (n, 3)."""
    gaps = np.concatenate([[0], alignment.starts[1:] - alignment.ends[:-1], [0]])
    columns = [np.log(alignment.ends - alignment.starts), np.log1p(gaps[:-1]), np.log1p(gaps[1:])]
    return np.stack(columns, axis=1).astype(np.float32)


def _loudness(samples: Samples, frames: int, spans: Sequence[tuple[int, int]]) -> Floats:
    """Mean and highest level of each phone, dB below the loudest frames; shape (n, 2)."""
    middles = np.array([(start_of(frame) + start_of(frame + 1)) / 2 for frame in range(frames)])
    middles = np.round(middles * RATE).astype(np.int64)
    energy = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    first = np.clip(middles - _WINDOW, 0, samples.size)
    last = np.clip(middles + _WINDOW, 0, samples.size)
    levels = 10 * np.log10((energy[last] - energy[first]) / (2 * _WINDOW) + 1e-9)
    levels -= np.percentile(levels, 95)
    return np.array(
        [[levels[start:end].mean(), levels[start:end].max()] for start, end in spans], np.float32
    )


def _by_word(fit: Fit, count: int) -> Floats:
    """The decoder's view of each word, shape (words, 11)."""
    gain = fit.log_probability - fit.prior
    rows = []
    for word in range(count):
        of = np.flatnonzero(fit.words == word)
        scored, gained = fit.log_probability[of], gain[of]
        row = [scored.sum(), scored.mean(), scored.min(), gained.sum(), gained.mean(), gained.min()]
        row += [fit.entropy[of].mean(), fit.rank[of].max(), (fit.best[of] - scored).sum()]
        rows.append([*row, of.size, scored[0]])
    return np.array(rows, np.float32)


def _whole(
    own: Floats, timing: Floats, by_word: Floats, fit: Fit, words: Integers, frames: int
) -> Floats:
    """How the whole utterance went, shape (22,)."""
    local = np.concatenate([own[:, :2], timing[:, :2]], axis=1)
    gain = fit.log_probability - fit.prior
    return np.concatenate(
        [
            local.mean(axis=0),
            local.std(axis=0),
            own[:, :2].min(axis=0),
            by_word[:, [1, 4, 5]].mean(axis=0),
            by_word[:, [1, 4]].min(axis=0),
            [gain[-2], gain[-1], fit.log_probability[-1]],
            [len(words) / frames, timing[:, 1].max(), np.log(len(words)), np.log(words[-1] + 1)],
        ]
    ).astype(np.float32)


def _places(words: Integers) -> Integers:
    new = np.concatenate([[True], words[1:] != words[:-1]])
    last = np.concatenate([new[1:], [True]])
    return np.where(new & last, ALONE, np.where(new, INITIAL, np.where(last, FINAL, MEDIAL)))


OWN = 9 + 3 + 2
"""The first columns of :attr:`PhoneFeatures.numbers`: a phone's own fit, timing and loudness."""

NUMBERS = OWN + 40 + 40 + 11 + 22
"""All its columns."""
