"""The English assessor: a recording and a text in, the judgement out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from pronunciation.contract import Pronunciations
from pronunciation.english.advice import advice_for
from pronunciation.english.deviations import Deviations, deviations_of
from pronunciation.english.features import measure
from pronunciation.english.gates import not_read
from pronunciation.english.graph import Graph, Ways, align
from pronunciation.english.hearing import Floats, Hearing, Sounds
from pronunciation.english.lexicon import Lexicon
from pronunciation.english.phones import Pronunciation, from_text
from pronunciation.english.scorer import Scores
from pronunciation.english.text import ReferenceWord, read_text, sentence_parts
from pronunciation.english.verdict import Judged, overall_of, paused, words_of
from pronunciation.english.weights import EnglishWeights, load
from pronunciation.gates import AudioGate
from pronunciation.pitch import PitchTracker, melody
from pronunciation.results import Assessment, Reason
from pronunciation.stream import ReadingStream
from pronunciation.timing import rate_of
from speech.audio import RATE, Samples, sanitize
from speech.errors import AudioError, ConfigError

LONGEST = 30.0
"""Seconds that can be assessed at once."""

_ALTERNATIVES = 4  # pronunciations of a word that are tried


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
        self._judges = self._weights.judges
        self._hearing = Hearing(threads=threads)
        self._gate = AudioGate()
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
        reason = self._gate.refusal(samples, LONGEST)
        if text is None:
            text = self._hearing.recognize(samples) if reason is None else ""
            if not text:
                return self._refused(id, "", True, samples, reason or Reason.NOISE)
        reference = self._read(text)
        if reason is not None:
            return self._refused(id, text, recognized, samples, reason)
        ways = self._ways(reference, pronunciations)
        encoded = self._hearing.encode(samples)
        sounds = [judge.hear(encoded) for judge in self._judges]
        deviations = Deviations()
        if not recognized:
            deviations = self._deviations(encoded, reference, ways, sounds[0])
        spoken, places = deviations.said(ways)
        path = Graph(spoken).align(sounds[0].log_posteriors)
        if path is None:
            return self._refused(id, text, recognized, samples, Reason.NOT_READ)
        alignment = path.only(places)
        said = [way[chosen] for way, chosen in zip(ways, alignment.chosen, strict=True)]
        fixed = [[way[chosen]] for way, chosen in zip(spoken, path.chosen, strict=True)]
        fit = self._hearing.fit(encoded, sentence_parts(reference))
        measured = [measure(samples, sounds[0], fit, said, alignment)]
        for other in sounds[1:]:
            aligned = align(other.log_posteriors, fixed).only(places)
            measured.append(measure(samples, other, fit, said, aligned))
        scores = Scores.mean(
            [judge.score(one) for judge, one in zip(self._judges, measured, strict=True)]
        )
        if not_read(self._weights.limits, measured[0], scores):
            return self._refused(id, text, recognized, samples, Reason.NOT_READ)
        judged = Judged(
            reference,
            said,
            alignment,
            np.mean([one.posteriors for one in measured], axis=0),
            scores,
            self._pitch.hertz(samples),
            deviations,
            [path.span(place) for place in sorted({*range(len(spoken))} - {*places})],
        )
        words = words_of(judged, self._weights.limits)
        return Assessment(
            id,
            "en",
            text,
            recognized,
            _seconds(samples),
            True,
            None,
            overall_of(judged),
            words,
            paused(judged, words),
            rate_of(judged.timed()),
            melody(judged.hertz),
            advice_for(words),
        )

    def stream(
        self, text: str, *, id: str = "", pronunciations: Pronunciations | None = None
    ) -> ReadingStream:
        """Listen while a text is read; see :meth:`pronunciation.contract.Assessor.stream`."""
        graph = Graph(self._ways(self._read(text), pronunciations))

        def begun(samples: Samples) -> int:
            encoded = self._hearing.encode(sanitize(samples))
            return graph.begun(self._judges[0].hear(encoded).log_posteriors)

        def assess(samples: Samples) -> Assessment:
            return self.assess(samples, text, id=id, pronunciations=pronunciations)

        return ReadingStream(begun, assess, LONGEST)

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

    def _deviations(
        self,
        encoded: Floats,
        reference: Sequence[ReferenceWord],
        ways: Sequence[Ways],
        sounds: Sounds,
    ) -> Deviations:
        try:
            recognized = read_text(self._hearing.transcribe(encoded))
        except ConfigError:  # it made letters of another script of it
            recognized = ()
        pronounced = self._ways(recognized, None)
        return deviations_of(
            [" ".join(word.spoken) for word in reference],
            ways,
            [" ".join(word.spoken) for word in recognized],
            {" ".join(word.spoken): way for word, way in zip(recognized, pronounced, strict=True)},
            sounds,
        )

    def _refused(
        self, id: str, text: str, recognized: bool, samples: Samples, reason: Reason
    ) -> Assessment:
        return Assessment(id, "en", text, recognized, _seconds(samples), False, reason)


def _seconds(samples: Samples) -> float:
    return round(samples.size / RATE, 3)


def _joined(words: Sequence[Sequence[Pronunciation]]) -> list[Pronunciation]:
    """The ways to say several words in a row, as for ``25``; the usual ones first."""
    joined: list[Pronunciation] = [()]
    for ways in words:
        joined = [(*before, *way) for before in joined for way in ways]
        joined = joined[: max(_ALTERNATIVES, len(ways))]
    return joined
