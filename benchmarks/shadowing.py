"""Shadowing: whether a learner said what the teacher said, by the sounds alone.

The corpus has no sentence that two people read: the teachers are two voices of espeak-ng, the
learners people. Each learner is compared with a teacher who reads the same sentence, and with
teachers who read others. Beside it the same on isolated Mandarin syllables of two people.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from benchmarks.command import parser, run, show
from pronunciation.shadowing.comparison import Shadower
from speech.audio import Samples, read
from speech.errors import AudioError, ConfigError
from speech.synthesis import open_synthesizer

_VOICES = ("en-us", "en-gb+f3")
_LEARNERS = 60
_OTHERS = 3
_SYLLABLES = 60


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("--seed", type=int, default=11, help="which recordings (default: 11)")
    args = options.parse_args()
    data = os.environ.get("SONORANT_DATA")
    if data is None and args.data is None:
        raise ConfigError("SONORANT_DATA is not set: it names the folder of human recordings")
    folder = args.data or Path(str(data)) / "speechocean762"
    shadower, dice = Shadower(), random.Random(args.seed)
    result = {"sentences": _compared(shadower, *_sentences(folder, dice), dice)}
    syllables = folder.parent / "mandarin"
    if syllables.is_dir():
        result["syllables"] = _compared(shadower, *_syllables(syllables, dice), dice)
    show(result, args.json)


def _sentences(folder: Path, dice: random.Random) -> tuple[list[Samples], list[Samples]]:
    """Sentences of three to ten words, read by a synthetic voice and by a learner."""
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if 3 <= len(row["text"].split()) <= 10]
    teachers, learners = [], []
    with (
        closing(open_synthesizer(voice=_VOICES[0])) as one,
        closing(open_synthesizer(voice=_VOICES[1])) as other,
    ):
        for number, row in enumerate(dice.sample(rows, _LEARNERS)):
            voice = (one, other)[number % 2]
            sound = voice.synthesize(row["text"].lower(), "en")
            teachers.append(np.concatenate([*sound]))
            learners.append(read(folder / "audio" / f"{row['id']}.opus"))
    return teachers, learners


def _syllables(folder: Path, dice: random.Random) -> tuple[list[Samples], list[Samples]]:
    """Toned syllables of one woman and of another."""
    one = {file.stem: file for file in (folder / "syllables_fifield").glob("*.opus")}
    other = {
        file.stem.removeprefix("cmn-"): file for file in (folder / "syllables_chen").glob("*.mp3")
    }
    both = dice.sample(sorted(one.keys() & other.keys()), _SYLLABLES)
    return [read(one[name]) for name in both], [read(other[name]) for name in both]


def _compared(
    shadower: Shadower,
    teachers: Sequence[Samples],
    learners: Sequence[Samples],
    dice: random.Random,
) -> dict[str, float]:
    """How well the same and others are told apart."""
    same: list[float] = []
    others: list[float] = []
    accepted: list[bool] = []
    refused: list[bool] = []
    for number, learner in enumerate(learners):
        rest = [place for place in range(len(teachers)) if place != number]
        for place in (number, *dice.sample(rest, _OTHERS)):
            try:
                found = shadower.compare(teachers[place], learner)
            except AudioError:
                continue
            mine = place == number
            (same if mine else others).append(found.sound_distance)
            (accepted if mine else refused).append(found.same == mine)
    below = np.array(same)[:, None] < np.array(others)
    return {
        "pairs": len(same) + len(others),
        "auc": float(below.mean()),
        "same, median distance": float(np.median(same)),
        "others, median distance": float(np.median(others)),
        "same accepted": float(np.mean(accepted)),
        "others refused": float(np.mean(refused)),
    }


if __name__ == "__main__":
    run(main)
