"""Voice activity: how likely each 32 ms of audio is to hold speech.

The model is Silero VAD (MIT), run by onnxruntime. :class:`SileroVad` is loaded once and shared;
each audio stream has a :class:`VadStream` with its own state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from speech.audio import RATE, Samples
from speech.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime

    from speech.models import ModelStore

WINDOW = 512
"""Samples that one probability stands for (32 ms)."""

_CONTEXT = 64  # samples of the window before that the network sees again


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
        import onnxruntime

        from speech.models import ModelStore

        file = (store or ModelStore()).path("silero-vad") / "silero_vad.onnx"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what is wrong is in the error
        try:
            self._session = onnxruntime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has no public root of its exceptions
            raise ModelError(
                f"{file} cannot be loaded; `sonorant models verify` finds damage ({error})"
            ) from error

    def stream(self) -> VadStream:
        """Start on a new audio stream; streams may run in different threads."""
        return _SileroStream(self._session)


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
