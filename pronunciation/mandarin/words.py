"""The words of Mandarin and how they are read: those of CC-CEDICT.

CC-CEDICT (https://cc-cedict.org, CC BY-SA 4.0) marks neutral tones and erhua. The model
``cc-cedict`` holds it as Python modules, of which the text is read and nothing is run; what is
needed of it takes seconds to make, and is kept in a file beside them.
"""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from pronunciation.mandarin.readings import usual_reading
from pronunciation.mandarin.syllables import is_syllable, parse, with_tone
from speech.errors import ConfigError, ModelError
from speech.models import ModelStore
from speech.models.conversion import converted

_LONGEST = 4
"""Characters of a word that is read as its characters are; longer ones part into shorter words."""

_PLAIN = {"一": 1, "不": 4}
_FORMAT = 2
"""Counts up when the lines change, or the model they are made of."""
_MODEL = "cc-cedict"


@functools.cache
def words() -> Mapping[str, str]:
    """Every word to its readings, empty where its characters give them.

    Syllables have tones as digits, those of 一 and 不 before sandhi; readings are parted by a
    slash.

    Raises
    ------
    ModelError
        The model ``cc-cedict`` was not pulled yet, or is damaged.
    """
    folder = ModelStore().path(_MODEL)
    name = f"words-{_FORMAT}-{version('pypinyin')}"
    made = converted(folder, name, lambda: _made(folder), ".txt.gz")
    text = gzip.decompress(made if isinstance(made, bytes) else made.read_bytes()).decode()
    return {word: ways for word, _, ways in (line.partition(" ") for line in text.splitlines())}


def _made(folder: Path) -> bytes:
    phrases: dict[str, list[list[str]]] = {}
    for file in sorted(folder.glob("cc_cedict_*.py")):
        phrases |= _phrases(file)
    return gzip.compress("\n".join(_lines(phrases)).encode(), 6, mtime=0)


def _phrases(file: Path) -> dict[str, list[list[str]]]:
    """The dictionary that a module consists of: with other quotation marks it is JSON."""
    try:
        text = file.read_text(encoding="utf-8")
        entries = text[text.index("{") + 1 : text.index("}")].rstrip().removesuffix(",")
        phrases: dict[str, list[list[str]]] = json.loads(f"{{{entries}}}".replace("'", '"'))
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{file}: is damaged ({error}): run `sonorant models remove {_MODEL}`, then "
            f"`sonorant models pull {_MODEL}`"
        ) from error
    return phrases


def _lines(phrases: Mapping[str, Sequence[Sequence[str]]]) -> list[str]:
    """Words, with their readings; what holds letters or syllables of no standard is left out."""
    found = []
    for word, readings in sorted(phrases.items()):
        if len(word) != len(readings) or not all("\u4e00" <= sign <= "\u9fff" for sign in word):
            continue
        if not all(is_syllable(way) for ways in readings for way in ways):
            continue
        written = "/".join(dict.fromkeys(_written(word, way) for way in _alternatives(readings)))
        try:
            usual = " ".join(usual_reading(sign).numbered for sign in word)
        except ConfigError:  # an interjection without a vowel
            usual = ""
        if written != usual:
            found.append(f"{word} {written}")
        elif len(word) <= _LONGEST:
            found.append(word)
    return found


def _alternatives(readings: Sequence[Sequence[str]]) -> list[list[str]]:
    """All ways to read a word: at most one syllable of it may be read in several."""
    first = [ways[0] for ways in readings]
    others = [
        [*first[:place], way, *first[place + 1 :]]
        for place, ways in enumerate(readings)
        for way in ways[1:]
        if place > 0 or parse(way).tone != 5
    ]
    return [first, *others]


def _written(word: str, reading: Sequence[str]) -> str:
    said = []
    for sign, way in zip(word, reading, strict=True):
        syllable = parse(way)
        if sign in _PLAIN and syllable.tone != 5:
            syllable = with_tone(syllable, _PLAIN[sign])
        said.append(syllable.numbered)
    return " ".join(said)
