"""The weights that ship with the Mandarin scorer, and how they are read and written.

``weights.npz`` was made by ``python -m pronunciation.training.mandarin`` from the recordings of
Chen Wang and Yue Tan (audio-cmn, CC BY-SA) and of Davin Fifield's syllables (public domain); it is
under CC BY-SA 4.0 itself.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pronunciation.layers import Floats
from pronunciation.mandarin.networks import FrameClassifier, SoundClassifier, ToneClassifier
from speech.errors import ModelError

FILE = Path(__file__).with_name("weights.npz")


@dataclass(frozen=True, slots=True)
class Limits:
    """What was learnt from speakers that the networks had not heard."""

    initial: tuple[float, float]
    """Offset and slope that turn log odds into those of being right."""
    final: tuple[float, float]
    tone: tuple[float, float]
    said: tuple[float, float]
    """Likewise, of the mean log posterior of a syllable's frames: whether it was said at all."""
    read: float
    """A reading whose syllables have a lower mean log posterior is of another text."""


@dataclass(frozen=True, slots=True)
class MandarinWeights:
    """All networks of the Mandarin scorer."""

    frames: FrameClassifier
    prior: Floats
    """Log of how often each class of frames was there to be learnt, shape (classes,)."""
    sounds: tuple[SoundClassifier, ...]
    """Several that were trained apart; their mean counts."""
    tones: tuple[ToneClassifier, ...]
    limits: Limits


def load(path: Path = FILE) -> MandarinWeights:
    """Read the weights.

    Raises
    ------
    ModelError
        The file is missing or damaged.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            limits = Limits(**json.loads(str(file["limits"])))
            members = range(int(file["members"]))
            return MandarinWeights(
                FrameClassifier(_network(file, "frames")),
                file["prior"].astype(np.float32),
                tuple(SoundClassifier(_network(file, f"sounds{number}")) for number in members),
                tuple(ToneClassifier(_network(file, f"tones{number}")) for number in members),
                limits,
            )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"{path}: the weights of the Mandarin scorer are missing or damaged ({error}); "
            "install Sonorant again, or make them with `make train`"
        ) from error


def save(weights: MandarinWeights, path: Path = FILE) -> None:
    """Write the weights, those of the networks in half precision."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "limits": np.array(json.dumps(asdict(weights.limits))),
        "members": np.array(len(weights.sounds)),
        "prior": weights.prior,
    }
    networks = {"frames": weights.frames.weights}
    networks |= {f"sounds{number}": one.weights for number, one in enumerate(weights.sounds)}
    networks |= {f"tones{number}": one.weights for number, one in enumerate(weights.tones)}
    for name, network in networks.items():
        for key, value in network.items():
            arrays[f"{name}/{key}"] = value.astype(np.float16)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]


def _network(file: Mapping[str, npt.NDArray[np.generic]], name: str) -> dict[str, Floats]:
    prefix = f"{name}/"
    found = {
        key.removeprefix(prefix): file[key].astype(np.float32)
        for key in file
        if key.startswith(prefix)
    }
    if not found:
        raise KeyError(f"no network {name}")
    return found
