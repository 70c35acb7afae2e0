"""The weights that ship with the English scorer, and how they are read and written.

``weights.npz`` was made by ``python -m pronunciation.training`` from the training split of
speechocean762 (CC BY 4.0, Zhang et al., arXiv:2104.01378).
"""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pronunciation.english.classifier import FrameClassifier
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

    classifier: FrameClassifier
    scorers: tuple[Scorer, ...]
    limits: Limits


def load(path: Path = FILE) -> EnglishWeights:
    """Read the weights.

    Raises
    ------
    ModelError
        The file is missing or damaged.
    """
    networks: dict[str, dict[str, npt.NDArray[np.float32]]] = defaultdict(dict)
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            limits = Limits(**json.loads(str(file["limits"])))
            for key in file.files:
                network, slash, name = key.partition("/")
                if slash:
                    networks[network][name] = file[key].astype(np.float32)
        classifier = FrameClassifier(networks.pop("frames"))
        scorers = tuple(Scorer(networks[name]) for name in sorted(networks))
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{path}: the weights of the English scorer are missing or damaged ({error}); "
            "install Sonorant again, or make them with `make train`"
        ) from error
    return EnglishWeights(classifier, scorers, limits)


def save(weights: EnglishWeights, path: Path = FILE) -> None:
    """Write the weights, in half precision."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "limits": np.array(json.dumps(asdict(weights.limits)))
    }
    networks = {"frames": weights.classifier.weights} | {
        f"scorer{number}": scorer.weights for number, scorer in enumerate(weights.scorers)
    }
    for network, values in networks.items():
        for name, value in values.items():
            # Means and scales of inputs may lie outside what half precision holds.
            exact = name.endswith(("_mean", "_scale"))
            arrays[f"{network}/{name}"] = value if exact else value.astype(np.float16)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
