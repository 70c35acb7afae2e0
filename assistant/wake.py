"""Wake words: hearing one's name in a stream of audio.

The models are microWakeWord's (Apache-2.0), run by ``pymicro_wakeword``; audio features are
computed once for all words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from speech.audio import RATE, Samples, to_pcm16
from speech.errors import EngineError

_STEP = RATE // 100
"""Samples that one vector of features stands for (10 ms)."""

_ALIKE = 0.7
"""From this similarity on, 0 to 1, what the recogniser wrote is taken for the wake word."""

_WORDS = 4  # as which the recogniser may write it
_EARLIEST = 12  # words of a sentence in which it is looked for: it is near the beginning


@dataclass(frozen=True, slots=True)
class Wake:
    """A wake word was heard."""

    word: str
    time: float
    """Seconds of audio fed until it was clear."""


@dataclass(frozen=True, slots=True)
class About:
    """What the model of a wake word says of itself."""

    phrase: str
    """As it is said: ``Okay Nabu``."""
    author: str
    website: str
    licence: str
    """SPDX identifier, or ``unstated``."""
    languages: tuple[str, ...]
    """Those that it was trained with, BCP 47."""
    version: str | None


class WakeWords:
    """Listens for one or more wake words. Not for several threads at once.

    Parameters
    ----------
    words
        Names out of :func:`available_words`, or paths to the ``.json`` of a microWakeWord model
        that lies beside its ``.tflite``.
    refractory
        Seconds for which a word, once heard, is not heard again.
    threshold
        Mean probability from which a word counts, 0 to 1; by default each model's own.

    Raises
    ------
    EngineError
        There is no such word, or its model cannot be loaded.
    """

    def __init__(
        self,
        words: Sequence[str] = ("okay_nabu",),
        *,
        refractory: float = 2.0,
        threshold: float | None = None,
    ) -> None:
        if not words:
            raise EngineError("name at least one wake word, or none at all with --no-wake")
        if threshold is not None and not 0 < threshold < 1:
            raise EngineError(f"a wake word's threshold is between 0 and 1, not {threshold}")
        self._models = {word: _load(word) for word in words}
        self._refractory = refractory
        self._threshold = threshold
        self.reset()

    @property
    def words(self) -> tuple[str, ...]:
        """What is listened for."""
        return tuple(self._models)

    def reset(self) -> None:
        """Forget what was heard, the clock included."""
        from pymicro_features import MicroFrontend

        self._features = MicroFrontend()
        self._rest = b""
        self._steps = 0
        self._last: dict[str, float] = {}
        for model in self._models.values():
            model.reset()

    def feed(self, samples: Samples) -> tuple[Wake, ...]:
        """Take the next samples, in blocks of any size; the wake words heard in them."""
        self._rest += to_pcm16(samples)
        found: list[Wake] = []
        size = 2 * _STEP
        while len(self._rest) >= size:
            chunk, self._rest = self._rest[:size], self._rest[size:]
            self._steps += 1
            features = self._features.process_samples(chunk).features
            if features:
                found += self._listen(np.array(features, np.float32).reshape(1, 1, -1))
        return tuple(found)

    def _listen(self, features: Samples) -> list[Wake]:
        now = self._steps * _STEP / RATE
        found = []
        for word, model in self._models.items():
            probability = model.process_streaming_prob(features) or 0.0
            wanted = self._threshold or model.probability_cutoff
            rested = now - self._last.get(word, -self._refractory) >= self._refractory
            if probability > wanted and rested:
                self._last[word] = now
                found.append(Wake(word, now))
        return found


def available_words() -> tuple[str, ...]:
    """The wake words that come with ``pymicro_wakeword``."""
    from pymicro_wakeword import Model

    return tuple(sorted(model.value for model in Model))


def about(word: str) -> About:
    """What is known of a wake word's model.

    Raises
    ------
    EngineError
        There is no such word, or its file cannot be read.
    """
    own = word.endswith(".json")
    path = Path(word).expanduser() if own else _folder() / f"{word}.json"
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        version = told.get("version")
        return About(
            phrase=str(told["wake_word"]),
            author=str(told.get("author", "")),
            website=str(told.get("website", "")),
            licence="unstated" if own else "Apache-2.0",
            languages=tuple(map(str, told.get("trained_languages", ()))),
            version=None if version is None else str(version),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EngineError(f"{word} is no wake word: {error}") from error


def after_wake_word(text: str, word: str) -> str | None:
    """What follows the wake word in a sentence, or None if the wake word is not in it.

    The recogniser has never heard the name and spells it in its own ways ("Okay, Naboo"), so
    words are compared by their letters. A little talk may come before, without a pause.

    >>> after_wake_word("OK Naboo, turn on the lamp.", "okay_nabu")
    'turn on the lamp.'
    >>> after_wake_word("Yes. Okay, Harmu. Turn on the lamp.", "okay_nabu")
    'Turn on the lamp.'
    """
    wanted = "".join(re.findall(r"[a-z]+", Path(word).stem.lower()))
    best, end = 0.0, 0
    words = list(re.finditer(r"\w+'?\w*", text))[:_EARLIEST]
    for first, start in enumerate(words):
        for last in words[first : first + _WORDS]:
            heard = "".join(re.findall(r"\w+", text[start.start() : last.end()].lower()))
            heard = re.sub(r"^ok(?!ay)", "okay", heard)
            alike = SequenceMatcher(None, wanted, heard, autojunk=False).ratio()
            if alike > best:
                best, end = alike, last.end()
    return text[end:].lstrip(" ,.!?;:-…") if best >= _ALIKE else None


def _folder() -> Path:
    """Where the models that come with ``pymicro_wakeword`` lie."""
    import pymicro_wakeword

    return Path(pymicro_wakeword.__file__).with_name("models")


def _load(word: str) -> Any:
    from pymicro_wakeword import MicroWakeWord, Model

    try:
        if word.endswith(".json"):
            return MicroWakeWord.from_config(Path(word).expanduser())
        return MicroWakeWord.from_builtin(Model(word))
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        if word.endswith(".json"):
            raise EngineError(f"{word} is not a microWakeWord model: {error}") from error
        raise EngineError(
            f"no wake word is called {word!r}; there are {', '.join(available_words())}, or name "
            "the .json of a microWakeWord model"
        ) from error
