"""The English assessor: a recording and a text in, the judgement out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from pronunciation.contract import Progress, Pronunciations
from pronunciation.english.advice import advice_for
from pronunciation.english.deviations import deviations_of
from pronunciation.english.features import PhoneFeatures, measure
from pronunciation.english.gates import Gates
from pronunciation.english.graph import Alignment, Graph
from pronunciation.english.hearing import Hearing, Sounds
from pronunciation.english.lexicon import Lexicon
from pronunciation.english.phones import Pronunciation, from_text
from pronunciation.english.scorer import Scores
from pronunciation.english.text import ReferenceWord, read_text, sentence_parts
from pronunciation.english.verdict import Judged, overall_of, pauses_of, rate_of, words_of
from pronunciation.english.weights import EnglishWeights, load
from pronunciation.pitch import PitchTracker, melody
from pronunciation.results import Assessment, Reason
from speech.audio import RATE, Samples, sanitize
from speech.errors import AudioError, ConfigError

LONGEST = 30.0
"""Seconds that can be assessed at once."""

_ALTERNATIVES = 4  # pronunciations of a word that are tried
_FIRST_PROGRESS = 1.0  # seconds
_GROWTH = 0.25  # share by which a recording grows between two reports of progress


class EnglishAssessor:
    """See :class:`pronunciation.contract.Assessor`.

    Parameters
    ----------
    weights
        Other weights than those that ship.
    threads
        Threads that one call may use.
    """

    def __init__(self, weights: EnglishWeights | None = None, *, threads: int = 1) -> None:
        self._weights = weights or load()
        self._hearing = Hearing(self._weights.classifier, threads=threads)
        self._gates = Gates(self._weights.limits)
        self._pitch = PitchTracker(threads)
        self._lexicon = Lexicon()
        self._lock = threading.Lock()

    def assess(
        self,
        samples: Samples,
        text: str | None,
        *,
        id: str = "",
        pronunciations: Pronunciations | None = None,
    ) -> Assessment:
        """Judge how a text was read; see :meth:`pronunciation.contract.Assessor.assess`."""
        if samples.ndim != 1:
            raise AudioError(f"audio has one channel here, not the shape {samples.shape}")
        samples = sanitize(samples)
        recognized = text is None
        reason = self._gates.audio(samples, LONGEST)
        if text is None:
            text = self._hearing.recognize(samples) if reason is None else ""
            if not text:
                return self._refused(id, "", True, samples, reason or Reason.NOISE)
        reference = self._read(text)
        if reason is not None:
            return self._refused(id, text, recognized, samples, reason)
        ways = self._ways(reference, pronunciations)
        sounds = self._hearing.hear(samples)
        alignment = Graph(ways).align(sounds.log_posteriors)
        if alignment is None:
            return self._refused(id, text, recognized, samples, Reason.NOT_READ)
        features, scores = self._score(samples, sounds, reference, ways, alignment)
        if reason := self._gates.reading(features, scores):
            return self._refused(id, text, recognized, samples, reason)
        hertz = self._pitch.hertz(samples)
        judged = Judged(reference, ways, sounds, alignment, features, scores, hertz)
        deviations = deviations_of(ways, sounds)
        said = [self._hearing.recognize(samples[one.slice]) for one in deviations.insertions]
        words = words_of(judged, self._weights.limits, deviations, said)
        return Assessment(
            id,
            "en",
            text,
            recognized,
            _seconds(samples),
            True,
            None,
            overall_of(scores, 1 - len(deviations.omissions) / len(reference)),
            words,
            pauses_of(judged, words, deviations),
            rate_of(judged),
            melody(hertz),
            advice_for(words),
        )

    def stream(
        self, text: str, *, id: str = "", pronunciations: Pronunciations | None = None
    ) -> EnglishStream:
        """Listen while a text is read; see :meth:`pronunciation.contract.Assessor.stream`."""
        graph = Graph(self._ways(self._read(text), pronunciations))
        return EnglishStream(self, self._hearing, graph, text, id, pronunciations)

    def close(self) -> None:
        """Free espeak-ng; the models go with the assessor."""
        self._lexicon.close()

    def _read(self, text: str) -> tuple[ReferenceWord, ...]:
        reference = read_text(text)
        if not reference:
            raise ConfigError(f"there is no English word in the text {text[:80]!r}")
        return reference

    def _ways(
        self, reference: Sequence[ReferenceWord], pronunciations: Pronunciations | None
    ) -> list[list[Pronunciation]]:
        """How each word may be said."""
        given = {
            word.casefold(): tuple(map(from_text, [ways] if isinstance(ways, str) else ways))
            for word, ways in (pronunciations or {}).items()
        }
        with self._lock:
            lexicon = self._lexicon.copy() if given else self._lexicon
            for word, ways in given.items():
                with suppress(ConfigError):  # it may be no word, as 25, but shown in the text
                    for way in ways:
                        lexicon.add(word, way)
            return [
                list(given.get(word.shown.casefold(), ()))
                or _joined([lexicon.pronunciations(one)[:_ALTERNATIVES] for one in word.spoken])
                for word in reference
            ]

    def _score(
        self,
        samples: Samples,
        sounds: Sounds,
        reference: Sequence[ReferenceWord],
        ways: Sequence[Sequence[Pronunciation]],
        alignment: Alignment,
    ) -> tuple[PhoneFeatures, Scores]:
        fit = self._hearing.fit(samples, sentence_parts(reference))
        said = [way[chosen] for way, chosen in zip(ways, alignment.chosen, strict=True)]
        features = measure(samples, sounds, fit, said, alignment)
        return features, Scores.mean([one.score(features) for one in self._weights.scorers])

    def _refused(
        self, id: str, text: str, recognized: bool, samples: Samples, reason: Reason
    ) -> Assessment:
        return Assessment(id, "en", text, recognized, _seconds(samples), False, reason)


class EnglishStream:
    """See :class:`pronunciation.contract.AssessmentStream`."""

    def __init__(
        self,
        assessor: EnglishAssessor,
        hearing: Hearing,
        graph: Graph,
        text: str,
        id: str,
        pronunciations: Pronunciations | None,
    ) -> None:
        self._assessor = assessor
        self._hearing = hearing
        self._graph = graph
        self._text = text
        self._id = id
        self._pronunciations = pronunciations
        self._blocks: list[Samples] = []
        self._size = 0
        self._next = _FIRST_PROGRESS * RATE
        self._words = 0

    def feed(self, samples: Samples) -> Progress | None:
        """Take samples; progress, now and then, when more words were begun."""
        if self._size + samples.size > LONGEST * RATE:
            raise AudioError(f"a recording of more than {LONGEST:.0f} s cannot be assessed at once")
        self._blocks.append(samples)
        self._size += samples.size
        if self._size < self._next:
            return None
        self._next = self._size * (1 + _GROWTH)
        sounds = self._hearing.hear(sanitize(np.concatenate(self._blocks)))
        words = self._graph.begun(sounds.log_posteriors)
        if words <= self._words:
            return None
        self._words = words
        return Progress(words, self._size / RATE)

    def finish(self) -> Assessment:
        """Assess what was fed."""
        samples = np.concatenate([np.zeros(0, np.float32), *self._blocks])
        self._blocks.clear()
        return self._assessor.assess(
            samples, self._text, id=self._id, pronunciations=self._pronunciations
        )


def _seconds(samples: Samples) -> float:
    return round(samples.size / RATE, 3)


def _joined(words: Sequence[Sequence[Pronunciation]]) -> list[Pronunciation]:
    """The ways to say several words in a row, as for ``25``; the usual ones first."""
    joined: list[Pronunciation] = [()]
    for ways in words:
        joined = [(*before, *way) for before in joined for way in ways]
        joined = joined[: max(_ALTERNATIVES, len(ways))]
    return joined
