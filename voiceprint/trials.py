"""Trial lists: score many comparisons at once, and say how good the scores are.

The enrolment list has lines ``model<TAB>audio``, several for one model; the trial list has
``model<TAB>audio`` and, where it is known, a third column ``target`` or ``nontarget``. Paths are
relative to the list they stand in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech.audio import read
from speech.errors import AudioError, ConfigError
from voiceprint.calibration import Calibration
from voiceprint.contract import Template
from voiceprint.metrics import cllr, equal_error_rate, min_cllr, min_dcf
from voiceprint.scoring import Ear, Voice, log_likelihood_ratio, template_of

_LABELS = {"target": True, "nontarget": False}


@dataclass(frozen=True, slots=True)
class Trial:
    """One comparison."""

    model: str
    audio: Path
    listed: str
    """The path as the list gives it."""
    target: bool | None = None
    """Whether it is the same speaker; None where the list does not say."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One comparison done."""

    trial: Trial
    llr: float | None
    """Natural logarithm; None where the recording cannot be used."""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """How good scores are; rates 0-1."""

    targets: int
    nontargets: int
    eer: float
    min_dcf_01: float
    """Minimum detection cost at a prior of 0.01."""
    min_dcf_05: float
    cllr: float
    min_cllr: float


def read_enrolments(path: Path) -> dict[str, list[Path]]:
    """The recordings of each model, in the order of the list.

    Raises
    ------
    ConfigError
        The list cannot be read or a line is wrong; the message names it.
    """
    models: dict[str, list[Path]] = {}
    for number, columns in _lines(path):
        if len(columns) != 2:
            raise ConfigError(f"{path}:{number}: should be model<TAB>audio")
        models.setdefault(columns[0], []).append(path.parent / columns[1])
    if not models:
        raise ConfigError(f"{path}: no enrolment is in it")
    return models


def read_trials(path: Path, models: Iterable[str]) -> list[Trial]:
    """The comparisons of a list.

    Raises
    ------
    ConfigError
        The list cannot be read, a line is wrong, or its model has no enrolment.
    """
    known, trials = set(models), list[Trial]()
    for number, columns in _lines(path):
        if len(columns) not in (2, 3) or (len(columns) == 3 and columns[2] not in _LABELS):
            raise ConfigError(f"{path}:{number}: should be model<TAB>audio[<TAB>target|nontarget]")
        if columns[0] not in known:
            raise ConfigError(f"{path}:{number}: the model {columns[0]!r} has no enrolment")
        target = _LABELS[columns[2]] if len(columns) == 3 else None
        trials.append(Trial(columns[0], path.parent / columns[1], columns[1], target))
    if not trials:
        raise ConfigError(f"{path}: no trial is in it")
    return trials


def enrol_all(
    models: dict[str, list[Path]], ear: Ear, told: Callable[[int], None] = lambda done: None
) -> dict[str, Template]:
    """A template for each model.

    Parameters
    ----------
    told
        Called with how many are done.

    Raises
    ------
    AudioError
        A recording cannot be used: without its template no trial of the model has a score.
    """
    templates = {}
    for done, (model, files) in enumerate(models.items(), 1):
        voices = [_hear(file, ear) for file in files]
        templates[model] = template_of(voices, ear.embedder)
        told(done)
    return templates


def score(
    trials: Sequence[Trial], templates: dict[str, Template], ear: Ear, calibration: Calibration
) -> Iterator[Scored]:
    """Score comparisons in the order given; a recording used in several is heard once.

    One that cannot be used has no score and says why.
    """
    heard: dict[Path, Voice | AudioError] = {}
    for trial in trials:
        if trial.audio not in heard:
            try:
                heard[trial.audio] = _hear(trial.audio, ear)
            except AudioError as error:
                heard[trial.audio] = error
        voice = heard[trial.audio]
        if isinstance(voice, AudioError):
            yield Scored(trial, None, str(voice))
            continue
        template = templates[trial.model]
        yield Scored(trial, log_likelihood_ratio(voice, template, calibration, ear.embedder))


def figures(scored: Sequence[Scored]) -> Figures | None:
    """How good the scores are; None unless both kinds of labelled trials have scores."""
    targets, nontargets = split(scored)
    if not targets.size or not nontargets.size:
        return None
    return Figures(
        targets.size,
        nontargets.size,
        equal_error_rate(targets, nontargets),
        min_dcf(targets, nontargets, 0.01),
        min_dcf(targets, nontargets, 0.05),
        cllr(targets, nontargets),
        min_cllr(targets, nontargets),
    )


def split(
    scored: Sequence[Scored],
) -> tuple[
    np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]
]:
    """The scores of target and of nontarget trials, each of shape (n,)."""
    both = [
        np.array([one.llr for one in scored if one.llr is not None and one.trial.target is wanted])
        for wanted in (True, False)
    ]
    return both[0], both[1]


def _hear(path: Path, ear: Ear) -> Voice:
    samples = read(path)
    try:
        return ear.hear(samples)
    except AudioError as error:
        raise AudioError(f"{path}: {error}") from error


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as a list ({error})") from error
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            columns = [column.strip() for column in line.split("\t")]
            if not all(columns):
                raise ConfigError(f"{path}:{number}: a column is empty")
            yield number, columns
