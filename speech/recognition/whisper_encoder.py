"""Whisper's encoder on onnxruntime: what it hears in audio, by the layer of choice.

It learnt to recognise 99 languages from 680,000 hours. Whisper itself pads audio to half a minute;
here only what there is is encoded, so that a word costs what a word takes.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from speech.audio import Samples
from speech.errors import ModelError
from speech.models.conversion import converted
from speech.models.download import digest
from speech.recognition.whisper_mel import log_mel
from speech.recognition.whisper_weights import WEIGHTS, read_weights

SIZE = 512
"""Numbers a frame."""

STRIDE = 320
"""Samples between two frames, 20 ms; frame t is centred on sample 320 t."""

_LONGEST = 1_500  # frames that the encoder knows the places of
_SHORTEST = 4  # frames
_GRAPH = 1  # changes whenever the same weights are written as another graph


class WhisperEncoder:
    """The lower layers of Whisper base; shared between threads.

    Parameters
    ----------
    folder
        The model as ``sonorant models pull whisper-base`` brings it. On the first use the layers
        are written beside it as an ONNX graph, which takes about a second.
    layers
        How many of the six.
    threads
        Threads that one call may use.

    Raises
    ------
    ModelError
        The weights are missing or damaged.
    """

    def __init__(self, folder: Path, *, layers: int, threads: int = 1) -> None:
        self._session = _open(folder / WEIGHTS, layers, threads)

    def encode(self, samples: Samples) -> npt.NDArray[np.float32]:
        """The frames of mono float32 at 16 kHz, shape (n, 512), one for each 320 samples begun.

        What is longer than half a minute is encoded in equal parts.
        """
        count = max(_SHORTEST, -(-samples.size // STRIDE))
        padded = np.pad(samples, (0, count * STRIDE - samples.size))
        parts = -(-count // _LONGEST)
        edges = np.linspace(0, count, parts + 1).astype(int) * STRIDE
        return np.concatenate(
            [self._states(padded[first:last]) for first, last in itertools.pairwise(edges)]
        )

    def _states(self, samples: Samples) -> npt.NDArray[np.float32]:
        (states,) = self._session.run(None, {"features": log_mel(samples)[None]})
        return np.asarray(states[0])


def _open(weights: Path, layers: int, threads: int) -> onnxruntime.InferenceSession:
    # Its writer needs `onnx`, which is not worth its memory once the graph is there.
    def convert() -> bytes:
        from speech.recognition.whisper_graph import encoder_graph

        tensors = read_weights(weights, lambda name: name.startswith("encoder/"))
        return bytes(encoder_graph(tensors, layers).SerializeToString())

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 4  # what is wrong is in the error
    # The arena keeps the most memory that any utterance ever took; long ones take much.
    options.enable_cpu_mem_arena = False
    try:
        stem = f"encoder-{_GRAPH}-{layers}-{digest(weights)[:16]}"
        graph = converted(weights.parent, stem, convert)
        return onnxruntime.InferenceSession(
            graph if isinstance(graph, bytes) else str(graph),
            options,
            providers=["CPUExecutionProvider"],
        )
    except OSError as error:
        raise _damaged(weights, error.strerror or str(error)) from error
    except ModelError as error:
        raise _damaged(weights, str(error)) from error
    except Exception as error:  # onnxruntime has no public root of its exceptions
        raise _damaged(weights, str(error)) from error


def _damaged(weights: Path, what: str) -> ModelError:
    return ModelError(
        f"{weights}: cannot be used as the weights of Whisper ({what}); "
        "`sonorant models verify whisper-base` finds damage"
    )
