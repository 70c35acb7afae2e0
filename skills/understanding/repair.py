"""Repair: what a damaged sentence may have been.

Names and numbers are found in it first, damaged ones too; what stands around them is compared
with the sentences of the pool that have the same places. The answers are whole sentences, best
first; whoever asks must have them matched, and must ask before acting on one.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rapidfuzz import fuzz, process

from skills.normalize import base
from skills.understanding.pool import NUMBER, PLACES, Pool, places
from skills.understanding.sounds import content, joined, sound, tokens, twisted

if TYPE_CHECKING:
    from skills.names import Names

SURE = 0.8
"""How well, 0-1, a repaired sentence has to fit to be asked about."""
_ALONE = 0.9
"""How well a single word has to fit."""
_TWISTED = 0.95
"""How well a word fits whose letters only stand in another order."""
_MOST_MASKS = 12
_MOST_SPANS = 7
_LONGEST_NAME = {"en": 5, "zh": 8, "ko": 11}
"""In tokens."""
_ALIKE = {"en": 74, "zh": 65, "ko": 76}
"""How much, of 100, a name has to sound like what was said."""
_PLACES = re.compile(r"[\s\ue000-\uf8ff]")
_NUMBERS = {
    "en": re.compile(
        r"\d+(?:\.\d+)?|(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen"
        r"|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty"
        r"|seventy|eighty|ninety|hundred|half)\b ?)+"
    ),
    "zh": re.compile(
        r"\d+(?:\.\d+)?|(?:百分之[零一二两三四五六七八九十百]+"
        r"|[零一二两三四五六七八九十百]+(?=[%分秒小度个点]|$))(?![零一二两三四五六七八九十百])"
    ),
    "ko": re.compile(r"\d+(?:\.\d+)?|[일이삼사오육칠팔구십백]+(?= ?(?:퍼센트|분|초|시간|도))"),
}


@dataclass(frozen=True, slots=True)
class Repaired:
    """A sentence that was perhaps meant."""

    text: str
    score: float
    """How well it fits what was said, 0-1."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Tokens that may be a name."""

    start: int
    end: int
    place: str
    text: str
    score: float
    length: int


class Repairer:
    """Repairs the sentences of one language in one home."""

    def __init__(self, pool: Pool, names: Names, language: str) -> None:
        self._language = language
        self._tag = base(language)
        self._contents = {
            key: _by_content(texts, language) for key, texts in pool.skeletons.items()
        }
        found: dict[str, list[tuple[str, str]]] = {}
        for name in names.all:
            found.setdefault(sound(name.text, language), []).append((PLACES[name.list], name.text))
        for place, words in pool.words.items():
            for word in words:
                found.setdefault(sound(word, language), []).append((place, word))
        self._named = {key: list(dict.fromkeys(values)) for key, values in found.items()}
        self._sounds = list(self._named)

    def candidates(self, text: str) -> list[Repaired]:
        """Sentences like a normalised one, best first; few of them, or none."""
        parts = tokens(text, self._language)
        best: dict[str, float] = {}
        for mask in self._masks(self._spans(parts)):
            for repaired in self._fitting(parts, mask):
                best[repaired.text] = max(best.get(repaired.text, 0.0), repaired.score)
        found = [Repaired(sentence, score) for sentence, score in best.items()]
        found.sort(key=lambda one: (-round(one.score, 3), -fuzz.ratio(one.text, text)))
        return found[:8]

    def _spans(self, parts: Sequence[str]) -> list[_Span]:
        """The names that may stand in a sentence, the best first."""
        longest = _LONGEST_NAME[self._tag]
        at = [
            (start, end)
            for start in range(len(parts))
            for end in range(start + 1, min(start + longest, len(parts)) + 1)
        ]
        said = [
            sound(joined(list(parts[start:end]), self._language), self._language)
            for start, end in at
        ]
        if not said or not self._sounds:
            return []
        scores = process.cdist(
            said, self._sounds, scorer=fuzz.ratio, score_cutoff=_ALIKE[self._tag], dtype=np.uint8
        )
        spans = []
        for row, column in zip(*np.nonzero(scores), strict=True):
            (start, end), key = at[row], self._sounds[column]
            for place, name in self._named[key]:
                score = float(scores[row, column]) / 100
                if self._tag == "en" and twisted(said[row], key):
                    score = max(score, _TWISTED)
                spans.append(_Span(start, end, place, name, score, len(key)))
        spans.sort(key=lambda span: -(span.score - 0.5) * span.length)
        return spans[:_MOST_SPANS]

    def _masks(self, spans: Sequence[_Span]) -> list[tuple[_Span, ...]]:
        """Which of the spans are taken for names, in the order in which they stand."""
        pairs = (
            tuple(sorted(pair, key=lambda span: span.start))
            for pair in itertools.combinations(spans, 2)
            if pair[0].end <= pair[1].start or pair[1].end <= pair[0].start
        )
        masks: list[tuple[_Span, ...]] = [(), *((span,) for span in spans), *pairs]
        masks.sort(key=lambda mask: -sum((span.score - 0.5) * span.length for span in mask))
        return masks[:_MOST_MASKS]

    def _fitting(self, parts: Sequence[str], mask: tuple[_Span, ...]) -> Iterator[Repaired]:
        masked, numbers = self._masked(parts, mask)
        by_content = self._contents.get(places(masked))
        if by_content is None:
            return
        query = content(masked, self._language)
        if not _PLACES.sub("", query):
            return  # nothing says what to do
        hits = process.extract(
            query, by_content.keys(), scorer=fuzz.ratio, limit=6, score_cutoff=62
        )
        named = sum(span.length for span in mask)
        for key, _, _ in hits:
            literal = _likeness(query, key, self._tag)
            if literal < _ALONE and len(tokens(query, self._language)) == 1:
                continue  # one word that is not quite right could be anything
            weight = len(_PLACES.sub("", key))
            total = literal * weight + sum(span.score * span.length for span in mask)
            score = min(total / max(weight + named, 1), 0.6 + 0.4 * literal)
            if score >= SURE - 0.15:
                yield Repaired(_filled(by_content[key], mask, numbers), score)

    def _masked(self, parts: Sequence[str], mask: Iterable[_Span]) -> tuple[str, list[str]]:
        """The sentence with places in it, and the numbers that were in theirs."""
        words, at = [], 0
        for span in mask:
            words += [*parts[at : span.start], span.place]
            at = span.end
        text = joined([*words, *parts[at:]], self._language)
        numbers: list[str] = []

        def place(found: re.Match[str]) -> str:
            numbers.append(found[0].strip())
            return NUMBER + (" " if found[0].endswith(" ") else "")

        return _NUMBERS[self._tag].sub(place, text), numbers


def _by_content(texts: Iterable[str], language: str) -> dict[str, str]:
    """What is compared to the sentence it stands for: the plainest of those that are alike."""
    found: dict[str, str] = {}
    for text in texts:
        key = content(text, language)
        if key not in found or _plainness(text) < _plainness(found[key]):
            found[key] = text
    return found


def _plainness(text: str) -> tuple[bool, int, int]:
    """What sounds natural when it is said back comes first: "the lamp", a polite ending."""
    return not text.endswith("줘"), -len(re.findall(r"\bthe\b", text)), len(text)


def _likeness(said: str, meant: str, tag: str) -> float:
    """How alike two contents are, 0-1."""
    if tag != "en":
        return fuzz.ratio(said, meant) / 100
    words, wanted = said.split(), meant.split()
    free = list(words)
    matched = 0.0
    for word in wanted:
        best = max(free, key=lambda other: fuzz.ratio(word, other), default=None)
        alike = 0.0 if best is None else fuzz.ratio(word, best) / 100
        if best is not None and twisted(word, best):
            alike = max(alike, _TWISTED)
        if best is not None and alike >= 0.55:
            free.remove(best)
            matched += alike * (len(word) + len(best))
    total = sum(map(len, words)) + sum(map(len, wanted))
    return 1.0 if total == 0 else matched / total


def _filled(skeleton: str, mask: Sequence[_Span], numbers: Sequence[str]) -> str:
    waiting = {span.place: span.text for span in mask}
    counted = iter(numbers)
    return "".join(
        next(counted, "") if char == NUMBER else waiting.get(char, char) for char in skeleton
    )
