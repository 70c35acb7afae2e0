"""Words that were left out, and words that were added.

The recogniser, which does not know the text, proposes; the alignment disposes. Where fewer words
were recognised than the text has, any of those in question may be missing, at a price; where more
were, each one that is too many may have been said. The best path through all of that decides, and
says when. What the recogniser misheard is thus no deviation unless the sounds say so too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from pronunciation.alignment import Alignment
from pronunciation.english.graph import INDEX, Graph, Ways
from pronunciation.english.hearing import STEP, Sounds
from pronunciation.english.phones import Pronunciation, bare

_SKIP = -6.0  # log probability of leaving a word out
_FILLER = -2.5  # of a frame of sounds that belong to no word
_SHORTEST = 0.1  # seconds that an added word lasts at least
_LIKELY = -2.0  # mean log posterior of its sounds


@dataclass(frozen=True, slots=True)
class Insertion:
    """A word that was added."""

    before: int
    """Index of the word of the text that follows."""
    word: str
    """As it was recognised."""
    pronunciation: Pronunciation


@dataclass(frozen=True, slots=True)
class Deviations:
    """How what was said differs from the text, word by word."""

    omissions: frozenset[int] = frozenset()
    insertions: tuple[Insertion, ...] = ()

    def said(self, ways: Sequence[Ways]) -> tuple[list[Ways], list[int]]:
        """Pronunciations of the words of the text and of those between; places of the former."""
        all_ways, places = list[Ways](), list[int]()
        for number in range(len(ways) + 1):
            all_ways += [[one.pronunciation] for one in self.insertions if one.before == number]
            if number < len(ways):
                places.append(len(all_ways))
                all_ways.append(ways[number])
        return all_ways, places


def deviations_of(
    words: Sequence[str],
    ways: Sequence[Ways],
    recognized: Sequence[str],
    pronunciations: Mapping[str, Ways],
    sounds: Sounds,
) -> Deviations:
    """Find the words that are missing, and what was added.

    Parameters
    ----------
    words
        Of the text, in the recogniser's spelling, lower case.
    ways
        For each its pronunciations.
    recognized
        What the recogniser understood without knowing the text, likewise.
    pronunciations
        Of the recognised words.
    """
    parts: list[tuple[int, str | None]] = []  # index of the word of the text; what may be added
    doubtful: set[int] = set()
    for kind, start, end, first, last in SequenceMatcher(
        None, words, recognized, autojunk=False
    ).get_opcodes():
        surplus = max(0, last - first - (end - start))
        if kind != "equal" and last - first < end - start:
            doubtful.update(range(start, end))
        for gap in range(end - start + 1):
            # If each word before the gap was recognised as some word, these may be too many here.
            parts += [(start + gap, word) for word in recognized[first + gap :][:surplus]]
            if start + gap < end:
                parts.append((start + gap, None))
    if not doubtful and len(parts) == len(words):
        return Deviations()
    graph = [ways[word] if added is None else pronunciations[added] for word, added in parts]
    skips = [
        0.0 if added is not None else _SKIP if word in doubtful else None for word, added in parts
    ]
    free = Graph(graph, skips=skips).align(sounds.log_posteriors, filler=_FILLER)
    if free is None:
        return Deviations()
    missing = frozenset(
        word
        for (word, added), chosen in zip(parts, free.chosen, strict=True)
        if added is None and chosen < 0
    )
    insertions = []
    for place, (word, added) in enumerate(parts):
        if added is not None and free.chosen[place] >= 0:
            said = graph[place][free.chosen[place]]
            seconds, likely = _heard(free, place, said, sounds)
            if seconds >= _SHORTEST and likely >= _LIKELY:
                insertions.append(Insertion(word, added, said))
    return Deviations(missing, tuple(insertions))


def _heard(path: Alignment, place: int, said: Pronunciation, sounds: Sounds) -> tuple[float, float]:
    """How long a word lasts, seconds, and the mean log posterior of its sounds."""
    of = np.flatnonzero(path.words == place)
    logs = [
        sounds.log_posteriors[start:end, INDEX[bare(phone)]].mean()
        for start, end, phone in zip(path.starts[of], path.ends[of], said, strict=True)
    ]
    return float(path.ends[of[-1]] - path.starts[of[0]]) * STEP, float(np.mean(logs))
