"""What the recogniser hears in a recording: its encoder's frames, and how well a text fits them.

Both come from Moonshine (``speech.recognition.moonshine_network``), whose weights stay as they
are. Small networks on top of the frames tell the phones apart
(:mod:`pronunciation.english.classifier`); the decoder, given the text, says how likely each word
is, with the audio and without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.audio import RATE, Samples
from speech.models import ModelStore
from speech.recognition.beam import BOS, EOS, greedy_search
from speech.recognition.moonshine import MoonshineRecognizer
from speech.recognition.moonshine_network import Encoded

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

STEP = 192 / RATE
"""Seconds between two frames: the encoder's 24 ms, halved by encoding the audio twice."""

_HALF = 192  # samples
_BEFORE = 1_600  # samples of silence: a text begins and ends in silence ...
_AFTER = 6_400  # ... and the decoder takes an end without one for a word broken off
_FIRST = (447 - _BEFORE) / RATE  # seconds: the middle of frame 0
_NOTHING = np.zeros(4 * RATE, np.float32)
_TOKENS_PER_SECOND = 13.0


@dataclass(frozen=True, slots=True)
class Sounds:
    """The frames of a recording."""

    encoded: Floats
    """Shape (frames, 288): what the encoder says."""
    log_posteriors: Floats
    """Shape (frames, 40): log probability of each phone, and of silence."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a text fits a recording, token by token (n of them, the end of the text too)."""

    words: Integers
    """The word of each token, shape (n,); -1 for punctuation and the end."""
    log_probability: Floats
    """Given the audio and the text before it, shape (n,)."""
    prior: Floats
    """The same when the audio is silence: what the text alone makes likely."""
    entropy: Floats
    """Of the distribution that the token was scored by, in nats."""
    best: Floats
    """Log probability of the likeliest token in its place."""
    rank: Floats
    """ln(1 + number of likelier tokens)."""


def start_of(frame: int) -> float:
    """Seconds into the recording at which a frame begins; negative in the padding."""
    return _FIRST + (frame - 0.5) * STEP


class Hearing:
    """Moonshine, loaded; shared between threads.

    Parameters
    ----------
    folder
        The model ``moonshine-tiny-en``; that of the default store where None.
    """

    def __init__(self, folder: Path | None = None, *, threads: int = 1) -> None:
        folder = folder or ModelStore().path("moonshine-tiny-en")
        self._recognizer = MoonshineRecognizer(folder, threads=threads)
        self._network, self._tokens = self._recognizer.network, self._recognizer.tokens
        self._silence: Encoded | None = None

    def _owners(self, word: int, tokens: Sequence[int]) -> list[int]:
        """The word for each of its tokens, -1 for its punctuation."""
        lettered = [any(map(str.isalnum, self._tokens.text([token]))) for token in tokens]
        # Letters outside the vocabulary are spelt in bytes, none of which is a letter.
        return [word if letter or not any(lettered) else -1 for letter in lettered]

    def encode(self, samples: Samples) -> Floats:
        """The encoder's frames, one every :data:`STEP` seconds, shape (frames, 288)."""
        padded = np.pad(samples, (_BEFORE, _AFTER))
        even = self._network.encode(padded).states[0]
        odd = self._network.encode(padded[_HALF:]).states[0]
        count = min(len(even), len(odd))
        return np.stack([even[:count], odd[:count]], axis=1).reshape(2 * count, -1)

    def recognize(self, samples: Samples) -> str:
        """What was said, where nobody knows what should have been; empty where nothing was."""
        stream = self._recognizer.stream(partials=False)
        stream.feed(samples)
        return stream.finish().text

    def transcribe(self, encoded: Floats) -> str:
        """A quick guess at the same from the frames of :meth:`encode`, however sure."""
        decoder = self._network.decoder(_even(encoded))
        limit = 8 + int(_TOKENS_PER_SECOND * len(encoded) * STEP)
        return self._tokens.text(greedy_search(decoder, limit).tokens)

    def fit(self, encoded: Floats, parts: Sequence[str]) -> Fit:
        """How well a text fits.

        Parameters
        ----------
        encoded
            The frames of :meth:`encode`.
        parts
            The text as a recogniser would write it, word by word with punctuation
            (``text.sentence_parts``).
        """
        tokens = [self._tokens.encode(part) for part in parts]
        words = [
            place for number, part in enumerate(tokens) for place in self._owners(number, part)
        ]
        text = [token for part in tokens for token in part]
        read = [BOS, *text]
        following = np.array([*text, EOS])
        if self._silence is None:
            self._silence = self._network.encode(_NOTHING)
        given = self._network.read(_even(encoded), read)
        prior = self._network.read(self._silence, read)
        at = np.arange(following.size)
        scored = given[at, following]
        return Fit(
            np.array([*words, -1]),
            scored,
            prior[at, following],
            -(np.exp(given) * given).sum(axis=1),
            given.max(axis=1),
            np.log1p((given > scored[:, None]).sum(axis=1)).astype(np.float32),
        )


def _even(encoded: Floats) -> Encoded:
    """What the decoder knows, half of the frames."""
    states = encoded[None, ::2]
    return Encoded(states, np.ones((1, states.shape[1] * 2 * _HALF), np.int64))
