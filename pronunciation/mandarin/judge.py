"""The acoustic side of the Mandarin scorer: where each syllable is, and how it was said.

An alignment of initials and finals finds the syllables; then each is looked at as a whole, by
networks of its own for sounds and for tones. Initial and final are judged together, among the
syllables that there are. See :mod:`pronunciation.mandarin.contract`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pronunciation.alignment import Alignment, Graph
from pronunciation.layers import Floats, log_softmax
from pronunciation.mandarin.contract import PartScores, SyllableScores, SyllableWays
from pronunciation.mandarin.hearing import HOP, Hearing, Sounds, padded
from pronunciation.mandarin.networks import (
    FINAL,
    INITIAL,
    SILENCE,
    SOUNDED,
    Span,
    look,
    possible,
)
from pronunciation.mandarin.syllables import INITIALS, NEUTRAL, TONES, Syllable
from pronunciation.mandarin.weights import MandarinWeights, load
from speech.audio import RATE, Samples

_FIRST_FINAL = len(INITIALS)
_SHARE = 0.5  # of the classes' prior that is taken back when aligning
_HEARD = 4  # alternatives that are told
_LEAST = 0.02  # probability of one that is worth telling
_FLOOR = 1e-6
_MOMENT = 12  # frames, 0.14 s: less than a pause


class MandarinJudge:
    """See :class:`pronunciation.mandarin.contract.Judge`.

    Parameters
    ----------
    weights
        Other weights than those that ship.
    threads
        Threads that one call may use.
    """

    def __init__(self, weights: MandarinWeights | None = None, *, threads: int = 1) -> None:
        self._weights = weights or load()
        self._hearing = Hearing(threads=threads)
        self._possible = possible()

    def hear(self, samples: Samples) -> Sounds:
        """Listen to mono float32 at 16 kHz."""
        frames, tonal = self._hearing.hear(samples)
        return Sounds(frames, tonal, self._weights.frames.log_posteriors(frames))

    def align_and_score(
        self, sounds: Sounds, syllables: Sequence[SyllableWays]
    ) -> list[SyllableScores] | None:
        """Find each syllable and score it; None where the text was not read."""
        aligned = self.align(sounds, syllables)
        if aligned is None:
            return None
        alignment, ways = aligned
        spans = spans_of(alignment, len(syllables))
        fits = [fit(sounds, span, way) for span, way in zip(spans, ways, strict=True)]
        if np.mean(fits) < self._weights.limits.read:
            return None
        initials, finals, tones = self.posteriors(sounds, spans)
        times = _joined(spans)
        scores = []
        for number, (way, choices) in enumerate(zip(ways, syllables, strict=True)):
            same = [one for one in choices if (one.initial, one.final) == (way.initial, way.final)]
            chosen = max(same, key=lambda one: float(tones[number][TONES.index(one.tone)]))
            scores.append(
                SyllableScores(
                    times[number][0] * HOP / RATE,
                    times[number][1] * HOP / RATE,
                    choices.index(chosen),
                    self._initial(initials[number], chosen),
                    self._final(finals[number], chosen),
                    self._tone(tones[number], chosen),
                    _logistic(self._weights.limits.said, fits[number]),
                )
            )
        return scores

    def begun(self, sounds: Sounds, syllables: Sequence[SyllableWays]) -> int:
        """How many syllables were begun so far, of a recording that still grows."""
        return Graph(_classes(syllables), SILENCE).begun(self._emissions(sounds)[:-1])

    def align(
        self, sounds: Sounds, syllables: Sequence[SyllableWays]
    ) -> tuple[Alignment, list[Syllable]] | None:
        """Where each syllable is and which way of saying it fits best, whatever its tone; None
        where the recording is too short. Frames count from one before the first."""
        classes = _classes(syllables)
        alignment = Graph(classes, SILENCE).align(self._emissions(sounds))
        if alignment is None:
            return None
        ways = []
        for which, choices, paths in zip(alignment.chosen, syllables, classes, strict=True):
            ways.append(next(one for one in choices if path_of(one) == paths[which]))
        return alignment, ways

    def find(self, sounds: Sounds, count: int) -> list[Span] | None:
        """Where so many syllables lie, whatever they are; None where the recording is too short.

        To ask what was said: an alignment with what should have been said gives the answer away,
        if only by whether it has an initial.
        """
        logs = sounds.log_posteriors - _SHARE * self._weights.prior
        finals = logs[:, _FIRST_FINAL:].max(axis=1)
        kinds = np.stack([logs[:, SILENCE], logs[:, 1:_FIRST_FINAL].max(axis=1), finals], axis=1)
        alignment = Graph([[(1, 2), (2,)]] * count, 0).align(padded(kinds, 0))
        return None if alignment is None else spans_of(alignment, count)

    def posteriors(self, sounds: Sounds, spans: list[Span]) -> tuple[Floats, Floats, Floats]:
        """Probabilities of initials, finals and tones; shapes (n, 22), (n, finals), (n, 5)."""
        views = look(sounds.frames, sounds.tonal, spans)
        heard = [network.log_posteriors(views) for network in self._weights.sounds]
        initials = np.mean([one for one, _ in heard], axis=0)
        finals = np.mean([one for _, one in heard], axis=0)
        pairs = initials[:, :, None] + finals[:, None, :] + self._possible
        joint = np.exp(log_softmax(pairs.reshape(len(pairs), -1))).reshape(pairs.shape)
        tones = np.mean([one.log_posteriors(views) for one in self._weights.tones], axis=0)
        return joint.sum(axis=2), joint.sum(axis=1), np.exp(log_softmax(tones))

    def _emissions(self, sounds: Sounds) -> Floats:
        return padded(sounds.log_posteriors - _SHARE * self._weights.prior, SILENCE)

    def _initial(self, posteriors: Floats, asked: Syllable) -> PartScores:
        right = float(posteriors[INITIAL[asked.initial]])
        return _part(right, self._weights.limits.initial, posteriors, INITIALS)

    def _final(self, posteriors: Floats, asked: Syllable) -> PartScores:
        names = [_spelled(final, asked.initial) for final in SOUNDED]
        right = float(posteriors[FINAL[asked.final]])
        if asked.erhua:  # the r colours the final, and was not learnt apart
            right = min(1.0, right + float(posteriors[FINAL["er"]]))
        return _part(right, self._weights.limits.final, posteriors, names)

    def _tone(self, posteriors: Floats, asked: Syllable) -> PartScores:
        if asked.tone == NEUTRAL:  # it was hardly there to be learnt, and depends on what is before
            return PartScores(1.0, ((str(NEUTRAL), 1.0),))
        full = _full(posteriors)
        right = float(full[TONES.index(asked.tone)])
        return _part(right, self._weights.limits.tone, full, [str(tone) for tone in TONES])


def _full(tones: Floats) -> Floats:
    """Probabilities of tones 1 to 4: that a neutral one seems to be heard, as in a syllable said in
    passing, speaks against none of them."""
    full = tones[: TONES.index(NEUTRAL)] + _FLOOR
    return np.asarray(full / full.sum(), np.float32)


def _joined(spans: Sequence[Span]) -> list[tuple[float, float]]:
    """Beginnings and ends of syllables, in frames; what is silent for a moment between two lies
    half with each: where a voice fades, or a fricative sets in, it is quiet but not a pause."""
    times = [(float(span.start), float(span.end)) for span in spans]
    for number, (before, after) in enumerate(itertools.pairwise(spans)):
        if after.start - before.end <= _MOMENT:
            middle = (before.end + after.start) / 2
            times[number] = (times[number][0], middle)
            times[number + 1] = (middle, times[number + 1][1])
    return times


def _part(
    probability: float, line: tuple[float, float], posteriors: Floats, names: Sequence[str]
) -> PartScores:
    clipped = min(max(probability, _FLOOR), 1 - _FLOOR)
    order = np.argsort(-posteriors)[:_HEARD]
    heard = tuple(
        (names[place], round(float(posteriors[place]), 4))
        for place in order
        if posteriors[place] >= _LEAST
    )
    return PartScores(_logistic(line, float(np.log(clipped / (1 - clipped)))), heard)


def _logistic(line: tuple[float, float], value: float) -> float:
    offset, slope = line
    return float(1 / (1 + np.exp(-np.clip(offset + slope * value, -60, 60))))


def _spelled(final: str, initial: str) -> str:
    """As pinyin has it after an initial: *uo* is written o after lips."""
    return "o" if final == "uo" and initial in ("b", "p", "m", "f") else final


def path_of(syllable: Syllable) -> tuple[int, ...]:
    """The classes of a syllable's frames."""
    final = _FIRST_FINAL + FINAL[syllable.final]
    return (INITIAL[syllable.initial], final) if syllable.initial else (final,)


def _classes(syllables: Sequence[SyllableWays]) -> list[list[tuple[int, ...]]]:
    """For each syllable the different sequences of classes that its ways have."""
    return [list(dict.fromkeys(map(path_of, ways))) for ways in syllables]


def spans_of(alignment: Alignment, count: int) -> list[Span]:
    """Where so many aligned syllables lie, in frames of the recording."""
    spans = []
    for number in range(count):
        of = np.flatnonzero(alignment.words == number)
        start, middle, end = (
            alignment.starts[of[0]],
            alignment.starts[of[-1]],
            alignment.ends[of[-1]],
        )
        spans.append(Span(int(start) - 1, int(middle) - 1, int(end) - 1))  # without the padding
    return spans


def fit(sounds: Sounds, span: Span, way: Syllable) -> float:
    """Mean log posterior of the frames of a syllable."""
    frames = np.arange(span.start, span.end)
    classes = np.where(frames < span.middle, path_of(way)[0], path_of(way)[-1])
    inside: npt.NDArray[np.float32] = sounds.log_posteriors[frames, classes]
    return float(inside.mean())
