"""How a single character is read."""

from __future__ import annotations

import functools
import itertools

from pronunciation.mandarin.syllables import Syllable, is_syllable, parse
from speech.errors import ConfigError


@functools.lru_cache(maxsize=4096)
def usual_reading(sign: str) -> Syllable:
    """How a character is read by pypinyin, where nothing else is known of it.

    Raises
    ------
    ConfigError
        It has no reading.
    """
    from pypinyin import Style, pinyin

    found = pinyin(
        sign, style=Style.TONE3, heteronym=True, errors="ignore", neutral_tone_with_five=True
    )
    for way in itertools.chain.from_iterable(found):
        if is_syllable(way):
            return parse(way, sign)
    raise ConfigError(f"no reading of {sign!r} is known: give one, as in {sign}=ma1")
