"""What the recogniser hears in a recording: sounds frame by frame, and how well the text fits.

Both come from Moonshine (``speech.recognition.moonshine_network``), whose weights stay as they
are. A small network on top of its encoder tells the phones apart; its decoder, given the text,
says how likely each word is, with the audio and without.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pronunciation.english.classifier import FrameClassifier
from speech.audio import RATE, Samples
from speech.models import ModelStore
from speech.recognition.moonshine import MoonshineRecognizer
from speech.recognition.moonshine_network import Encoded

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]

STEP = 192 / RATE
"""Seconds between two frames: the encoder's 24 ms, halved by encoding the audio twice."""

_HALF = 192  # samples
_PADDING = 1_600  # samples of silence on both sides: a text begins and ends in silence
_FIRST = (447 - _PADDING) / RATE  # seconds: the middle of frame 0
_TAIL = np.zeros(round(0.4 * RATE), np.float32)
_NOTHING = np.zeros(4 * RATE, np.float32)
_BOS, _EOS = 1, 2


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
    """Moonshine and the frame classifier, loaded; shared between threads.

    Parameters
    ----------
    classifier
        The network on top of the encoder; None to have :meth:`encode` and :meth:`fit` only, as
        its training does.
    folder
        The model ``moonshine-tiny-en``; that of the default store where None.
    """

    def __init__(
        self,
        classifier: FrameClassifier | None,
        folder: Path | None = None,
        *,
        threads: int = 1,
    ) -> None:
        folder = folder or ModelStore().path("moonshine-tiny-en")
        self._recognizer = MoonshineRecognizer(folder, threads=threads)
        self._network, self._tokens = self._recognizer.network, self._recognizer.tokens
        self._classifier = classifier
        self._silence: Encoded | None = None

    def _owners(self, word: int, tokens: Sequence[int]) -> list[int]:
        """The word for each of its tokens, -1 for its punctuation."""
        lettered = [any(map(str.isalnum, self._tokens.text([token]))) for token in tokens]
        # Letters outside the vocabulary are spelt in bytes, none of which is a letter.
        return [word if letter or not any(lettered) else -1 for letter in lettered]

    def encode(self, samples: Samples) -> Floats:
        """The encoder's frames, one every :data:`STEP` seconds, shape (frames, 288)."""
        pad = np.zeros(_PADDING, np.float32)
        padded = np.concatenate([pad, samples, pad])
        even = self._network.encode(padded).states[0]
        odd = self._network.encode(padded[_HALF:]).states[0]
        count = min(len(even), len(odd))
        return np.stack([even[:count], odd[:count]], axis=1).reshape(2 * count, -1)

    def hear(self, samples: Samples) -> Sounds:
        """The sounds of a recording."""
        assert self._classifier is not None
        encoded = self.encode(samples)
        return Sounds(encoded, self._classifier.log_posteriors(encoded))

    def recognize(self, samples: Samples) -> str:
        """What was said, where nobody knows what should have been; empty where nothing was."""
        stream = self._recognizer.stream(partials=False)
        stream.feed(samples)
        return stream.finish().text

    def fit(self, samples: Samples, parts: Sequence[str]) -> Fit:
        """How well a text fits.

        Parameters
        ----------
        parts
            The text as a recogniser would write it, word by word with punctuation
            (``text.sentence_parts``).
        """
        tokens = [self._tokens.encode(part) for part in parts]
        words = [
            place for number, part in enumerate(tokens) for place in self._owners(number, part)
        ]
        text = [token for part in tokens for token in part]
        read = [_BOS, *text]
        following = np.array([*text, _EOS])
        if self._silence is None:
            self._silence = self._network.encode(_NOTHING)
        audio = self._network.encode(np.concatenate([samples, _TAIL]))
        given = self._network.read(audio, read)
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
