"""Which words a Chinese text has, and how each is read.

A text is parted into words of CC-CEDICT: into as few as can be, of as even a length as can be,
and so that particles stand alone (方面｜的, not 方｜面的).
Words are read as CC-CEDICT says, with neutral tones, corrected and completed by
``readings.yaml``; characters that are in no word as pypinyin says, or in one of the several ways
that ``readings.yaml`` allows where only the sense decides.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib import resources
from typing import Any

import yaml

from pronunciation.mandarin.characters import simplify
from pronunciation.mandarin.readings import usual_reading
from pronunciation.mandarin.syllables import Syllable, parse
from pronunciation.mandarin.words import words
from speech.errors import ConfigError

Reading = tuple[Syllable, ...]
"""One way to read a word, with the tones of the dictionary."""

LONGEST = 8
"""Characters of a word."""


class Lexicon:
    """Words and their readings.

    Parameters
    ----------
    readings
        The caller's own: a word or character to pinyin, ``{"重": "chong2", "银行": "yin2 hang2"}``.

    Raises
    ------
    ConfigError
        A reading is no pinyin, or has not one syllable for each character.
    """

    def __init__(self, readings: Mapping[str, str | Sequence[str]] | None = None) -> None:
        self._own = {
            script: tuple(_own(word, way) for way in ([ways] if isinstance(ways, str) else ways))
            for word, ways in (readings or {}).items()
            # Of 乾 and 著 it is the words around them that say which they are.
            for script in (simplify(word.lower()), word.lower())
        }

    @property
    def latin(self) -> frozenset[str]:
        """The caller's words that hold letters, in lower case."""
        return frozenset(word for word in self._own if re.search("[a-zà-ɏ]", word))

    def holds(self, word: str) -> bool:
        """Whether it is a word."""
        if word in self._own or word in _corrections():
            return True
        known = word in words() and word not in table()["apart"]
        return known or _doubled(word) or bool(_paired(word))

    def given(self, word: str) -> tuple[Reading, ...]:
        """The caller's readings of a word, none where there are none."""
        return self._own.get(word, ())

    def readings(self, word: str, number_before: bool = False) -> tuple[Reading, ...]:
        """The ways to read a word of hanzi, the usual first.

        Parameters
        ----------
        number_before
            Whether a number stands before it: 三只 is read *sān zhī*.

        Raises
        ------
        ConfigError
            A character has no reading.
        """
        if given := self._own.get(word):
            return given
        found = list(_corrections().get(word) or _dictionary(word))
        if number_before and word[0] in table()["after_numbers"]:
            ways = table()["after_numbers"][word[0]].split("/")
            firsts = [parse(way, word[0]) for way in ways]
            found = [(first, *found[0][1:]) for first in firsts]
        for place, sign in enumerate(word):  # the caller's characters, wherever they stand
            if own := self._own.get(sign):
                found = [
                    (*way[:place], *ways, *way[place + 1 :])
                    for way, ways in itertools.product(found, own)
                ]
        return tuple(dict.fromkeys(found))

    def segment(self, text: str) -> list[str]:
        """The words of a run of hanzi.

        As few as can be, then of as even a length, then with as many particles by themselves, then
        the longer ones last; a character that is in no word stands alone.
        """
        # best[i]: count, sum of squared lengths, minus the particles that stand alone, the lengths
        # of the words before i from the last.
        best: list[tuple[int, int, int, tuple[int, ...]]] = [(0, 0, 0, ())]
        for end in range(1, len(text) + 1):
            ways = []
            for size in range(1, min(LONGEST, end) + 1):
                if size == 1 or self.holds(text[end - size : end]):
                    count, squares, alone, sizes = best[end - size]
                    alone -= size == 1 and text[end - 1] in table()["particles"]
                    ways.append((count + 1, squares + size * size, alone, (-size, *sizes)))
            best.append(min(ways))
        words, end = [], len(text)
        for size in best[-1][3]:
            words.append(text[end + size : end])
            end += size
        return words[::-1]


def _character(sign: str) -> Syllable:
    corrected = _corrections().get(sign)
    return corrected[0][0] if corrected else usual_reading(sign)


def _dictionary(word: str) -> Iterator[Reading]:
    """The readings of CC-CEDICT, else those of the characters."""
    written = words().get(word)
    if written:
        ways = [_written(word, way) for way in written.split("/")]
        yield from sorted(ways, key=lambda way: all(one.tone != 5 for one in way))
    elif written is not None:
        yield tuple(usual_reading(sign) for sign in word)
    elif _doubled(word):
        first = _character(word[0])
        yield from ((first, replace(first, tone=5)), (first, first))
    elif base := _paired(word):
        first, second = next(_dictionary(base))
        second = _character(word[-1]) if second.tone == 5 else second
        yield (first, first, second, second)
    else:
        yield tuple(_character(sign) for sign in word)


def _doubled(word: str) -> bool:
    """Whether it is a verb said twice, to mean a little of it: 看看."""
    return len(word) == 2 and word[0] == word[1] and word[0] in _verbs()


def _paired(word: str) -> str:
    """The word of which each half is said twice: 干净 of 干干净净; else empty."""
    halves = len(word) == 4 and word[0] == word[1] and word[2] == word[3]
    return word[1:3] if halves and word[1:3] in words() else ""


def _written(word: str, way: str) -> Reading:
    return tuple(parse(one, sign) for one, sign in zip(way.split(), word, strict=True))


def _own(word: str, way: str) -> Reading:
    """A reading as a person writes it; syllables may be written together."""
    from pronunciation.mandarin.pinyin import split

    syllables = tuple(itertools.chain.from_iterable(map(split, way.split())))
    if not syllables:
        raise ConfigError(f"the pronunciation of {word!r} is empty: write pinyin, as in chong2")
    if not all("\u3400" <= sign <= "\u9fff" for sign in word):
        return syllables
    signs, found = list(word), []
    for syllable in syllables:
        hanzi = signs.pop(0) if signs else ""
        if syllable.erhua and signs and signs[0] in "儿兒":
            hanzi += signs.pop(0)
        found.append(replace(syllable, hanzi=hanzi))
    if signs or not all(one.hanzi for one in found):
        raise ConfigError(
            f"the pronunciation {way!r} of {word!r} has {len(syllables)} syllables for "
            f"{len(word)} characters"
        )
    return tuple(found)


@functools.cache
def _corrections() -> dict[str, tuple[Reading, ...]]:
    return {
        word: tuple(_written(word, way) for way in ways.split("/"))
        for word, ways in (table()["characters"] | table()["words"]).items()
    }


@functools.cache
def _verbs() -> frozenset[str]:
    return frozenset(table()["verbs"].split())


@functools.cache
def table() -> dict[str, Any]:
    """What ``readings.yaml`` holds."""
    file = resources.files("pronunciation.mandarin") / "readings.yaml"
    table: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return table
