"""Which tones are to be heard: 一, 不, third tones in a row, and what neutral tones do.

The rules are those of the standard (Duanmu, *The Phonology of Standard Chinese*, chapter 11):

- 一 is read with tone 4, before tone 4 with tone 2; with tone 1 as a figure, an ordinal or the end
  of a word; 一点儿 is a little, 一点 also one o'clock. 不 has tone 2 before tone 4. Both are
  neutral between two of the same (看一看, 好不好).
- A third tone becomes a second before a third tone that stays one. Inside a foot it must: a word
  of two, the halves of a word of four, the part of a word of three that is a word itself, so that
  展览馆 is 2-2-3 and 小老虎 3-2-3. A word of one syllable must before the next word. Elsewhere
  either is right, since it depends on where the voice groups.
- Punctuation ends all of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pronunciation.mandarin.lexicon import Lexicon, table
from pronunciation.mandarin.syllables import Syllable

_NUMERALS = frozenset("零一二三四五六七八九两十百千万亿点〇")
_ORDINAL = frozenset("第初")
_GROUPS = frozenset("百千万亿")
_DATED = frozenset("月号")  # 一月 is January
_COUNTED_OR_DATED = frozenset("日楼班层级等期")  # 一楼 is the first floor, 一层 also one floor
_NEUTRAL = 5


@dataclass(frozen=True, slots=True)
class Way:
    """One way to say a syllable."""

    syllable: Syllable
    """With the tone of the dictionary."""
    surface: int
    """The tone to be heard."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word before its tones meet those of its neighbours."""

    ways: tuple[tuple[Syllable, ...], ...]
    """For each syllable how it may be read, the usual way first."""
    simplified: str
    """Its hanzi, empty where the text is pinyin or letters."""
    figure: bool = False
    """Whether it is a figure."""
    spelt: bool = False
    """Whether its digits are said one by one."""


@dataclass(slots=True)
class _Node:
    ways: tuple[Syllable, ...]
    hanzi: str
    word: int
    place: int
    foot: int
    """Number of its foot in the word."""

    @property
    def tone(self) -> int:
        return self.ways[0].tone

    @property
    def full(self) -> int:
        """Its tone, where it is neutral the one that it has in careful speech."""
        usual = self.ways[0].plain
        alike = (way.tone for way in self.ways if way.plain == usual and way.tone != _NEUTRAL)
        return next(alike, _NEUTRAL)


def surface(words: Sequence[SpokenWord], lexicon: Lexicon) -> list[tuple[tuple[Way, ...], ...]]:
    """The ways to say each syllable of each word of one phrase, between two pauses."""
    nodes = [node for number, word in enumerate(words) for node in _nodes(number, word, lexicon)]
    tones: list[tuple[int, ...]] = [()] * len(nodes)
    for at in range(len(nodes) - 1, -1, -1):
        tones[at] = _tones(nodes, at, words, tones[at + 1] if at + 1 < len(nodes) else ())
    found: list[list[tuple[Way, ...]]] = [[] for _ in words]
    for node, said in zip(nodes, tones, strict=True):
        found[node.word].append(_ways(node, said))
    return [tuple(word) for word in found]


def _ways(node: _Node, said: tuple[int, ...]) -> tuple[Way, ...]:
    """Each reading of a syllable with its surface tones; ``said`` are those of its full tone."""
    ways: list[Way] = []
    for syllable in node.ways:
        full = syllable.tone == node.full and syllable.tone != _NEUTRAL
        changes = full or node.hanzi in ("一", "不")
        ways += [Way(syllable, tone) for tone in (said if changes else (syllable.tone,))]
    return tuple(dict.fromkeys(ways))


def _nodes(number: int, word: SpokenWord, lexicon: Lexicon) -> list[_Node]:
    feet = _feet(word, lexicon)
    signs = word.simplified if len(word.simplified) >= len(word.ways) else ""
    return [
        _Node(ways, signs[place : place + 1], number, place, feet[place])
        for place, ways in enumerate(word.ways)
    ]


def _feet(word: SpokenWord, lexicon: Lexicon) -> list[int]:
    """Which foot each syllable of a word belongs to."""
    count, text = len(word.ways), word.simplified
    if word.figure:
        return [*range(count)]
    if count == 3 and len(text) == 3 and lexicon.holds(text[1:]) and not lexicon.holds(text[:2]):
        return [0, 1, 1]
    feet = [place // 2 for place in range(count)]
    if count % 2 and count > 1:
        feet[-1] = feet[-2]  # 展览馆: the third joins the first two
    return feet


def _tones(
    nodes: Sequence[_Node], at: int, words: Sequence[SpokenWord], following: tuple[int, ...]
) -> tuple[int, ...]:
    """What becomes of the full tone of a syllable; ``following`` is what does of the next's."""
    node = nodes[at]
    before = nodes[at - 1] if at else None
    after = nodes[at + 1] if at + 1 < len(nodes) else None
    if node.hanzi == "一":
        counted = at > 1 and nodes[at - 2].hanzi == "一"  # 一天一天
        return _one(node, before, after, words[node.word], counted)
    if node.hanzi == "不":
        return _not(node, before, after)
    if node.full == 3 and after is not None:
        return _third(node, after, words, following)
    return (node.full,)


def _one(
    node: _Node, before: _Node | None, after: _Node | None, word: SpokenWord, counted: bool
) -> tuple[int, ...]:
    """The tones of 一; ``counted`` where the one before it counts what stands between."""
    last = node.place == len(word.ways) - 1
    if word.spelt or after is None or (last and node.place > 0 and after.hanzi not in _GROUPS):
        return (1,)
    sandhi = 2 if after.full == 4 else 4
    if before is not None and before.hanzi and before.hanzi == after.hanzi and not counted:
        return (_NEUTRAL, sandhi)
    previous = before.hanzi if before else ""
    if previous in _ORDINAL or after.hanzi in _DATED or after.full == _NEUTRAL:
        return (1,)
    if after.hanzi == "点" and (previous == "点" or previous not in _NUMERALS):
        if word.figure:
            return (1, sandhi)
        return (sandhi,) if after.ways[0].erhua else (sandhi, 1)
    if previous and previous in _NUMERALS:
        return (1, sandhi) if after.hanzi in _GROUPS else (1,)
    if after.hanzi in _NUMERALS and after.hanzi not in _GROUPS and after.hanzi != "两":
        return (1,)
    return (1, sandhi) if after.hanzi in _COUNTED_OR_DATED else (sandhi,)


def _not(node: _Node, before: _Node | None, after: _Node | None) -> tuple[int, ...]:
    """The tones of 不."""
    if after is None:
        return (4,)
    sandhi = 2 if after.full == 4 else 4
    between = before is not None and before.hanzi and before.hanzi == after.hanzi
    return (_NEUTRAL, sandhi) if between or node.tone == _NEUTRAL else (sandhi,)


def _third(
    node: _Node, after: _Node, words: Sequence[SpokenWord], following: tuple[int, ...]
) -> tuple[int, ...]:
    """The tones of a third tone before another syllable."""
    if after.full != 3:
        return (3,)
    same_word = node.word == after.word
    if after.tone == _NEUTRAL:  # 想想 rises, 姐姐 does not, 哪里 may
        name = words[node.word].simplified in table()["names"]
        if not same_word or name:
            return (3,)
        return (2, 3) if node.hanzi == after.hanzi else (3, 2)
    if same_word and node.foot == after.foot:
        return (2,)
    if 3 not in following:
        return (3, 2)
    single = len(words[node.word].ways) == 1
    return (2,) if following == (3,) and (single or same_word) else (2, 3)
