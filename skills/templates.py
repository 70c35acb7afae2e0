"""The sentence templates of a language, and which of them a sentence can match at all.

The matcher is thorough and slow: it walks every template that it is given. Here each template is
a regular expression as well, looser than the template but much quicker; only those whose
expression fits are given to the matcher. It finds what it would find among all of them, in the
same order.

Spaces and punctuation do not count in the expressions, whatever stands for a list may be any
text, and each way in which the matcher reads the sentence (with and without words that may be
skipped) is tried. What the matcher accepts, its expression therefore accepts.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.intents import Intent, IntentData, Intents, SlotList, TextSlotList, TextSlotValue
from hassil.util import normalize_for_matching, remove_skip_words_tracked

from skills.names import LISTS

_WRITTEN_OUT = 24
"""Lists of words up to this long are part of the expression; longer ones may be any text."""
_MOST_ORDERS = 4
"""Things in any order up to this many are written out; with more, their order may be any."""
_DEEPEST = 24
"""Rules within rules."""
_ENDS = ((True, True), (False, True), (True, False))
"""Whether words are skipped at the beginning and at the end."""


@dataclass(frozen=True, slots=True)
class _Template:
    number: int
    """Its place among all."""
    intent: str
    data: IntentData
    """With only this one sentence."""
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Needs:
    """What there must be for a template to match."""

    words: int
    """One bit for each set of words of which one must stand in the sentence."""
    lists: frozenset[str]
    """Lists of the home that are a part of it."""
    kinds: frozenset[str] | None
    """Of which a named device must be one; None if no matter."""
    area: bool
    """A room that the sentence does not name."""


class Templates:
    """All templates of a language.

    Parameters
    ----------
    intents
        Parsed; what is in them must not change any more.
    """

    def __init__(self, intents: Intents) -> None:
        self.intents = intents
        """All of them."""
        self._clauses: dict[frozenset[str], int] = {}  # words of which one is needed, to a bit
        self._by_needs: dict[_Needs, list[_Template]] = {}
        for number, (name, data, sentence) in enumerate(_single(intents)):
            rules = {**intents.expansion_rules, **data.expansion_rules}
            lists = {**intents.slot_lists, **data.slot_lists}
            pattern = _Loosely(rules, lists).written(sentence.expression)
            template = _Template(number, name, data, re.compile(pattern, re.DOTALL))
            needs = _Needs(
                self._words_needed(sentence, rules),
                frozenset(LISTS) & _lists_needed(sentence.expression, rules),
                _kinds(data.requires_context),
                "area" in data.requires_context,
            )
            self._by_needs.setdefault(needs, []).append(template)
        self._words = frozenset(itertools.chain.from_iterable(self._clauses))

    def among(self, text: str, names: Mapping[str, SlotList], area: bool | None = None) -> Intents:
        """What of the templates ``text`` may match.

        Parameters
        ----------
        text
            As it will be given to the matcher.
        names
            The lists of the home, as they will be given to the matcher.
        area
            True for those that need a room which the sentence does not name, False for those
            that do not, None for both.
        """
        said = _readings(text, self.intents)
        haystack = "\n".join(said)
        present = {word for word in self._words if word in haystack}
        missing = 0
        for words, bit in self._clauses.items():
            if words.isdisjoint(present):
                missing |= bit
        empty = {list_ for list_ in LISTS if not _values(names.get(list_))}
        kinds = {str((value.context or {}).get("domain")) for value in _values(names.get("name"))}
        fitting = [
            template
            for needs, group in self._by_needs.items()
            if not needs.words & missing
            and area in (None, needs.area)
            and (needs.kinds is None or not needs.kinds.isdisjoint(kinds))
            and needs.lists.isdisjoint(empty)
            for template in group
            if any(map(template.pattern.fullmatch, said))
        ]
        fitting.sort(key=lambda template: template.number)
        found: dict[str, Intent] = {}
        for one in fitting:
            found.setdefault(one.intent, Intent(one.intent)).data.append(one.data)
        return replace(self.intents, intents=found)

    def _words_needed(self, sentence: Sentence, rules: Mapping[str, Sentence]) -> int:
        """The bits of the words that a sentence needs."""
        bits = 0
        for clause in sentence.get_required_clauses(dict(rules)):
            words = frozenset(map(_bare, clause))
            bits |= self._clauses.setdefault(words, 1 << len(self._clauses))
        return bits


def _single(intents: Intents) -> Iterator[tuple[str, IntentData, Sentence]]:
    """Every template in the matcher's own order, in a block of its own."""
    for intent in intents.intents.values():
        for data in intent.data:
            for sentence in data.sentences:
                alone = replace(data, sentence_texts=[sentence.text or ""])
                alone.__dict__["sentences"] = [sentence]  # parsed already
                yield intent.name, alone, sentence


def _values(names: SlotList | None) -> list[TextSlotValue]:
    return names.values if isinstance(names, TextSlotList) else []


def _kinds(required: Mapping[str, Any]) -> frozenset[str] | None:
    """The kinds of device that a context requires; only names of devices can give one."""
    wanted = required.get("domain")
    if isinstance(wanted, str):
        return frozenset([wanted])
    return frozenset(wanted) if isinstance(wanted, list) else None


def _lists_needed(expression: Expression, rules: Mapping[str, Sentence]) -> frozenset[str]:
    """The lists without which an expression cannot match."""
    if isinstance(expression, ListReference):
        return frozenset([expression.list_name])
    if isinstance(expression, RuleReference) and expression.rule_name in rules:
        return _lists_needed(rules[expression.rule_name].expression, rules)
    if not isinstance(expression, Group) or not expression.items:
        return frozenset()
    parts = [_lists_needed(item, rules) for item in expression.items]
    if isinstance(expression, Alternative):
        return frozenset.intersection(*parts)
    return frozenset.union(*parts)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _readings(text: str, intents: Intents) -> list[str]:
    """What the matcher may read a sentence as, bare: all of it, or without words to skip."""
    whole = normalize_for_matching(text)
    found = {_bare(whole.text): None}
    spaceless = intents.settings.ignore_whitespace
    said = whole.text.casefold()
    skipped = any(word.strip().casefold() in said for word in intents.skip_words)
    for start, end in _ENDS if skipped else ():
        less = whole.copy()
        remove_skip_words_tracked(less, intents.skip_words, spaceless, start=start, end=end)
        found[_bare(less.text)] = None
    return list(found)


class _Loosely:
    """Writes templates as regular expressions."""

    def __init__(self, rules: Mapping[str, Sentence], lists: Mapping[str, SlotList]) -> None:
        self._rules = rules
        self._lists = lists

    def written(self, expression: Expression, depth: int = 0) -> str:
        """Of any expression."""
        if depth > _DEEPEST:
            return ".*"
        if isinstance(expression, TextChunk):
            return re.escape(_bare(expression.text))
        if isinstance(expression, RuleReference):
            rule = self._rules.get(expression.rule_name)
            return ".*" if rule is None else self.written(rule.expression, depth + 1)
        if isinstance(expression, ListReference):
            return self._listed(expression.list_name, depth)
        if not isinstance(expression, Group):
            return ".*"
        parts = [self.written(item, depth) for item in expression.items]
        if isinstance(expression, Alternative):
            return _either(parts)
        if isinstance(expression, Permutation):
            if len(parts) > _MOST_ORDERS:
                return f"{_either(parts)}*"
            return _either(["".join(order) for order in itertools.permutations(parts)])
        return "".join(parts)

    def _listed(self, name: str, depth: int) -> str:
        values = self._lists.get(name)
        if name in LISTS or not isinstance(values, TextSlotList):
            return ".*"
        if len(values.values) > _WRITTEN_OUT:
            return ".*"
        return _either([self.written(value.text_in, depth + 1) for value in values.values])


@lru_cache(maxsize=10_000)
def _joined(parts: tuple[str, ...]) -> str:
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def _either(parts: list[str]) -> str:
    return _joined(tuple(dict.fromkeys(parts)) or ("",))
