"""Resemblyzer, the peer of the voiceprint benchmarks: its own code and weights, out of its wheel.

The package cannot simply be required: it asks for ``webrtcvad``, which has no wheels, and for
``typing``, which has been part of Python since 3.5. So its wheel is fetched and unpacked, and what
it imports comes from the extra ``bench`` (``webrtcvad-wheels`` is the same module with wheels).
"""

from __future__ import annotations

import functools
import importlib
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from speech.audio import Samples
from speech.errors import EngineMissingError
from speech.models import ModelCard, ModelFile, WheelOrigin
from speech.models.wheel import fetch_wheel
from voiceprint.contract import Embedding, EmbeddingModel

_FILES = {
    "__init__.py": "69c841861afb2210b02b0ac80fd6936e48cbf802ba0da03b6baa63505e09f0e1",
    "audio.py": "c43bd9e415b97487b8f1f6e0bcf4d41055ef2b2dc6a7a6d5c2dd35dcea360ff4",
    "hparams.py": "511abe53b7515263ff33e1c0eaf82f7ffaa165f977b90def312182a15dfb81ae",
    "voice_encoder.py": "c9ad016fcc4e627d44b27f4597001eec360a6c6f41286297c820a65acfe90767",
    "pretrained.pt": "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
}


class Resemblyzer:
    """Its :class:`VoiceEncoder` as an :class:`~voiceprint.contract.Embedder`."""

    model = EmbeddingModel("resemblyzer", "0.1.4")
    dimension = 256

    def __init__(self, library: Any) -> None:
        self._library = library
        self._encoder = library.VoiceEncoder("cpu", verbose=False)

    def embed(self, samples: Samples) -> Embedding:
        """The embedding by the package's own preprocessing (level, long silences) and network."""
        trimmed = self._library.preprocess_wav(samples)
        if not trimmed.size:  # its voice activity detection heard nothing
            trimmed = samples
        return Embedding(np.asarray(self._encoder.embed_utterance(trimmed), np.float32), 1.0)


@functools.cache
def load_peer() -> Resemblyzer:
    """Fetch the wheel, unpack the package and load it.

    Raises
    ------
    EngineMissingError
        The extra ``bench`` is not installed.
    ModelFetchError
        The wheel cannot be had.
    """
    card = ModelCard(
        name="resemblyzer",
        kind="speaker",
        languages=(),
        licence="Apache-2.0",
        size=15_747_704,
        size_rounded=False,
        files=tuple(
            ModelFile(f"resemblyzer/{name}", (f"resemblyzer/{name}",), sha256)
            for name, sha256 in _FILES.items()
        ),
        origin=WheelOrigin(("Resemblyzer==0.1.4",), None, None, "resemblyzer", None, None),
    )
    assert isinstance(card.origin, WheelOrigin)
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "package"
        fetch_wheel(card, card.origin, Path(work), folder)
        sys.path.insert(0, str(folder))
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it imports from scipy by an old name
                return Resemblyzer(importlib.import_module("resemblyzer"))
        except ImportError as error:
            raise EngineMissingError(
                f"the peer needs {error.name}: pip install 'sonorant[bench]'"
            ) from error
        finally:
            sys.path.remove(str(folder))
