"""From the recordings to the weights, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from pronunciation.mandarin.judge import MandarinJudge
from pronunciation.mandarin.weights import Limits, MandarinWeights, save
from pronunciation.training.mandarin import aligning, calibration, learning
from pronunciation.training.mandarin.corpus import SPEAKERS, Recording, isolated, load
from pronunciation.training.mandarin.materials import Copy, prepare

MEMBERS = 2
"""Networks of a kind whose mean counts."""

UNCALIBRATED = Limits((0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (5.0, 1.5), -1e9)
"""What a judge says of a part is then the network's own probability, and all is read."""

# By networks that had not heard Tan 0.3 % of her words and 1.3 % of her single characters fit
# worse, and nine of ten other texts. One syllable in twenty is taken to be left out.
_READ = -4.0
_SAID = (8.4, 1.62)


def make(data: Path, work: Path, output: Path, seed: int) -> None:
    """Train everything and write the weights."""
    torch.set_num_threads(1)
    recordings = load(data)
    copies = prepare(recordings, work, seed)
    trials = [
        calibration.score(
            MandarinJudge(without(recordings, copies, speaker, seed)),
            isolated(one for one in recordings if one.speaker == speaker),
            seed,
        )
        for speaker in SPEAKERS
    ]
    final = train(recordings, copies, seed)
    save(replace(final, limits=limits(trials)), output)


def without(
    recordings: Sequence[Recording], copies: Sequence[Sequence[Copy]], speaker: str, seed: int
) -> MandarinWeights:
    """The weights learnt without one speaker."""
    known = [place for place, one in enumerate(recordings) if one.speaker != speaker]
    return train([recordings[place] for place in known], [copies[place] for place in known], seed)


def train(
    recordings: Sequence[Recording], copies: Sequence[Sequence[Copy]], seed: int
) -> MandarinWeights:
    """Learn from all of some recordings, those whose reading is sure."""
    pairs = [
        (copy, recording.syllables)
        for recording, several in zip(recordings, copies, strict=True)
        if recording.certain
        for copy in several
        if aligning.long_enough(copy, recording.syllables)
    ]
    heard, said = [copy for copy, _ in pairs], [of for _, of in pairs]
    frames, prior = aligning.train(heard, said, seed)
    examples = learning.gather(heard, said, aligning.find(frames, prior, heard, said))
    members = [learning.train(examples, seed + number) for number in range(MEMBERS)]
    sounds, tones = zip(*members, strict=True)
    return MandarinWeights(frames, prior, sounds, tones, UNCALIBRATED)


def limits(trials: Sequence[dict[str, calibration.Trials]]) -> Limits:
    """What the trials of all speakers say of each part."""
    lines = {
        part: calibration.fit(
            calibration.Trials(
                np.concatenate([one[part].odds for one in trials]),
                np.concatenate([one[part].right for one in trials]),
            )
        )
        for part in calibration.PARTS
    }
    return replace(UNCALIBRATED, read=_READ, said=_SAID, **lines)
