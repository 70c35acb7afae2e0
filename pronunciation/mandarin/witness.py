"""A second witness: what a recogniser of Mandarin, where there is one, understood of a reading.

It does not know the text. Where it understood another one, the text was not read; where it
understood a piece of it, that piece may have been; where it understood the words around a gap but
nothing of a word itself, a judge in doubt takes the word for left out. It is compared by syllables
without tones, since recognisers guess the characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import Match, SequenceMatcher

from pronunciation.mandarin.text import ReferenceWord, read_text
from speech.audio import Samples
from speech.errors import ConfigError
from speech.recognition.contract import Recognizer

_ENOUGH = 3  # syllables understood that say something of the text
_MOSTLY = 0.6  # share of what was understood that belongs to a piece of the text
_WORDS = 12  # Latin letters that are words of another language, not a name among babble
_LATIN, _HANZI = re.compile("[A-Za-zÀ-ɏ]"), re.compile("[\u3400-\u9fff]")
_ANOTHER = 0.2  # share of the syllables in common below which it was another text


def understood(recognizer: Recognizer, samples: Samples) -> str:
    """What was said, without the spaces that recognisers put between words."""
    stream = recognizer.stream(partials=False)
    stream.feed(samples)
    return "".join(stream.finish().text.split())


def is_another(reference: Sequence[ReferenceWord], heard: str) -> bool:
    """Whether what was understood is another text than the reference."""
    asked, said = _syllables(reference), _read(heard)
    if len(said) < _ENOUGH:
        return False
    common = sum(block.size for block in _blocks(asked, said))
    return common < _ANOTHER * min(len(asked), len(said))


def is_foreign(heard: str) -> bool:
    """Whether what was understood is another language, written in Latin letters."""
    return len(_LATIN.findall(heard)) >= _WORDS and not _HANZI.search(heard)


def readable(heard: str) -> str:
    """What was understood, without words that are no Mandarin; empty where nothing is left."""
    try:
        return heard if read_text(heard) else ""
    except ConfigError:
        mandarin = "".join(re.findall("[\u3400-\u9fff\\d，。！？、]+", heard))
        return mandarin if any(sign.isalnum() for sign in mandarin) else ""


def piece(reference: Sequence[ReferenceWord], heard: str) -> range | None:
    """Which words of the reference were read where others were not, at one end or both."""
    said, of = _read(heard), _words(reference)
    blocks = [block for block in _blocks(_syllables(reference), said) if block.size]
    common = sum(block.size for block in blocks)
    if common < max(_ENOUGH, _MOSTLY * len(said)):
        return None
    last = blocks[-1].a + blocks[-1].size - 1
    found = range(of[blocks[0].a], of[last] + 1)
    return found if len(found) < len(reference) else None


def unheard(reference: Sequence[ReferenceWord], heard: str) -> frozenset[int]:
    """Words of the reference of which nothing was understood, while their neighbours were."""
    asked = _syllables(reference)
    known = {
        place
        for block in _blocks(asked, _read(heard))
        for place in range(block.a, block.a + block.size)
    }
    of = _words(reference)
    words = {of[place] for place in known}
    last = len(reference) - 1
    return frozenset(
        number
        for number in range(len(reference))
        if number not in words
        and (number == 0 or number - 1 in words)
        and (number == last or number + 1 in words)
        and words
    )


def _words(reference: Sequence[ReferenceWord]) -> list[int]:
    """For each syllable the word that it belongs to."""
    return [number for number, word in enumerate(reference) for _ in word.syllables]


def _syllables(words: Sequence[ReferenceWord]) -> list[str]:
    """The syllables of a text without tones, each as it is usually read."""
    return [ways[0].syllable.plain for word in words for ways in word.syllables]


def _read(heard: str) -> list[str]:
    try:
        return _syllables(read_text(heard))
    except ConfigError:  # it understood words of another language
        return []


def _blocks(asked: list[str], said: list[str]) -> list[Match]:
    return SequenceMatcher(None, asked, said, autojunk=False).get_matching_blocks()
