"""The weights that ship with the English scorer, and how they are read and written.

``weights.npz`` was made by ``python -m pronunciation.training`` from the training split of
speechocean762 (CC BY 4.0, Zhang et al., arXiv:2104.01378).
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pronunciation.english.classifier import FrameClassifier
from pronunciation.english.forest import Forest
from pronunciation.english.judge import Judge
from pronunciation.english.scorer import Scorer
from speech.errors import ModelError

FILE = Path(__file__).with_name("weights.npz")


@dataclass(frozen=True, slots=True)
class Limits:
    """Decisions that were drawn from the training split; scores 0 to 1."""

    mispronounced_phone: float
    """A phone scored lower is wrong."""
    mispronounced_word: float
    """A word scored lower, by its accuracy, is wrong."""
    fit: float
    """A :attr:`PhoneFeatures.fit` below this, together with ..."""
    gain: float
    """... a :attr:`PhoneFeatures.gain` below this, says that the text was not read."""
    completeness: float
    """So does a raw completeness below this."""


@dataclass(frozen=True, slots=True)
class EnglishWeights:
    """All networks of the English scorer."""

    judges: tuple[Judge, ...]
    """The first one's alignment gives the times; all score."""
    limits: Limits


def load(path: Path = FILE) -> EnglishWeights:
    """Read the weights.

    Raises
    ------
    ModelError
        The file is missing or damaged.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            limits = Limits(**json.loads(str(file["limits"])))
            judges = tuple(_judge(file, number) for number in range(int(file["judges"])))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{path}: the weights of the English scorer are missing or damaged ({error}); "
            "install Sonorant again, or make them with `make train`"
        ) from error
    return EnglishWeights(judges, limits)


def save(weights: EnglishWeights, path: Path = FILE) -> None:
    """Write the weights, those of the neural networks in half precision."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "limits": np.array(json.dumps(asdict(weights.limits))),
        "judges": np.array(len(weights.judges)),
    }
    for number, judge in enumerate(weights.judges):
        for network in (judge.classifier, judge.scorer):
            for name, value in network.weights.items():
                # Means and scales of inputs may lie outside what half precision holds.
                exact = name.endswith(("_mean", "_scale"))
                key = f"{_prefix(number, type(network))}{name}"
                arrays[key] = value if exact else value.astype(np.float16)
        for name, array in judge.forest.weights.items():
            arrays[f"{_prefix(number, Forest)}{name}"] = array
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def _judge(file: Mapping[str, npt.NDArray[np.generic]], number: int) -> Judge:
    def weights(kind: type) -> dict[str, npt.NDArray[np.generic]]:
        prefix = _prefix(number, kind)
        return {key.removeprefix(prefix): file[key] for key in file if key.startswith(prefix)}

    def single(kind: type) -> dict[str, npt.NDArray[np.float32]]:
        return {name: value.astype(np.float32) for name, value in weights(kind).items()}

    return Judge(
        FrameClassifier(single(FrameClassifier)), Scorer(single(Scorer)), Forest(weights(Forest))
    )


def _prefix(number: int, kind: type) -> str:
    return f"{number}/{kind.__name__}/"
