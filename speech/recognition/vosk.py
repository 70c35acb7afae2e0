"""Vosk: any Vosk model folder, of any language, with a free vocabulary or a grammar.

One loaded model serves all threads. A Kaldi recogniser costs more to make than to use, so they
are pooled, by grammar. Vosk ends segments of its own within an utterance; they are joined. What is
not limited to phrases is decoded by the prepared copy of the model, where there is one.
"""

from __future__ import annotations

import heapq
import json
import logging
import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speech.audio import RATE, Samples, to_pcm16
from speech.errors import EngineError, ModelError
from speech.language import primary
from speech.recognition.contract import (
    Bias,
    Capabilities,
    Final,
    Hypothesis,
    Partial,
    RecognitionStream,
    Word,
)
from speech.recognition.vosk_prepared import PREPARED

UNKNOWN = "[unk]"
"""In a grammar: whatever none of its phrases covers."""

_GRAMMARS = 8  # grammars whose recognisers are kept
_IDLE = 8  # recognisers kept for each grammar: each free one of a model not prepared takes 140 MB

_log = logging.getLogger(__name__)


class VoskRecognizer:
    """A Vosk model.

    Parameters
    ----------
    folder
        A model as Vosk publishes it (``am/final.mdl`` in it), or the older flat layout.
    language
        Primary language subtag of the model where it is known.
    alternatives
        Number of hypotheses to answer with where they are wanted. Words then carry the share of
        the hypotheses, by probability, that agree on them; with one, Vosk's own confidence.
    prepared
        Its copy whose graph was worked out (:mod:`speech.recognition.vosk_prepared`), which takes
        less than half of the time. The model itself is then loaded for the first grammar.

    Raises
    ------
    ModelError
        The folder is not a Vosk model, or cannot be loaded.
    """

    def __init__(
        self,
        folder: Path,
        *,
        language: str | None = None,
        alternatives: int = 5,
        prepared: Path | None = None,
    ) -> None:
        if not any(
            (folder / model).is_file() and (folder / features).is_file()
            for model, features in (("am/final.mdl", "conf/mfcc.conf"), ("final.mdl", "mfcc.conf"))
        ):
            raise ModelError(
                f"{folder} is not a Vosk model: it has neither am/final.mdl and conf/mfcc.conf "
                "nor, in the older layout, final.mdl and mfcc.conf"
            )
        if not 1 <= alternatives <= 20:
            raise EngineError(f"Vosk answers with 1 to 20 hypotheses, not {alternatives}")
        self._folder = folder
        self._model = _load(folder if prepared is None else prepared)
        self._limited = self._model if prepared is None else None
        self._loading = threading.Lock()
        self._name = folder.parent.name if folder.name == "model" else folder.name
        self._languages = None if language is None else frozenset({primary(language)})
        self._alternatives = alternatives
        # A model with a precompiled graph (HCLG.fst) cannot take a grammar.
        self._grammars = any(folder.glob("**/HCLr.fst"))
        self._idle: OrderedDict[str, list[_Kaldi]] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """``vosk`` and the name of the model's folder."""
        return f"vosk {self._name}"

    @property
    def capabilities(self) -> Capabilities:
        """Everything, grammars only where the model's graph is built at run time."""
        return Capabilities(
            languages=self._languages,
            native_partials=True,
            word_times=True,
            confidences=True,
            n_best=self._alternatives > 1,
            bias=Bias.GRAMMAR if self._grammars else Bias.NONE,
        )

    def knows(self, word: str) -> bool:
        """Whether the model has the word in its vocabulary."""
        return bool(self._model.vosk_model_find_word(word) >= 0)

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> RecognitionStream:
        """Start an utterance, limited to ``phrases`` if there are any.

        A phrase with a word that the model does not know is left out, with a warning in the log.

        Raises
        ------
        EngineError
            No phrase is left, or the model takes no grammar.
        """
        grammar = self._grammar(phrases) if phrases else ""
        wanted = self._alternatives if alternatives and self._alternatives > 1 else 0
        return _VoskStream(self, self._take(grammar, wanted), partials)

    def close(self) -> None:
        """Free the pooled recognisers; the model goes with the last stream."""
        with self._lock:
            self._idle.clear()

    def give_back(self, kaldi: _Kaldi) -> None:
        """Keep a recogniser that has given its final for the next utterance like it."""
        with self._lock:
            pool = self._idle.setdefault(kaldi.grammar, [])
            self._idle.move_to_end(kaldi.grammar)
            if len(pool) < _IDLE:
                pool.append(kaldi)
            while len(self._idle) > _GRAMMARS:
                self._idle.popitem(last=False)

    def _take(self, grammar: str, alternatives: int) -> _Kaldi:
        with self._lock:
            kaldi = pool.pop() if (pool := self._idle.get(grammar)) else None
        if kaldi is None:
            import vosk

            arguments = (self._limited_model(), RATE, grammar) if grammar else (self._model, RATE)
            kaldi = _Kaldi(vosk.KaldiRecognizer(*arguments), grammar)
            kaldi.recognizer.SetWords(True)
        kaldi.recognizer.SetMaxAlternatives(alternatives)
        return kaldi

    def _limited_model(self) -> Any:
        with self._loading:
            if self._limited is None:
                self._limited = _load(self._folder)
            return self._limited

    def _grammar(self, phrases: Sequence[str]) -> str:
        if not self._grammars:
            raise EngineError(f"{self.name} has a fixed graph: it cannot be limited to phrases")
        known: list[str] = []
        unknown: set[str] = set()
        for phrase in phrases:
            if missing := {word for word in phrase.split() if not self.knows(word)}:
                unknown |= missing - {UNKNOWN}
            elif phrase.strip():
                known.append(phrase)
        if not known:
            words = ", ".join(sorted(unknown)) or "none was given"
            raise EngineError(f"{self.name} knows none of the phrases; words it lacks: {words}")
        if unknown:
            _log.warning("%s lacks the words %s", self.name, ", ".join(sorted(unknown)))
        return json.dumps(known, ensure_ascii=False)


def _load(folder: Path) -> Any:
    import vosk

    vosk.SetLogLevel(-1)
    try:
        return vosk.Model(str(folder))
    except Exception as error:  # vosk raises nothing more precise
        finds = "`sonorant models verify` finds which"
        if PREPARED in folder.parts:
            finds = "`sonorant models prepare NAME --undo` deletes what was prepared"
        raise ModelError(
            f"Vosk cannot load the model in {folder}: a file is missing or damaged; {finds}"
        ) from error


@dataclass(slots=True)
class _Kaldi:
    """A Kaldi recogniser, whose clock runs on from one utterance to the next."""

    recognizer: Any
    grammar: str
    seconds: float = 0.0
    """Audio of the utterances before."""


class _VoskStream:
    def __init__(self, owner: VoskRecognizer, kaldi: _Kaldi, partials: bool) -> None:
        self._owner = owner
        self._kaldi: _Kaldi | None = kaldi
        self._partials = partials
        self._segments: list[list[_Reading]] = []
        self._size = 0
        self._shown = ""

    def feed(self, samples: Samples) -> Partial | None:
        kaldi = self._open()
        self._size += samples.size
        if kaldi.recognizer.AcceptWaveform(to_pcm16(samples)):
            self._keep(kaldi, kaldi.recognizer.Result())
            current = ""
        elif not self._partials:
            return None
        else:
            current = json.loads(kaldi.recognizer.PartialResult())["partial"]
        text = " ".join(filter(None, [*(segment[0].text for segment in self._segments), current]))
        if not self._partials or text == self._shown:
            return None
        self._shown = text
        return Partial(text)

    def anticipate(self) -> None:
        """Nothing to prepare: Vosk keeps up as it goes."""

    def finish(self) -> Final:
        kaldi = self._open()
        self._keep(kaldi, kaldi.recognizer.FinalResult())
        self._kaldi = None
        kaldi.seconds += self._size / RATE
        self._owner.give_back(kaldi)
        readings = _joined(self._segments)
        if not readings:
            return Final("")
        best = readings[0]
        if all(word.confidence is not None for word in best.words):
            confidences = [word.confidence or 0.0 for word in best.words]
            return Final(best.text, best.words, math.prod(confidences) ** (1 / len(confidences)))
        weights = _softmax([reading.score for reading in readings])
        words = tuple(_voted(word, readings, weights) for word in best.words)
        alternatives = tuple(
            Hypothesis(reading.text, weight)
            for reading, weight in zip(readings, weights, strict=True)
        )
        return Final(best.text, words, weights[0], alternatives)

    def close(self) -> None:
        self._kaldi = None  # in mid-utterance: not worth tidying up for the next

    def _open(self) -> _Kaldi:
        if self._kaldi is None:
            raise EngineError("this utterance is over: start a new stream for the next")
        return self._kaldi

    def _keep(self, kaldi: _Kaldi, result: str) -> None:
        found = _readings(json.loads(result), kaldi.seconds)
        if readings := [reading for reading in found if reading.text]:
            self._segments.append(readings)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One hypothesis of a segment, or of the utterance; the score is a log probability."""

    text: str
    words: tuple[Word, ...]
    score: float


def _readings(result: dict[str, Any], offset: float) -> list[_Reading]:
    return [
        _Reading(
            reading["text"],
            tuple(
                Word(
                    word["word"],
                    max(0.0, word["start"] - offset),
                    max(0.0, word["end"] - offset),
                    word.get("conf"),
                )
                for word in reading.get("result", ())
            ),
            reading.get("confidence", 0.0),
        )
        for reading in result.get("alternatives", [result])
    ]


def _joined(segments: list[list[_Reading]]) -> list[_Reading]:
    """The best ways to read all segments one after the other, as many as a segment has at most."""
    if not segments:
        return []
    joined, *rest = segments
    for segment in rest:
        pairs = [
            _Reading(f"{a.text} {b.text}", a.words + b.words, a.score + b.score)
            for a in joined
            for b in segment
        ]
        count = max(len(joined), len(segment))
        joined = heapq.nlargest(count, pairs, key=lambda reading: reading.score)
    return joined


def _softmax(scores: list[float]) -> list[float]:
    highest = max(scores)
    weights = [math.exp(score - highest) for score in scores]
    return [weight / sum(weights) for weight in weights]


def _voted(word: Word, readings: list[_Reading], weights: list[float]) -> Word:
    """The word with the share of the readings that have it at about the same time."""
    assert word.start is not None and word.end is not None
    middle = (word.start + word.end) / 2
    share = sum(
        weight
        for reading, weight in zip(readings, weights, strict=True)
        if any(
            other.word == word.word and (other.start or 0.0) <= middle <= (other.end or 0.0)
            for other in reading.words
        )
    )
    return Word(word.word, word.start, word.end, min(1.0, share))
