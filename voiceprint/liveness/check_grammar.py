"""Challenges in other languages, by a recogniser that takes a grammar (Vosk, most small models).

It may hear nothing but the digits of the language, and what is none of them where the model has a
word for that. There is no measuring of competitors as in :mod:`voiceprint.liveness.check`: what was
asked has to be what was heard.
"""

from __future__ import annotations

import math

from speech.audio import Samples
from speech.errors import ConfigError, EngineError
from speech.recognition.contract import Bias, Recognizer
from voiceprint.liveness.challenge import Kind, vocabulary
from voiceprint.liveness.check import ChallengeResult, check_length

_UNKNOWN = "[unk]"


class GrammarChecker:
    """Checks answers by a recogniser with a grammar.

    Parameters
    ----------
    recognizer
        Limited to the digits for each answer.
    language
        BCP 47; one that has digits.

    Raises
    ------
    ConfigError
        There are no challenges in this language.
    EngineError
        The recogniser takes no grammar.
    """

    def __init__(self, recognizer: Recognizer, language: str) -> None:
        self._words = vocabulary(Kind.DIGITS, language)
        if recognizer.capabilities.bias is not Bias.GRAMMAR:
            raise EngineError(
                f"{recognizer.name} cannot be limited to the words of a challenge: take a Vosk "
                "model whose graph is built at run time (the small ones)"
            )
        self._recognizer = recognizer

    def check(self, samples: Samples, phrase: str) -> ChallengeResult:
        """Whether the phrase of a challenge was heard; the gain stays unknown (nan).

        Raises
        ------
        AudioError
            The answer is longer than 20 s.
        ConfigError
            The phrase is none of digits of this language.
        EngineError
            The model lacks all of the words.
        """
        asked = " ".join(phrase.lower().split())
        if not asked or not set(asked.split()) <= set(self._words):
            raise ConfigError(f"{phrase!r} is no challenge: it has words that none is made of")
        check_length(samples)
        stream = self._recognizer.stream((*self._words, _UNKNOWN), partials=False)
        stream.feed(samples)
        final = stream.finish()
        chances = {one.text: one.confidence or 0.0 for one in final.alternatives}
        chances.setdefault(final.text, 1.0 if not chances else 0.0)
        right = chances.pop(asked, 0.0)
        margin = _log(right) - _log(max(chances.values(), default=0.0))
        if not final.text:
            margin = -math.inf
        return ChallengeResult(final.text == asked, margin, math.nan, final.text)


def _log(probability: float) -> float:
    return math.log(max(probability, 1e-9))
