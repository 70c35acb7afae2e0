"""Gradient-boosted regression trees (Friedman, Annals of Statistics, 2001) that judge phones.

They see one phone at a time, with its neighbours, where the scorer sees the whole utterance; what
the two get wrong differs, so that together they are better than either.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pronunciation.english.features import OWN, PhoneFeatures
from pronunciation.english.graph import SILENCE

Floats = npt.NDArray[np.float32]
Arrays = Mapping[str, npt.NDArray[np.generic]]

PHONE = 0
"""Column of :func:`table` that holds a class, not a number."""

_NONE = -1  # the neighbour of a first or last phone
_AROUND = (0, 1, 5, 6, 9)  # columns of a neighbour's own measures that matter to a phone


class Forest:
    """Trees side by side; siblings are neighbours in the arrays.

    Parameters
    ----------
    weights
        ``roots``: where each tree begins, shape (trees,). Of each node: ``left``, the distance
        from the root to its left child, 0 for a leaf; ``column`` of the table; ``value``, the
        limit up to which it goes left, or the number of a row of ``sets``, or, of a leaf, what
        the tree says. ``sets``: which phones go left, shape (splits by phone, phones).
    """

    def __init__(self, weights: Arrays) -> None:
        self.weights = weights
        self._roots = weights["roots"].astype(np.int64)
        self._left = weights["left"].astype(np.int64)
        self._column = weights["column"].astype(np.int64)
        self._value = weights["value"].astype(np.float32)
        self._sets = weights["sets"].astype(np.bool_)

    def score(self, features: PhoneFeatures) -> Floats:
        """Accuracy of each phone, 0 to 1 where the trees do not overshoot; shape (phones,)."""
        rows = table(features)
        at = np.arange(len(rows))[:, None]
        nodes = np.tile(self._roots, (len(rows), 1))
        while (inner := self._left[nodes] > 0).any():
            column, value = self._column[nodes], self._value[nodes]
            left = rows[at, column] <= value
            by_phone = inner & (column == PHONE)
            if by_phone.any():
                which = np.where(by_phone, value, 0).astype(np.int64)
                left = np.where(by_phone, self._sets[which, features.phones[:, None]], left)
            children = self._roots + self._left[nodes] + ~left
            nodes = np.where(inner, children, nodes)
        result: Floats = self._value[nodes].sum(axis=1)
        return result


def table(features: PhoneFeatures) -> Floats:
    """A row for each phone, shape (phones, columns): its class, its measures, its neighbours."""
    numbers, phones = features.numbers, features.phones
    own = numbers[:, :OWN]
    around = np.pad(own[:, _AROUND], ((1, 1), (0, 0)))
    neighbours = np.pad(phones, 1, constant_values=_NONE)
    others = features.posteriors[:, :SILENCE].copy()
    others[np.arange(len(phones)), phones] = -1.0
    word = np.zeros((int(features.words[-1]) + 1, 3), np.float32)
    for number in range(len(word)):
        of = own[features.words == number]
        word[number] = of[:, 0].mean(), of[:, 0].min(), of[:, 1].min()
    columns = [
        phones, features.stress, features.places, neighbours[:-2], neighbours[2:],
        others.argmax(axis=1), others.max(axis=1), word[features.words],
        around[:-2], around[2:], numbers,
    ]  # fmt: skip
    return np.concatenate(
        [np.asarray(one, np.float32).reshape(len(phones), -1) for one in columns], axis=1
    )
