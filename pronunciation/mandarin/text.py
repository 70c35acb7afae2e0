"""How a Chinese text is read aloud: words of syllables with their tones, and where to pause.

::

    read_text("你好，一个25岁的人。")
    # nǐ(2)-hǎo, pause; yī(2)-gè; èr-shí-wǔ; suì; de; rén, pause
    read_text("wǒ hěn hǎo")  # pinyin, with marks or digits, also between hanzi
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pronunciation.mandarin.characters import simplify
from pronunciation.mandarin.contract import SyllableWays
from pronunciation.mandarin.lexicon import Lexicon, Reading, table
from pronunciation.mandarin.numbers import ONE
from pronunciation.mandarin.pinyin import split
from pronunciation.mandarin.sandhi import SpokenWord, Way, surface
from pronunciation.mandarin.syllables import Syllable, parse, with_tone
from pronunciation.mandarin.tokens import Kind, Token, tokens

_AFTER_NUMBERS = frozenset("零一二三四五六七八九十百千万亿两几这那哪每各多半数")
_DIGITS = re.compile(f"[零一二三四五六七八九〇{ONE}]{{2,}}")
_PAUSES = frozenset(".?!;:,") | {"...", "-"}


@dataclass(frozen=True, slots=True)
class ReferenceWord:
    """A word of the text that is to be read."""

    shown: str
    """As in the text."""
    syllables: tuple[tuple[Way, ...], ...]
    """For each syllable the ways to say it, the usual one first."""
    mark: str = ""
    """The punctuation after it: one of ``. ? ! , ; : - ...``, or empty."""

    @property
    def break_after(self) -> bool:
        """Whether punctuation asks for a pause after it."""
        return self.mark in _PAUSES

    @property
    def ways(self) -> tuple[SyllableWays, ...]:
        """What may be heard for each syllable: the ways with their surface tones."""
        return tuple(
            tuple(with_tone(way.syllable, way.surface) for way in ways) for ways in self.syllables
        )


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word before sandhi."""

    shown: str
    spoken: SpokenWord
    mark: str = ""


def read_text(
    text: str, pronunciations: Mapping[str, str | Sequence[str]] | None = None
) -> tuple[ReferenceWord, ...]:
    """The words of a text in order; none where the text holds nothing to be read.

    Figures, dates, clocks, currencies and units are read out, capital letters spelt. Emoji and
    ornaments are left out.

    Parameters
    ----------
    pronunciations
        The caller's own: a word or a character, in whichever script, to pinyin,
        ``{"重": "chong2"}``.

    Raises
    ------
    ConfigError
        It holds words of another language, or a pronunciation is no pinyin.
    """
    lexicon = Lexicon(pronunciations)
    pieces = _joined_r(list(_pieces(text, lexicon)))
    words: list[ReferenceWord] = []
    for phrase in _phrases(pieces):
        spoken = surface([piece.spoken for piece in phrase], lexicon)
        words += [
            ReferenceWord(piece.shown, syllables, piece.mark)
            for piece, syllables in zip(phrase, spoken, strict=True)
        ]
    return tuple(words)


def _phrases(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """The pieces between two pauses."""
    phrase: list[_Piece] = []
    for piece in pieces:
        phrase.append(piece)
        if piece.mark in _PAUSES:
            yield phrase
            phrase = []
    if phrase:
        yield phrase


def _pieces(text: str, lexicon: Lexicon) -> Iterator[_Piece]:
    before = ""  # the last character that was read
    for token in tokens(text, lexicon.latin):
        if token.kind is Kind.HANZI:
            found = list(_hanzi(token.shown, lexicon, before))
        elif token.kind is Kind.FIGURES:
            found = [_Piece(token.shown, _figure(token.said, lexicon))]
        else:
            found = [_Piece(token.shown, SpokenWord(_letters(token, lexicon), ""))]
        yield from found[:-1]
        yield replace(found[-1], mark=token.mark)
        before = (token.said or token.shown)[-1]


def _hanzi(run: str, lexicon: Lexicon, before: str) -> Iterator[_Piece]:
    """The words of a run of characters."""
    simplified, at = simplify(run), 0
    for word in lexicon.segment(simplified):
        shown = run[at : at + len(word)]
        number = before in _AFTER_NUMBERS
        ways = _merged(_columns(lexicon.readings(word, number)), shown)
        yield _Piece(shown, SpokenWord(ways, word))
        at += len(word)
        before = word[-1]


def _columns(readings: Sequence[Reading]) -> tuple[tuple[Syllable, ...], ...]:
    """For each syllable how it may be read."""
    return tuple(tuple(dict.fromkeys(column)) for column in zip(*readings, strict=False))


def _merged(
    columns: tuple[tuple[Syllable, ...], ...], shown: str
) -> tuple[tuple[Syllable, ...], ...]:
    """The syllables with the characters of the text, 儿 joined to the one before it."""
    if len(columns) != len(shown):
        return columns
    found: list[tuple[Syllable, ...]] = []
    for sign, ways in zip(shown, columns, strict=True):
        if found and sign in "儿兒" and ways[0].tone == 5:
            found[-1] = tuple(replace(way, erhua=True, hanzi=way.hanzi + sign) for way in found[-1])
        else:
            found.append(tuple(replace(way, hanzi=sign) for way in ways))
    return tuple(found)


def _figure(said: str, lexicon: Lexicon) -> SpokenWord:
    """What is read for a figure, every character in its usual way."""
    ones = parse("yao1", "一"), parse("yi1", "一")
    ways = tuple(
        ones if sign == ONE else (replace(lexicon.readings(sign)[0][0], hanzi=sign),)
        for sign in said
    )
    return SpokenWord(ways, said, figure=True, spelt=bool(_DIGITS.fullmatch(said)))


def _letters(token: Token, lexicon: Lexicon) -> tuple[tuple[Syllable, ...], ...]:
    """Words of pinyin and spelt letters; the tones of letters vary, so all are right."""
    if given := lexicon.given(token.shown.lower()):
        return _columns(given)
    if token.kind is Kind.PINYIN:
        return tuple((syllable,) for syllable in split(token.shown))
    names = " ".join(table()["letters"][letter] for letter in token.shown)
    return tuple(
        tuple(parse(f"{name}{tone}") for tone in (1, 4, 2, 3, 5)) for name in names.split()
    )


def _joined_r(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces, 儿 that stands alone joined to the word before it: 小鸟儿."""
    joined: list[_Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if (
            piece.spoken.simplified != "儿"
            or last is None
            or not last.spoken.simplified
            or last.mark
        ):
            joined.append(piece)
            continue
        *others, ending = last.spoken.ways
        curled = tuple(replace(way, erhua=True, hanzi=way.hanzi + piece.shown) for way in ending)
        spoken = replace(last.spoken, ways=(*others, curled))
        joined[-1] = _Piece(last.shown + piece.shown, spoken, piece.mark)
    return joined
