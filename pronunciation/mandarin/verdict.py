"""From probabilities and times to what a learner is told about each syllable, word and the whole.

There are no readings of Mandarin that experts have scored to learn from here, so scores are
formulas, in plain sight:

- A part (initial, final, tone) scores the calibrated probability that it was right. Neutral tones
  are not judged, and count for nothing.
- A syllable scores the mean of two things: the mean of its parts, and the worst of them. One
  wrong part makes a wrong syllable.
- ``accuracy`` is the mean of all initials and finals, ``tone`` that of all tones, each of what was
  said; a word's ``total`` the mean of its syllables.
- ``fluency`` is pace times flow. Pace is full from 3 syllables a second, pauses left out, and falls
  to 0.4 at one; flow is the share of the time that is no pause out of place.
- ``prosody`` is the mean of ``tone``, of the share of words with a pause before them where one
  belongs and none elsewhere and, from four words on, of the range of the pitch, full from 6
  semitones.
- ``completeness`` is the share of the syllables that was said, and ``total`` is 0.4 accuracy, 0.35
  tone, 0.15 fluency and 0.1 prosody, times the completeness.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pronunciation.mandarin.contract import PartScores, SyllableScores
from pronunciation.mandarin.sandhi import Way
from pronunciation.mandarin.syllables import letters
from pronunciation.mandarin.text import ReferenceWord
from pronunciation.results import (
    Heard,
    Overall,
    Part,
    Pitch,
    Rate,
    Syllable,
    Tone,
    Word,
    WordError,
)
from pronunciation.timing import Timed, break_error, is_monotone, rate_of

_SAID = 0.5  # probability from which on a syllable counts as said ...
_SURELY_SAID = 0.9  # ... of a word that a recogniser did not hear
_NOT_WRONG = 100.0  # the tones of a text of neutral ones
_RIGHT = 0.5  # probability below which a part counts as wrong
_HEARD = 3  # alternatives that are told
_UNLIKELY = 0.03
_FULL_PACE, _SLOW_PACE, _SLOWEST = 3.0, 1.0, 0.4  # syllables a second; share of the slow one
_FULL_RANGE = 6.0  # semitones
_RANGED_WORDS = 4
_TOTAL = {"accuracy": 0.4, "tone": 0.35, "fluency": 0.15, "prosody": 0.1}


@dataclass(frozen=True, slots=True)
class Judged:
    """All that is known about a reading before it is put into words."""

    reference: Sequence[ReferenceWord]
    scores: Sequence[Sequence[SyllableScores]]
    """For each word those of its syllables."""
    hertz: npt.NDArray[np.float64]
    pitch: Pitch
    doubtful: frozenset[int] = frozenset()
    """Words that a recogniser did not hear."""

    def kept(self, word: int) -> int:
        """How many syllables of a word were said."""
        least = _SURELY_SAID if word in self.doubtful else _SAID
        return sum(one.said >= least for one in self.scores[word])

    def said(self, word: int) -> bool:
        """Whether a word was said: more than half of its syllables."""
        return self.kept(word) * 2 > len(self.scores[word])

    def numbers(self) -> list[int]:
        """Which words of the text were said."""
        return [number for number in range(len(self.reference)) if self.said(number)]

    def timed(self) -> list[Timed]:
        """The words that were said, in time; there may be none."""
        return [
            Timed(
                self.scores[number][0].start,
                self.scores[number][-1].end,
                self.reference[number].mark,
                len(self.scores[number]),
            )
            for number in self.numbers()
        ]


def words_of(judged: Judged) -> tuple[Word, ...]:
    """Every word of the text."""
    tones = {ways[0].surface for word in judged.reference for ways in word.syllables}
    flat = len(tones) > 1 and is_monotone(judged.hertz, len(judged.reference))
    timed = dict(zip(judged.numbers(), judged.timed(), strict=True))
    words = []
    for number, reference in enumerate(judged.reference):
        if number not in timed:
            words.append(Word(reference.shown, None, None, 0.0, None, 0.0, WordError.OMISSION))
            continue
        before = timed.get(number - 1)
        wrong = break_error(before, timed[number]) if before else None
        words.append(_word(judged, number, wrong or (WordError.MONOTONE if flat else None)))
    return tuple(words)


def overall_of(judged: Judged, words: Sequence[Word]) -> Overall:
    """The scores of the whole; at least one word was said."""
    syllables = [syllable for word in words for syllable in word.syllables]
    timed = judged.timed()
    parts = [part.accuracy for one in syllables for part in (one.initial, one.final)]
    tones = [one.tone.accuracy for one in syllables if one.tone.is_judged]
    accuracy, tone = _mean(parts), _mean(tones) if tones else _NOT_WRONG
    fluency = 100 * _pace(timed) * _flow(timed)
    sides = [tone, 100 * _boundaries(words)]
    if len(timed) >= _RANGED_WORDS and judged.pitch.range_semitones is not None:
        sides.append(100 * min(1.0, judged.pitch.range_semitones / _FULL_RANGE))
    prosody = _mean(sides)
    kept = sum(map(judged.kept, range(len(judged.scores)))) / sum(map(len, judged.scores))
    scores = {"accuracy": accuracy, "tone": tone, "fluency": fluency, "prosody": prosody}
    total = kept * sum(share * scores[name] for name, share in _TOTAL.items())
    return Overall(
        round(total, 1),
        round(accuracy, 1),
        round(fluency, 1),
        round(100 * kept, 1),
        round(prosody, 1),
        round(tone, 1),
    )


def pace_of(timed: Sequence[Timed]) -> Rate:
    """How fast was read, in syllables too."""
    rate = rate_of(timed)
    total = sum(word.syllables for word in timed)
    seconds = max(0.1, timed[-1].end - timed[0].start)
    return Rate(rate.words_per_minute, rate.articulation_rate, round(60 * total / seconds, 1))


def _word(judged: Judged, number: int, wrong: WordError | None) -> Word:
    reference, scores = judged.reference[number], judged.scores[number]
    syllables = tuple(
        _syllable(ways[one.chosen], one, judged.pitch)
        for ways, one in zip(reference.syllables, scores, strict=True)
    )
    parts = [part for one in scores for part in (one.initial, one.final, one.tone)]
    if min(part.right for part in parts) < _RIGHT:
        wrong = WordError.MISPRONUNCIATION
    segments = [part.accuracy for one in syllables for part in (one.initial, one.final)]
    return Word(
        reference.shown,
        scores[0].start,
        scores[-1].end,
        round(_mean(segments), 1),
        None,
        round(_mean([one.accuracy for one in syllables]), 1),
        wrong or WordError.NONE,
        syllables=syllables,
    )


def _syllable(way: Way, scores: SyllableScores, pitch: Pitch) -> Syllable:
    said = way.syllable
    initial = Part(said.initial, _percent(scores.initial), _heard(scores.initial))
    final = Part(letters(said.final), _percent(scores.final), _heard(scores.final, final=True))
    tone = Tone(str(said.tone), str(way.surface), _percent(scores.tone), _heard(scores.tone))
    parts = [initial.accuracy, final.accuracy, *([tone.accuracy] if tone.is_judged else [])]
    first, last = round(scores.start / pitch.step), round(scores.end / pitch.step)
    return Syllable(
        said.hanzi,
        said.pinyin,
        scores.start,
        scores.end,
        round((_mean(parts) + min(parts)) / 2, 1),
        initial,
        final,
        tone,
        pitch.contour[first:last],
    )


def _heard(scores: PartScores, *, final: bool = False) -> tuple[Heard, ...]:
    return tuple(
        Heard(letters(name) if final else name, round(probability, 3))
        for rank, (name, probability) in enumerate(scores.heard[:_HEARD])
        if rank == 0 or probability >= _UNLIKELY
    )


def _pace(timed: Sequence[Timed]) -> float:
    """0.4 to 1 by syllables a second."""
    rate = rate_of(timed).articulation_rate
    return float(np.interp(rate, [_SLOW_PACE, _FULL_PACE], [_SLOWEST, 1.0]))


def _flow(timed: Sequence[Timed]) -> float:
    """The share of the time that is no pause out of place."""
    lost = sum(
        word.start - before.end
        for before, word in itertools.pairwise(timed)
        if break_error(before, word) is WordError.UNEXPECTED_BREAK
    )
    return 1 - lost / max(0.1, timed[-1].end - timed[0].start)


def _boundaries(words: Sequence[Word]) -> float:
    """The share of words without a wrong pause before them; one word has nothing to pause at."""
    wrong = (WordError.UNEXPECTED_BREAK, WordError.MISSING_BREAK)
    said = [word for word in words if word.start is not None]
    return 1 - sum(word.error in wrong for word in said) / len(said)


def _percent(part: PartScores) -> float:
    return round(100 * min(1.0, max(0.0, part.right)), 1)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
