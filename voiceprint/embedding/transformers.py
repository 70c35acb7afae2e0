"""Any x-vector model of the library ``transformers``: WavLM, wav2vec 2.0, UniSpeech-SAT ...

An optional extra: torch and transformers are imported only when a model is opened. Models come
from a folder, or by name from the library's own cache; nothing is downloaded.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from speech.audio import RATE, Samples
from speech.errors import ModelError
from speech.pretrained import library, opening
from voiceprint.contract import Embedding, EmbeddingModel, Vector
from voiceprint.embedding.windows import average

_SHORTEST = 0.4  # seconds; the time-delay layers need 15 frames of 20 ms
_LONGEST = 20.0  # seconds at once: attention takes memory by their square


class TransformersXVector:
    """An x-vector model, such as ``WavLMForXVector``; several threads may call at once.

    Parameters
    ----------
    model
        A folder, or a model's name in the library's cache.

    Raises
    ------
    EngineMissingError
        torch or transformers is not installed.
    ModelError
        There is no such model, or it is of another kind.
    """

    def __init__(self, model: str | Path) -> None:
        self._torch = library("torch", "this embedding")
        transformers = library("transformers", "this embedding")
        with opening(model):
            config = transformers.AutoConfig.from_pretrained(str(model), local_files_only=True)
            if type(config) not in transformers.MODEL_FOR_AUDIO_XVECTOR_MAPPING:
                raise ModelError(f"{model} is a {config.model_type} model: it has no x-vectors")
            self._features = transformers.AutoFeatureExtractor.from_pretrained(
                str(model), local_files_only=True
            )
            # Without the check a model for something else gets a random head and says nothing.
            loaded, report = transformers.AutoModelForAudioXVector.from_pretrained(
                str(model), local_files_only=True, output_loading_info=True
            )
            if missing := [name for name in report["missing_keys"] if _shapes_vectors(name)]:
                raise ModelError(f"{model} is no x-vector model: its weights lack {missing[0]}")
        self._network = loaded.eval()
        self._dimension = int(config.xvector_output_dim)
        self._model = EmbeddingModel(f"transformers:{Path(model).name}", _version(loaded))

    @property
    def model(self) -> EmbeddingModel:
        """``transformers:`` and the model's name; the version is a digest of its weights."""
        return self._model

    @property
    def dimension(self) -> int:
        """As the model's configuration says."""
        return self._dimension

    def embed(self, samples: Samples) -> Embedding:
        """The embedding of whoever speaks in ``samples``: a vector of shape (dimension,).

        Raises
        ------
        AudioError
            There is less than 0.4 s, or nothing but digital silence.
        """
        return average(self._window, samples, _SHORTEST, _LONGEST)

    def _window(self, samples: Samples) -> Vector:
        with self._torch.inference_mode():
            inputs = self._features(samples, sampling_rate=RATE, return_tensors="pt")
            embedding = self._network(**inputs).embeddings[0]
            return np.asarray(embedding.float().cpu().numpy())


def _shapes_vectors(parameter: str) -> bool:
    """Whether vectors depend on it; the classifier behind them is for training only."""
    return not parameter.startswith(("classifier.", "objective.")) and "masked_spec" not in (
        parameter
    )


def _version(network: Any) -> str:
    content = hashlib.sha256()
    for name, tensor in sorted(network.state_dict().items()):
        if _shapes_vectors(name):
            content.update(name.encode())
            content.update(tensor.float().cpu().contiguous().numpy().tobytes())
    return content.hexdigest()[:8]
