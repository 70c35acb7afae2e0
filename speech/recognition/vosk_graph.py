"""The decoding graph of a Vosk model, worked out once instead of anew by every recogniser.

A Vosk model that takes grammars holds two graphs, which Vosk composes while it decodes. That takes
more than half of its time. Here the same composition is done for all states at once: the result
leads through the same states with the same weights but for rounding, hence to the same words but
for near equals. Vosk uses it where it finds it, but can then be given no grammar.
Reference: Allauzen, Riley and Schalkwyk, "A Generalized Composition Algorithm for Weighted
Finite-State Transducers", Interspeech 2009; as OpenFst does it (``lookahead-filter.h``): words and
their weights are moved to where they first become likely or certain.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from speech.errors import ModelError
from speech.recognition.vosk_files import ARC, STATE, Floats, Ints, Lexicon, NGrams

_PIECE = 2**21  # arcs that are worked on at a time: memory grows with them
_STEP = 1024  # weights that are looked ahead for are told apart to within its inverse
_PLAIN, _AHEAD, _WORD = 0, 1, 2  # kinds of states; from _WORD on: the word + _WORD

Bools = npt.NDArray[np.bool_]
Progress = Callable[[int], object]


def compose(
    lexicon: Lexicon,
    grammar: NGrams,
    silent: Ints,
    file: Path,
    progress: Progress | None = None,
) -> int:
    """Compose both graphs into one and write it as OpenFst's ``const``; return its states.

    Parameters
    ----------
    silent
        Inputs that stand for nothing: disambiguation symbols.
    progress
        Called with the number of states done, now and then.

    Raises
    ------
    ModelError
        The graphs are too large.
    """
    composition = _Composition(lexicon, grammar, silent)
    with (
        tempfile.TemporaryFile(dir=file.parent) as states,
        tempfile.TemporaryFile(dir=file.parent) as arcs,
    ):
        done = size = 0
        for finals, source, found in composition.pieces():
            size += _write(states, arcs, finals, source, found, size)
            done += finals.size
            if size >= 2**32:
                raise ModelError(f"the graph would have more than {2**32:,} arcs")
            if progress is not None:
                progress(done)
        with file.open("wb") as target:
            target.write(_header(composition.start, done, size))
            for part in (states, arcs):
                part.seek(0)
                shutil.copyfileobj(part, target, 2**20)
    return done


@dataclass(frozen=True, slots=True)
class _States:
    """States of the composition."""

    lexical: Ints
    context: Ints
    kind: Ints
    """:data:`_PLAIN`; :data:`_AHEAD` where a weight was moved here that is due later; or a word
    that was moved here."""
    moved: Floats
    """That weight; 0 otherwise."""

    def __getitem__(self, chosen: Any) -> _States:
        return _States(
            self.lexical[chosen], self.context[chosen], self.kind[chosen], self.moved[chosen]
        )


@dataclass(frozen=True, slots=True)
class _Arcs:
    """Arcs of the composition: from which of the states at hand, by what, and where to."""

    source: Ints
    inputs: Ints
    outputs: Ints
    weights: Floats
    to: _States
    rank: Ints
    """In which order they leave a state: OpenFst's, since it decides where Vosk prunes."""


class _Composition:
    def __init__(self, lexicon: Lexicon, grammar: NGrams, silent: Ints) -> None:
        self._lexicon = lexicon
        self._grammar = grammar
        arcs = lexicon.arcs
        self._inputs = np.where(np.isin(arcs["input"], silent), 0, arcs["input"]).astype(np.int64)
        self._outputs = arcs["output"].astype(np.int64)
        self._weights = arcs["weight"].astype(np.float64)
        self._next = arcs["next"].astype(np.int64)
        self._fan = np.diff(lexicon.first)
        silent_arcs = np.append(0, np.cumsum(self._outputs == 0))
        self._wordless = np.diff(silent_arcs[lexicon.first])
        self._followers = np.diff(grammar.first)
        self._intervals = np.diff(lexicon.reach)
        labels = (self._outputs, grammar.words, lexicon.begin, lexicon.end)
        self._width = 2 + max(lexicon.final_word, *(int(some.max(initial=0)) for some in labels))
        if float(self._fan.size) * self._followers.size * (self._width + _WORD) >= 2**63:
            raise ModelError("the model is too large: its graph cannot be worked out beforehand")
        contexts = np.repeat(np.arange(self._followers.size), self._followers)
        self._followed = contexts * self._width + grammar.words  # in rising order
        states = np.repeat(np.arange(self._fan.size), self._intervals)
        self._begun = states * self._width + lexicon.begin  # in rising order
        self._mass = _cumulated(grammar)
        self.start = 0

    def pieces(self) -> Iterator[tuple[Floats, Ints, npt.NDArray[Any]]]:
        """Final weights of the next states, and of each arc its state among them and itself."""
        first = _plain(np.array([self._lexicon.start]), np.array([self._grammar.start]))
        seen, numbers = self._key(first), np.zeros(1, np.int64)
        waiting = [first]
        while waiting:
            states = waiting.pop(0)
            fan = np.cumsum(self._fan[states.lexical])
            cut = max(1, int(np.searchsorted(fan, _PIECE)))
            if cut < fan.size:
                waiting.insert(0, states[cut:])
                states = states[:cut]
            arcs = self._arcs(states)
            keys, one, back = np.unique(self._key(arcs.to), return_index=True, return_inverse=True)
            at = np.searchsorted(seen, keys)
            new = seen[np.minimum(at, seen.size - 1)] != keys
            given = np.empty(keys.size, np.int64)
            given[~new] = numbers[at[~new]]
            given[new] = seen.size + np.arange(np.count_nonzero(new))
            seen = np.insert(seen, at[new], keys[new])
            numbers = np.insert(numbers, at[new], given[new])
            if new.any():
                waiting.append(arcs.to[one[new]])
            found = np.empty(arcs.source.size, ARC)
            found["input"], found["output"] = arcs.inputs, arcs.outputs
            found["weight"], found["next"] = arcs.weights, given[back]
            yield self._finals(states), arcs.source, found

    def _key(self, states: _States) -> Ints:
        place = states.lexical * self._followers.size + states.context
        return place * (self._width + _WORD) + states.kind

    def _finals(self, states: _States) -> Floats:
        weights = self._lexicon.finals[states.lexical] + self._grammar.finals[states.context]
        return np.where(states.kind >= _WORD, np.inf, weights - states.moved)

    def _arcs(self, states: _States) -> _Arcs:
        source, arc = _spread(self._lexicon.first[states.lexical], self._fan[states.lexical])
        here = states[source]
        word = self._outputs[arc]
        carried = here.kind >= _WORD
        speaking = ~carried & (word > 0)
        silently = ~carried & (word == 0)
        return _joined(
            [
                self._backing_off(states),
                *self._carrying(source, arc, here, word, carried),
                self._speaking(source[speaking], arc[speaking], states),
                *self._looking_ahead(source[silently], arc[silently], states),
            ]
        )

    def _backing_off(self, states: _States) -> _Arcs:
        """To a shorter context: only where no weight of this one is due."""
        source = np.flatnonzero(
            (states.kind == _PLAIN) & (self._grammar.shorter[states.context] >= 0)
        )
        here = states[source]
        none = np.zeros(source.size, np.int64)
        to = _plain(here.lexical, self._grammar.shorter[here.context])
        before = np.where(self._few_words(here), self._wordless[here.lexical], 0)
        rank = 2 * (self._lexicon.first[here.lexical] + before) - 1
        return _Arcs(source, none, none, self._grammar.backoff[here.context], to, rank)

    def _carrying(
        self, source: Ints, arc: Ints, here: _States, word: Ints, carried: Bools
    ) -> Iterator[_Arcs]:
        """Where a word was moved: to its place, or on towards it."""
        there = np.flatnonzero(carried & (word == here.kind - _WORD))
        to = _plain(self._next[arc[there]], here.context[there])
        first = np.where(self._few_words(here[there]), self._fan[here.lexical[there]], 0)
        yield self._along(source[there], arc[there], to, earlier=first)
        on = np.flatnonzero(carried & (word == 0))
        alone = self._fan[here.lexical[on]] == 1
        on = on[alone | self._reaches(self._next[arc[on]], here.kind[on] - _WORD)]
        to = _States(self._next[arc[on]], here.context[on], here.kind[on], here.moved[on])
        yield self._along(source[on], arc[on], to)

    def _speaking(self, source: Ints, arc: Ints, states: _States) -> _Arcs:
        """By a word that may follow here."""
        wanted = states.context[source] * self._width + self._outputs[arc]
        at = np.minimum(np.searchsorted(self._followed, wanted), self._followed.size - 1)
        source, arc, at = _only(self._followed[at] == wanted, source, arc, at)
        due = self._grammar.weights[at] - states.moved[source]
        to = _plain(self._next[arc], self._grammar.next[at])
        return self._along(source, arc, to, self._outputs[arc], due)

    def _looking_ahead(self, source: Ints, arc: Ints, states: _States) -> Iterator[_Arcs]:
        """Without a word, as long as one that may follow here lies ahead."""
        context = states.context[source]
        only_shorter = (self._followers == 0) & np.isinf(self._grammar.finals)
        source, arc, context = _only(~only_shorter[context], source, arc, context)
        count, follower, weight = self._ahead(self._next[arc], context)
        finals = self._grammar.finals[context]
        ends = np.isfinite(finals)
        ends[ends] = self._reaches(
            self._next[arc[ends]], np.full(np.count_nonzero(ends), self._lexicon.final_word)
        )
        certain = np.flatnonzero((count == 1) & ~ends)
        words = self._grammar.words[follower[certain]]
        context_after = self._grammar.next[follower[certain]]
        none = np.zeros(certain.size)
        to = _States(self._next[arc[certain]], context_after, words + _WORD, none)
        due = self._grammar.weights[follower[certain]] - states.moved[source[certain]]
        yield self._along(source[certain], arc[certain], to, words, due)
        weight = np.where(ends, np.minimum(weight, finals), weight)
        likely = np.flatnonzero(((count > 1) | ends) & np.isfinite(weight))
        source, arc, context, weight = source[likely], arc[likely], context[likely], weight[likely]
        moved = np.floor(weight * _STEP + 0.5) / _STEP
        to = _States(self._next[arc], context, np.full(likely.size, _AHEAD), moved)
        yield self._along(source, arc, to, due=weight - states.moved[source])

    def _along(
        self,
        source: Ints,
        arc: Ints,
        to: _States,
        words: Ints | int = 0,
        due: Floats | float = 0.0,
        earlier: Ints | int = 0,
    ) -> _Arcs:
        """By arcs of the lexicon; what is due of the n-grams' weights is added."""
        outputs = np.broadcast_to(np.asarray(words, np.int64), source.shape)
        rank = 2 * (arc - earlier)
        return _Arcs(source, self._inputs[arc], outputs, self._weights[arc] + due, to, rank)

    def _few_words(self, states: _States) -> Bools:
        """Whether OpenFst tries the words that may follow one by one, not the lexicon's arcs."""
        following = self._followers[states.context] + (self._grammar.shorter[states.context] >= 0)
        few: Bools = self._fan[states.lexical] > following
        return few

    def _reaches(self, lexical: Ints, word: Ints) -> Bools:
        """Whether a word lies ahead."""
        at = np.searchsorted(self._begun, lexical * self._width + word, side="right") - 1
        found: Bools = (at >= self._lexicon.reach[lexical]) & (self._lexicon.end[at] > word)
        return found

    def _ahead(self, lexical: Ints, context: Ints) -> tuple[Ints, Ints, Floats]:
        """How many followers lie ahead, the arc of one, and the weight of all together."""
        count, last = np.zeros(lexical.size, np.int64), np.zeros(lexical.size, np.int64)
        mass = np.zeros(lexical.size)
        few = 2 * self._followers[context] < self._intervals[lexical]
        cost = np.cumsum(np.where(few, self._followers[context], self._intervals[lexical]))
        total = int(cost[-1]) if cost.size else 0
        cuts = np.searchsorted(cost, np.arange(_PIECE, total, _PIECE))
        for rows in np.split(np.arange(few.size), cuts):
            for chosen, look in (
                (rows[few[rows]], self._each_follower),
                (rows[~few[rows]], self._each_interval),
            ):
                row, low, many, some = look(lexical[chosen], context[chosen])
                size = chosen.size
                count[chosen] = np.bincount(row, many, size).astype(np.int64)
                last[chosen] = np.bincount(row, low * (many > 0), size).astype(np.int64)
                mass[chosen] = np.bincount(row, some, size)
        with np.errstate(divide="ignore"):
            return count, last, -np.log(mass)

    def _each_follower(self, lexical: Ints, context: Ints) -> tuple[Ints, Ints, Ints, Floats]:
        row, arc = _spread(self._grammar.first[context], self._followers[context])
        there = self._reaches(lexical[row], self._grammar.words[arc])
        row, arc = row[there], arc[there]
        return row, arc, np.ones(arc.size, np.int64), np.exp(-self._grammar.weights[arc])

    def _each_interval(self, lexical: Ints, context: Ints) -> tuple[Ints, Ints, Ints, Floats]:
        row, interval = _spread(self._lexicon.reach[lexical], self._intervals[lexical])
        context = context[row]
        base = context * self._width
        low = np.searchsorted(self._followed, base + self._lexicon.begin[interval])
        high = np.searchsorted(self._followed, base + self._lexicon.end[interval])
        there = high > low
        row, low, high, context = _only(there, row, low, high, context)
        mass = self._mass[high + context] - self._mass[low + context]
        # A difference of sums may lose what one of many holds.
        return row, low, high - low, np.maximum(mass, np.exp(-self._grammar.weights[low]))


def _cumulated(grammar: NGrams) -> Floats:
    """Probability of the followers before each, beginning anew with 0 in each context.

    Those of context c begin at ``first[c] + c``; there is one more than there are followers.
    """
    mass = np.zeros(grammar.words.size + grammar.shorter.size)
    shares = np.exp(-grammar.weights)
    for context, (low, high) in enumerate(
        zip(grammar.first[:-1].tolist(), grammar.first[1:].tolist(), strict=True)
    ):
        np.cumsum(shares[low:high], out=mass[low + context + 1 : high + context + 1])
    return mass


def _joined(parts: list[_Arcs]) -> _Arcs:
    """All arcs, by the states that they come from."""

    def join(arrays: Iterable[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.concatenate(list(arrays))[order]

    rank = np.concatenate([part.rank for part in parts])
    order = np.lexsort((rank, np.concatenate([part.source for part in parts])))
    return _Arcs(
        join(part.source for part in parts),
        join(part.inputs for part in parts),
        join(part.outputs for part in parts),
        join(part.weights for part in parts),
        _States(
            join(part.to.lexical for part in parts),
            join(part.to.context for part in parts),
            join(part.to.kind for part in parts),
            join(part.to.moved for part in parts),
        ),
        join(part.rank for part in parts),
    )


def _plain(lexical: Ints, context: Ints) -> _States:
    none = np.zeros(lexical.size, np.int64)
    return _States(lexical, context, none, np.zeros(lexical.size))


def _spread(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Ranges of numbers one after the other: of each number its range, and itself."""
    row = np.repeat(np.arange(count.size), count)
    return row, np.arange(row.size) + (first - np.cumsum(count) + count)[row]


def _only(chosen: Bools, *arrays: Ints) -> tuple[Ints, ...]:
    return tuple(array[chosen] for array in arrays)


def _write(
    states: BinaryIO,
    arcs: BinaryIO,
    finals: Floats,
    source: Ints,
    found: npt.NDArray[Any],
    before: int,
) -> int:
    """Add a piece to both parts of the file; returns its arcs."""
    table = np.zeros(finals.size, STATE)
    table["final"] = finals.astype("<f4").view("<u4")
    count = np.bincount(source, minlength=finals.size)
    table["first"], table["count"] = before + np.cumsum(count) - count, count
    for ours, theirs in (("inputs", "input"), ("outputs", "output")):
        table[ours] = np.bincount(source[found[theirs] == 0], minlength=finals.size)
    states.write(table.tobytes())
    arcs.write(found.tobytes())
    return found.size


def _header(start: int, states: int, arcs: int) -> bytes:
    """Of an OpenFst file: nothing is claimed of it but that it is all there."""
    names = b"".join(struct.pack("<i", len(name)) + name for name in (b"const", b"standard"))
    return (
        struct.pack("<i", 2125659606) + names + struct.pack("<iiQqqq", 2, 0, 1, start, states, arcs)
    )
