"""Mandarin syllables of speakers who were not learnt from: what is heard, and what is told apart.

Each of the three speakers of ``SONORANT_DATA/mandarin`` is held back in turn; networks are trained
on the other two as those that ship are. Isolated syllables whose reading is certain, in tones 1 to
4, are named (accuracy) from where they are found without knowing them: an alignment with the label
would give it away. Then each is scored, as the assessor would, against its own label and against
some that differ in one part only (area under the curve; 0.5 is chance). The plain peers, in the
same run: other speakers' recordings as templates, and half of what is loud for the boundary in
words of two syllables. ::

    python -m benchmarks.mandarin [--peer-only] [--every N] [--work FOLDER] [--json]

Then the sentences of two natives, by the weights that ship. What
``python -m pronunciation.training.mandarin`` has kept in the work folder, its three judges among
it, is not made again. Needs the extras ``training`` and ``bench``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from benchmarks.command import parser, run, show
from benchmarks.mandarin_landmarks import FRICATIVES, STOPS, Landmarks, find
from benchmarks.mandarin_templates import Floats, Heard, compare, measure
from pronunciation.mandarin.syllables import FINALS, INITIALS, SYLLABLES, Syllable
from pronunciation.training.command import work_folder
from pronunciation.training.mandarin.__main__ import need_training
from pronunciation.training.mandarin.corpus import (
    SPEAKERS,
    Recording,
    corpus_folder,
    isolated,
    load,
)
from speech.audio import Samples, read

if TYPE_CHECKING:
    from pronunciation.mandarin.hearing import Sounds
    from pronunciation.mandarin.judge import MandarinJudge
    from pronunciation.mandarin.weights import Limits

Labels = npt.NDArray[np.int64]

NEAR = 0.05
"""Seconds that a boundary may be off."""


def labels(recordings: Sequence[Recording]) -> Labels:
    """Indices of initial, final and tone of single syllables, shape (n, 3)."""
    syllables = [one.syllables[0] for one in recordings]
    return np.array(
        [(INITIALS.index(of.initial), FINALS.index(of.final), of.tone - 1) for of in syllables]
    )


def evaluate(heard: Heard, wanted: Labels) -> dict[str, float]:
    """Accuracies and areas under the curve."""
    n = np.arange(len(wanted))
    initial, final, tone = wanted.T
    exists = _existing()
    sounds = np.where(exists, heard.sounds, -np.inf)
    views = {
        # Scores of a part, where the other one is as it was asked for, and of a part alone.
        "initial": (sounds[n, :, final], sounds.max(axis=2), initial),
        "final": (sounds[n, initial], sounds.max(axis=1), final),
        "tone": (heard.tones, heard.tones, tone),
    }
    result: dict[str, float] = {"syllables": len(wanted)}
    for name, (beside, alone, own) in views.items():
        result[name] = float((alone.argmax(axis=1) == own).mean())
        result[f"{name} auc"] = _verification(beside, own)
    return result


def judged(
    judge: MandarinJudge, recordings: Sequence[Recording], limits: Limits, seed: int
) -> dict[str, float]:
    """The same figures of a judge, and how near its boundaries are where there are words.

    Parts are named twice: from where a syllable is found without knowing it, and ("aligned") from
    where it is found as in scoring.

    Parameters
    ----------
    limits
        Those that ship: which part counts as wrong, and which reading as one of another text.
    """
    from pronunciation.training.mandarin import calibration
    from pronunciation.training.mandarin.pipeline import some

    asked = [(judge.hear(one.samples()), one.syllables[0]) for one in isolated(recordings)]
    result: dict[str, float] = {"syllables": len(asked)}
    free = np.mean([_free(judge, sounds, own) for sounds, own in asked], axis=0)
    known = np.mean([_known(judge, sounds, own) for sounds, own in asked], axis=0)
    trials = calibration.score(judge, asked, seed)
    for number, part in enumerate(calibration.PARTS):
        of = trials[part]
        result[part] = float(free[number])
        result[f"{part} aligned"] = float(known[number])
        result[f"{part} auc"] = auc(of.odds[of.right], of.odds[~of.right])
        offset, slope = getattr(limits, part)
        found = offset + slope * of.odds < 0
        result[f"{part} wrongly refused"] = float(found[of.right].mean())
        result[f"{part} wrong and found"] = float(found[~of.right].mean())
    fits = calibration.fit_to_text(
        judge, some([one for one in recordings if one.certain], seed), seed
    )
    result["readings refused"] = float((fits.own < limits.read).mean())
    result["other texts refused"] = float((fits.other < limits.read).mean())
    return result | boundaries(recordings, aligned(judge))


def boundaries(
    recordings: Sequence[Recording], guess: Callable[[Recording, Samples, Landmarks], float | None]
) -> dict[str, float]:
    """Shares of words of two syllables parted near enough, where landmarks are seen.

    Parameters
    ----------
    guess
        Seconds at which the second syllable begins; None, where it cannot tell, is not near.
    """
    result: dict[str, float] = {}
    for name, initials in (("fricative", FRICATIVES), ("stop", STOPS)):
        asked = [
            one
            for one in recordings
            if len(one.syllables) == 2 and one.certain and one.syllables[1].initial in initials
        ]
        near = []
        for one in asked:
            samples = one.samples()
            marks = find(samples, one.syllables[1].initial)
            if marks is not None:
                place = guess(one, samples, marks)
                near.append(place is not None and marks.between(place) <= NEAR)
        result |= {f"{name}s": len(asked), f"{name}s seen": len(near)}
        if near:
            result[f"{name}s near"] = float(np.mean(near))
    return result


def halves(recording: Recording, samples: Samples, marks: Landmarks) -> float:
    """The plainest guess: in the middle of what is loud."""
    return (marks.start + marks.end) / 2


def aligned(judge: MandarinJudge) -> Callable[[Recording, Samples, Landmarks], float | None]:
    """Where a judge has the second syllable begin."""

    def guess(recording: Recording, samples: Samples, marks: Landmarks) -> float | None:
        ways = [(syllable,) for syllable in recording.syllables]
        scores = judge.align_and_score(judge.hear(samples), ways)
        return None if scores is None else scores[1].start

    return guess


def sentences(folder: Path) -> dict[str, float]:
    """What natives' fluent sentences score with the weights that ship."""
    from pronunciation.mandarin.assessor import MandarinAssessor

    assessor, result = MandarinAssessor(), dict[str, float]()
    for line in (folder / "transcripts.tsv").read_text("utf-8").splitlines():
        name, text = line.split("\t")
        overall = assessor.assess(read(folder / name), text).overall
        for part in ("total", "accuracy", "tone"):
            result[f"{name} {part}"] = 0.0 if overall is None else float(getattr(overall, part))
    return result


def auc(right: npt.NDArray[np.floating], wrong: npt.NDArray[np.floating]) -> float:
    """Probability that a right one scores higher than a wrong one, ties by half."""
    values, places = np.unique(np.concatenate([right, wrong]), return_inverse=True)
    wrongs = np.bincount(places[right.size :], minlength=values.size)
    below = np.cumsum(wrongs) - wrongs
    at = places[: right.size]
    return float((below[at] + wrongs[at] / 2).mean() / wrong.size)


def _free(judge: MandarinJudge, sounds: Sounds, own: Syllable) -> tuple[bool, bool, bool]:
    """Which parts of a syllable are named right where it is not known."""
    from pronunciation.mandarin.networks import FINAL, INITIAL

    spans = judge.find(sounds, 1)
    if spans is None:
        return False, False, False
    initials, finals, tones = judge.posteriors(sounds, spans)
    return (
        bool(initials[0].argmax() == INITIAL[own.initial]),
        bool(finals[0].argmax() == FINAL[own.final]),
        bool(tones[0, :4].argmax() == own.tone - 1),
    )


def _known(judge: MandarinJudge, sounds: Sounds, own: Syllable) -> tuple[bool, bool, bool]:
    """Which are named right as the assessor would name them."""
    from pronunciation.mandarin.networks import FINAL

    scores = judge.align_and_score(sounds, [(own,)])
    if scores is None:
        return False, False, False
    initial, final, tone = (
        part.heard[0][0] for part in (scores[0].initial, scores[0].final, scores[0].tone)
    )
    return initial == own.initial, FINAL[final] == FINAL[own.final], tone == str(own.tone)


def _verification(scores: Floats, own: Labels) -> float:
    """How well the probability of the label tells the own one from the others, all pooled.

    A recording whose own label nobody has a score for counts as the least likely there.
    """
    known = np.isfinite(scores)
    highest = np.where(known, scores, -np.inf).max(axis=1, keepdims=True)
    odds = np.exp(np.where(known, scores - np.where(np.isfinite(highest), highest, 0.0), -np.inf))
    probable = odds / np.maximum(odds.sum(axis=1, keepdims=True), 1e-12)
    n = np.arange(len(own))
    others = known.copy()
    others[n, own] = False
    return auc(probable[n, own], probable[others])


def _existing() -> npt.NDArray[np.bool_]:
    """Which initials go with which finals."""
    exists = np.zeros((len(INITIALS), len(FINALS)), np.bool_)
    for initial, final in SYLLABLES.values():
        exists[INITIALS.index(initial), FINALS.index(final)] = True
    return exists


def main() -> None:
    """Measure, and print a line for each speaker."""
    made = parser(__doc__)
    made.add_argument("--work", type=Path, help="folder for intermediate results")
    made.add_argument("--peer-only", action="store_true", help="leave out what has to be trained")
    made.add_argument("--every", type=int, default=1, help="hear one recording of so many")
    args = made.parse_args()
    recordings = load(corpus_folder(args.data))
    result = (
        {} if args.peer_only else _ours(recordings, args.work or work_folder(), max(1, args.every))
    )
    if not args.peer_only:
        result["sentences"] = sentences(corpus_folder(args.data) / "sentences")
    show(result | _peers(recordings), args.json)


def _ours(recordings: Sequence[Recording], work: Path, every: int) -> dict[str, dict[str, float]]:
    need_training()
    from pronunciation.mandarin.judge import MandarinJudge
    from pronunciation.mandarin.weights import load as load_weights
    from pronunciation.training.mandarin.materials import prepare
    from pronunciation.training.mandarin.pipeline import without

    copies = prepare(recordings, work, 0)
    limits, result = load_weights().limits, {}
    for speaker in SPEAKERS:
        judge = MandarinJudge(without(recordings, copies, speaker, work, 0))
        theirs = [one for one in recordings if one.speaker == speaker]
        drawn = np.random.default_rng(0).permutation(len(theirs))[: len(theirs) // every]
        asked = [theirs[place] for place in sorted(drawn)]
        result[f"judge, {speaker} held back"] = judged(judge, asked, limits, 0)
    return result


def _peers(recordings: Sequence[Recording]) -> dict[str, dict[str, float]]:
    asked = isolated(recordings)
    measured, wanted = measure(asked), labels(asked)
    speakers = np.array([one.speaker for one in asked])
    result = {}
    for speaker in SPEAKERS:
        held = cast("npt.NDArray[np.bool_]", speakers == speaker)
        result[f"templates, {speaker} held back"] = evaluate(
            compare(asked, measured, held), wanted[held]
        )
    return result | {"halves of words": boundaries(recordings, halves)}


if __name__ == "__main__":
    run(main)
