"""From how likely a network finds a label to how likely it was said, on speakers it never heard.

Each syllable is scored as the assessor would score it: against its own label and against labels
that differ in one part, every time aligned with the label that is asked for. A logistic of the
log odds (Platt, 1999) then says how likely the part was right where right and wrong are as
frequent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pronunciation.mandarin.contract import SyllableScores
from pronunciation.mandarin.hearing import Sounds
from pronunciation.mandarin.judge import MandarinJudge, spans_of
from pronunciation.mandarin.judge import fit as fit_of
from pronunciation.mandarin.syllables import SYLLABLES, Syllable, with_tone
from pronunciation.training.mandarin.corpus import Recording
from speech.progress import progress

PARTS = ("initial", "final", "tone")

_LEFT_OUT = 1 / 20  # of the syllables of a text are taken to be
_WRONG = 1 / 10  # of the initials, finals and tones of a reading are taken to be
_REFUSED = 0.005  # of the readings of the right text
_DRAWS = 4  # other labels that a part is scored against
_FLOOR = 1e-6
_STEPS, _STRIDE = 200, 0.5
_AS_IT_IS = np.array([0.0, 1.0])
_PULL = 1.0  # towards leaving the odds as they are, in trials: for where there are few


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """One part of many syllables against right and wrong labels."""

    odds: npt.NDArray[np.float64]
    """Log odds of the label that was asked for, shape (n,)."""
    right: npt.NDArray[np.bool_]
    """Whether it was said."""


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """How well frames fit a text, as mean log posteriors."""

    own: npt.NDArray[np.float64]
    """Of recordings and what is said in them, shape (n,)."""
    other: npt.NDArray[np.float64]
    """Of recordings and other texts of as many syllables."""
    syllables: Trials
    """Of syllables that were said, and of one more in each text that was not."""


def score(
    judge: MandarinJudge, asked: Sequence[tuple[Sounds, Syllable]], seed: int
) -> dict[str, Trials]:
    """Score isolated syllables by a judge that has not heard their speakers.

    Parameters
    ----------
    judge
        With limits that calibrate nothing and take nothing for another text.
    asked
        What the judge heard, and what was said.
    """
    random = np.random.default_rng(seed)
    odds: dict[str, list[float]] = {part: [] for part in PARTS}
    right: dict[str, list[bool]] = {part: [] for part in PARTS}
    with progress("scoring", len(asked), "syllables") as advance:
        for number, (sounds, own) in enumerate(asked, 1):
            known = judge.align_and_score(sounds, [(own,)])
            for part in PARTS:
                others = list(_others(own, part))
                drawn = [others[one] for one in random.permutation(len(others))[:_DRAWS]]
                found = [judge.align_and_score(sounds, [(label,)]) for label in drawn]
                odds[part] += [_odds(scores, part) for scores in (known, *found)]
                right[part] += [True, *(False for _ in drawn)]
            advance(number)
    return {part: Trials(np.array(odds[part]), np.array(right[part])) for part in PARTS}


def _odds(scores: Sequence[SyllableScores] | None, part: str) -> float:
    """Log odds of a part of the only syllable, the lowest where it was not found."""
    value = 0.0 if scores is None else getattr(scores[0], part).right
    clipped = min(max(value, _FLOOR), 1 - _FLOOR)
    return float(np.log(clipped / (1 - clipped)))


def fit_to_text(judge: MandarinJudge, recordings: Sequence[Recording], seed: int) -> Fits:
    """How well recordings fit their texts, others, and theirs with a syllable too many."""
    random = np.random.default_rng(seed)
    own, other, said, not_said = list[float](), list[float](), list[float](), list[float]()
    for recording in recordings:
        sounds, text = judge.hear(recording.samples()), list(recording.syllables)
        if found := _fits(judge, sounds, text):
            own.append(float(np.mean(found)))
            said += found
        alike = [one.syllables for one in recordings if len(one.syllables) == len(text)]
        alike = [one for one in alike if not _shared(one, text)]
        if alike and (found := _fits(judge, sounds, alike[random.integers(len(alike))])):
            other.append(float(np.mean(found)))
        place = int(random.integers(len(text) + 1))
        added = list(SYLLABLES.values())[random.integers(len(SYLLABLES))]
        longer = [*text[:place], Syllable(*added, 1), *text[place:]]
        if found := _fits(judge, sounds, longer):
            not_said.append(found[place])
    right = np.arange(len(said) + len(not_said)) < len(said)
    return Fits(np.array(own), np.array(other), Trials(np.array(said + not_said), right))


def least(fits: Sequence[Fits]) -> float:
    """The fit below which a reading is taken to be of another text."""
    return float(np.quantile(np.concatenate([one.own for one in fits]), _REFUSED))


def said(fits: Sequence[Fits]) -> tuple[float, float]:
    """Offset and slope of the logistic of a syllable's fit: whether it was said at all."""
    offset, slope = fit(together([one.syllables for one in fits]))
    return offset + float(np.log(1 / _LEFT_OUT - 1)), slope


def correct(trials: Sequence[Trials]) -> tuple[float, float]:
    """Offset and slope of the logistic of a part's odds: whether it was said as asked for."""
    offset, slope = fit(together(trials))
    return offset + float(np.log(1 / _WRONG - 1)), slope


def together(trials: Sequence[Trials]) -> Trials:
    """The trials of several speakers."""
    return Trials(
        np.concatenate([one.odds for one in trials]), np.concatenate([one.right for one in trials])
    )


def fit(trials: Trials) -> tuple[float, float]:
    """Offset and slope of the logistic, by Newton's method; right and wrong weigh the same."""
    inputs = np.stack([np.ones(trials.odds.size), trials.odds], axis=1)
    share = trials.right.mean()
    weights = np.where(trials.right, 0.5 / share, 0.5 / (1 - share))
    line = _AS_IT_IS.copy()
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(inputs @ line, -30, 30)))
        slope = inputs.T @ (weights * (trials.right - said)) - _PULL * (line - _AS_IT_IS)
        bend = (inputs * (weights * said * (1 - said))[:, None]).T @ inputs + _PULL * np.eye(2)
        line = line + np.clip(np.linalg.solve(bend, slope), -_STRIDE, _STRIDE)
    return float(line[0]), float(line[1])


def _fits(judge: MandarinJudge, sounds: Sounds, text: Sequence[Syllable]) -> list[float] | None:
    """Of each syllable of a text; None where the recording is too short for it."""
    aligned = judge.align(sounds, [(syllable,) for syllable in text])
    if aligned is None:
        return None
    spans = spans_of(aligned[0], len(text))
    return [fit_of(sounds, span, way) for span, way in zip(spans, text, strict=True)]


def _shared(one: Sequence[Syllable], other: Sequence[Syllable]) -> bool:
    """Whether two texts have a syllable in common at the same place, whatever its tone."""
    pairs = zip(one, other, strict=True)
    return any((a.initial, a.final) == (b.initial, b.final) for a, b in pairs)


def _others(own: Syllable, part: str) -> Iterator[Syllable]:
    """The syllables that differ from one in a part only."""
    if part == "tone":
        yield from (with_tone(own, tone) for tone in (1, 2, 3, 4) if tone != own.tone)
        return
    for initial, final in dict.fromkeys(SYLLABLES.values()):
        same = final == own.final if part == "initial" else initial == own.initial
        if same and (initial, final) != (own.initial, own.final):
            yield Syllable(initial, final, own.tone)
