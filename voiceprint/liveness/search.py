"""How likely the phrases of some grammars are, given the audio: a beam search that never strays.

All grammars are searched at once, in steps of one token, each with a beam of its own, so that
neither short spellings crowd out long ones nor likely phrases the one that is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from speech.recognition.beam import BOS, StepDecoder
from voiceprint.liveness.wording import END, Grammar, Node

Words = tuple[int, ...]

_BEHIND = 12.0  # nats behind the best hypothesis in progress: it will not catch up
_WORSE = 3.0  # nats below the best phrase found: it adds next to nothing


@dataclass(frozen=True, slots=True)
class _Hypothesis:
    grammar: int
    node: Node
    words: Words
    total: float
    parent: int
    token: int


def search(
    decoder: StepDecoder, grammars: Sequence[Grammar], width: int
) -> list[dict[Words, float]]:
    """The likeliest phrases of each grammar.

    Parameters
    ----------
    width
        Hypotheses of each grammar that are followed at a time.

    Returns
    -------
    For each grammar, the log probability of each phrase that was found.
    """
    found: list[dict[Words, float]] = [{} for _ in grammars]
    live = [
        _Hypothesis(number, grammar.after(()), (), 0.0, 0, BOS)
        for number, grammar in enumerate(grammars)
    ]
    parents, last = np.zeros(1, np.int64), np.array([BOS], np.int64)
    rows = [0] * len(live)  # at first all of them are one: nothing was said yet
    while live:
        scores = decoder.step(parents, last)
        following: list[list[_Hypothesis]] = [[] for _ in grammars]
        for row, one in zip(rows, live, strict=True):
            for token, node in one.node.children.items():
                total = one.total + float(scores[row, token])
                number = one.grammar
                if node.word is None:
                    following[number].append(
                        _Hypothesis(number, node, one.words, total, row, token)
                    )
                elif node.word == END:
                    found[number][one.words] = total
                else:
                    words = (*one.words, node.word)
                    after = grammars[number].after(words)
                    following[number].append(_Hypothesis(number, after, words, total, row, token))
        live = []
        for number, several in enumerate(following):
            several.sort(key=lambda one: one.total, reverse=True)
            best = max(found[number].values(), default=-np.inf)
            for one in several[:width]:
                if one.total > max(best - _WORSE, several[0].total - _BEHIND):
                    live.append(one)
        parents = np.array([one.parent for one in live], np.int64)
        last = np.array([one.token for one in live], np.int64)
        rows = [*range(len(live))]
    return found
