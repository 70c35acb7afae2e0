"""What a learner says about the lesson rather than for it: "again", "slowly", "next", "stop"."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path

import yaml

from skills.normalize import base, normalize


class Control(StrEnum):
    """Something to do about the lesson."""

    AGAIN = "again"
    """Say it once more."""
    SLOWLY = "slowly"
    """Say it once more, slowly."""
    NEXT = "next"
    """Go on, whatever became of this one."""
    STOP = "stop"
    """End the lesson."""
    SCORE = "score"
    """How it went so far."""
    MEANING = "meaning"
    """What it means."""
    HELP = "help"
    """What can be said."""


def control(text: str, languages: Iterable[str]) -> Control | None:
    """What a text asks for, if that is all that it says, in any of the languages.

    >>> control("Once more, please.", ["en"])
    <Control.AGAIN: 'again'>
    >>> control("one more lamp", ["en"])
    """
    for language in languages:
        found = _phrases(base(language)).get(_bare(text, language))
        if found is not None:
            return found
    return None


@cache
def _phrases(language: str) -> dict[str, Control]:
    table: dict[str, dict[str, list[str]]] = yaml.safe_load(
        Path(__file__).with_name("controls.yaml").read_text(encoding="utf-8")
    )
    return {
        _bare(phrase, language): Control(name)
        for name, phrases in table.get(language, {}).items()
        for phrase in phrases
    }


def _bare(text: str, language: str) -> str:
    bare = normalize(text, language)
    return bare.replace(" ", "") if base(language) == "zh" else bare
