"""How English words are said: CMUdict, what can be built from it, and espeak-ng for the rest.

::

    lexicon = Lexicon()
    lexicon.pronunciations("record")  # (("R", "AH0", "K", "AO1", "R", "D"), ("R", "EH1", ...
    lexicon.add("Xiaoming", "SH Y AW2 M IH1 NG")
"""

from __future__ import annotations

import functools
import re
import unicodedata
from pathlib import Path

from pronunciation.english.cmudict import CmuDict
from pronunciation.english.derive import (
    Pronunciations,
    hyphenated,
    inflected,
    is_abbreviation,
    spelt,
)
from pronunciation.english.g2p import EspeakPronouncer
from pronunciation.english.phones import Pronunciation, from_text
from pronunciation.english.variants import with_variants
from speech.errors import ConfigError
from speech.models import ModelStore

_REMEMBERED = 10_000  # words whose pronunciations are kept
_LONGEST = 60  # letters
_MAYBE_SPELT = 4  # letters of an unknown word that may as well be an abbreviation


class Lexicon:
    """Words to their pronunciations. Safe to share between threads, apart from :meth:`add`.

    Parameters
    ----------
    folder
        Holds ``cmudict.dict``; the model ``cmudict`` of the default store where None.
    british
        Whether what is regular in southern England (no R before consonants, broad A) is valid
        too.

    Raises
    ------
    ModelMissingError
        The model was not pulled yet.
    ModelError
        The dictionary cannot be read.
    """

    def __init__(self, folder: Path | None = None, *, british: bool = True) -> None:
        self._dictionary = CmuDict(folder or ModelStore().path("cmudict"))
        self._british = british
        self._pronouncer = EspeakPronouncer()
        self._added: dict[str, Pronunciations] = {}
        self._remembered = functools.lru_cache(_REMEMBERED)(self._all)

    def __contains__(self, word: str) -> bool:
        """Whether a word is in the dictionary or was added, so that nothing is guessed."""
        try:
            return bool(self._listed(plain(word)))
        except ConfigError:
            return False

    def pronunciations(self, word: str) -> tuple[Pronunciation, ...]:
        """All valid pronunciations of a word, the most usual first; never none.

        Phones are ARPAbet, with the stress digit 0, 1 or 2 on vowels. A word that is not in the
        dictionary is built from words that are, spelt, or read by espeak-ng's rules.

        Raises
        ------
        ConfigError
            It is no word: it is empty, far too long, or holds more than Latin letters,
            apostrophes, hyphens and dots.
        EngineError
            The word is unknown, and espeak-ng, which would read it, is missing or fails.
        """
        key = plain(word)
        return self._added.get(key) or self._remembered(key)

    def add(self, word: str, pronunciation: str | Pronunciation) -> None:
        """Say how a word is said; a second call for the word adds another way.

        What is added takes the place of everything the lexicon knows about the word.

        Raises
        ------
        ConfigError
            It is no word, or no pronunciation; the message names the phone that is wrong.
        """
        text = pronunciation if isinstance(pronunciation, str) else " ".join(pronunciation)
        key = plain(word)
        self._added[key] = (*self._added.get(key, ()), from_text(text))
        self._remembered.cache_clear()  # words built from this one change with it

    def copy(self) -> Lexicon:
        """A lexicon that shares the dictionary, for words that only one caller adds."""
        twin = object.__new__(Lexicon)
        twin.__dict__.update(self.__dict__, _added=dict(self._added))
        twin._remembered = functools.lru_cache(_REMEMBERED)(twin._all)
        return twin

    def close(self) -> None:
        """Free espeak-ng."""
        self._pronouncer.close()

    def _all(self, word: str) -> Pronunciations:
        return with_variants(word, self._listed(word) or self._built(word), self._british)

    def _listed(self, word: str) -> Pronunciations:
        return self._added.get(word) or self._dictionary[word]

    def _listed_or_built(self, word: str) -> Pronunciations:
        return self._listed(word) or self._built(word)

    def _built(self, word: str) -> Pronunciations:
        if is_abbreviation(word):  # the plural of one may look like another: dvds
            return inflected(word, self._listed) or spelt(word, self._dictionary.__getitem__)
        base, mark, clitic = word.rpartition("'")
        if mark and clitic in ("s", "d", "ll", "ve", "re", "") and base:
            return inflected(word, self._listed_or_built) or self._listed_or_built(base)
        return (
            hyphenated(word, self._listed_or_built)
            or inflected(word, self._listed)
            or self._read(word)
        )

    def _read(self, word: str) -> Pronunciations:
        said = self._pronouncer.pronounce([word])[0]
        letters = spelt(word, self._dictionary.__getitem__)
        if not said:
            return letters
        return (said, *letters) if len(word) <= _MAYBE_SPELT else (said,)


def plain(word: str) -> str:
    """A word as the dictionary writes it: lower case, no accents, straight apostrophes.

    Raises
    ------
    ConfigError
        It is no word.
    """
    letters = unicodedata.normalize("NFKD", word.strip().lower().replace("’", "'"))
    letters = "".join(sign for sign in letters if not unicodedata.combining(sign)).strip("-")
    if not re.fullmatch(r"(?=.*[a-z])[a-z'.-]+", letters) or len(letters) > _LONGEST:
        raise ConfigError(
            f"{word!r} is no English word: letters, apostrophes, hyphens and dots only"
        )
    return letters if re.fullmatch(r"([a-z]\.)+", letters) else letters.rstrip(".")
