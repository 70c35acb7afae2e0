"""Whisper's network, run by CTranslate2: audio in, tokens with their probabilities out.

The encoder was trained on windows of 30 s, most of which is silence behind a command, and that
silence costs as much as speech. It is given less here: enough that hardly more is misheard.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from speech.audio import RATE, Samples
from speech.errors import ModelError
from speech.pretrained import library
from speech.recognition.beam import repetition
from speech.recognition.whisper_mel import HOP, log_mel

LONGEST = 30.0
"""Seconds that are taken at once."""

_BEFORE = 0.4  # seconds of silence before what was said: without it first syllables are misheard
_BEHIND = 4.0  # seconds of silence behind it

_FRAME = 0.02  # seconds from one frame of the encoder to the next
_TOKENS_PER_SECOND = 13.0  # digits said one by one need about this many
_SHORTEST = 8.0  # seconds of a window
_BRIEF = 3.0  # seconds up to which an utterance is taken for one phrase
_CLEAR = 0.2  # probability that nobody spoke below which somebody did
_UNTIMED = "<|notimestamps|>"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand an utterance."""

    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    log_probability: float
    """Mean over the tokens, the end included."""

    @property
    def confidence(self) -> float:
        """Geometric mean of the tokens' probabilities, 0 to 1."""
        return exp(self.log_probability)

    def until(self, end: int) -> Reading:
        """The first tokens alone."""
        return replace(self, tokens=self.tokens[:end], ids=self.ids[:end])


@dataclass(frozen=True, slots=True)
class Said:
    """What the network makes of an utterance."""

    encoded: Any
    readings: tuple[Reading, ...]
    """The likeliest first, as many as the search is wide."""
    sure: float
    """How probable the likeliest phrase is, as :attr:`Reading.confidence`: little for noise."""
    no_speech: float
    """Probability that nobody spoke, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A token as it was said."""

    start: float
    """Seconds."""
    end: float
    probability: float


class Network:
    """A Whisper model as CTranslate2 converts it, shared between threads.

    Raises
    ------
    EngineMissingError
        ctranslate2 is not installed.
    ModelError
        The folder holds no such model, or one that cannot be loaded.
    """

    def __init__(self, folder: Path, threads: int = 1, workers: int = 1) -> None:
        ctranslate2 = library("ctranslate2", "Whisper", extra="whisper")
        try:
            self._model = ctranslate2.models.Whisper(
                str(folder),
                device="cpu",
                compute_type="int8",
                intra_threads=threads,
                inter_threads=workers,
            )
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{folder}: cannot be loaded as a Whisper model ({error})") from error
        self._view = ctranslate2.StorageView.from_array

    def hear(self, samples: Samples, prompt: Sequence[str], width: int) -> Said:
        """Understand up to :data:`LONGEST` seconds, by a beam search of a width.

        What is brief is understood as one phrase, whose hypotheses are compared by their total
        probability: with a reward for length the network says a command twice, to fill the window.
        What is longer is understood with times and the reward: else it would end after the first
        sentence. The network is then sure of what it invents about noise, so that where it may be
        noise it is understood as a phrase too.
        """
        encoded = self._model.encode(self._view(self._window(samples)))
        most = len(prompt) + 10 + int(_TOKENS_PER_SECOND * samples.size / RATE)
        readings: tuple[Reading, ...] = ()
        no_speech = 1.0
        if samples.size > _BRIEF * RATE:
            readings, no_speech = self._generate(encoded, prompt, width, most, reward=1)
        sure = readings
        if no_speech > _CLEAR:
            sure, no_speech = self._generate(encoded, [*prompt, _UNTIMED], width, most, reward=0)
        return Said(encoded, readings or sure, sure[0].confidence, no_speech)

    def _generate(
        self, encoded: Any, prompt: Sequence[str], width: int, most: int, reward: int
    ) -> tuple[tuple[Reading, ...], float]:
        """The likeliest readings, best first, and the probability that nobody spoke."""
        (result,) = self._model.generate(
            encoded,
            [list(prompt)],
            beam_size=width,
            num_hypotheses=width,
            length_penalty=reward,
            max_length=most,
            return_scores=True,
            return_no_speech_prob=True,
        )
        found = zip(result.sequences, result.sequences_ids, result.scores, strict=True)
        readings = [_reading(tokens, ids, score, reward) for tokens, ids, score in found]
        # One that runs into a loop is believed only if all do.
        readings.sort(key=lambda one: repetition(one.ids) > 0)
        return tuple(map(_without_loop, readings)), result.no_speech_prob

    def place(
        self, said: Said, reading: Reading, prompt: Sequence[int], seconds: float
    ) -> list[Placed]:
        """When each token of a reading was said, and how probable it was.

        By the attention of the decoder, as Whisper's published code does it: times are good to
        about a tenth of a second.
        """
        before = _before(seconds)
        frames = round((before + seconds) * RATE / HOP)
        (found,) = self._model.align(said.encoded, list(prompt), [list(reading.ids)], frames)
        starts = np.full(len(reading.ids) + 1, np.inf)
        for token, frame in found.alignments:
            starts[token] = min(starts[token], max(0.0, frame * _FRAME - before))
        starts[-1] = min(starts[-1], seconds)
        starts = np.minimum.accumulate(starts[::-1])[::-1]
        return [
            Placed(float(start), float(end), float(probability))
            for start, end, probability in zip(
                starts, starts[1:], found.text_token_probs, strict=False
            )
        ]

    def _window(self, samples: Samples) -> np.ndarray[Any, np.dtype[np.float32]]:
        """The features of the samples and the silence around them, shape (1, bands, frames)."""
        seconds = samples.size / RATE
        whole = min(LONGEST, max(_SHORTEST, _BEFORE + seconds + _BEHIND))
        window = np.zeros(round(whole * RATE / HOP / 2) * 2 * HOP, np.float32)
        start = round(_before(seconds) * RATE)
        window[start : start + samples.size] = samples[: window.size - start]
        return np.ascontiguousarray(log_mel(window, self._model.n_mels)[None])


def _before(seconds: float) -> float:
    return min(_BEFORE, LONGEST - seconds)


_networks: WeakValueDictionary[tuple[Path, int], Network] = WeakValueDictionary()
_lock = threading.Lock()


def shared_network(folder: Path, threads: int = 1, workers: int = 1) -> Network:
    """A network that recognisers of several languages use together, as long as one needs it."""
    key = (folder.resolve(), threads)
    with _lock:
        network = _networks.get(key)
        if network is None:
            network = _networks[key] = Network(folder, threads, workers)
        return network


def _reading(tokens: Sequence[str], ids: Sequence[int], score: float, reward: int) -> Reading:
    """Without the times, which count only for how probable it is."""
    total = score * len(ids) ** reward
    said = [n for n, token in enumerate(tokens) if not token.startswith("<|")]
    return Reading(
        tuple(tokens[n] for n in said), tuple(ids[n] for n in said), total / (len(ids) + 1)
    )


def _without_loop(reading: Reading) -> Reading:
    if not (loop := repetition(reading.ids)):
        return reading
    return reading.until(len(reading.ids) - loop)
