"""What went wrong in a reading, and which of it a learner should work on first.

Findings compete. What weighs most wins; what happens again counts half as much each further time.
What can go wrong with a word as a whole is said here for every language (``findings.yaml``).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

import yaml

from pronunciation.results import Advice, Word, WordError

LANGUAGES = ("en", "zh")
"""Languages of the advice."""

_AGAIN = 0.5
_WEIGHTS = {
    WordError.OMISSION: 50.0,
    WordError.INSERTION: 40.0,
    WordError.UNEXPECTED_BREAK: 30.0,
    WordError.MONOTONE: 25.0,
    WordError.MISSING_BREAK: 20.0,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that went wrong once."""

    kind: tuple[str, ...]
    """What makes two findings the same mistake."""
    weight: float
    advice: Advice


def gravest(findings: Iterable[Finding]) -> Advice | None:
    """What to work on first, or None where nothing needs it."""
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.kind, []).append(finding)
    for group in groups.values():
        group.sort(key=lambda finding: -finding.weight)
    worst = max(groups.values(), key=_weight, default=None)
    return worst[0].advice if worst else None


def in_word(word: Word) -> Iterator[Finding]:
    """What is wrong with a word as a whole."""
    if word.error not in _WEIGHTS:
        return
    key = str(word.error)
    if word.error is WordError.INSERTION and not word.word:
        key = "insertion_unknown"
    text = {each: _hints()[key][each].format(word=word.word) for each in LANGUAGES}
    yield Finding((key,), _WEIGHTS[word.error], Advice(word.word, "", "", text))


def _weight(group: Sequence[Finding]) -> float:
    """What a mistake weighs, however often it was made; a group's worst comes first."""
    if group[0].kind == (WordError.MONOTONE,):
        return group[0].weight  # said of the whole utterance at each of its words
    return sum(finding.weight * _AGAIN**time for time, finding in enumerate(group))


@functools.cache
def _hints() -> dict[str, dict[str, str]]:
    file = resources.files("pronunciation") / "findings.yaml"
    table: dict[str, dict[str, str]] = yaml.safe_load(file.read_text("utf-8"))
    return table
