"""Trial lists: score many comparisons at once, and say how good the scores are.

Lists are tab-separated. The enrolment's lines are ``model<TAB>audio``, several for one model; the
trials' are ``model<TAB>audio`` and, where it is known, ``target`` or ``nontarget``. A first line
that names the columns may stand above, in any order and with others among them. Paths are relative
to the list they stand in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    columns: tuple[str, ...]
    """The line as the list gives it."""
    target: bool | None = None
    """Whether it is the same speaker; None where the list does not say."""


@dataclass(frozen=True, slots=True)
class TrialList:
    """Comparisons in the order of their list."""

    trials: tuple[Trial, ...]
    header: tuple[str, ...] | None = None
    """The names of the columns, if the list has them."""


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
    table = _Table(path, "model<TAB>audio")
    for row in table.rows:
        models.setdefault(row.model, []).append(row.audio)
    if not models:
        raise ConfigError(f"{path}: no enrolment is in it")
    return models


def read_trials(path: Path, models: Iterable[str]) -> TrialList:
    """The comparisons of a list.

    Raises
    ------
    ConfigError
        The list cannot be read, a line is wrong, or its model has no enrolment.
    """
    known = set(models)
    table = _Table(path, "model<TAB>audio[<TAB>target|nontarget]")
    for row in table.rows:
        if row.model not in known:
            raise ConfigError(f"{row.where}: the model {row.model!r} has no enrolment")
    if not table.rows:
        raise ConfigError(f"{path}: no trial is in it")
    trials = (Trial(row.model, row.audio, row.columns, row.target) for row in table.rows)
    return TrialList(tuple(trials), table.header)


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
    """Score comparisons in the order given, on all cores; a recording is heard only once.

    One that cannot be used has no score and says why.
    """
    files = list(dict.fromkeys(trial.audio for trial in trials))
    heard: dict[Path, Voice | AudioError] = {}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        coming = zip(files, pool.map(lambda file: _heard(file, ear), files), strict=True)
        for trial in trials:
            while trial.audio not in heard:
                file, voice = next(coming)
                heard[file] = voice
            found = heard[trial.audio]
            if isinstance(found, AudioError):
                yield Scored(trial, None, str(found))
                continue
            template = templates[trial.model]
            llr = log_likelihood_ratio(found, template, calibration, ear.embedder)
            yield Scored(trial, llr)


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


def _heard(path: Path, ear: Ear) -> Voice | AudioError:
    try:
        return _hear(path, ear)
    except AudioError as error:
        return error


@dataclass(frozen=True, slots=True)
class _Row:
    where: str
    model: str
    audio: Path
    columns: tuple[str, ...]
    target: bool | None


class _Table:
    """A list as it was read: its rows, and its header if it has one."""

    def __init__(self, path: Path, shape: str) -> None:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read as a list ({error})") from error
        lines = [
            (number, tuple(part.strip() for part in line.split("\t")))
            for number, line in enumerate(text.splitlines(), 1)
            if line.strip()
        ]
        self.header: tuple[str, ...] | None = None
        if lines and {"model", "audio"} <= {name.lower() for name in lines[0][1]}:
            self.header = lines.pop(0)[1]
        names = ["model", "audio", "label"] if self.header is None else list(self.header)
        names = [name.lower() for name in names]
        model, audio = names.index("model"), names.index("audio")
        self.rows: list[_Row] = []
        for number, columns in lines:
            where = f"{path}:{number}"
            if max(model, audio) >= len(columns) or not columns[model] or not columns[audio]:
                raise ConfigError(f"{where}: should be {shape}")
            labels = [_LABELS[part] for part in columns if part in _LABELS]
            if self.header is None and len(columns) > 2 + len(labels):
                raise ConfigError(f"{where}: should be {shape}")
            file = path.parent / columns[audio]
            self.rows.append(
                _Row(where, columns[model], file, columns, labels[0] if labels else None)
            )
