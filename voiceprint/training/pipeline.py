"""From the corpora to the head and the calibration that ship, and to the figures about them.

What is reported is measured out of fold: the head and the calibration that a trial is scored with
were made without its speakers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech.progress import progress
from voiceprint.calibration import features, fit
from voiceprint.contract import Embedder, Purpose
from voiceprint.training.corpus import FOLDS, Utterance, learners, natives
from voiceprint.training.head import HeadSettings, train_head, turned
from voiceprint.training.materials import Views, anywhere, as_it_is, raw_network, strangers, views
from voiceprint.training.measured import BABBLE, JOINED, TESTS
from voiceprint.training.trials import Protocol, Trials, groups, together

Floats = npt.NDArray[np.float32]

CLEAN = "as recorded"
CALIBRATED_ON = {
    CLEAN: 1.0,
    "1 s": 1.0,
    "2 s": 1.0,
    "4 s": 1.0,
    "babble 5 dB": 0.01,
    "noise 10 dB": 0.1,
    "telephone": 0.01,
}
"""The conditions whose trials the calibration is fitted to, and how much each weighs: what fits the
rarer conditions better fits the common ones worse."""
FALSE_ACCEPTS = {Purpose.CONVENIENCE: 1e-2, Purpose.STANDARD: 1e-3, Purpose.STRICT: 1e-4}
"""The share of other speakers that each threshold is to let pass."""

_MOST = 20_000  # trials of a kind and condition that a calibration is fitted to
_LEAST = 0.3  # seconds of speech in a view to train with


@dataclass(frozen=True, slots=True)
class Materials:
    """Embeddings of the bare network."""

    speakers: list[Utterance]
    clean: Views
    degraded: Views
    cohort: Views
    """Native speakers, one utterance each, degraded."""


def gather(work: Path, data: Path | None = None) -> Materials:
    """Embed what the head is trained on, or read what an earlier run kept in ``work``."""
    speakers, cohort = learners(data), natives(data)
    return Materials(
        speakers,
        views("clean", speakers, as_it_is, 1, work),
        views("training", speakers, anywhere, 3, work, lambda one: strangers(one, cohort)),
        views("cohort", cohort, anywhere, 6, work, lambda one: strangers(one, cohort)),
    )


def heard_under(
    condition: str,
    speakers: list[Utterance],
    work: Path,
    open_raw: Callable[[], Embedder] = raw_network,
) -> Views:
    """Embed the recordings under one of the conditions that are measured."""
    if condition == CLEAN:
        return views("clean", speakers, as_it_is, 1, work, open_raw=open_raw)
    company: Callable[[Utterance], Sequence[Utterance] | None] | None = None
    if condition in JOINED:
        behind = groups(speakers, JOINED[condition])
        company = lambda one: behind.get(one.id)  # noqa: E731
    elif condition.startswith("babble"):
        company = lambda one: strangers(one, speakers)[:BABBLE]  # noqa: E731
    name = condition.replace(" ", "_")
    return views(name, speakers, TESTS[condition], 1, work, company, open_raw)


def training_set(
    materials: Materials, protocol: Protocol, fold: int | None
) -> tuple[Floats, npt.NDArray[np.int_]]:
    """What the head for a fold is trained on: vectors (n, dimension) and speakers (n,).

    Parameters
    ----------
    fold
        Whose speakers are left out; None for the head that ships.
    """
    allowed = np.ones(len(protocol.speaker), np.bool_) if fold is None else protocol.training(fold)
    vectors, speakers = list[Floats](), list[npt.NDArray[np.int_]]()
    for some in (materials.clean, materials.degraded):
        for number in range(some.vectors.shape[1]):
            chosen = allowed & (some.speech[:, number] >= _LEAST)
            vectors.append(some.vectors[chosen, number])
            speakers.append(protocol.voice[chosen])
    native = materials.cohort
    for number in range(native.vectors.shape[1]):
        chosen = native.speech[:, number] >= _LEAST
        vectors.append(native.vectors[chosen, number])
        speakers.append(10_000 + np.flatnonzero(chosen))
    _, numbers = np.unique(np.concatenate(speakers), return_inverse=True)
    return np.concatenate(vectors), numbers.astype(np.int_)


def head_for(
    materials: Materials, protocol: Protocol, fold: int | None, settings: HeadSettings, seed: int
) -> Floats:
    """The head for a fold, or the one that ships where None."""
    return train_head(*training_set(materials, protocol, fold), settings, seed)


def cross_fitted(
    materials: Materials, protocol: Protocol, settings: HeadSettings, seed: int = 0
) -> list[Floats]:
    """A head for each fold, trained without its speakers."""
    with progress("cross-validation", FOLDS, "folds") as advance:
        heads = []
        for fold in range(FOLDS):
            heads.append(head_for(materials, protocol, fold, settings, seed))
            advance(fold + 1)
    return heads


def out_of_fold(
    protocol: Protocol, heads: Sequence[Floats] | None, clean: Views, test: Views, size: int = 1
) -> Trials:
    """All trials of a condition, each scored with the head of its fold; no head where None.

    Parameters
    ----------
    size
        How many utterances are joined for a test.
    """
    parts = []
    for fold in range(FOLDS):
        enrolled, tests = clean.vectors[:, 0], test.vectors[:, 0]
        if heads is not None:
            enrolled, tests = turned(enrolled, heads[fold]), turned(tests, heads[fold])
        parts.append(protocol.trials(fold, enrolled, tests, test, clean.strength[:, 0], size))
    return together(parts)


def calibrate(trials: Mapping[str, Trials], fold: int | None = None) -> npt.NDArray[np.float64]:
    """Coefficients from trials of several conditions, as much of each as it weighs.

    Parameters
    ----------
    fold
        Whose trials are left out; None to use all.
    """
    random = np.random.default_rng(0)
    seen, kinds = list[npt.NDArray[np.float64]](), list[npt.NDArray[np.bool_]]()
    for condition, some in trials.items():
        most = round(_MOST * CALIBRATED_ON[condition])
        used = some if fold is None else some.of(some.fold != fold)
        for kind in (True, False):
            rows = np.flatnonzero(used.target == kind)
            rows = random.choice(rows, min(rows.size, most), replace=False)
            seen.append(seen_of(used)[rows])
            kinds.append(np.full(rows.size, kind))
    return fit(np.concatenate(seen), np.concatenate(kinds))


def seen_of(trials: Trials) -> npt.NDArray[np.float64]:
    """What the calibration sees of trials, shape (n, features)."""
    return features(
        trials.cosine,
        trials.speech,
        trials.seconds,
        trials.snr,
        trials.narrow_band,
        trials.strength,
        trials.enrolled,
    )


def likelihoods(
    trials: Trials, coefficients: Callable[[int], npt.NDArray[np.float64]]
) -> npt.NDArray[np.float64]:
    """The log-likelihood ratio of each trial by the coefficients of its fold."""
    llr = np.empty(trials.cosine.size)
    for fold in range(FOLDS):
        chosen = trials.fold == fold
        llr[chosen] = seen_of(trials.of(chosen)) @ coefficients(fold)
    return llr
