"""A second opinion by an anti-spoofing model: is this live, or synthetic or replayed?

AASIST (Jung et al., arXiv:2110.01200) was trained on ASVspoof 2019's logical access: clean, wide
band, synthesisers of its day. On other recordings it is often wrong, in both directions
(``docs/liveness.md`` has figures): its answer is a sign, never a gate.

The weights are a file that the user has (``AASIST.pth``, ``AASIST-L.pth``; MIT,
github.com/clovaai/aasist). Torch runs them; :meth:`SpoofDetector.export` writes an ONNX file,
which is opened the same way and needs torch no longer.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples
from speech.errors import AudioError, ModelError, ModelMissingError
from speech.pretrained import library

_LENGTH = 64_600
_SHORTEST = 0.5  # seconds
_INPUT, _OUTPUT = "waveform", "logits"


class SpoofDetector:
    """AASIST or AASIST-L. Safe to call from several threads.

    Parameters
    ----------
    file
        The published weights (``.pth``), which need torch, or an ``.onnx`` made of them.
    threads
        That onnxruntime may use; torch has a setting of its own.

    Raises
    ------
    ModelMissingError
        There is no such file.
    EngineMissingError
        Torch is not installed.
    ModelError
        The file holds something else, or is damaged.
    """

    def __init__(self, file: Path, *, threads: int = 1) -> None:
        if not file.is_file():
            raise ModelMissingError(
                f"there is no file {file}: name the weights of AASIST or AASIST-L "
                "(.pth, or an .onnx exported of them)"
            )
        self._network: Any = None
        self._run = self._onnx(file, threads) if file.suffix == ".onnx" else self._torch(file)

    def spoof(self, samples: Samples) -> float:
        """Probability, 0 to 1, that the speech is not live, as the model has it.

        Longer recordings than 4 s are heard in pieces, and the mean of the logits counts.

        Raises
        ------
        AudioError
            There is less than half a second.
        """
        logits = np.mean([self._run(piece[None])[0] for piece in pieces(samples)], axis=0)
        return float(1 / (1 + np.exp(np.clip(logits[1] - logits[0], -50, 50))))

    def export(self, target: Path) -> None:
        """Write the model as ONNX, for onnxruntime.

        Raises
        ------
        ModelError
            It is an ONNX model already, or the file cannot be written.
        """
        if self._network is None:
            raise ModelError("this model is an ONNX file already: copy it")
        torch = library("torch", "this anti-spoofing model")
        try:
            torch.onnx.export(
                self._network,
                (torch.zeros(1, _LENGTH),),
                str(target),
                input_names=[_INPUT],
                output_names=[_OUTPUT],
                opset_version=17,
                dynamo=False,
            )
        except OSError as error:
            raise ModelError(f"{target} cannot be written: {error}") from error

    def _torch(self, file: Path) -> Callable[[Samples], npt.NDArray[np.float32]]:
        torch = library("torch", "this anti-spoofing model")
        from voiceprint.liveness.aasist_network import SHAPES, Aasist

        try:
            weights = torch.load(file, map_location="cpu", weights_only=True)
            network = Aasist(SHAPES[weights["pos_S"].shape[2]])
            network.load_state_dict(weights)
        except Exception as error:  # a damaged pickle raises anything
            raise ModelError(
                f"{file} does not hold the weights of AASIST or AASIST-L ({error})"
            ) from error
        network.eval()
        self._network = network

        def run(waveform: Samples) -> npt.NDArray[np.float32]:
            with torch.inference_mode():
                logits: npt.NDArray[np.float32] = network(torch.from_numpy(waveform)).numpy()
            return logits

        return run

    def _onnx(self, file: Path, threads: int) -> Callable[[Samples], npt.NDArray[np.float32]]:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what is wrong is in the error
        try:
            session = onnxruntime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime has no public root of its exceptions
            raise ModelError(f"{file} cannot be loaded: {error}") from error
        if [one.name for one in session.get_inputs()] != [_INPUT]:
            raise ModelError(f"{file} is not a model that SpoofDetector.export has written")

        def run(waveform: Samples) -> npt.NDArray[np.float32]:
            logits: npt.NDArray[np.float32] = session.run([_OUTPUT], {_INPUT: waveform})[0]
            return logits

        return run


def pieces(samples: Samples) -> list[Samples]:
    """The recording in pieces of the model's length; what is shorter is repeated to it.

    Raises
    ------
    AudioError
        There is less than half a second.
    """
    if samples.size < _SHORTEST * RATE:
        raise AudioError(f"{samples.size / RATE:.1f} s are too little to tell live from spoofed")
    if samples.size <= _LENGTH:
        return [np.resize(samples, _LENGTH)]
    count = -(-samples.size // _LENGTH)
    starts = np.linspace(0, samples.size - _LENGTH, count).astype(int)
    return [np.ascontiguousarray(samples[start : start + _LENGTH]) for start in starts]
