"""Dynamic time warping: which moment of one recording is which of the other.

The classic of Sakoe and Chiba (1978), with steps of one frame in either recording or in both.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def warp(costs: Floats) -> Integers:
    """The cheapest path through a matrix of costs, from its first corner to its last.

    Parameters
    ----------
    costs
        What it costs that frame i of one is frame j of the other, shape (n, m), both at least 1.

    Returns
    -------
    Pairs (i, j) that never go back, shape (steps, 2).
    """
    total = _accumulated(costs)
    i, j = costs.shape[0] - 1, costs.shape[1] - 1
    path = [(i, j)]
    while i or j:
        before = ((i - 1, j - 1), (i - 1, j), (i, j - 1))
        i, j = min(before, key=lambda at: total[at[0] + 1, at[1] + 1])
        path.append((i, j))
    return np.array(path[::-1], np.int64)


def _accumulated(costs: Floats) -> Floats:
    """The cost of the cheapest path to each cell; row and column 0 stand before the first frames.

    Cells of an anti-diagonal depend on those before it only, so each is one step of arithmetic.
    """
    rows, columns = costs.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0.0
    for diagonal in range(rows + columns - 1):
        i = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        j = diagonal - i
        # A diagonal step crosses two frames, so that it is no cheaper than two straight ones.
        straight = np.minimum(total[i, j + 1], total[i + 1, j]) + costs[i, j]
        total[i + 1, j + 1] = np.minimum(total[i, j] + 2 * costs[i, j], straight)
    return total
