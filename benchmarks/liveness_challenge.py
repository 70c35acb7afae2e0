"""Challenges on real speech: whose answers pass, and which other phrases would have passed.

The answers are the digit strings in speechocean762: 77, read by 25 children and one adult, nearly
all of four digits or three, so that they are easier to guess than a default challenge. Sentences
of the corpus and noise stand for answers that are none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech import audio
from speech.audio import RATE
from speech.progress import progress
from voiceprint.liveness.challenge import Kind, new_challenge, vocabulary
from voiceprint.liveness.check import ChallengeChecker, ChallengeResult

DIGITS = vocabulary(Kind.DIGITS, "en")
_REFUSED = 0.03  # share of honest answers that may be refused on the speakers that choose


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one honest answer, and of others that were not given."""

    speaker: str
    true: ChallengeResult
    near: tuple[ChallengeResult, ...]
    """For phrases one digit off."""
    other: tuple[ChallengeResult, ...]
    """For random phrases of the same length."""


def strings(corpus: Path) -> list[dict[str, str]]:
    """The digit strings of the corpus: audio, speaker, phrase."""
    with open(corpus / "labels.jsonl", encoding="utf-8") as lines:
        labels = [json.loads(line) for line in lines]
    return [
        {
            "audio": str(corpus / "audio" / f"{one['id']}.opus"),
            "speaker": one["speaker"],
            "phrase": one["text"].lower(),
        }
        for one in labels
        if set(one["text"].lower().split()) <= set(DIGITS)
    ]


def answers(
    corpus: Path, checker: ChallengeChecker, near: int, others: int, seed: int
) -> list[Answer]:
    """Check each string against its own phrase and against others, in random order."""
    random = np.random.default_rng(seed)
    found = strings(corpus)
    made: list[Answer] = []
    with progress("answers", len(found), "checked") as advance:
        for place in random.permutation(len(found)):
            phrase = found[place]["phrase"]
            off = one_off(phrase, near, random)
            rest = elsewhere(phrase, others, random)
            results = checker.compare(audio.read(found[place]["audio"]), [phrase, *off, *rest])
            made.append(
                Answer(
                    found[place]["speaker"],
                    results[0],
                    tuple(results[1 : 1 + near]),
                    tuple(results[1 + near :]),
                )
            )
            advance(len(made))
    return made


def one_off(phrase: str, count: int, random: np.random.Generator) -> list[str]:
    """Phrases with one digit changed, all different."""
    words = phrase.split()
    changed = [
        " ".join([*words[:place], digit, *words[place + 1 :]])
        for place in range(len(words))
        for digit in DIGITS
        if digit != words[place]
    ]
    return [changed[number] for number in random.choice(len(changed), count, replace=False)]


def elsewhere(phrase: str, count: int, random: np.random.Generator) -> list[str]:
    """Random phrases of the same length."""
    drawn: list[str] = []
    while len(drawn) < count:
        words = [
            DIGITS[number] for number in random.integers(len(DIGITS), size=phrase.count(" ") + 1)
        ]
        if " ".join(words) != phrase:
            drawn.append(" ".join(words))
    return drawn


def rates(made: Sequence[Answer], margin: float, gain: float) -> dict[str, float]:
    """Shares that pass or are refused at a margin, and how many there are of each."""

    def passes(result: ChallengeResult) -> bool:
        return result.margin >= margin and result.gain >= gain

    near = [passes(result) for answer in made for result in answer.near]
    other = [passes(result) for answer in made for result in answer.other]
    return {
        "margin": margin,
        "answers": len(made),
        "refused": 1 - float(np.mean([passes(answer.true) for answer in made])),
        "one digit off": len(near),
        "one digit off passed": float(np.mean(near)),
        "other": len(other),
        "other passed": float(np.mean(other)),
    }


def chosen_margin(made: Sequence[Answer]) -> float:
    """The strictest margin, in halves, that refuses no more honest answers than it may."""
    margins = sorted(answer.true.margin for answer in made)
    strictest = margins[int(_REFUSED * len(margins))]
    return float(np.floor(2 * strictest) / 2)


def measure(
    corpus: Path, checker: ChallengeChecker, near: int, others: int, seed: int
) -> Mapping[str, Mapping[str, float]]:
    """Choose the margin on half of the speakers, report on the other, and the other way round."""
    made = answers(corpus, checker, near, others, seed)
    speakers = sorted({answer.speaker for answer in made})
    halves = [[one for one in made if one.speaker in speakers[start::2]] for start in (0, 1)]
    figures = {
        f"chosen on half {number + 1}, reported on the other": rates(
            halves[1 - number], chosen_margin(half), checker.gain
        )
        for number, half in enumerate(halves)
    }
    figures["all, as shipped"] = {
        **rates(made, checker.margin, checker.gain),
        "lowest gain": min(answer.true.gain for answer in made),
    }
    return figures


def no_answers(corpus: Path, checker: ChallengeChecker, count: int, seed: int) -> dict[str, float]:
    """Sentences and noise as answers to random challenges of five digits: how many pass."""
    random = np.random.default_rng(seed)
    digits = {Path(one["audio"]) for one in strings(corpus)}
    sentences = [one for one in sorted((corpus / "audio").glob("*.opus")) if one not in digits]
    chosen = [sentences[number] for number in random.choice(len(sentences), count, replace=False)]
    results: dict[str, list[ChallengeResult]] = {"sentence": [], "noise": []}
    for path in chosen:
        hiss = random.normal(0, 10 ** random.uniform(-4, -1), 3 * RATE).astype(np.float32)
        for name, samples in (("sentence", audio.read(path)), ("noise", hiss)):
            phrases = [new_challenge().phrase for _ in range(4)]
            results[name] += checker.compare(samples[: 10 * RATE], phrases)
    figures = {}
    for name, made in results.items():
        figures[f"{name}s"] = float(len(made))
        figures[f"{name}s passed"] = float(np.mean([result.passed for result in made]))
        figures[f"{name}s of enough gain"] = float(
            np.mean([result.gain >= checker.gain for result in made])
        )
    return figures
