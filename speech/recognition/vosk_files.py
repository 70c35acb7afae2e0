"""The two graphs of a Vosk model that takes grammars, read from their OpenFst files.

``HCLr.fst`` leads from the acoustic model's outputs to words, and knows of each of its states
which words lie ahead; ``Gr.fst`` is the n-gram language model. Both number words alike.
References: OpenFst 1.8, ``const-fst.h``, ``label-reachable.h``, ``extensions/ngram/ngram-fst.h``.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from speech.errors import ModelError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

ARC = np.dtype([("input", "<i4"), ("output", "<i4"), ("weight", "<f4"), ("next", "<i4")])
STATE = np.dtype([(name, "<u4") for name in ("final", "first", "count", "inputs", "outputs")])
"""An arc and a state as OpenFst writes them; ``final`` is a float, ``inputs`` and ``outputs`` the
number of arcs without a label."""

_MAGIC = 2125659606
_SYMBOLS = 2125658996
_ADDED = 446681434
_INTERVAL = np.dtype([("begin", "<i4"), ("end", "<i4")])


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``HCLr.fst``: n states, a arcs, i intervals of words. Weights are negative logarithms."""

    start: int
    finals: Floats
    """(n,); infinite where a state is not final."""
    first: Ints
    """(n + 1,): the arcs of state s are those from ``first[s]`` to before ``first[s + 1]``."""
    arcs: npt.NDArray[Any]
    """(a,) of :data:`ARC`."""
    reach: Ints
    """(n + 1,): likewise the intervals of a state."""
    begin: Ints
    """(i,): first word of an interval that lies ahead, in rising order for each state."""
    end: Ints
    """(i,): the word after its last."""
    final_word: int
    """Stands in the intervals for the end."""


@dataclass(frozen=True, slots=True)
class NGrams:
    """``Gr.fst``: n contexts, a words that may follow them."""

    start: int
    finals: Floats
    """(n,); infinite where a sentence cannot end."""
    shorter: Ints
    """(n,): the context that one backs off to; -1 for that of no word."""
    backoff: Floats
    """(n,): the weight of doing so."""
    first: Ints
    """(n + 1,): the arcs of a context, as in :class:`Lexicon`."""
    words: Ints
    """(a,), rising for each context."""
    weights: Floats
    """(a,)"""
    next: Ints
    """(a,): the context after the word."""
    symbols: dict[str, int]
    """The words' numbers; empty where another file has them."""


def read_lexicon(file: Path) -> Lexicon:
    """Read ``HCLr.fst``; raises ModelError if it is not of the kind that Vosk's own are."""
    with file.open("rb") as stream:
        kind, *_ = _header(stream, file)
        if kind != "olabel_lookahead" or _read(stream, "<i")[0] != _ADDED:
            raise ModelError(f"{file}: a graph of the kind {kind} cannot be worked out beforehand")
        kind, version, flags, start, count, arcs = _header(stream, file)
        if kind != "const" or version != 2 or flags:
            raise ModelError(f"{file}: holds {kind} of version {version}, not const of version 2")
        states = _array(stream, STATE, count)
        found = _array(stream, ARC, arcs)
        if _read(stream, "<???") != (True, False, True):
            raise ModelError(f"{file}: does not say which words lie ahead")
        reads_input, labelled = _read(stream, "<??")
        if reads_input:
            raise ModelError(f"{file}: looks at its input, not at its words")
        if labelled:
            stream.seek(8 * _read(stream, "<q")[0], 1)
        (final_word,) = _read(stream, "<i")
        reach, intervals = _intervals(stream, count)
    first = np.append(states["first"].astype(np.int64), arcs)
    return Lexicon(
        start,
        states["final"].view("<f4").astype(np.float64),
        first,
        found,
        reach,
        intervals["begin"].astype(np.int64),
        intervals["end"].astype(np.int64),
        final_word,
    )


def read_ngrams(file: Path) -> NGrams:
    """Read ``Gr.fst``; raises ModelError if it is not of the kind that Vosk's own are."""
    with file.open("rb") as stream:
        kind, _, flags, *_ = _header(stream, file)
        if kind != "ngram":
            raise ModelError(f"{file}: a language model of the kind {kind} is not understood")
        symbols: dict[str, int] = {}
        for bit in (1, 2):
            if flags & bit:
                symbols = _symbols(stream, file)
        count, arcs, ends = _read(stream, "<QQQ")
        contexts = _bits(stream, 2 * count + 1)
        futures = _bits(stream, arcs + count + 1)
        final = _bits(stream, count)
        last_words = _array(stream, "<i4", count + 1)[:count].astype(np.int64)
        words = _array(stream, "<i4", arcs).astype(np.int64)
        backoff = _array(stream, "<f4", count + 1)[:count].astype(np.float64)
        end_weights = _array(stream, "<f4", ends)
        weights = _array(stream, "<f4", arcs).astype(np.float64)
    # A tree of contexts, level by level: each bit 1 is a context, each 0 ends its children.
    shorter = np.flatnonzero(contexts) - np.arange(count) - 1
    finals = np.full(count, np.inf)
    finals[np.flatnonzero(final)] = end_weights
    first = np.flatnonzero(~futures) - np.arange(count + 1)
    following = _following(shorter, last_words, first, words)
    return NGrams(1, finals, shorter, backoff, first, words, weights, following, symbols)


def _following(shorter: Ints, last_words: Ints, first: Ints, words: Ints) -> Ints:
    """The longest context that the model has after a word in a context, for each arc."""
    width = int(max(last_words.max(), words.max())) + 2
    children = shorter[1:] * width + last_words[1:]  # in rising order

    def descend(context: Ints, word: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
        wanted = context * width + word
        at = np.minimum(np.searchsorted(children, wanted), children.size - 1)
        known = (children[at] == wanted) & (word >= 0)
        return np.where(known, at + 1, context), known

    # The words of each context, the latest first: the tree branches by the latest at its root.
    paths: list[Ints] = []
    depth = np.zeros(shorter.size, np.int64)
    level = np.arange(shorter.size)
    ancestors = [level]
    while (level > 0).any():
        level = np.where(level > 0, shorter[level], 0)
        ancestors.append(level)
        depth += ancestors[-2] > 0
    for back in range(int(depth.max())):
        up = depth - 1 - back
        word = np.full(shorter.size, -1, np.int64)
        for steps, ancestor in enumerate(ancestors[:-1]):
            word = np.where(up == steps, last_words[ancestor], word)
        paths.append(word)
    source = np.repeat(np.arange(shorter.size), np.diff(first))
    found, known = descend(np.zeros(words.size, np.int64), words)
    for path in paths:
        further, more = descend(found, path[source])
        known &= more
        found = np.where(known, further, found)
    return found


def _header(stream: BinaryIO, file: Path) -> tuple[str, int, int, int, int, int]:
    """Kind, version, flags, start, states and arcs."""
    if _read(stream, "<i")[0] != _MAGIC:
        raise ModelError(f"{file}: is no OpenFst file")
    kind, arc = _string(stream), _string(stream)
    if arc != "standard":
        raise ModelError(f"{file}: has {arc} arcs, not standard ones")
    version, flags, _, start, states, arcs = _read(stream, "<iiQqqq")
    return kind, version, flags, start, states, arcs


def _symbols(stream: BinaryIO, file: Path) -> dict[str, int]:
    if _read(stream, "<i")[0] != _SYMBOLS:
        raise ModelError(f"{file}: its list of words is damaged")
    _string(stream)
    _, size = _read(stream, "<qq")
    return {_string(stream): _read(stream, "<q")[0] for _ in range(size)}


def _intervals(stream: BinaryIO, count: int) -> tuple[Ints, npt.NDArray[Any]]:
    (states,) = _read(stream, "<q")
    if states != count:
        raise ModelError(f"the graph has {count} states, but tells of {states} what lies ahead")
    data = stream.read()
    parts: list[bytes] = []
    sizes = np.zeros(count + 1, np.int64)
    at = 0
    for state in range(count):
        if at + 8 > len(data):
            raise ModelError(f"{stream.name}: is cut short")
        (size,) = struct.unpack_from("<q", data, at)
        parts.append(data[at + 8 : at + 8 + 8 * size])
        sizes[state + 1] = size
        at += 8 + 8 * size + 4
    return np.cumsum(sizes), np.frombuffer(b"".join(parts), _INTERVAL)


def _bits(stream: BinaryIO, count: int) -> npt.NDArray[np.bool_]:
    packed = _array(stream, np.uint8, 8 * -(-count // 64))
    return np.unpackbits(packed, count=count, bitorder="little").astype(bool)


def _array(stream: BinaryIO, kind: npt.DTypeLike, count: int) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = np.fromfile(stream, kind, count)
    if found.size != count:
        raise ModelError(f"{stream.name}: is cut short")
    return found


def _string(stream: BinaryIO) -> str:
    try:
        return stream.read(_read(stream, "<i")[0]).decode()
    except UnicodeDecodeError as error:
        raise ModelError(f"{stream.name}: is damaged") from error


def _read(stream: BinaryIO, form: str) -> tuple[Any, ...]:
    data = stream.read(struct.calcsize(form))
    try:
        return struct.unpack(form, data)
    except struct.error as error:
        raise ModelError(f"{stream.name}: is cut short") from error
