"""The sentences of a language written out, with places for names and numbers: what damaged
sentences are compared with.

Optional words are written out once with and once without, so that the pool stays small.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    TextChunk,
)
from hassil.intents import RangeSlotList, SlotList, TextSlotList

from skills.names import LISTS

if TYPE_CHECKING:
    from hassil.expression import Sentence
    from hassil.intents import Intents

NUMBER = "\ue000"
"""Stands for any number."""
PLACES: Mapping[str, str] = {name: chr(0xE001 + n) for n, name in enumerate(LISTS)}
"""What stands for the names of devices, areas and floors."""
_FIRST_OF_OTHERS = 0xE010
_WRITTEN_OUT = 4
"""Lists of words up to this long are written out; longer ones get a place."""
_MOST_VARIANTS = 120
"""Of one template."""


@dataclass(frozen=True, slots=True)
class Pool:
    """What a language's sentences look like."""

    skeletons: Mapping[str, tuple[str, ...]]
    """The places of a sentence, sorted, to the sentences with just these places."""
    words: Mapping[str, tuple[str, ...]]
    """A place to what can stand there, for the lists that do not depend on the home."""

    @classmethod
    def of(cls, intents: Intents) -> Pool:
        """Write out all templates that have no free text in them; takes up to seconds."""
        writer = _Writer(intents)
        found: dict[str, dict[str, None]] = {}
        for intent in intents.intents.values():
            for data in intent.data:
                rules = {**intents.expansion_rules, **data.expansion_rules}
                for sentence in data.sentences:
                    for text in writer.variants(sentence, rules):
                        found.setdefault(places(text), {})[text] = None
        skeletons = {key: tuple(texts) for key, texts in found.items()}
        return cls(skeletons, writer.words)


def places(text: str) -> str:
    """The places in a sentence, sorted."""
    return "".join(sorted(char for char in text if "\ue000" <= char <= "\uf8ff"))


class _Free(Exception):  # noqa: N818  (no error)
    """A template has free text in it."""


class _Writer:
    def __init__(self, intents: Intents) -> None:
        self._lists: Mapping[str, SlotList] = intents.slot_lists
        self._places: dict[str, str] = dict(PLACES)
        self._rules: Mapping[str, Sentence] = {}
        self.words: dict[str, tuple[str, ...]] = {}

    def variants(self, sentence: Sentence, rules: Mapping[str, Sentence]) -> Iterator[str]:
        self._rules = rules
        try:
            for full in (False, True):
                texts = self._written(sentence.expression, full)
                for text in itertools.islice(texts, _MOST_VARIANTS):
                    if joined := " ".join(text.split()):
                        yield joined
        except _Free:
            return

    def _written(self, expression: Expression, full: bool) -> Iterator[str]:
        if isinstance(expression, TextChunk):
            yield expression.original_text.lower()
        elif isinstance(expression, RuleReference):
            yield from self._written(self._rules[expression.rule_name].expression, full)
        elif isinstance(expression, ListReference):
            yield from self._listed(expression.list_name, full)
        elif isinstance(expression, Permutation):
            parts = [list(self._written(item, full)) for item in expression.items]
            for order in itertools.permutations(parts):
                yield from (" ".join(words) for words in itertools.product(*order))
        elif isinstance(expression, Alternative):
            yield from self._chosen(expression, full)
        elif isinstance(expression, Group):
            parts = [list(self._written(item, full)) for item in expression.items]
            yield from ("".join(words) for words in itertools.product(*parts))

    def _chosen(self, choice: Alternative, full: bool) -> Iterator[str]:
        if not choice.is_optional:
            for item in choice.items:
                yield from self._written(item, full)
        elif not full:
            yield ""
        else:
            # The first that says something stands for all that may be left out.
            texts = (text for item in choice.items for text in self._written(item, full))
            yield next((text for text in texts if text.strip()), "")

    def _listed(self, name: str, full: bool) -> Iterator[str]:
        if name in self._places:
            yield self._places[name]
            return
        values = self._lists.get(name)
        if isinstance(values, RangeSlotList):
            yield NUMBER
        elif isinstance(values, TextSlotList):
            words = [next(self._written(value.text_in, full), "") for value in values.values]
            if len(words) <= _WRITTEN_OUT:
                yield from filter(None, words)
                return
            place = self._places[name] = chr(_FIRST_OF_OTHERS + len(self.words))
            everything = (t for v in values.values for t in self._written(v.text_in, False))
            self.words[place] = tuple(dict.fromkeys(filter(None, everything)))
            yield place
        else:
            raise _Free
