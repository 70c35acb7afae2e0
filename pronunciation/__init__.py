"""Pronunciation: how well a language learner read a text, sound by sound.

::

    assessment = pronunciation.assess("recording.wav", "The north wind and the sun.")
    print(assessment.overall, [(word.word, word.error) for word in assessment.words])
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from pronunciation.contract import AssessmentStream, Assessor, Progress, Pronunciations
from pronunciation.results import Assessment
from speech.errors import EngineError
from speech.language import primary

if TYPE_CHECKING:
    from speech.audio import Samples
    from speech.containers import AnyPath

__all__ = [
    "Assessment",
    "AssessmentStream",
    "Assessor",
    "Progress",
    "Pronunciations",
    "assess",
    "open_assessor",
]

LANGUAGES = ("en", "zh")
"""Languages that can be assessed, as primary subtags."""


def open_assessor(language: str = "en") -> Assessor:
    """Load the assessor of a language (BCP 47).

    Raises
    ------
    EngineError
        There is none for the language.
    ConfigError
        It is no language tag.
    ModelMissingError
        A model that it needs was not pulled yet.
    """
    spoken = primary(language)
    if spoken == "zh":
        from pronunciation.mandarin.assessor import MandarinAssessor

        return MandarinAssessor()
    if spoken not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise EngineError(f"pronunciation in {language!r} cannot be assessed; there is {known}")
    from pronunciation.english.assessor import EnglishAssessor

    return EnglishAssessor()


def assess(
    audio: Samples | AnyPath,
    text: str | None,
    language: str = "en",
    *,
    pronunciations: Pronunciations | None = None,
) -> Assessment:
    """Judge one recording; the models stay loaded for the next call.

    Parameters
    ----------
    audio
        Mono float32 at 16 kHz, or a file in any container.
    text
        What was to be read; None for free speech.

    Raises
    ------
    AudioError
        The file cannot be read.
    ConfigError, EngineError, ModelMissingError
        As in :meth:`Assessor.assess` and :func:`open_assessor`.
    """
    import numpy as np

    from speech.audio import read

    samples = audio if isinstance(audio, np.ndarray) else read(audio)
    return _shared(language).assess(samples, text, pronunciations=pronunciations)


_shared = functools.cache(open_assessor)
