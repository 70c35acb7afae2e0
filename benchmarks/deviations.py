"""Words left out and words added: how many the English scorer finds, how many it makes up.

From readings of speechocean762 (``SONORANT_DATA``) one word is cut out, where the assessor itself
finds it, or a word of another reader of the same gender and age is put in. Readings as they are
show what is claimed of them; some learners do leave out, repeat and add words, which the corpus
does not mark. ::

    python -m benchmarks.deviations [--readings 100] [--json]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.command import parser, run, show
from pronunciation import open_assessor
from pronunciation.results import Word, WordError
from pronunciation.training.__main__ import corpus_folder
from pronunciation.training.corpus import Reading, load
from speech.audio import RATE, Samples
from speech.progress import progress

_ALIKE = 4  # years
_SHORTEST = 4  # words of a reading that is changed


@dataclass(frozen=True)
class Heard:
    """A reading and where its words are."""

    reading: Reading
    samples: Samples
    text: str
    words: tuple[Word, ...]

    def span(self, word: int) -> slice:
        """The samples of a word."""
        start, end = self.words[word].start, self.words[word].end
        assert start is not None and end is not None
        return slice(round(start * RATE), round(end * RATE))


def places(words: Sequence[Word]) -> tuple[set[int], set[int]]:
    """Words of the text that are missing, and those before which something was added."""
    missing, added, place = set[int](), set[int](), 0
    for word in words:
        if word.error is WordError.INSERTION:
            added.add(place)
            continue
        if word.error is WordError.OMISSION:
            missing.add(place)
        place += 1
    return missing, added


def measure(readings: Sequence[Reading], count: int) -> dict[str, dict[str, float]]:
    """Shares of readings."""
    random = np.random.default_rng(11)
    assessor = open_assessor()
    heard: list[Heard] = []
    claims = {"missing": 0, "added": 0}
    with progress("readings", 2 * count, "done") as advance:
        for number, one in enumerate(random.permutation(len(readings))[:count]):
            samples, text = readings[one].samples(), " ".join(readings[one].parts)
            words = assessor.assess(samples, text).words
            missing, added = places(words)
            claims["missing"] += bool(missing)
            claims["added"] += bool(added)
            if len(words) >= _SHORTEST and not missing and not added:
                heard.append(Heard(readings[one], samples, text, words))
            advance(number)
        cut = {"found": 0, "others claimed": 0}
        put = {"found": 0, "missing claimed": 0}
        for number, one in enumerate(heard):
            place = int(random.integers(1, len(one.words) - 1))
            gap = one.span(place)
            rest = np.concatenate([one.samples[: gap.start], one.samples[gap.stop :]])
            missing, _ = places(assessor.assess(rest, one.text).words)
            cut["found"] += place in missing
            cut["others claimed"] += bool(missing - {place})
            other = _alike(heard, one, random)
            word = other.samples[other.span(int(random.integers(len(other.words))))]
            longer = np.insert(one.samples, gap.start, word)
            missing, added = places(assessor.assess(longer, one.text).words)
            put["found"] += bool(added & {place - 1, place, place + 1})
            put["missing claimed"] += bool(missing)
            advance(count + number)
    assessor.close()
    return {
        "as they are": {"readings": count} | _shares(claims, count),
        "a word cut out": {"readings": len(heard)} | _shares(cut, len(heard)),
        "a word put in": {"readings": len(heard)} | _shares(put, len(heard)),
    }


def _alike(heard: Sequence[Heard], one: Heard, random: np.random.Generator) -> Heard:
    others = [
        other
        for other in heard
        if other is not one
        and other.reading.gender == one.reading.gender
        and abs(other.reading.age - one.reading.age) < _ALIKE
    ] or [one]
    return others[int(random.integers(len(others)))]


def _shares(counts: dict[str, int], of: int) -> dict[str, float]:
    return {name: count / of for name, count in counts.items()}


def main() -> None:
    """Measure, and print."""
    options = parser(__doc__)
    options.add_argument("--readings", type=int, default=100, help="(default: 100)")
    args = options.parse_args()
    show(measure(load(corpus_folder(args.data)), args.readings), args.json)


if __name__ == "__main__":
    run(main)
