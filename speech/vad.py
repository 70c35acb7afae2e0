"""Voice activity: how likely each 32 ms of audio is to hold speech.

The model is Silero VAD (MIT), run by onnxruntime. :class:`SileroVad` is loaded once and shared;
each audio stream has a :class:`VadStream` with its own state, and a recording that is there as a
whole is looked at at once.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples
from speech.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime

    from speech.models import ModelStore

WINDOW = 512
"""Samples that one probability stands for (32 ms)."""

_CONTEXT = 64  # samples of the window before that the network sees again
_TOGETHER = 1_000  # windows of a recording that are looked at at once: memory grows with them
_GRAPH = 1  # changes whenever the same weights are written as another graph

Floats = npt.NDArray[np.float32]


class VadStream(Protocol):
    """Voice activity of one audio stream."""

    def feed(self, window: Samples) -> float:
        """Probability, 0 to 1, that the next :data:`WINDOW` samples hold speech."""
        ...


class Vad(Protocol):
    """A voice activity model that makes streams."""

    def stream(self) -> VadStream:
        """Start on a new audio stream."""
        ...

    def windows(self, samples: Samples) -> Floats:
        """The probability of each whole window of a recording, shape (n,): as a stream tells."""
        ...


class SileroVad:
    """Silero VAD out of the model store.

    Parameters
    ----------
    store
        Where the model ``silero-vad`` is; the default store where None.

    Raises
    ------
    ModelMissingError
        The model was not pulled yet.
    ModelError
        It is damaged.
    """

    def __init__(self, store: ModelStore | None = None) -> None:
        from speech.models import ModelStore

        self._file = (store or ModelStore()).path("silero-vad") / "silero_vad.onnx"
        self._session = _open(self._file, str(self._file))

    def stream(self) -> VadStream:
        """Start on a new audio stream; streams may run in different threads."""
        return _SileroStream(self._session)

    def windows(self, samples: Samples) -> Floats:
        """The probability of each whole window of a recording, shape (n,): as a stream tells.

        Several threads may call at once. The first call writes the network as another graph beside
        the model, which takes a moment.
        """
        session = self._whole
        count = samples.size // WINDOW
        heard = np.pad(samples[: count * WINDOW], (_CONTEXT, 0)).astype(np.float32, copy=False)
        hidden = cell = np.zeros((1, 1, 128), np.float32)
        found = [np.zeros(0, np.float32)]
        for first in range(0, count, _TOGETHER):
            last = min(first + _TOGETHER, count)
            part = heard[first * WINDOW : last * WINDOW + _CONTEXT]
            windows = np.lib.stride_tricks.sliding_window_view(part, _CONTEXT + WINDOW)[::WINDOW]
            inputs = {"windows": np.ascontiguousarray(windows), "hidden": hidden, "cell": cell}
            probability, hidden, cell = session.run(None, inputs)
            found.append(probability[:, 0])
        return np.concatenate(found)

    @functools.cached_property
    def _whole(self) -> onnxruntime.InferenceSession:
        from speech.models.conversion import converted
        from speech.models.download import digest

        # Its writer needs `onnx`, which is not worth its memory once the graph is there.
        def convert() -> bytes:
            from speech.vad_graph import recording_graph

            return bytes(recording_graph(self._file).SerializeToString())

        stem = f"silero_vad-{_GRAPH}-{digest(self._file)[:16]}"
        return _open(self._file, converted(self._file.parent, stem, convert))


class _SileroStream:
    _RATE = np.array(RATE, np.int64)

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._state = np.zeros((2, 1, 128), np.float32)
        self._input = np.zeros((1, _CONTEXT + WINDOW), np.float32)

    def feed(self, window: Samples) -> float:
        self._input[0, :_CONTEXT] = self._input[0, -_CONTEXT:]
        self._input[0, _CONTEXT:] = window
        inputs = {"input": self._input, "state": self._state, "sr": self._RATE}
        probability, self._state = self._session.run(None, inputs)
        return float(probability[0, 0])


def _open(file: Path, graph: Path | str | bytes) -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # what is wrong is in the error
    try:
        return onnxruntime.InferenceSession(
            graph if isinstance(graph, bytes) else str(graph),
            options,
            providers=["CPUExecutionProvider"],
        )
    except Exception as error:  # onnxruntime has no public root of its exceptions
        raise ModelError(
            f"{file} cannot be loaded; `sonorant models verify` finds damage ({error})"
        ) from error
