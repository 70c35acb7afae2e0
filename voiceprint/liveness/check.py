"""Whether somebody said the words of a challenge, by the embedded English recogniser.

Free recognition gets short strings of words wrong too often, above all those of children and
learners. But the phrase is known: the decoder is asked how likely it is, given the audio, and how
likely the best other phrase of the same vocabulary is. The answer passes unless another phrase is
likelier by more than a margin. Each is weighed in all the styles in which Moonshine writes it, and
at two speeds, since slowed down, and so deepened, high voices are understood better.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from speech.audio import RATE, Samples
from speech.errors import AudioError, ConfigError
from speech.models import ModelStore
from speech.recognition.moonshine import MoonshineRecognizer
from speech.recognition.moonshine_network import Encoded
from voiceprint.liveness.challenge import Kind, vocabulary
from voiceprint.liveness.search import Words, search
from voiceprint.liveness.wording import Grammar, Style, styles

MARGIN = -4.0
"""Nats by which another phrase may be likelier. Chosen on either half of the speakers that
``benchmarks/liveness.py`` has, it is the same."""
GAIN = 1.5
"""Nats a word by which the audio has to make the likeliest phrase likelier than silence does."""

SPEEDS = (0.8, 1.0)
"""How fast each of the decoder's hearings is played."""

_WIDTH = 4
_TOGETHER = 24  # phrases that are scored at a time
_BEFORE = np.zeros(1_600, np.float32)
_AFTER = np.zeros(6_400, np.float32)  # without silence at its end the last word seems broken off
_NOTHING = np.zeros(4 * RATE, np.float32)
_SHORTEST = 0.3  # seconds
_LONGEST = 20.0


@dataclass(frozen=True, slots=True)
class ChallengeResult:
    """What became of an answer."""

    passed: bool
    margin: float
    """Nats by which the phrase is likelier than the best other one; -inf where nothing was said."""
    gain: float
    """Nats a word by which the audio makes the likeliest phrase likelier than silence does."""
    heard: str
    """The likeliest phrase of the vocabulary, whatever was said; empty where nothing was."""


class ChallengeChecker:
    """Checks answers to challenges in English. Safe to call from several threads.

    Parameters
    ----------
    folder
        The model ``moonshine-tiny-en``; that of the default store where None.
    margin, gain
        What passes; see :data:`MARGIN` and :data:`GAIN`.

    Raises
    ------
    ModelError
        The model is missing or damaged.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        margin: float = MARGIN,
        gain: float = GAIN,
        threads: int = 1,
    ) -> None:
        folder = folder or ModelStore().path("moonshine-tiny-en")
        recognizer = MoonshineRecognizer(folder, threads=threads)
        self._network = recognizer.network
        self.margin, self.gain = margin, gain
        self._vocabularies = {kind: vocabulary(kind, "en") for kind in Kind}
        self._styles: dict[Kind, list[Style]] = {
            kind: list(styles(recognizer.tokens, words, figures=kind is Kind.DIGITS))
            for kind, words in self._vocabularies.items()
        }
        self._silence: Encoded | None = None

    def check(self, samples: Samples, phrase: str) -> ChallengeResult:
        """Whether the phrase of a challenge was said.

        Raises
        ------
        AudioError
            The answer is longer than 20 s.
        ConfigError
            The phrase is none of digits or of words that challenges are made of.
        """
        return self.compare(samples, [phrase])[0]

    def compare(self, samples: Samples, phrases: Sequence[str]) -> list[ChallengeResult]:
        """How one answer would do as the answer to each of several challenges, of one length."""
        kind, asked = self._read(phrases)
        check_length(samples)
        if samples.size < _SHORTEST * RATE or not samples.any():
            return [ChallengeResult(False, -math.inf, -math.inf, "")] * len(asked)
        margins = np.zeros(len(asked))
        likeliest: list[tuple[float, Words]] = []
        for encoded in self._hear(samples):
            scores = self._scores(encoded, kind, asked)
            others = self._others(encoded, kind, len(asked[0]))
            best = [max(others[one] for one in others if one != phrase) for phrase in asked]
            margins += (scores - best) / len(SPEEDS)
            likeliest += ((total, words) for words, total in others.items())
        total, words = max(likeliest)
        gain = (total - self._prior(kind, words)) / len(words)
        heard = " ".join(self._vocabularies[kind][word] for word in words)
        passed = (margins >= self.margin) & (gain >= self.gain)
        return [
            ChallengeResult(bool(ok), float(margin), gain, heard)
            for ok, margin in zip(passed, margins, strict=True)
        ]

    def _read(self, phrases: Sequence[str]) -> tuple[Kind, list[Words]]:
        split = [phrase.lower().split() for phrase in phrases]
        for kind, known in self._vocabularies.items():
            if {word for words in split for word in words} <= set(known):
                asked = [tuple(map(known.index, words)) for words in split]
                if len({len(words) for words in asked}) == 1 and asked[0]:
                    return kind, asked
        raise ConfigError(f"{phrases[0]!r} is no challenge: it has words that none is made of")

    def _hear(self, samples: Samples) -> Iterator[Encoded]:
        for speed in SPEEDS:
            heard = samples if speed == 1.0 else soxr.resample(samples, speed * RATE, RATE)
            padded = np.concatenate([_BEFORE, heard, _AFTER], dtype=np.float32)
            yield self._network.encode(padded)

    def _scores(
        self, encoded: Encoded, kind: Kind, asked: Sequence[Words]
    ) -> npt.NDArray[np.float64]:
        """The log probability of each phrase."""
        scores: list[float] = []
        for start in range(0, len(asked), _TOGETHER):
            some = asked[start : start + _TOGETHER]
            grammars = [
                Grammar(style, len(words), len(words), words)
                for words in some
                for style in self._styles[kind]
            ]
            found = search(self._network.decoder(encoded), grammars, 1)
            size = len(self._styles[kind])
            for number, words in enumerate(some):
                scores.append(_joined(found[number * size : (number + 1) * size])[words])
        return np.array(scores)

    def _others(self, encoded: Encoded, kind: Kind, length: int) -> dict[Words, float]:
        """The log probabilities of the likeliest phrases."""
        free = [Grammar(style, length, length) for style in self._styles[kind]]
        return _joined(search(self._network.decoder(encoded), free, _WIDTH))

    def _prior(self, kind: Kind, words: Words) -> float:
        """How likely a phrase is when nothing is said."""
        if self._silence is None:
            self._silence = self._network.encode(_NOTHING)
        return float(self._scores(self._silence, kind, [words])[0])


def check_length(samples: Samples) -> None:
    """Refuse what is too long for an answer.

    Raises
    ------
    AudioError
        It is longer than 20 s.
    """
    if samples.size > _LONGEST * RATE:
        raise AudioError(
            f"an answer of {samples.size / RATE:.0f} s: a challenge takes a few seconds, "
            f"{_LONGEST:.0f} at most"
        )


def _joined(found: Sequence[Mapping[Words, float]]) -> dict[Words, float]:
    """Log probabilities of phrases over all the styles."""
    phrases: Iterable[Words] = {words for one in found for words in one}
    return {
        words: float(np.logaddexp.reduce([one[words] for one in found if words in one]))
        for words in phrases
    }
