"""Pinyin as people write it: words with the tones as digits or as marks, to syllables.

::

    split("Běijīng")    # běi, jīng
    split("xian1sheng") # xian1, sheng
    split("xī'ān")      # xī, ān
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import replace

from pronunciation.mandarin.syllables import Syllable, is_syllable, parse
from speech.errors import ConfigError

_LONGEST = 7  # letters of a syllable with its r, as in zhuangr
_TONELESS = frozenset("a ba bei bu de di er ge guo hai la le li lie lo lou ma me men na ne o r "
                      "shang si tou wa xia ya yi yo zhe zi".split())  # fmt: skip
"""Syllables that are a word or suffix in the neutral tone."""


def split(word: str) -> tuple[Syllable, ...]:
    """The syllables of one word.

    Where nothing else parts them, no syllable but the first begins with a vowel, as the spelling
    rules want it (``fangan`` is *fan-gan*, ``xian`` one syllable), if that is possible.

    Raises
    ------
    ConfigError
        It is no pinyin, or its tones are missing.
    """
    letters = _caron(word.lower())
    pieces = [piece for piece in re.split(r"(?<=\d)|['’·-]", letters) if piece]
    found: list[Syllable] = []
    for piece in pieces:
        if found and piece.rstrip("05") == "r":  # hua1r5: the r belongs to the flower
            found[-1] = replace(found[-1], erhua=True)
            continue
        parted = _parted(piece, True) or _parted(piece, False)
        if parted is None:
            raise ConfigError(f"{word!r} is no pinyin: write it as in ni3hao3 or nǐhǎo")
        found += map(parse, parted)
    if all(one.tone == 5 for one in found) and not all(one.plain in _TONELESS for one in found):
        raise ConfigError(f"the tones of {word!r} are missing: write them as in ni3hao3 or nǐhǎo")
    return tuple(found)


def _caron(letters: str) -> str:
    """The third tone with its mark where a breve was typed, which looks like it: ``hăo``."""
    apart = unicodedata.normalize("NFD", letters).replace("\u0306", "\u030c")
    return unicodedata.normalize("NFC", apart)


def is_pinyin(word: str) -> bool:
    """Whether :func:`split` can read it."""
    try:
        return bool(split(word))
    except ConfigError:
        return False


@functools.lru_cache(maxsize=4096)
def _parted(letters: str, strict: bool) -> tuple[str, ...] | None:
    """The longest syllables that make up the letters; a digit belongs to the last."""
    if not letters:
        return ()
    for size in range(min(_LONGEST + 1, len(letters)), 0, -1):
        head, rest = letters[:size], letters[size:]
        if not is_syllable(head) or rest.isdecimal() or (strict and _vowel(rest)):
            continue
        tail = _parted(rest, strict)
        if tail is not None:
            return (head, *tail)
    return None


def _vowel(letters: str) -> bool:
    return letters[:1] in tuple("aāáǎàeēéěèoōóǒòê")
