"""The networks of the judge, in numpy: which sound a frame is, and what a syllable is.

How they are trained is in ``pronunciation.training.mandarin``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pronunciation.layers import Floats, Weights, dense, log_softmax, normalized, relu
from pronunciation.mandarin.hearing import BANDS, interpolated
from pronunciation.mandarin.syllables import FINALS, INITIALS, SYLLABLES

SOUNDED = tuple(final for final in FINALS if final != "o")
"""Finals that sound different: *o* sounds like the end of *uo*."""

FINAL = {final: number for number, final in enumerate(SOUNDED)} | {"o": SOUNDED.index("uo")}
"""Index of each final among those that sound different."""

INITIAL = {initial: number for number, initial in enumerate(INITIALS)}
"""Index of each initial; 0 is none, and in frames silence."""

SILENCE = 0
"""Class of frames without a sound. Initials follow, then finals."""

CLASSES = len(INITIALS) + len(SOUNDED)
"""Classes of frames."""

ONSET = 16
"""Frames around the beginning of a syllable by which its initial is told."""
RHYME = 12
"""Places over a final by which it is told."""
CONTOUR = 28
"""Places over a syllable, and a part of its neighbours, by which its tone is told."""

_EARLIER = 5  # frames before the syllable
_BESIDE = 0.4  # parts of the syllable's length before and after it


@dataclass(frozen=True, slots=True)
class Span:
    """Where a syllable lies, in frames; an end is the frame after the last."""

    start: int
    middle: int
    """Where its final begins."""
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """What the networks see of the syllables of a recording, n of them."""

    onsets: Floats
    """Spectra around the beginning, shape (n, 16, 48)."""
    rhymes: Floats
    """Spectra over the final, shape (n, 12, 48)."""
    heard_onsets: Floats
    """What the encoder says of each two of them, shape (n, 8, 512)."""
    heard_rhymes: Floats
    """Shape (n, 6, 512)."""
    contours: Floats
    """Shape (n, 28, 11)."""
    lengths: Floats
    """Shape (n, 6): logarithms of the lengths of initial, final, syllable and of the number of
    syllables; whether it is the first, and the last."""


def look(frames: Floats, tonal: Floats, spans: list[Span]) -> Views:
    """What is to be seen of each syllable of a recording.

    Parameters
    ----------
    frames, tonal
        As :class:`pronunciation.mandarin.hearing.Sounds` has them.
    """
    onsets, rhymes, contours, lengths = list[Floats](), list[Floats](), list[Floats](), []
    last = len(frames) - 1
    for number, span in enumerate(spans):
        first = span.start - _EARLIER
        onsets.append(frames[np.clip(np.arange(first, first + ONSET), 0, last)])
        places = np.linspace(span.middle - 1.5, span.end + 0.5, RHYME)
        rhymes.append(interpolated(frames, np.clip(places, 0, last)))
        length = span.end - span.start
        beside = _BESIDE * length
        places = np.linspace(span.start - beside, span.end + beside, CONTOUR)
        contours.append(interpolated(tonal, np.clip(places, 0, last)))
        parts = (span.middle - span.start + 1, span.end - span.middle, length, len(spans))
        ends = (float(number == 0), float(number == len(spans) - 1))
        lengths.append(np.array([*np.log(parts), *ends], np.float32))
    onset, rhyme = np.stack(onsets), np.stack(rhymes)
    return Views(
        onset[..., :BANDS], rhyme[..., :BANDS],
        _by_two(onset[..., BANDS:]), _by_two(rhyme[..., BANDS:]),
        np.stack(contours), np.stack(lengths),
    )  # fmt: skip


class FrameClassifier:
    """Frames to initials, finals and silence: what lies within 70 ms, and the encoder."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def log_posteriors(self, frames: Floats) -> Floats:
        """Shape (n, classes)."""
        w = self.weights
        hidden = _convolved(frames[None, :, :BANDS], w, "mel")[0]
        hidden = relu(hidden + dense(normalized(frames[:, BANDS:], w, "n"), w, "e"))
        context = relu(_convolved(hidden[None], w, "c")[0])
        return log_softmax(dense(hidden + context, w, "o"))


class SoundClassifier:
    """The initial and the final of a syllable."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def log_posteriors(self, views: Views) -> tuple[Floats, Floats]:
        """Of initials and of finals, shapes (n, 22) and (n, finals)."""
        w = self.weights
        both = (views.onsets, views.heard_onsets), (views.rhymes, views.heard_rhymes)
        onset = self._layers(*both[0], "mel", "n", "e", "po", ("c1", "c2"))
        rhyme = self._layers(*both[1], "mel2", "n2", "e2", "pf", ("f1", "f2"))
        initial = np.concatenate([_pooled(onset, 2), _pooled(rhyme, 3), views.lengths], axis=1)
        final = np.concatenate([_pooled(rhyme, 2), _pooled(onset, 4), views.lengths], axis=1)
        return log_softmax(_head(initial, w, "hi")), log_softmax(_head(final, w, "hf"))

    def _layers(
        self,
        spectra: Floats,
        heard: Floats,
        mel: str,
        norm: str,
        encoded: str,
        place: str,
        deep: tuple[str, ...],
    ) -> Floats:
        w = self.weights
        said = np.repeat(dense(normalized(heard, w, norm), w, encoded), 2, axis=1)
        hidden = relu(dense(spectra, w, mel) + w[place] + said)
        for name in deep:
            hidden = hidden + relu(_convolved(hidden, w, name))
        return hidden


class ToneClassifier:
    """The tone of a syllable: by its melody, and by what the encoder says of its final."""

    def __init__(self, weights: Weights) -> None:
        self.weights = weights

    def log_posteriors(self, views: Views) -> Floats:
        """Shape (n, 5)."""
        w = self.weights
        hidden = relu(_convolved(views.contours, w, "c1"))
        for name in ("c2", "c3"):
            hidden = hidden + relu(_convolved(hidden, w, name))
        heard = relu(dense(normalized(views.heard_rhymes, w, "n"), w, "e"))
        inputs = np.concatenate([_pooled(hidden, 4), _pooled(heard, 2), views.lengths], axis=1)
        return log_softmax(_head(inputs, w, "o"))


def possible() -> Floats:
    """Which initials and finals go together: 0 where they do, else -1e9; shape (22, finals)."""
    table = np.full((len(INITIALS), len(SOUNDED)), -1e9, np.float32)
    for initial, final in SYLLABLES.values():
        table[INITIAL[initial], FINAL[final]] = 0.0
    return table


def _by_two(rows: Floats) -> Floats:
    """Means of each two along the second axis: the encoder's own frames are longer than these."""
    means: Floats = (rows[:, ::2] + rows[:, 1::2]) * np.float32(0.5)
    return means


def _convolved(values: Floats, weights: Weights, name: str) -> Floats:
    """A convolution over the second axis that keeps its length."""
    kernel = weights[f"{name}.weight"]  # (out, in, width)
    width, length = kernel.shape[2], values.shape[1]
    around = np.pad(values, ((0, 0), (width // 2, width // 2), (0, 0)))
    result: Floats = weights[f"{name}.bias"] + sum(
        around[:, place : place + length] @ kernel[:, :, place].T for place in range(width)
    )
    return result


def _pooled(values: Floats, width: int) -> Floats:
    """Means of so many places, side by side, channel after channel."""
    count = values.shape[1] // width
    means = values[:, : count * width].reshape(len(values), count, width, -1).mean(axis=2)
    result: Floats = means.transpose(0, 2, 1).reshape(len(values), -1)
    return result


def _head(values: Floats, weights: Weights, name: str) -> Floats:
    return dense(relu(dense(values, weights, f"{name}.0")), weights, f"{name}.3")
