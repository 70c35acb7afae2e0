"""Three speakers of Mandarin: every toned syllable twice, and the words of HSK.

They lie in ``SONORANT_DATA/mandarin``, whose README names sources and licences. What was to be
said stands in a file's name, in pinyin or in hanzi; a file whose name does not tell is left out.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pronunciation.mandarin.lexicon import Lexicon
from pronunciation.mandarin.syllables import Syllable, is_syllable, parse
from pronunciation.mandarin.text import read_text
from speech.audio import RATE, Samples, read
from speech.errors import ConfigError

SPEAKERS: tuple[str, ...] = ("chen", "fifield", "tan")
"""Chen Wang and Davin Fifield's speaker say syllables, Yue Tan words and characters."""

_PREFIX = "cmn-"
_FRAME = RATE // 100
_QUIET = 38.0  # dB below the loudest frame
_BEFORE, _AFTER = RATE // 10, RATE * 12 // 100
_PEAK = 0.3
_HANZI = re.compile("[\u4e00-\u9fff]+")
# Spellings of Fifield's that are not those of pinyin.
_RESPELT = {"luu": "lü", "nuu": "nü", "luue": "lüe", "nuue": "nüe", "muo": "mo"}


@dataclass(frozen=True, slots=True)
class Recording:
    """A word or a syllable said by one speaker."""

    speaker: str
    """One of ``SPEAKERS``."""
    path: Path
    syllables: tuple[Syllable, ...]
    """In the tones that are heard, after sandhi."""
    certain: bool
    """Whether it can be read in one way only."""

    def samples(self) -> Samples:
        """The recording without most of the silence around it, its peak at 0.3."""
        samples = read(self.path)
        # Differences, since one speaker's rumble below 100 Hz is nearly as strong as the voice.
        blocks = np.diff(samples, prepend=0)[: samples.size // _FRAME * _FRAME].reshape(-1, _FRAME)
        levels = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-9)
        loud = np.flatnonzero(levels > levels.max() - _QUIET)
        first, last = int(loud[0]) * _FRAME, (int(loud[-1]) + 1) * _FRAME
        cut = samples[max(0, first - _BEFORE) : last + _AFTER]
        return np.asarray(cut * (_PEAK / (np.abs(cut).max() + 1e-6)), np.float32)


def corpus_folder(data: Path | None) -> Path:
    """Where the recordings are.

    Raises
    ------
    ConfigError
        Nobody says, or they are not there.
    """
    if data is None and "SONORANT_DATA" in os.environ:
        data = Path(os.environ["SONORANT_DATA"]) / "mandarin"
    if data is None or not (data / "words_tan").is_dir():
        raise ConfigError(f"{data or 'SONORANT_DATA'}: no Mandarin recordings there (words_tan)")
    return data


def load(folder: Path) -> list[Recording]:
    """All recordings whose reading is known, those of a speaker together."""
    return [
        *_syllables(folder / "syllables_chen", "chen"),
        *_syllables(folder / "syllables_fifield", "fifield"),
        *_words(folder / "words_tan", "tan"),
    ]


def isolated(recordings: Iterable[Recording]) -> list[Recording]:
    """What is measured on: single syllables in tones 1 to 4 whose reading is certain."""
    return [
        one
        for one in recordings
        if len(one.syllables) == 1 and one.certain and one.syllables[0].tone <= 4
    ]


def _syllables(folder: Path, speaker: str) -> Iterator[Recording]:
    for path in sorted(folder.iterdir()):
        name = path.stem.removeprefix(_PREFIX)
        plain, tone = name[:-1], name[-1:]
        spelt = _RESPELT.get(plain, plain) + tone
        # Without a digit nothing says which tone was meant.
        if tone in ("1", "2", "3", "4", "5") and is_syllable(spelt):
            yield Recording(speaker, path, (parse(spelt),), True)


def _words(folder: Path, speaker: str) -> Iterator[Recording]:
    lexicon = Lexicon()
    for path in sorted(folder.iterdir()):
        word = path.stem.removeprefix(_PREFIX)
        # What stands between underscores is a hint; whether it was said is not known.
        if not _HANZI.fullmatch(word) or "儿" in word[1:]:
            continue
        readings = lexicon.readings(word)
        ways = len(_ways(word)) if len(word) == 1 else len(readings)
        said = tuple(ways[0] for one in read_text(word) for ways in one.ways)
        if len(said) == len(word):
            yield Recording(speaker, path, said, ways == 1)


@functools.lru_cache(maxsize=4096)
def _ways(sign: str) -> frozenset[str]:
    """All that pypinyin knows a character to be read as."""
    from pypinyin import Style, pinyin

    found = pinyin(sign, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True)
    return frozenset(found[0])
