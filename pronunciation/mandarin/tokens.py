"""A Chinese text in pieces: runs of hanzi, words of pinyin, letters, figures, punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from pronunciation.mandarin.numbers import figures
from pronunciation.mandarin.pinyin import is_pinyin, split
from speech.errors import ConfigError

_MARKS = {"。": ".", "．": ".", "！": "!", "？": "?", "；": ";", "：": ":", "，": ",", "、": ",",
          "…": "...", "—": "-", "–": "-"}  # fmt: skip
_ASCII = ".!?;:,"
_STRENGTH = ("...", "?", "!", ".", ";", ":", ",", "-")
_SIGNS = {"+": "加", "=": "等于", "×": "乘", "÷": "除以", "&": "和"}
_HANZI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]+")
_LATIN = re.compile(
    r"[A-Za-zÀ-ɏ\u0300-\u036f]+(?:[:’'·-]?[A-Za-zÀ-ɏ\u0300-\u036f]+|[0-5](?!\d)|(?<=[uU]):(?=[0-5]))*"
)
_LETTERS = re.compile(r"[A-Z]{1,8}")
_SHOUTED = re.compile(r"(?:[A-Z]{2,6}:?[0-5])+")  # pinyin in capitals, as in NI3HAO3, if it is any
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code).isalnum()}


class Kind(Enum):
    """What a piece is."""

    HANZI = 1
    """A run of characters."""
    PINYIN = 2
    """A word of pinyin."""
    FIGURES = 3
    """A figure or sign; ``said`` are the hanzi that are read for it."""
    LETTERS = 4
    """Capital letters that are spelt."""


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of a text."""

    kind: Kind
    shown: str
    """As the text has it."""
    said: str = ""
    mark: str = ""
    """The punctuation after it, as one of ``. ? ! , ; : - ...``, or empty."""


def tokens(text: str, known: frozenset[str] = frozenset()) -> list[Token]:
    """Part a text.

    Parameters
    ----------
    known
        Words of letters that the caller knows how to say, in lower case.

    Raises
    ------
    ConfigError
        It holds words that are neither hanzi nor pinyin; the message names the first.
    """
    found: list[Token] = []
    for piece in _pieces(unicodedata.normalize("NFC", text.translate(_FULL_WIDTH)), known):
        if isinstance(piece, Token):
            found.append(piece)
        elif found:
            found[-1] = replace(found[-1], mark=_stronger(found[-1].mark, piece))
    return found


def _pieces(text: str, known: frozenset[str]) -> Iterator[Token | str]:
    """Tokens, and between them the marks of punctuation."""
    at = 0
    while at < len(text):
        sign = text[at]
        if figure := figures(text, at):
            yield Token(Kind.FIGURES, figure[0].strip(), figure[1])
            at += len(figure[0])
        elif match := _HANZI.match(text, at):
            yield Token(Kind.HANZI, match[0])
            at = match.end()
        elif match := _LATIN.match(text, at):
            token = _latin(match[0], known)
            yield token
            at += len(token.shown)
        elif sign in _SIGNS:
            yield Token(Kind.FIGURES, sign, _SIGNS[sign])
            at += 1
        elif text.startswith("..", at):
            yield "..."
            at += len(text) - at - len(text[at:].lstrip("."))
        elif sign in _MARKS or sign in _ASCII:
            yield _MARKS.get(sign, sign)
            at += 1
        elif sign.isalpha():
            raise ConfigError(_foreign(sign))
        else:
            at += 1


def _latin(word: str, known: frozenset[str]) -> Token:
    """A word of Latin letters: the caller's, pinyin, or capitals that are spelt."""
    if word.lower() in known:
        return Token(Kind.PINYIN, word)
    capitals = _LETTERS.match(word)
    spelt = capitals and (word.isupper() or not is_pinyin(word)) and _ends(word, capitals.end())
    if capitals and spelt and not (_SHOUTED.fullmatch(word) and is_pinyin(word)):
        return Token(Kind.LETTERS, capitals[0])
    try:
        split(word)
    except ConfigError as error:
        raise ConfigError(
            f"{word!r} in the text is not to be read in Mandarin: {error}; other words need a "
            f'pronunciation in pinyin, as in "{word}=ma1 ma5"'
        ) from None
    return Token(Kind.PINYIN, word)


def _ends(word: str, at: int) -> bool:
    """Whether no letter follows, as the figure of K12 may."""
    return not word[at:] or not word[at].isalpha()


def _foreign(sign: str) -> str:
    name = unicodedata.name(sign, "")
    code = {"HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja"}.get(name.split(" ")[0], "")
    hint = f": set the option language, as in --language {code}" if code else ""
    return f"the text is not Mandarin, it holds {sign!r}{hint}"


def _stronger(one: str, other: str) -> str:
    return min((mark for mark in (one, other) if mark), key=_STRENGTH.index)
