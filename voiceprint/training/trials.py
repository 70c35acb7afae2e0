"""Trials among speakers: templates of three utterances against single ones, within each fold."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from voiceprint.training.corpus import Utterance, folds, one_voice
from voiceprint.training.materials import Views

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int_]
Flags = npt.NDArray[np.bool_]

ENROLMENT = 3
"""Utterances in a template."""
_NEAREST = 3
"""How many speakers of the same gender and the nearest age make the hard trials of a template."""
_CHILD = 15
"""Years: younger speakers are counted as children."""


@dataclass(frozen=True, slots=True)
class Trials:
    """One line a comparison; all arrays have shape (n,)."""

    cosine: Floats
    speech: Floats
    """Seconds of speech in the test."""
    seconds: Floats
    """Seconds of the test."""
    snr: Floats
    """Of the test, dB."""
    narrow_band: Floats
    """Whether the test is as narrow as a telephone, 0 or 1."""
    strength: Floats
    """Of the test, against an ordinary recording; see :class:`~voiceprint.contract.Embedding`."""
    enrolled: Floats
    """Of the template, likewise."""
    target: Flags
    hard: Flags
    """Target, or a nontarget of the same gender and the nearest age."""
    gender: Flags
    """Whether both are of the same gender."""
    age: Flags
    """Whether both are children, or both are adults."""
    child: Flags
    """Whether the template is a child's."""
    fold: Ints
    speaker: Ints
    """The speaker of the template, by number."""
    test: Ints
    """The utterance that is tested, by number."""

    def of(self, chosen: Flags) -> Trials:
        """Some of them."""
        return Trials(*(getattr(self, field.name)[chosen] for field in fields(self)))


def groups(utterances: Sequence[Utterance], size: int) -> dict[str, list[Utterance]]:
    """Longer tests: by the first utterance of each, those of the same speaker that follow in it.

    The utterances of a speaker stand together, and are cut into groups of ``size`` in that order:
    no two tests have a recording in common.
    """
    found: dict[str, list[Utterance]] = {}
    for _, of_speaker in itertools.groupby(utterances, lambda one: one.speaker):
        own = list(of_speaker)
        for start in range(0, len(own) - size + 1, size):
            found[own[start].id] = own[start + 1 : start + size]
    return found


def together(several: Sequence[Trials]) -> Trials:
    """All trials of several."""
    return Trials(
        *(np.concatenate([getattr(one, field.name) for one in several]) for field in fields(Trials))
    )


class Protocol:
    """Which templates meet which tests, the same whatever the embedding.

    Parameters
    ----------
    utterances
        Of speakers with known age and gender.
    draws
        Enrolments a speaker, each of :data:`ENROLMENT` utterances drawn at random.
    """

    def __init__(self, utterances: Sequence[Utterance], draws: int = 3, seed: int = 0) -> None:
        names = sorted({one.speaker for one in utterances})
        number = {name: at for at, name in enumerate(names)}
        self.speaker = np.array([number[one.speaker] for one in utterances])
        place = folds(names, seed)
        self.fold_of = np.array([place[name] for name in names])
        voices = {voice: at for at, voice in enumerate(sorted({one_voice(n) for n in names}))}
        self._voice = np.array([voices[one_voice(name)] for name in names])
        about = {one.speaker: one for one in utterances}
        self._age = np.array([about[name].age for name in names], float)
        self.voice = self._voice[self.speaker]
        self._gender = np.array([about[name].gender == "f" for name in names])
        random = np.random.default_rng(seed)
        first = {int(at): int(np.flatnonzero(self.speaker == at)[0]) for at in set(self.speaker)}
        self._place = np.array([row - first[int(at)] for row, at in enumerate(self.speaker)])
        self._enrolments = [
            (at, random.choice(np.flatnonzero(self.speaker == at), ENROLMENT, replace=False))
            for at in range(len(names))
            for _ in range(draws)
        ]

    def training(self, fold: int) -> Flags:
        """Which utterances a head for this fold may see, shape (utterances,)."""
        return np.asarray(self.fold_of[self.speaker] != fold)

    def trials(
        self,
        fold: int,
        enrolled: Floats,
        tests: Floats,
        quality: Views,
        strength: Floats,
        size: int = 1,
    ) -> Trials:
        """The trials of one fold.

        Parameters
        ----------
        enrolled, tests
            Embeddings of all utterances, as they are enrolled and as they are tested, shape
            (utterances, dimension).
        quality
            How good the tests are, one view of each utterance; NaN where it is none.
        strength
            Of all utterances as they are enrolled, shape (utterances,); its median is the unit.
        size
            How many utterances of a speaker each test is joined of (see :func:`groups`): none of
            them may have been enrolled.
        """
        tested = np.isfinite(quality.speech[:, 0])
        rows = np.flatnonzero((self.fold_of[self.speaker] == fold) & tested)
        ordinary = np.median(strength)
        parts = []
        for at, chosen in self._enrolments:
            if self.fold_of[at] != fold:
                continue
            template = enrolled[chosen].mean(0)
            template = template / np.linalg.norm(template)
            other = self.speaker[rows]
            # One person under two numbers is neither a target nor a stranger.
            twin = (self._voice[other] == self._voice[at]) & (other != at)
            known = np.isin(self._groups(rows, size), self._groups(chosen, size))
            left = rows[~(known & (other == at)) & ~twin]
            other = self.speaker[left]
            target, gender = other == at, self._gender[other] == self._gender[at]
            parts.append(
                Trials(
                    tests[left] @ template,
                    quality.speech[left, 0],
                    quality.seconds[left, 0],
                    quality.snr[left, 0],
                    quality.narrow_band[left, 0],
                    quality.strength[left, 0] / ordinary,
                    np.full(left.size, strength[chosen].mean() / ordinary),
                    target,
                    target | np.isin(other, self._nearest(at)),
                    gender,
                    (self._age[other] < _CHILD) == (self._age[at] < _CHILD),
                    np.full(left.size, self._age[at] < _CHILD),
                    np.full(left.size, fold),
                    np.full(left.size, at),
                    left,
                )
            )
        return together(parts)

    def _groups(self, rows: Ints, size: int) -> Ints:
        return self._place[rows] // size

    def _nearest(self, at: int) -> Ints:
        alike = np.flatnonzero(
            (self.fold_of == self.fold_of[at])
            & (self._gender == self._gender[at])
            & (self._voice != self._voice[at])
        )
        order = np.argsort(np.abs(self._age[alike] - self._age[at]), kind="stable")
        return np.asarray(alike[order[:_NEAREST]])
