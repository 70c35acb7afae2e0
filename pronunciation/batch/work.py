"""One recording of a manifest to one line of the output, wherever the work is done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pronunciation.batch.manifest import Task
from pronunciation.batch.output import dump
from pronunciation.contract import Assessor
from speech.audio import RATE, Samples, blocks
from speech.errors import EngineError, SonorantError

Opener = Callable[[str], Assessor]
"""Loads the assessor of a language: ``pronunciation.open_assessor``."""

LONGEST = 600.0
"""Seconds that are read of a recording; nothing so long can be assessed, and memory is bounded."""

TRIES = 2
"""How often a task may cost a worker its life before it has failed."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a task."""

    line: str
    """Its record, as JSON."""
    error: str | None = None
    """Why it failed."""
    assessable: bool = True
    """Whether there are scores."""


def start(opener: Opener, language: str) -> Assessor | SonorantError:
    """Load the assessor; the error, where that fails, is for whoever waits for the worker."""
    try:
        return opener(language)
    except SonorantError as error:
        return error
    except Exception as error:
        _LOG.exception("loading the assessor failed")
        return EngineError(f"the assessor cannot be loaded: {type(error).__name__}: {error}")


def work(task: Task, assessor: Assessor) -> Done:
    """Assess one recording. Never raises: what goes wrong becomes the record."""
    try:
        assessment = assessor.assess(
            load(task.path), task.text, id=task.id, pronunciations=task.pronunciations or None
        )
        record = {**assessment.to_dict(), "audio": task.audio, **task.carried}
        return Done(dump(record), assessable=assessment.assessable)
    except SonorantError as error:
        return failure(task, str(error))
    except Exception as error:
        _LOG.exception("assessing %s failed", task.id)
        return failure(task, f"internal error: {type(error).__name__}: {error}")


def failure(task: Task, error: str) -> Done:
    """The record of a recording that could not be worked on."""
    return Done(dump({"id": task.id, "error": error, "audio": task.audio, **task.carried}), error)


def load(path: str) -> Samples:
    """A recording, of which no more than :data:`LONGEST` seconds are read.

    Raises
    ------
    AudioError
        It cannot be read.
    """
    parts, size = [np.zeros(0, np.float32)], 0
    for block in blocks(path):
        parts.append(block)
        size += block.size
        if size > LONGEST * RATE:
            break
    return np.concatenate(parts)
