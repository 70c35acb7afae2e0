"""The English scorer beside experts, and beside a classic one, on speakers it was not trained on.

Cross-validated over the speakers of speechocean762's training split (``SONORANT_DATA``): every
reading is scored by judges that were trained without its speaker, as many and in the same way as
those that ship. The peer is goodness of pronunciation (Witt & Young, 2000) from a Gaussian-mixture
recogniser, pocketsphinx, on some of the same readings in the same run. Intervals are 95 %, by
drawing speakers again. ::

    python -m benchmarks.pronunciation [--peer 300] [--json]

Trains five times; needs the extras ``training`` and ``bench``, and about an hour on two cores. A
run of ``python -m pronunciation.training`` before it saves the encoding.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.gop import GmmScorer
from pronunciation.english.gates import not_read
from pronunciation.english.judge import Judge
from pronunciation.english.scorer import UTTERANCE_SCORES, WORD_SCORES, Scores
from pronunciation.training.__main__ import corpus_folder, need_training
from pronunciation.training.command import work_folder
from pronunciation.training.corpus import Reading, load
from pronunciation.training.limits import WRONG_PHONE, best_limit, draw
from pronunciation.training.materials import CrossFit
from pronunciation.training.pipeline import cross_fitted, folds_of, judges_for, out_of_fold

Floats = npt.NDArray[np.floating]

DRAWS = 200


@dataclass(frozen=True)
class Pairs:
    """What was predicted and what experts said, with the speaker of each."""

    predicted: Floats
    wanted: Floats
    speakers: npt.NDArray[np.str_]

    def of(self, chosen: npt.NDArray[np.bool_]) -> Pairs:
        """Some of them."""
        return Pairs(self.predicted[chosen], self.wanted[chosen], self.speakers[chosen])

    def interval(self, figure: Callable[[Floats, Floats], float]) -> tuple[float, float, float]:
        """The figure, and where 95 % of it lie when speakers are drawn again."""
        random = np.random.default_rng(0)
        names, inverse = np.unique(self.speakers, return_inverse=True)
        rows = [np.flatnonzero(inverse == number) for number in range(names.size)]
        drawn = []
        for _ in range(DRAWS):
            again = np.concatenate(
                [rows[one] for one in random.integers(names.size, size=names.size)]
            )
            drawn.append(figure(self.predicted[again], self.wanted[again]))
        low, high = np.nanpercentile(drawn, [2.5, 97.5])
        return figure(self.predicted, self.wanted), float(low), float(high)


def pcc(predicted: Floats, wanted: Floats) -> float:
    """Pearson's correlation."""
    if predicted.size < 3 or wanted.std() == 0:
        return float("nan")
    return float(np.corrcoef(predicted, wanted)[0, 1])


def mse(predicted: Floats, wanted: Floats) -> float:
    """Mean squared error, on a scale of 0 to 1."""
    return float(np.square(predicted - wanted).mean())


def pairs(readings: Sequence[Reading], scores: Sequence[Scores]) -> dict[str, Pairs]:
    """Predictions and experts' scores, by what is scored."""
    collected: dict[str, Pairs] = {}

    def collect(name: str, values: list[tuple[Floats, Floats]]) -> None:
        speakers = [
            np.full(wanted.size, reading.speaker)
            for reading, (_, wanted) in zip(readings, values, strict=True)
        ]
        predicted = np.concatenate([np.clip(one, 0, 1) for one, _ in values])
        wanted = np.concatenate([one for _, one in values])
        known = ~np.isnan(wanted)
        collected[name] = Pairs(predicted, wanted, np.concatenate(speakers)).of(known)

    both = list(zip(scores, readings, strict=True))
    collect("phone accuracy", [(one.phones, reading.phones) for one, reading in both])
    for column, name in enumerate(WORD_SCORES):
        collect(
            f"word {name}",
            [(one.words[:, column], reading.words[:, column]) for one, reading in both],
        )
    for column, name in enumerate(UTTERANCE_SCORES):
        at = slice(column, column + 1)
        collect(
            f"utterance {name}", [(one.overall[at], reading.overall[at]) for one, reading in both]
        )
    return collected


def detection(found: Pairs, folds: npt.NDArray[np.int64]) -> dict[str, float]:
    """Mispronounced phones: precision, recall and F1, the limit of a fold drawn from the others."""
    wrong = found.wanted < WRONG_PHONE
    called = np.zeros_like(wrong)
    for fold in np.unique(folds):
        others = folds != fold
        limit = best_limit(found.predicted[others], wrong[others], np.ones(others.sum(), bool))
        called[~others] = found.predicted[~others] < limit
    hits = float((called & wrong).sum())
    precision, recall = hits / max(1, called.sum()), hits / max(1, wrong.sum())
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * hits / max(1.0, float(called.sum() + wrong.sum())),
    }


def groups(reading: Reading) -> list[str]:
    """The groups that a speaker belongs to."""
    return [
        "children" if reading.age < 16 else "adults",
        "male" if reading.gender == "m" else "female",
    ]


def evaluate(
    readings: Sequence[Reading], scores: Sequence[Scores], fold: npt.NDArray[np.int64]
) -> dict[str, Any]:
    """All figures of a set of predictions; ``fold`` is that of each reading."""
    result: dict[str, Any] = {}
    by_name = pairs(readings, scores)
    for name, found in by_name.items():
        value, low, high = found.interval(pcc)
        result[name] = {"pcc": value, "low": low, "high": high, "mse": found.interval(mse)[0]}
    fold_of = {reading.speaker: int(of) for reading, of in zip(readings, fold, strict=True)}
    phones = by_name["phone accuracy"]
    folds = np.array([fold_of[str(speaker)] for speaker in phones.speakers])
    result["mispronounced phones"] = detection(phones, folds)
    result["groups"] = {}
    for group in ("children", "adults", "female", "male"):
        members = {reading.speaker for reading in readings if group in groups(reading)}
        result["groups"][group] = {
            name: pcc(part.predicted, part.wanted)
            for name in ("phone accuracy", "word total", "utterance total")
            for part in [by_name[name].of(np.isin(by_name[name].speakers, list(members)))]
        } | {"speakers": len(members)}
    return result


def gates(
    views: Sequence[CrossFit], judges: Sequence[Sequence[Judge]], scores: Sequence[Scores]
) -> dict[str, float]:
    """Shares refused of the readings, and of recordings with another text or of noise.

    The limits for a fold are drawn from the other ones.
    """
    first, fold = views[0], views[0].fold
    refused, caught = list[bool](), list[bool]()
    for number in folds_of(views):
        others = [
            (true[0], found)
            for true, found, of in zip(first.true, scores, fold, strict=True)
            if of != number
        ]
        limits = draw(others)
        refused += [
            not_read(limits, true[0].features, found)
            for true, found, of in zip(first.true, scores, fold, strict=True)
            if of == number
        ]
        for place, (origin, example) in enumerate(first.made):
            if fold[origin] == number and not np.nansum(example.overall):
                found = Scores.mean(
                    [
                        judge.score(view.made[place][1].features)
                        for judge, view in zip(judges[number], views, strict=True)
                    ]
                )
                caught.append(not_read(limits, example.features, found))
    return {"readings refused": float(np.mean(refused)), "false refused": float(np.mean(caught))}


def peer(readings: Sequence[Reading], scores: Sequence[Scores], count: int) -> dict[str, Any]:
    """Phone accuracy of the peer and of ours on the same readings, and what each costs."""
    chosen = np.random.default_rng(5).permutation(len(readings))[:count]
    classic = GmmScorer()
    began = time.process_time()
    found = [(one, classic.score(readings[one])) for one in chosen]
    spent = time.process_time() - began
    seconds = sum(readings[one].samples().size for one in chosen) / 16_000
    aligned = [(one, gop) for one, gop in found if gop is not None]
    theirs = np.concatenate([gop for _, gop in aligned])
    ours = np.concatenate([scores[one].phones for one, _ in aligned])
    wanted = np.concatenate([readings[one].phones for one, _ in aligned])
    known = ~np.isnan(wanted)
    return {
        "readings": len(found),
        "not aligned by the peer": len(found) - len(aligned),
        "peer pcc": pcc(theirs[known], wanted[known]),
        "ours pcc": pcc(ours[known], wanted[known]),
        "peer cpu seconds per second": spent / seconds,
        "ours cpu seconds per second": _cost([readings[one] for one in chosen[:50]]),
    }


def _cost(readings: Sequence[Reading]) -> float:
    """CPU seconds per second of audio of the assessor that ships, on one thread."""
    from pronunciation import open_assessor

    assessor = open_assessor()
    audio = [(reading.samples(), " ".join(reading.parts)) for reading in readings]
    assessor.assess(*audio[0])
    began = time.process_time()
    for samples, text in audio:
        assessor.assess(samples, text)
    spent = time.process_time() - began
    assessor.close()
    return spent / (sum(samples.size for samples, _ in audio) / 16_000)


def main() -> int:
    """Measure, and print tables or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--peer", type=int, default=300, help="readings for the peer (default: 300)"
    )
    parser.add_argument("--data", type=Path, help="the corpus (default: in SONORANT_DATA)")
    parser.add_argument("--work", type=Path, help="folder for intermediate results")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    args = parser.parse_args()
    need_training()
    data = corpus_folder(args.data)
    readings = load(data)
    views = cross_fitted(data, args.work or work_folder(), 0)
    judges = judges_for(views, folds_of(views), 0)
    scores = out_of_fold(views, judges)
    result = evaluate(readings, scores, views[0].fold)
    result["gates"] = gates(views, judges, scores)
    result["peer"] = peer(readings, scores, args.peer)
    if args.json:
        print(json.dumps(result, indent=2))
    else:
        _print(result)
    return 0


def _print(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(width=100)
    table = Table("score", "PCC", "95 %", "MSE", title="beside experts, speakers not trained on")
    for name, figures in result.items():
        if "mse" in figures:
            spread = f"{figures['low']:.3f}-{figures['high']:.3f}"
            table.add_row(name, f"{figures['pcc']:.3f}", spread, f"{figures['mse']:.4f}")
    console.print(table)
    for title in ("mispronounced phones", "gates", "peer"):
        console.print(title, {name: round(value, 3) for name, value in result[title].items()})
    for group, figures in result["groups"].items():
        console.print(group, {name: round(value, 3) for name, value in figures.items()})


if __name__ == "__main__":
    sys.exit(main())
