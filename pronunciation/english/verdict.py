"""From raw scores and times to what a learner is told about each word and the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pronunciation.alignment import Alignment
from pronunciation.english.deviations import Deviations, Insertion
from pronunciation.english.graph import SILENCE
from pronunciation.english.hearing import start_of
from pronunciation.english.phones import PHONES, Pronunciation, syllables
from pronunciation.english.scorer import UTTERANCE_SCORES, Scores
from pronunciation.english.stress import heard_stress
from pronunciation.english.text import ReferenceWord
from pronunciation.english.weights import Limits
from pronunciation.results import Heard, Overall, Pause, Phone, Word, WordError
from pronunciation.timing import Timed, break_error, is_monotone, pauses_of

_BROKEN_OFF = 0.75  # share of the words
_HEARD = 3  # sounds that are told
_UNLIKELY = 0.03


@dataclass(frozen=True, slots=True)
class Judged:
    """All that is known about a reading before it is put into words."""

    reference: Sequence[ReferenceWord]
    said: Sequence[Pronunciation]
    """For each word the pronunciation that fits best."""
    alignment: Alignment
    posteriors: npt.NDArray[np.float32]
    """Mean posterior of each phone and of silence while a phone lasts, shape (phones, 40)."""
    scores: Scores
    hertz: npt.NDArray[np.float64]
    deviations: Deviations
    inserted: Sequence[tuple[int, int]]
    """First frame of each insertion, and the one after its last."""

    def span(self, word: int) -> tuple[float, float]:
        """Start and end of a word, seconds."""
        start, end = self.alignment.span(word)
        return time_of(start), time_of(end)

    def timed(self) -> tuple[Timed, ...]:
        """The words of the text in time."""
        return tuple(
            Timed(*self.span(number), word.mark, syllables(self.said[number]))
            for number, word in enumerate(self.reference)
        )


def percent(raw: float) -> float:
    """A raw score as 0 to 100."""
    return round(100 * min(1.0, max(0.0, float(raw))), 1)


def words_of(judged: Judged, limits: Limits) -> tuple[Word, ...]:
    """Every word of the text, and what was said between them."""
    deviations = judged.deviations
    flat = is_monotone(judged.hertz, len(judged.reference))
    words: list[Word] = []
    for number in range(len(judged.reference) + 1):
        words += [
            _inserted(insertion, *map(time_of, span))
            for insertion, span in zip(deviations.insertions, judged.inserted, strict=True)
            if insertion.before == number
        ]
        if number < len(judged.reference):
            omitted = number in deviations.omissions
            words.append(
                _omitted(judged, number) if omitted else _word(judged, number, limits, flat)
            )
    return tuple(words)


def overall_of(judged: Judged) -> Overall:
    """The scores of the whole.

    A text that was broken off is not judged by its first half: from a quarter left out, accuracy
    and total fall with what is missing.
    """
    raw = dict(zip(UTTERANCE_SCORES, map(float, judged.scores.overall), strict=True))
    kept = 1 - len(judged.deviations.omissions) / len(judged.reference)
    raw["completeness"] = min(raw["completeness"], kept)
    if kept < _BROKEN_OFF:
        raw["accuracy"] *= kept
        raw["total"] *= kept
    return Overall(**{name: percent(value) for name, value in raw.items()})


def paused(judged: Judged, words: Sequence[Word]) -> tuple[Pause, ...]:
    """The silent pauses between the words of the text; where something was added is none."""
    added = {insertion.before for insertion in judged.deviations.insertions}
    places = [place for place, word in enumerate(words) if word.error is not WordError.INSERTION]
    return pauses_of(judged.timed(), places, added)


def _word(judged: Judged, number: int, limits: Limits, flat: bool) -> Word:
    of = np.flatnonzero(judged.alignment.words == number)
    said = judged.said[number]
    phones = tuple(
        _phone(judged, int(place), name, limits) for place, name in zip(of, said, strict=True)
    )
    accuracy, stress, total = judged.scores.words[number]
    wrong = (
        accuracy < limits.mispronounced_word
        or judged.scores.phones[of].min() < limits.mispronounced_phone
    )
    start, end = judged.span(number)
    return Word(
        judged.reference[number].shown,
        start,
        end,
        percent(accuracy),
        percent(stress),
        percent(total),
        WordError.MISPRONUNCIATION if wrong else _break(judged, number, flat),
        phones,
        heard_stress(said, phones, judged.hertz, float(stress)),
    )


def _phone(judged: Judged, place: int, name: str, limits: Limits) -> Phone:
    score = float(judged.scores.phones[place])
    share = judged.posteriors[place].copy()
    if score >= limits.mispronounced_phone:
        # Half of a good stop is silence too; only where a sound is wrong it may be missing.
        share[SILENCE] = 0.0
    share /= max(float(share.sum()), 1e-9)
    best = np.argsort(share)[::-1][:_HEARD]
    heard = tuple(
        Heard("" if one == SILENCE else PHONES[one], round(float(share[one]), 3))
        for rank, one in enumerate(best)
        if rank == 0 or share[one] >= _UNLIKELY
    )
    start, end = judged.alignment.starts[place], judged.alignment.ends[place]
    return Phone(name, time_of(start), time_of(end), percent(score), heard)


def _break(judged: Judged, number: int, flat: bool) -> WordError:
    """What is wrong before a word, or with its melody, where its sounds are right."""
    timed = judged.timed()
    wrong = break_error(timed[number - 1], timed[number]) if number > 0 else None
    return wrong or (WordError.MONOTONE if flat else WordError.NONE)


def _omitted(judged: Judged, number: int) -> Word:
    shown = judged.reference[number].shown
    return Word(shown, None, None, 0.0, None, 0.0, WordError.OMISSION)


def _inserted(insertion: Insertion, start: float, end: float) -> Word:
    return Word(insertion.word, start, end, None, None, None, WordError.INSERTION)


def time_of(frame: int) -> float:
    """Seconds into the recording, 0 for what lies in the padding."""
    return round(max(0.0, start_of(int(frame))), 3)
