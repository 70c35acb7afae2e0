"""Judges learners by the pronunciation scorer: what lessons ask as an ``Examiner``.

The scorer of a language is loaded when the first lesson in it begins, unless it is shared with
others, and works in a thread of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pronunciation
from pronunciation import Assessment, Assessor
from pronunciation.results import Reason, Word, WordError
from skills.lesson.examiner import Judgement
from speech.audio import Samples
from speech.language import primary

T = TypeVar("T")

AssessorOf = Callable[[str], Awaitable[Assessor]]
"""The scorer of a language (BCP 47), loaded when it is first asked for, and kept open."""

_FEW = 3
"""Words of a text that is only as good as the worst of them."""
_WRONG = 60.0
"""A word that scores less went wrong."""
_MISREAD = (WordError.OMISSION, WordError.MISPRONUNCIATION)


class PronunciationExaminer:
    """See :class:`skills.lesson.examiner.Examiner`. Close it when done.

    Parameters
    ----------
    assessor_of
        Where scorers come from; they stay open. By default it loads its own.
    """

    def __init__(self, assessor_of: AssessorOf | None = None) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="examiner")
        self._assessor_of = assessor_of or self._loaded
        self._own: dict[str, Assessor] = {}  # used in the thread only

    def examines(self, language: str) -> bool:
        """Whether there is a scorer for a language."""
        return primary(language) in pronunciation.LANGUAGES

    async def prepare(self, language: str) -> None:
        """Load the scorer of a language; errors as :func:`pronunciation.open_assessor`."""
        await self._assessor_of(language)

    async def examine(self, samples: Samples, text: str, language: str) -> Judgement:
        """Judge how a text was said; errors also as in ``Assessor.assess``."""
        assessor = await self._assessor_of(language)
        return await self._apart(lambda: judged(assessor.assess(samples, text), language))

    async def close(self) -> None:
        """Wait for what is under way, and free its own scorers."""
        await asyncio.to_thread(self._pool.shutdown)
        for assessor in self._own.values():
            assessor.close()

    async def _apart(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def _loaded(self, language: str) -> Assessor:
        tag = primary(language)

        def load() -> Assessor:
            if tag not in self._own:
                self._own[tag] = pronunciation.open_assessor(tag)
            return self._own[tag]

        return await self._apart(load)


def judged(assessment: Assessment, language: str) -> Judgement:
    """What a lesson needs to know of an assessment."""
    if assessment.overall is None:
        return (
            Judgement(0.0, read=False) if assessment.reason is Reason.NOT_READ else Judgement(None)
        )
    said = [word for word in assessment.words if word.error is not WordError.INSERTION]
    score = assessment.overall.total
    if len(said) <= _FEW:
        score = min([score, *(word.total for word in said if word.total is not None)])
    wrong = tuple(word.word for word in said if _went_wrong(word))
    return Judgement(score, advice=_aloud(assessment, primary(language)), wrong=wrong)


def _aloud(assessment: Assessment, language: str) -> Mapping[str, str]:
    """The advice by language, as it can be said."""
    if assessment.advice is None:
        return {}
    if language == "en":
        from pronunciation.english.aloud import aloud

        return aloud(assessment.advice.text)
    from pronunciation.mandarin.advice import advice_for

    found = advice_for(assessment.words, aloud=True)
    return found.text if found is not None else {}


def _went_wrong(word: Word) -> bool:
    return word.error in _MISREAD or (word.total is not None and word.total < _WRONG)
