"""Moonshine tiny-en, the embedded English recogniser, run by onnxruntime.

Moonshine (Jeffries et al., arXiv:2410.15608) encodes a whole utterance and decodes it token by
token: greedily for partials, by beam search, which gives the n best hypotheses, for the final.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from speech.audio import RATE, Samples
from speech.errors import EngineError, ModelError
from speech.recognition.beam import Beam, beam_search, greedy_search
from speech.recognition.contract import (
    Bias,
    Capabilities,
    Final,
    Hypothesis,
    Partial,
    RecognitionStream,
    Word,
)
from speech.recognition.moonshine_tokens import Tokens
from speech.recognition.whole import Pace, WholeStream

FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")

_PACE = Pace(first=0.5, least=0.4, growth=0.25)
_SHORTEST = 0.15  # seconds; the encoder needs about 1,600 samples
_TAIL = np.zeros(round(0.4 * RATE), np.float32)
"""Silence behind the utterance: cut off right after the last word, its last words come out wrong
more often (word error 46.5 % against 43.6 % on 150 learners' utterances cut by the endpointer)."""
_TOKENS_PER_SECOND = 13.0  # digit strings need this many
_INVENTED = frozenset({"", "you", "thank you for watching"})
"""What the model makes of noise and music, often with conviction: never believed."""
_SPELT = re.compile(r"(?<![\w-])\d(?:-\d){2,}(?![\w-])")
_NOT_A_WORD = re.compile(r"[^\w']+")


class MoonshineRecognizer:
    """Moonshine with the model in a folder.

    Parameters
    ----------
    folder
        Holds the files named in :data:`FILES`.
    beams
        Width of the beam search for finals, 1 to 20; also the number of hypotheses.
    gate
        Mean token probability below which a final is taken for noise and comes out empty: on
        silence and noise the model says "You" with little conviction.
    threads
        Threads that one call may use.

    Raises
    ------
    ModelError
        A file is missing or cannot be loaded.
    """

    def __init__(
        self, folder: Path, *, beams: int = 5, gate: float = 0.35, threads: int = 1
    ) -> None:
        from speech.recognition.moonshine_network import Network

        if not 1 <= beams <= 20:
            raise EngineError(f"a beam search is 1 to 20 hypotheses wide, not {beams}")
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise ModelError(f"{folder} is not a Moonshine model: it lacks {', '.join(missing)}")
        try:
            self.network = Network(folder, threads)
            self.tokens = Tokens.load(folder / "tokenizer.bin")
        except ModelError as error:
            raise ModelError(f"{error}; `sonorant models verify` finds damage") from error
        self._beams = beams
        self._gate = gate

    @property
    def name(self) -> str:
        """``moonshine tiny-en``."""
        return "moonshine tiny-en"

    @property
    def capabilities(self) -> Capabilities:
        """English, no word times, confidences and n-best, no bias."""
        return Capabilities(
            languages=frozenset({"en"}),
            native_partials=False,
            word_times=False,
            confidences=True,
            n_best=self._beams > 1,
            bias=Bias.NONE,
        )

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> RecognitionStream:
        """Start an utterance; expected phrases make no difference."""
        return WholeStream(self, _PACE, partials)

    def close(self) -> None:
        """Nothing to do: the model goes with the last stream that uses it."""

    def partial(self, samples: Samples) -> Partial | None:
        """What has been said so far, by greedy search."""
        decoder = self.network.decoder(self.network.encode(samples))
        beam = greedy_search(decoder, _limit(samples))
        return Partial(self._text(beam)) if self._convincing(beam) else None

    def final(self, samples: Samples) -> Final:
        """What was said, by beam search."""
        if samples.size < _SHORTEST * RATE:
            return Final("")
        decoder = self.network.decoder(self.network.encode(np.concatenate([samples, _TAIL])))
        found = beam_search(decoder, _limit(samples), self._beams, self._key)
        if not self._convincing(found[0]):
            return Final("", confidence=0.0)
        best = found[0]
        alternatives: dict[str, Hypothesis] = {}
        for beam in found:
            text = self._text(beam)
            alternatives.setdefault(text, Hypothesis(text, beam.confidence))
        words = tuple(
            Word(word, None, None, confidence)
            for run, confidence in self.tokens.words(best.tokens, best.log_probabilities)
            for word in digits_apart(run).split()
        )
        several = tuple(alternatives.values()) if self._beams > 1 else ()
        return Final(self._text(best), words, best.confidence, several)

    def _convincing(self, beam: Beam) -> bool:
        return beam.confidence > self._gate and self._key(beam.tokens) not in _INVENTED

    def _key(self, tokens: tuple[int, ...]) -> str:
        return _NOT_A_WORD.sub(" ", self.tokens.text(tokens).lower()).strip()

    def _text(self, beam: Beam) -> str:
        return digits_apart(self.tokens.text(beam.tokens))


def _limit(samples: Samples) -> int:
    return 8 + int(_TOKENS_PER_SECOND * samples.size / RATE)


def digits_apart(text: str) -> str:
    """Three and more digits that the model joins with hyphens, with spaces between them.

    Said one by one it writes them ``1-0-0-0-1`` or ``1 0 0 0 1``, as it happens. What it takes for
    a number (``10001``, ``555-1234``) stays.
    """
    return _SPELT.sub(lambda digits: digits[0].replace("-", " "), text)
