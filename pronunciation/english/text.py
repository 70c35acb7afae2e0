"""How an English text is read aloud: its words, what is said for each, and where to pause.

::

    read_text("Dr. Lee paid $3.50, OK?")
    # Dr. -> doctor; Lee -> lee; $3.50 -> three dollars and fifty cents, pause; OK -> ok, pause
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pronunciation.english.abbreviations import BEFORE_FIGURES, LATIN, SHORT, TITLES, WITHOUT_STOP
from pronunciation.english.numbers import UNITS, currency_after, letter, read_figures, unit
from pronunciation.english.tokens import Token, pause_mark, tokens

_SIGNS = {
    "&": "and", "@": "at", "+": "plus", "=": "equals", "×": "times", "÷": "divided by",
    "%": "percent", "°": "degrees",
}  # fmt: skip
_DOTTED = re.compile(r"(?:[a-z]\.)+[a-z]")
_END = Token("", "", "")


@dataclass(frozen=True, slots=True)
class ReferenceWord:
    """A word of the text that is to be read."""

    shown: str
    """As in the text, without the punctuation around it."""
    spoken: tuple[str, ...]
    """What to say for it, in lower-case words; spelt letters have dots, as in ``u.s.a.``."""
    break_after: bool = False
    """Whether punctuation asks for a pause after it."""
    mark: str = ""
    """That punctuation: one of ``. ? ! , ; : - ...``, or empty."""


def read_text(text: str) -> tuple[ReferenceWord, ...]:
    """The words of a text, in order; none where the text holds no English word.

    Figures, currencies, times and common abbreviations are read out. Emoji and ornaments are left
    out.

    Raises
    ------
    ConfigError
        It holds letters of another script: Chinese, Korean, Russian.
    """
    words: list[ReferenceWord] = []
    before, owed = _END, tuple[str, ...]()  # owed: the `dollars` of $5 million
    found = tokens(text)
    for token, after in zip(found, [*found[1:], _END], strict=False):
        abbreviated = token.tail.startswith(".") and _is_abbreviation(token, after)
        spoken = _spoken(token, before, after, abbreviated)
        if spoken:
            mark = _mark(token, after) if abbreviated else pause_mark(token.tail)
            shown = token.core + ("." if abbreviated else "")
            words.append(ReferenceWord(shown, (*spoken, *owed), bool(mark), mark))
            owed = currency_after(token.plain, after.plain)
        elif words and not words[-1].mark and (mark := pause_mark(token.tail)):
            words[-1] = replace(words[-1], break_after=True, mark=mark)  # a dash, or ` .`
        before = token
    return tuple(words)


def as_sentence(words: Sequence[ReferenceWord]) -> str:
    """The words as a recogniser would write them: sentence case, with a full stop at the end.

    It is :func:`sentence_parts`, joined by spaces.
    """
    return " ".join(sentence_parts(words))


def sentence_parts(words: Sequence[ReferenceWord]) -> tuple[str, ...]:
    """What :func:`as_sentence` writes for each word; figures and signs are written as words."""
    letters = "".join(word.shown for word in words)
    shouted = letters.isupper() and any(len(word.shown) > 1 for word in words)
    parts: list[str] = []
    starts = True
    for index, word in enumerate(words):
        part = _written(word, shouted)
        if starts:
            part = part[:1].upper() + part[1:]
        mark = "," if word.mark == "-" else word.mark
        if index == len(words) - 1 and mark not in (".", "?", "!"):
            mark = "."
        starts = mark in (".", "?", "!")
        parts.append((part.removesuffix(".") if mark == "." else part) + mark)
    return tuple(parts)


def _is_abbreviation(token: Token, after: Token) -> bool:
    """Whether the full stop behind a word is a part of it."""
    name, capital = token.plain, token.core[:1].isupper()
    if name in BEFORE_FIGURES and after.plain[:1].isdigit():
        return True
    if len(name) == 1:  # an initial
        return capital and name.isalpha() and name != "i"
    # `Co.` and `Dec.` are short for something, but any word may end a sentence.
    short = name in WITHOUT_STOP or (name in SHORT and capital)
    return short or name in TITLES or name == "st" or bool(_DOTTED.fullmatch(name))


def _mark(token: Token, after: Token) -> str:
    """The punctuation behind an abbreviation, whose own full stop is the first of the tail."""
    mark = pause_mark(token.tail[1:])
    if mark:
        return mark
    name = token.plain
    never = name in TITLES or name in LATIN or name in BEFORE_FIGURES or name == "st"
    if after is _END:
        return "."
    # Initials and titles stand before names, so that a capital says nothing there.
    return "." if after.core[:1].isupper() and not never and len(name) > 1 else ""


def _spoken(token: Token, before: Token, after: Token, abbreviated: bool) -> tuple[str, ...]:
    """What to say for a token; nothing where it holds nothing that can be said."""
    name = token.plain
    measured = before.plain if re.fullmatch(r"[\d,.]*\d", before.plain) else ""
    if any(map(str.isdigit, name)):
        words = read_figures(name, after.plain)
        if words and measured and "/" in name:  # 3 1/2
            return ("and", "a" if words[0] == "one" else words[0], *words[1:])
        return words
    if measured and name in ("am", "pm", "a.m", "p.m"):
        return (f"{name[0]}.m.",)
    if measured and unit(name, measured):
        return unit(name, measured)
    if name == "st" and abbreviated:
        return ("saint",) if after.core[:1].isupper() and before.plain != "main" else ("street",)
    if abbreviated or name in WITHOUT_STOP or name in LATIN:
        for table in (BEFORE_FIGURES, TITLES, SHORT, LATIN):
            if name in table and (table is not BEFORE_FIGURES or after.plain[:1].isdigit()):
                return tuple(table[name].split())
    if _DOTTED.fullmatch(name):
        return (f"{name}.",)
    return (letter(name),) if abbreviated else _words(name)


def _words(plain: str) -> tuple[str, ...]:
    """Words and signs that are written together: ``rock&roll``, ``example.com``."""
    said: list[str] = []
    pieces = re.findall(r"'?[a-z][a-z']*(?:-[a-z']+)*|[&@+=×÷%°]|(?<=\w)\.(?=\w)", plain)
    for piece in pieces:
        if piece == ".":
            said.append("dot")
        elif piece in _SIGNS:
            said += _SIGNS[piece].split()
        else:
            said.append(letter(piece) if len(pieces) > 1 else piece)
    return tuple(said)


def _written(word: ReferenceWord, shouted: bool) -> str:
    shown = re.sub("[’‘ʼ`´]", "'", word.shown)
    name = shown.lower()
    lettered = any(map(str.isalpha, name)) and not any(map(str.isdigit, name))
    scale = len(word.spoken) > 1 and name == word.spoken[0]  # the million of $5 million
    if not lettered or scale or name in UNITS:
        letters = (said[0].upper() if said == "a." else said for said in word.spoken)
        return " ".join(letters)
    if re.fullmatch(r"i('\w+)?", name):
        return "I" + name[1:]
    return name if shouted and not _DOTTED.match(name) else shown
