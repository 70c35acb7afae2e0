"""How the recogniser may write a spoken phrase, as sequences of its tokens.

Moonshine writes one and the same answer as ``Seven, three, nine.`` or ``739.``, as it happens: each
is a :class:`Style`. (``Seven three nine.`` would be a third, but adds nothing.) What may come
next in a style is a :class:`Node` of a tree of tokens, so that a search never leaves the
vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from speech.recognition.beam import EOS
from speech.recognition.moonshine_tokens import Tokens

END = -1
"""What a phrase's end counts as, where words count by their place in the vocabulary."""


@dataclass(slots=True)
class Node:
    """A place in a tree of tokens."""

    children: dict[int, Node] = field(default_factory=dict)
    word: int | None = None
    """At a leaf: the word that the way to it spells, or :data:`END`."""

    def add(self, tokens: Sequence[int], word: int) -> None:
        """Add a way to spell a word. No spelling may be the beginning of another."""
        node = self
        for token in tokens:
            assert node.word is None, "one spelling begins another"
            node = node.children.setdefault(token, Node())
        assert not node.children and node.word in (None, word), "one spelling begins another"
        node.word = word


@dataclass(frozen=True, slots=True)
class Style:
    """One way of writing phrases."""

    first: tuple[tuple[int, ...], ...]
    """Tokens of each word of the vocabulary at the beginning of a phrase."""
    later: tuple[tuple[int, ...], ...]
    """The same behind another word, with what stands between the two."""
    end: tuple[int, ...]
    """Tokens of the end."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """Phrases in one style: any words of the vocabulary, or one phrase only."""

    style: Style
    least: int
    """Words that a phrase has at least."""
    most: int
    """Words that it has at most."""
    phrase: tuple[int, ...] | None = None
    """The only phrase there is."""
    _nodes: dict[int, Node] = field(default_factory=dict, compare=False, repr=False)

    def after(self, words: tuple[int, ...]) -> Node:
        """What may follow these words of a phrase."""
        if self.phrase is not None:
            place = len(words)
            choice = [self.phrase[place]] if place < len(self.phrase) else []
            return self._tree(choice, first=not words, end=not choice)
        place = len(words)
        if place not in self._nodes:
            choice = [*range(len(self.style.later))] if place < self.most else []
            self._nodes[place] = self._tree(choice, first=not words, end=place >= self.least)
        return self._nodes[place]

    def _tree(self, words: Sequence[int], *, first: bool, end: bool) -> Node:
        root = Node()
        spellings = self.style.first if first else self.style.later
        for word in words:
            root.add(spellings[word], word)
        if end:
            root.add(self.style.end, END)
        return root


def styles(tokens: Tokens, vocabulary: Sequence[str], figures: bool) -> Iterator[Style]:
    """The ways in which Moonshine writes words said one by one.

    Parameters
    ----------
    vocabulary
        The words, in lower case.
    figures
        Whether each word is the digit of its place, which is written as a figure as well.
    """
    capital = tuple(tuple(tokens.encode(word.capitalize())) for word in vocabulary)
    small = tuple(tuple(tokens.encode(word)) for word in vocabulary)
    comma, stop = tokens.piece(","), tokens.piece(".")
    yield Style(capital, tuple((comma, *word) for word in small), (stop, EOS))
    if figures:
        space = tokens.piece(" ")
        single = tuple((tokens.piece(str(digit)),) for digit in range(len(vocabulary)))
        yield Style(tuple((space, *digit) for digit in single), single, (stop, EOS))
