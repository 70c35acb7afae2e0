"""Moonshine's two graphs, with the decoder's key/value cache, as a step-by-step scorer."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import onnxruntime

from speech.audio import Samples
from speech.errors import ModelError

_Kind = TypeVar("_Kind", bound=np.generic)

Floats = npt.NDArray[np.float32]

_LAYERS = 6
_HEADS = 8
_HEAD_SIZE = 36


class Network:
    """The loaded graphs; shared between threads."""

    def __init__(self, folder: Path, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # The arena keeps the most memory that any utterance ever took; long ones take much.
        options.enable_cpu_mem_arena = False

        def load(name: str) -> onnxruntime.InferenceSession:
            try:
                return onnxruntime.InferenceSession(
                    str(folder / name), options, providers=["CPUExecutionProvider"]
                )
            except Exception as error:  # onnxruntime has no public root of its exceptions
                raise ModelError(f"{folder / name} cannot be loaded: {error}") from error

        self._encoder = load("encoder_model.ort")
        self.decoder_session = load("decoder_model_merged.ort")
        self.outputs = [output.name for output in self.decoder_session.get_outputs()]

    def decoder(self, samples: Samples) -> Decoder:
        """Encode the samples, at least 1,600 of them, and get ready to decode."""
        mask = np.ones((1, samples.size), np.int64)
        inputs = {"input_values": samples[None, :], "attention_mask": mask}
        (states,) = self._encoder.run(None, inputs)
        return Decoder(self, states, mask)


class Decoder:
    """Scores the next token of several hypotheses for one utterance."""

    def __init__(self, network: Network, states: Floats, mask: npt.NDArray[np.int64]) -> None:
        self._network = network
        self._states = states
        self._mask = mask
        self._cache: dict[str, Floats] = {}

    def step(self, parents: npt.NDArray[np.int64], tokens: npt.NDArray[np.int64]) -> Floats:
        """Extend hypotheses by one token each.

        Parameters
        ----------
        parents
            Shape (n,): which of the last step's hypotheses each one continues; ignored at first.
        tokens
            Shape (n,): the token that each one is extended by.

        Returns
        -------
        Log probabilities of the token after, shape (n, vocabulary).
        """
        first = not self._cache
        count = tokens.size
        inputs = {
            "input_ids": tokens[:, None],
            "encoder_hidden_states": _repeat(self._states, count),
            "encoder_attention_mask": _repeat(self._mask, count),
            "use_cache_branch": np.array([not first]),
        }
        for layer in range(_LAYERS):
            for part in ("decoder.key", "decoder.value", "encoder.key", "encoder.value"):
                name = f"{layer}.{part}"
                if first:
                    cached = np.zeros((count, _HEADS, 0, _HEAD_SIZE), np.float32)
                elif part.startswith("decoder"):
                    cached = self._cache[name][parents]
                else:
                    cached = self._cache[name] = _repeat(self._cache[name], count)
                inputs[f"past_key_values.{name}"] = cached
        logits, *present = self._network.decoder_session.run(None, inputs)
        for name, value in zip(self._network.outputs[1:], present, strict=True):
            key = name.removeprefix("present.")
            # What the encoder said is computed once; later steps answer with an empty array.
            if first or ".decoder." in key:
                self._cache[key] = value
        return _log_softmax(logits[:, -1])


def _repeat(array: npt.NDArray[_Kind], count: int) -> npt.NDArray[_Kind]:
    """The first row ``count`` times: all hypotheses hear the same audio."""
    return array if len(array) == count else np.repeat(array[:1], count, axis=0)


def _log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    normalized: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return normalized
