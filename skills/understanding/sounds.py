"""How sentences are compared when some of them is wrong: by what of it carries meaning and sound.

English keeps its content words; Mandarin becomes syllables without tones, near ones alike;
Korean becomes single letters without particles.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, pinyin

from skills.normalize import base

_EMPTY = {
    "en": frozenset(
        "the a an to of in at my be please for by with and into inside this that there would could "
        "can you i me some".split()
    ),
    "zh": frozenset("的了把将给吧呢啊在请帮我让"),
    "ko": frozenset(),
}
_TWISTED = frozenset("".join(sorted(word)) for word in _EMPTY["en"] if len(word) > 2)
_NO_TWIST = frozenset({"three"})
"""Words that mean something although they have the letters of one that does not."""
_PARTICLES = re.compile(
    r"(?<=[가-힣\ue000-\uf8ff])(?:에서|으로|을|를|은|는|이|가|의|에|로)(?=\s|$)"
)
_POLITE = re.compile(r"줘$")
_OFF = re.compile(r"(?<=^turn )of\b|(?<=^switch )of\b|\bof$")
"""What recognisers make of "off"."""
_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("f", "h"), ("r", "n"))
"""Sounds of Mandarin that many speakers, and recognisers, do not tell apart."""


def tokens(text: str, language: str) -> list[str]:
    """What a sentence is cut into: words in English, characters elsewhere."""
    if base(language) == "en":
        return text.split()
    return [char for char in text if not char.isspace()]


def joined(parts: list[str], language: str) -> str:
    """The opposite of :func:`tokens`, as far as that is needed for comparing."""
    return (" " if base(language) == "en" else "").join(parts)


@lru_cache(maxsize=100_000)
def content(text: str, language: str) -> str:
    """What of a sentence is compared, as it is compared."""
    tag = base(language)
    text = text.replace("%", {"en": " percent ", "ko": "퍼센트"}.get(tag, "%"))
    if tag == "en":
        text = _OFF.sub("off", text)
        words = [_stem(word) for word in text.split() if not _is_empty(word)]
        return " ".join(words)
    if tag == "zh":
        return sound("".join(char for char in text if char not in _EMPTY["zh"]), language)
    return sound(_POLITE.sub("", _PARTICLES.sub("", text)), language)


@lru_cache(maxsize=100_000)
def sound(text: str, language: str) -> str:
    """How a word or a name sounds, as it is compared."""
    tag = base(language)
    if tag == "zh":
        return "".join(_syllable(char) for char in text if not char.isspace())
    if tag == "ko":
        return unicodedata.normalize("NFD", text.replace(" ", ""))
    return text


@lru_cache(maxsize=30_000)
def _syllable(char: str) -> str:
    """One character for each syllable, so that a syllable is right or wrong as a whole."""
    if not "\u3400" <= char <= "\u9fff":
        return char
    spelt = pinyin(char, style=Style.NORMAL)[0][0]
    for sounds, like in _NEAR:
        if sounds == "ng":
            spelt = re.sub("ng$", "n", spelt)
        elif spelt.startswith(sounds):
            spelt = like + spelt[len(sounds) :]
    return chr(0x20000 + _number(spelt))


_SYLLABLES: dict[str, int] = {}


def _number(spelt: str) -> int:
    return _SYLLABLES.setdefault(spelt, len(_SYLLABLES))


def twisted(one: str, other: str) -> bool:
    """Whether two English words differ only in the order of their letters, as fingers do it."""
    return len(one) > 2 and one[0] == other[0] and sorted(one) == sorted(other)


def _is_empty(word: str) -> bool:
    if word in _EMPTY["en"]:
        return True
    return word not in _NO_TWIST and "".join(sorted(word)) in _TWISTED


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
