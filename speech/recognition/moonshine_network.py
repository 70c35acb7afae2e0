"""Moonshine's two graphs: the encoder, and the decoder as a scorer of texts.

A :class:`Decoder` scores token after token with a key/value cache, for a search;
:meth:`Network.read` scores a text that is known beforehand, at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import onnxruntime

from speech.audio import Samples
from speech.errors import ModelError

_Kind = TypeVar("_Kind", bound=np.generic)

Floats = npt.NDArray[np.float32]

_HEADS = 8
_HEAD_SIZE = 36
_CACHED = tuple(
    f"{layer}.{part}.{kind}"
    for layer in range(6)
    for part in ("decoder", "encoder")
    for kind in ("key", "value")
)


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder makes of an utterance."""

    states: Floats
    """Shape (1, frames, 288): frame t stands for the samples around 384 t + 447."""
    mask: npt.NDArray[np.int64]
    """Shape (1, samples): the decoder wants it at the length of the audio."""


class Encoder:
    """The loaded encoder alone; shared between threads."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._session = _load(folder / "encoder_model.ort", threads)

    def encode(self, samples: Samples) -> Encoded:
        """Encode an utterance, at least 1,600 samples."""
        mask = np.ones((1, samples.size), np.int64)
        inputs = {"input_values": samples[None, :], "attention_mask": mask}
        (states,) = self._session.run(None, inputs)
        return Encoded(states, mask)


class Network:
    """The loaded graphs; shared between threads."""

    def __init__(self, folder: Path, threads: int) -> None:
        self._encoder = Encoder(folder, threads)
        self.decoder_session = _load(folder / "decoder_model_merged.ort", threads)
        self.outputs = [output.name for output in self.decoder_session.get_outputs()]

    def encode(self, samples: Samples) -> Encoded:
        """Encode an utterance, at least 1,600 samples."""
        return self._encoder.encode(samples)

    def decoder(self, encoded: Encoded) -> Decoder:
        """Get ready to decode step by step."""
        return Decoder(self, encoded)

    def read(self, encoded: Encoded, tokens: Sequence[int]) -> Floats:
        """How likely each token is after those before it (teacher forcing).

        Parameters
        ----------
        tokens
            The text, which begins with BOS; n of them.

        Returns
        -------
        Log probabilities of the token after each one, shape (n, vocabulary).
        """
        inputs = {
            "input_ids": np.array([tokens], np.int64),
            "encoder_hidden_states": encoded.states,
            "encoder_attention_mask": encoded.mask,
            "use_cache_branch": np.array([False]),
        }
        for name in _CACHED:
            inputs[f"past_key_values.{name}"] = np.zeros((1, _HEADS, 0, _HEAD_SIZE), np.float32)
        (logits,) = self.decoder_session.run(["logits"], inputs)
        return _log_softmax(logits[0])


class Decoder:
    """Scores the next token of several hypotheses for one utterance."""

    def __init__(self, network: Network, encoded: Encoded) -> None:
        self._network = network
        self._encoded = encoded
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
            "encoder_hidden_states": _repeat(self._encoded.states, count),
            "encoder_attention_mask": _repeat(self._encoded.mask, count),
            "use_cache_branch": np.array([not first]),
        }
        for name in _CACHED:
            if first:
                cached = np.zeros((count, _HEADS, 0, _HEAD_SIZE), np.float32)
            elif ".decoder." in name:
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


def _load(path: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # The arena keeps the most memory that any utterance ever took; long ones take much.
    options.enable_cpu_mem_arena = False
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime has no public root of its exceptions
        raise ModelError(f"{path} cannot be loaded: {error}") from error
