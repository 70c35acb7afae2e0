"""Trains the trees that judge phones, with LightGBM, and writes them down for numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pronunciation.english.forest import PHONE, Arrays, Forest, table
from pronunciation.english.graph import SILENCE
from pronunciation.training.scorer import Example

_SETTINGS = {
    "objective": "regression",
    "learning_rate": 0.03,
    "num_leaves": 63,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,  # it stands beside others of its kind
    "verbose": -1,
}
_TREES = 500

_Tree = dict[str, Any]


def train(examples: Sequence[Example], seed: int) -> Forest:
    """Train on every phone that experts scored."""
    return Forest(arrays(fit(examples, seed)))


def fit(examples: Sequence[Example], seed: int, **settings: Any) -> Any:
    """A ``lightgbm.Booster``; ``settings`` come before ours."""
    import lightgbm

    rows = np.concatenate([table(one.features) for one in examples])
    wanted = np.concatenate([one.phones for one in examples])
    weights = np.concatenate([np.full(one.phones.size, one.weight) for one in examples])
    known = ~np.isnan(wanted)
    data = lightgbm.Dataset(
        rows[known], wanted[known], weight=weights[known], categorical_feature=[PHONE]
    )
    return lightgbm.train(_SETTINGS | {"seed": seed} | settings, data, _TREES)


def arrays(booster: Any) -> Arrays:
    """What :class:`pronunciation.english.forest.Forest` computes with."""
    trees = [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]
    roots, left, column, value = list[int](), list[int](), list[int](), list[np.float32]()
    sets = [np.zeros(SILENCE, np.bool_)]  # one at least, so that there is a first
    for tree in trees:
        roots.append(len(left))
        level = [tree]
        below = 1  # distance from the root to the first node of the next level
        while level:
            following: list[_Tree] = []
            for node in level:
                inner = "left_child" in node
                left.append(below + len(following) if inner else 0)
                column.append(int(node["split_feature"]) if inner else 0)
                if not inner:
                    value.append(np.float32(node["leaf_value"]))
                elif node["decision_type"] == "==":
                    value.append(np.float32(len(sets)))
                    phones = [int(phone) for phone in node["threshold"].split("||")]
                    sets.append(np.isin(np.arange(SILENCE), phones))
                else:
                    value.append(_rounded_down(node["threshold"]))
                if inner:
                    following += [node["left_child"], node["right_child"]]
            below += len(following)
            level = following
    return {
        "roots": np.array(roots, np.int32),
        "left": np.array(left, np.uint8),
        "column": np.array(column, np.uint8),
        "value": np.array(value, np.float32),
        "sets": np.stack(sets),
    }


def _rounded_down(limit: float) -> np.float32:
    """The limit in single precision, never so high that a larger number would go left."""
    near = np.float32(limit)
    return near if near <= limit else np.nextafter(near, np.float32(-np.inf))
