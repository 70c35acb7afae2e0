"""From the recordings to the weights, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from pronunciation.mandarin import weights
from pronunciation.mandarin.judge import MandarinJudge
from pronunciation.mandarin.weights import Limits, MandarinWeights
from pronunciation.training.mandarin import aligning, calibration, learning
from pronunciation.training.mandarin.corpus import SPEAKERS, Recording, isolated, load
from pronunciation.training.mandarin.materials import Copy, kept, prepare

MEMBERS = 2
"""Networks of a kind whose mean counts."""

UNCALIBRATED = Limits((0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0), -1e9)
"""What a judge says of a part is then the network's own probability, and all is read."""

_TRIED = 7  # of so many single syllables one is tried: odd, since most come in four tones
_WORDS = 120  # of each speaker, and as many single syllables


def make(data: Path, work: Path, output: Path, seed: int, workers: int | None = None) -> None:
    """Train everything and write the weights."""
    recordings = load(data)
    copies = prepare(recordings, work, seed, workers)
    trials, fits = [], []
    for speaker in SPEAKERS:
        judge = MandarinJudge(without(recordings, copies, speaker, work, seed))
        theirs = [one for one in recordings if one.speaker == speaker and one.certain]
        tried = isolated(theirs)[::_TRIED]
        asked = [(judge.hear(one.samples()), one.syllables[0]) for one in tried]
        trials.append(calibration.score(judge, asked, seed))
        fits.append(calibration.fit_to_text(judge, some(theirs, seed), seed))
    final = train(recordings, copies, seed)
    weights.save(replace(final, limits=limits(trials, fits)), output)


def without(
    recordings: Sequence[Recording],
    copies: Sequence[Sequence[Copy]],
    speaker: str,
    work: Path,
    seed: int,
) -> MandarinWeights:
    """The weights learnt without one speaker, or what an earlier run has kept of them."""
    file = kept(recordings, work, seed) / f"without-{speaker}.npz"
    if not file.exists():
        known = [place for place, one in enumerate(recordings) if one.speaker != speaker]
        learnt = train(
            [recordings[place] for place in known], [copies[place] for place in known], seed
        )
        fresh = file.with_suffix(".new.npz")
        weights.save(learnt, fresh)
        fresh.rename(file)
    return weights.load(file)


def train(
    recordings: Sequence[Recording], copies: Sequence[Sequence[Copy]], seed: int
) -> MandarinWeights:
    """Learn from all of some recordings, those whose reading is sure."""
    torch.set_num_threads(1)
    heard = [
        copy
        for recording, several in zip(recordings, copies, strict=True)
        if recording.certain
        for copy in several
        if aligning.long_enough(copy)
    ]
    frames, prior = aligning.train(heard, seed)
    examples = learning.gather(heard, aligning.find(frames, prior, heard))
    members = [learning.train(examples, seed + number) for number in range(MEMBERS)]
    sounds, tones = zip(*members, strict=True)
    return MandarinWeights(frames, prior, sounds, tones, UNCALIBRATED)


def limits(
    trials: Sequence[dict[str, calibration.Trials]], fits: Sequence[calibration.Fits]
) -> Limits:
    """What the trials of all speakers say of each part, and how their readings fit their texts."""
    lines = {part: calibration.correct([one[part] for one in trials]) for part in calibration.PARTS}
    return replace(
        UNCALIBRATED,
        read=calibration.least(fits),
        said=calibration.said(fits),
        **lines,
    )


def some(recordings: Sequence[Recording], seed: int) -> list[Recording]:
    """Up to 120 words and as many single syllables, drawn at random."""
    random = np.random.default_rng(seed)
    found = []
    for single in (True, False):
        of = [one for one in recordings if (len(one.syllables) == 1) == single]
        found += [of[place] for place in random.permutation(len(of))[:_WORDS]]
    return found
