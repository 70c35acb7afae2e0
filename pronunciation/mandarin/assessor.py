"""The Mandarin assessor: a recording and a text in, the judgement out."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from pronunciation.contract import Pronunciations
from pronunciation.gates import AudioGate
from pronunciation.mandarin.advice import advice_for
from pronunciation.mandarin.contract import Judge, PartScores, SyllableScores
from pronunciation.mandarin.text import ReferenceWord, read_text
from pronunciation.mandarin.verdict import Judged, overall_of, pace_of, words_of
from pronunciation.mandarin.witness import (
    is_another,
    is_foreign,
    piece,
    readable,
    understood,
    unheard,
)
from pronunciation.mandarin.words import words
from pronunciation.pitch import STEP, PitchTracker, melody
from pronunciation.results import Assessment, Reason
from pronunciation.stream import ReadingStream
from pronunciation.timing import pauses_of
from speech.audio import RATE, Samples, sanitize
from speech.errors import AudioError, ConfigError, EngineError
from speech.recognition.contract import Recognizer

LONGEST = 30.0
"""Seconds that can be assessed at once."""

_LANGUAGE = "zh"
_log = logging.getLogger(__name__)
_VOWEL = 0.08  # seconds
_FOREIGN = 60.0  # accuracy below which a reading that sounds like another language is one
_NOTHING = PartScores(0.0, ())
_UNSAID = SyllableScores(0.0, 0.0, 0, _NOTHING, _NOTHING, _NOTHING, said=0.0)
_NO_RECOGNIZER = (
    "free speech in Mandarin needs a recogniser of it, and none is on this machine: say what was "
    "to be read, or get one (`pip install 'sonorant[whisper]'`)"
)


class MandarinAssessor:
    """See :class:`pronunciation.contract.Assessor`.

    Parameters
    ----------
    judge
        Another acoustic side than the one that ships.
    recognizer
        Another recogniser of Mandarin than the one that is installed, if one is.
    threads
        Threads that one call may use.
    """

    def __init__(
        self,
        judge: Judge[Any] | None = None,
        *,
        recognizer: Recognizer | None = None,
        threads: int = 1,
    ) -> None:
        if judge is None:
            from pronunciation.mandarin.judge import MandarinJudge

            judge = MandarinJudge(threads=threads)
        words()  # what is missing is said at once
        self._judge = judge
        self._gate = AudioGate()
        self._pitch = PitchTracker(threads)
        self._recognizer = recognizer or _installed()

    def assess(
        self,
        samples: Samples,
        text: str | None,
        *,
        id: str = "",
        pronunciations: Pronunciations | None = None,
    ) -> Assessment:
        """Judge how a text was read; see :meth:`pronunciation.contract.Assessor.assess`.

        Free speech needs a recogniser of Mandarin. Where there is one, it is heard for texts too:
        as a witness of what was left out, or not read at all.
        """
        if samples.ndim != 1:
            raise AudioError(f"audio has one channel here, not the shape {samples.shape}")
        samples = sanitize(samples)
        recognized = text is None
        if text is None and self._recognizer is None:
            raise ConfigError(_NO_RECOGNIZER)
        reason = self._gate.refusal(samples, LONGEST)
        heard = ""
        if self._recognizer is not None and reason is None:
            heard = understood(self._recognizer, samples)
        if text is None:
            text = readable(heard)
            if not text:
                nothing = Reason.NOT_READ if heard else Reason.NOISE
                return _refused(id, heard, True, samples, reason or nothing)
        reference = _read(text, pronunciations)
        if reason not in (None, Reason.NOISE):
            return _refused(id, text, recognized, samples, reason)
        hertz = self._pitch.hertz(samples)
        if reason is not None and not _voiced(hertz):
            return _refused(id, text, recognized, samples, reason)
        # A short syllable by itself may pass for noise: where there is a voice, the judge decides.
        sounds = self._judge.hear(samples)
        scores = self._scores(sounds, reference, heard)
        if scores is None or is_another(reference, heard):
            return _refused(id, text, recognized, samples, reason or Reason.NOT_READ)
        doubtful = unheard(reference, heard) if heard else frozenset[int]()
        judged = Judged(reference, _by_word(reference, scores), hertz, melody(hertz), doubtful)
        timed = judged.timed()
        if not timed:
            return _refused(id, text, recognized, samples, reason or Reason.NOT_READ)
        words = words_of(judged)
        overall = overall_of(judged, words)
        if is_foreign(heard) and overall.accuracy < _FOREIGN:
            return _refused(id, text, recognized, samples, Reason.NOT_READ)
        return Assessment(
            id,
            _LANGUAGE,
            text,
            recognized,
            _seconds(samples),
            True,
            None,
            overall,
            words,
            pauses_of(timed, judged.numbers()),
            pace_of(timed),
            judged.pitch,
            advice_for(words),
        )

    def stream(
        self, text: str, *, id: str = "", pronunciations: Pronunciations | None = None
    ) -> ReadingStream:
        """Listen while a text is read; see :meth:`pronunciation.contract.Assessor.stream`."""
        reference = _read(text, pronunciations)
        syllables = [ways for word in reference for ways in word.ways]
        ends = [number for number, word in enumerate(reference, start=1) for _ in word.ways]

        def begun(samples: Samples) -> int:
            count = self._judge.begun(self._judge.hear(sanitize(samples)), syllables)
            return ends[count - 1] if count else 0

        def assess(samples: Samples) -> Assessment:
            return self.assess(samples, text, id=id, pronunciations=pronunciations)

        return ReadingStream(begun, assess, LONGEST)

    def _scores(
        self, sounds: Any, reference: Sequence[ReferenceWord], heard: str
    ) -> list[SyllableScores] | None:
        """Those of every syllable; None where the text was not read.

        Where the judge finds that the whole was not, but a recogniser understood a piece of it,
        only that is judged.
        """
        syllables = [ways for word in reference for ways in word.ways]
        scores = self._judge.align_and_score(sounds, syllables)
        read = piece(reference, heard) if scores is None and heard else None
        if read is None:
            return scores
        asked = [ways for number in read for ways in reference[number].ways]
        found = self._judge.align_and_score(sounds, asked)
        if found is None:
            return None
        before = sum(len(word.ways) for word in reference[: read.start])
        after = len(syllables) - before - len(found)
        return [*[_UNSAID] * before, *found, *[_UNSAID] * after]

    def close(self) -> None:
        """Free the recogniser; the other models go with the assessor."""
        if self._recognizer is not None:
            self._recognizer.close()


def _installed() -> Recognizer | None:
    """A recogniser of Mandarin, where the user has one."""
    from speech.recognition.engines import open_recognizer

    try:
        return open_recognizer("auto", _LANGUAGE)
    except EngineError as error:
        _log.info("%s", error)
        return None


def _voiced(hertz: npt.NDArray[np.float64]) -> bool:
    """Whether there is as much voice as one vowel has."""
    return bool(np.count_nonzero(~np.isnan(hertz)) * STEP >= _VOWEL)


def _read(text: str, pronunciations: Pronunciations | None) -> tuple[ReferenceWord, ...]:
    reference = read_text(text, pronunciations)
    if not reference:
        raise ConfigError(f"there is no Chinese word in the text {text[:80]!r}")
    return reference


def _by_word(
    reference: Sequence[ReferenceWord], scores: Sequence[SyllableScores]
) -> list[list[SyllableScores]]:
    """The scores of each word's syllables, with times in whole milliseconds."""
    found, at = [], 0
    for word in reference:
        of = scores[at : at + len(word.syllables)]
        found.append([replace(one, start=round(one.start, 3), end=round(one.end, 3)) for one in of])
        at += len(word.syllables)
    return found


def _refused(id: str, text: str, recognized: bool, samples: Samples, reason: Reason) -> Assessment:
    return Assessment(id, _LANGUAGE, text, recognized, _seconds(samples), False, reason)


def _seconds(samples: Samples) -> float:
    return round(samples.size / RATE, 3)
