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

from pronunciation.mandarin.judge import MandarinJudge
from pronunciation.mandarin.syllables import SYLLABLES, Syllable, with_tone
from pronunciation.training.mandarin.corpus import Recording
from speech.progress import progress

PARTS = ("initial", "final", "tone")

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


def score(judge: MandarinJudge, recordings: Sequence[Recording], seed: int) -> dict[str, Trials]:
    """Score isolated syllables by a judge that has not heard their speakers.

    Parameters
    ----------
    judge
        With limits that calibrate nothing and take nothing for another text.
    """
    random = np.random.default_rng(seed)
    odds: dict[str, list[float]] = {part: [] for part in PARTS}
    right: dict[str, list[bool]] = {part: [] for part in PARTS}
    with progress("scoring", len(recordings), "syllables") as advance:
        for number, recording in enumerate(recordings, 1):
            sounds, (own,) = judge.hear(recording.samples()), recording.syllables
            for part in PARTS:
                others = list(_others(own, part))
                drawn = random.permutation(len(others))[:_DRAWS]
                for asked in (own, *(others[one] for one in drawn)):
                    scores = judge.align_and_score(sounds, [(asked,)])
                    value = 0.0 if scores is None else getattr(scores[0], part).right
                    clipped = min(max(value, _FLOOR), 1 - _FLOOR)
                    odds[part].append(float(np.log(clipped / (1 - clipped))))
                    right[part].append(asked is own)
            advance(number)
    return {part: Trials(np.array(odds[part]), np.array(right[part])) for part in PARTS}


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


def _others(own: Syllable, part: str) -> Iterator[Syllable]:
    """The syllables that differ from one in a part only."""
    if part == "tone":
        yield from (with_tone(own, tone) for tone in (1, 2, 3, 4) if tone != own.tone)
        return
    for initial, final in dict.fromkeys(SYLLABLES.values()):
        same = final == own.final if part == "initial" else initial == own.initial
        if same and (initial, final) != (own.initial, own.final):
            yield Syllable(initial, final, own.tone)
