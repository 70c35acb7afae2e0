"""Moonshine tiny-en, the embedded English recogniser, run by onnxruntime.

Moonshine (Jeffries et al., arXiv:2410.15608) encodes a whole utterance and decodes it token by
token. While one speaks, the utterance so far is decoded greedily now and then, each time after it
has grown by a share of its length, so that the cost of partials stays in proportion to the audio;
less often where that is slow, so that on a busy machine partials do not keep finals waiting.
The final is decoded by beam search, which gives the n best hypotheses; that work begins at the
first pause (``anticipate``) and is usually done before the endpoint.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from speech.recognition.moonshine_network import Decoder, Network

FILES = ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin")

_FIRST_PARTIAL = 0.5  # seconds of audio before the first partial is worth its cost
_GROWTH = 0.25  # share by which an utterance grows between two partials
_PATIENCE = 4.0  # the next partial waits for this many times as much audio as the last took to make
_SHORTEST = 0.15  # seconds; the encoder needs about 1,600 samples
_LONGEST = 30.0  # seconds that are decoded at once: memory is bounded, words beyond it are refused
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
        return MoonshineStream(self.network, self.tokens, self._beams, self._gate, partials)

    def close(self) -> None:
        """Nothing to do: the model goes with the last stream that uses it."""


class MoonshineStream:
    """One utterance; see :class:`speech.recognition.contract.RecognitionStream`."""

    def __init__(
        self, network: Network, tokens: Tokens, beams: int, gate: float, partials: bool
    ) -> None:
        self._network = network
        self._tokens = tokens
        self._beams = beams
        self._gate = gate
        self._audio: list[Samples] = []
        self._size = 0
        self._partials = partials
        self._next_partial = round(_FIRST_PARTIAL * RATE)
        self._prepared: tuple[int, Final] | None = None
        self._closed = False
        self._lock = threading.Lock()  # anticipate may still run while more audio comes

    def feed(self, samples: Samples) -> Partial | None:
        """Take samples; a partial when the utterance has grown enough since the last."""
        self._check_open()
        if self._size + samples.size > _LONGEST * RATE:
            raise EngineError(
                f"this utterance is longer than the {_LONGEST:.0f} s that Moonshine takes at once: "
                "end it earlier (the endpointer's maximum_length)"
            )
        self._audio.append(samples)
        self._size += samples.size
        if not self._partials or self._size < self._next_partial:
            return None
        began = time.perf_counter()
        with self._lock:
            beam = greedy_search(self._decoder(self._joined()), self._limit())
        wait = max(0.4, self._size / RATE * _GROWTH, _PATIENCE * (time.perf_counter() - began))
        self._next_partial = self._size + round(wait * RATE)
        return Partial(self._text(beam)) if self._convincing(beam) else None

    def anticipate(self) -> None:
        """Decode what is there; ``finish`` answers with it if no more audio comes."""
        with self._lock:
            if not self._closed and (self._prepared is None or self._prepared[0] != self._size):
                size = self._size
                self._prepared = (size, self._decode())

    def finish(self) -> Final:
        """Decode the utterance by beam search, or take what ``anticipate`` has prepared."""
        self._check_open()
        self.anticipate()
        assert self._prepared is not None
        final = self._prepared[1]
        self.close()
        return final

    def close(self) -> None:
        """Drop the audio."""
        self._closed = True
        self._audio.clear()

    def _check_open(self) -> None:
        if self._closed:
            raise EngineError("this utterance is over: start a new stream for the next")

    def _joined(self) -> Samples:
        if len(self._audio) > 1:
            self._audio = [np.concatenate(self._audio)]
        return self._audio[0] if self._audio else np.zeros(0, np.float32)

    def _decoder(self, samples: Samples) -> Decoder:
        return self._network.decoder(self._network.encode(samples))

    def _limit(self) -> int:
        return 8 + int(_TOKENS_PER_SECOND * self._size / RATE)

    def _decode(self) -> Final:
        if self._size < _SHORTEST * RATE:
            return Final("")
        decoder = self._decoder(np.concatenate([self._joined(), _TAIL]))
        found = beam_search(decoder, self._limit(), self._beams, self._key)
        if not self._convincing(found[0]):
            return Final("", confidence=0.0)
        best = found[0]
        alternatives: dict[str, Hypothesis] = {}
        for beam in found:
            text = self._text(beam)
            alternatives.setdefault(text, Hypothesis(text, beam.confidence))
        words = tuple(
            Word(word, None, None, confidence)
            for run, confidence in self._tokens.words(best.tokens, best.log_probabilities)
            for word in digits_apart(run).split()
        )
        several = tuple(alternatives.values()) if self._beams > 1 else ()
        return Final(self._text(best), words, best.confidence, several)

    def _convincing(self, beam: Beam) -> bool:
        return beam.confidence > self._gate and self._key(beam.tokens) not in _INVENTED

    def _key(self, tokens: tuple[int, ...]) -> str:
        return _NOT_A_WORD.sub(" ", self._tokens.text(tokens).lower()).strip()

    def _text(self, beam: Beam) -> str:
        return digits_apart(self._tokens.text(beam.tokens))


def digits_apart(text: str) -> str:
    """Three and more digits that the model joins with hyphens, with spaces between them.

    Said one by one it writes them ``1-0-0-0-1`` or ``1 0 0 0 1``, as it happens. What it takes for
    a number (``10001``, ``555-1234``) stays.
    """
    return _SPELT.sub(lambda digits: digits[0].replace("-", " "), text)
