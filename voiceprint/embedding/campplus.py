"""CAM++, the default embedding: 192 numbers that say who speaks, in any language.

Wang et al., arXiv:2303.00332; the weights are 3D-Speaker's ``zh-en common advanced``, trained on
some 200,000 speakers of Chinese and English. A linear head of ours, trained to tell speakers apart
in noise and over narrow band too, turns its vector once more.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import onnxruntime

from speech.audio import Samples, level
from speech.errors import ModelError
from speech.models.conversion import converted
from speech.models.download import digest
from voiceprint.contract import Embedding, EmbeddingModel, Vector
from voiceprint.embedding.fbank import fbank
from voiceprint.embedding.windows import average, unit

WEIGHTS = "campplus_cn_en_common.pt"
"""The file in the model's folder."""

HEAD = Path(__file__).with_name("campplus_head.npz")
"""The linear head: ``weight`` (dimension, 192) and, where it has one, ``bias`` (dimension,)."""

SHORTEST = 0.4
"""Seconds of audio that are needed."""

LONGEST = 20.0
"""Seconds that are embedded at once; what is longer is cut into equal parts, and averaged."""

QUIET = -40.0
"""dBFS; below it the network would hear less of a voice than there is."""

_GRAPH = 2  # changes whenever the same weights are written as another graph
_FRONT_END = 1  # changes whenever the same samples give other features


class CamPlus:
    """CAM++ on onnxruntime, one thread a call; several threads may call at once.

    Parameters
    ----------
    folder
        The model as ``sonorant models pull campplus`` brings it. On the first use the network is
        written beside it as an ONNX graph, which takes about a second.
    head
        Whether the linear head is applied; without it the vectors are the network's own.

    Raises
    ------
    ModelError
        The weights or the head are missing or damaged.
    """

    def __init__(self, folder: Path, *, head: bool = True) -> None:
        weights = folder / WEIGHTS
        try:
            checksum = digest(weights)
        except OSError as error:
            raise _damaged(weights, error.strerror or str(error)) from error
        self._session = _open(weights, checksum)
        self._head = _Head.load(HEAD) if head and HEAD.exists() else None
        version = f"{_FRONT_END}.{checksum[:8]}"
        if self._head is not None:
            version += f".{self._head.checksum[:8]}"
        self._model = EmbeddingModel("campplus", version)

    @property
    def model(self) -> EmbeddingModel:
        """The version tells weights, head and front end."""
        return self._model

    @property
    def dimension(self) -> int:
        """192."""
        if self._head is not None:
            return len(self._head.weight)
        return int(self._session.get_outputs()[0].shape[1])

    def embed(self, samples: Samples) -> Embedding:
        """The embedding of whoever speaks in ``samples``: a vector of shape (dimension,).

        The same length of time counts the same, whether somebody speaks or not: leave long pauses
        out before.

        Raises
        ------
        AudioError
            There is less than 0.4 s, or nothing but digital silence.
        """
        heard = average(self._network, samples, SHORTEST, LONGEST)
        return heard if self._head is None else replace(heard, vector=self._head(heard.vector))

    def _network(self, samples: Samples) -> Vector:
        features = fbank(_audible(samples))
        features -= features.mean(axis=0)
        (embedding,) = self._session.run(None, {"features": features[None]})
        return np.asarray(embedding[0])


def _audible(samples: Samples) -> Samples:
    """What is quieter than any usual recording, amplified: the features have a floor."""
    lack = QUIET - level(samples)
    return samples if lack <= 0 else (samples * np.float32(10 ** (lack / 20))).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Head:
    """An affine map of the network's unit vectors."""

    weight: Vector
    bias: Vector
    checksum: str

    @classmethod
    def load(cls, path: Path) -> _Head:
        try:
            content = path.read_bytes()
            arrays = np.load(io.BytesIO(content), allow_pickle=False)
            weight = arrays["weight"].astype(np.float32)
            bias = arrays["bias"] if "bias" in arrays else np.zeros(len(weight))
            if weight.ndim != 2 or bias.shape != weight.shape[:1]:
                raise ValueError("its shapes do not fit together")
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError(f"{path}: is damaged ({error}); install sonorant again") from error
        checksum = hashlib.sha256(content).hexdigest()
        return cls(weight, bias.astype(np.float32), checksum)

    def __call__(self, vector: Vector) -> Vector:
        return unit(self.weight @ vector + self.bias)


def _open(weights: Path, checksum: str) -> onnxruntime.InferenceSession:
    # Its writer needs `onnx`, which is not worth its memory once the graph is there.
    def convert() -> bytes:
        from voiceprint.embedding.campplus_graph import campplus_graph
        from voiceprint.embedding.checkpoint import read_checkpoint

        return bytes(campplus_graph(read_checkpoint(weights)).SerializeToString())

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is in the error
    # The arena keeps the most memory that any utterance ever took; long ones take much.
    options.enable_cpu_mem_arena = False
    try:
        graph = converted(weights.parent, f"campplus-{_GRAPH}-{checksum[:16]}", convert)
    except ModelError as error:
        raise _damaged(weights, str(error)) from error
    try:
        return onnxruntime.InferenceSession(
            graph if isinstance(graph, bytes) else str(graph),
            options,
            providers=["CPUExecutionProvider"],
        )
    except Exception as error:  # onnxruntime has no public root of its exceptions
        raise _damaged(weights, str(error)) from error


def _damaged(weights: Path, what: str) -> ModelError:
    return ModelError(
        f"{weights}: cannot be used as the weights of CAM++ ({what}); "
        "`sonorant models verify campplus` finds damage"
    )
