"""Identification, 1:N, over an open set: who of those enrolled is it, or nobody of them?

Among N people a stranger has N chances to resemble somebody: each person counts as one in N, and a
stranger as often as all of them together. The probabilities are those of Bayes over the stranger
and the nearest people; somebody is accepted whose odds against all the others together pass the
threshold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import numpy.typing as npt

from speech.audio import Samples
from voiceprint.attempts import attempt, entry, heard_before, not_now
from voiceprint.calibration import Calibration
from voiceprint.contract import (
    Decision,
    Liveness,
    Outcome,
    Person,
    Purpose,
    Quality,
    Reason,
    Template,
)
from voiceprint.gallery import AuditAction, Gallery, same_name
from voiceprint.gates import ENROL, VERIFY
from voiceprint.index import Index
from voiceprint.scoring import Ear, Voice

_NEAREST = 50
"""How many people, the nearest by their cosines, share the probability: those who are less alike
have next to none."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """One of those whom a voice resembles most."""

    person: Person
    llr: float
    """Against one other speaker; natural logarithm."""
    probability: float
    """Among all who were searched and a stranger, 0-1."""


@dataclass(frozen=True, slots=True)
class Identification:
    """Who it is, and who else it might be."""

    decision: Decision
    likenesses: tuple[Likeness, ...]
    """The nearest first."""
    searched: int
    """How many people it was compared with."""


def among(llrs: npt.NDArray[np.float64], searched: int) -> npt.NDArray[np.float64]:
    """How probable each person is among all who were searched and a stranger, 0-1.

    Parameters
    ----------
    llrs
        Of the people who count, shape (people, ...).
    """
    shares = llrs - math.log(searched)
    total = np.logaddexp(0.0, np.logaddexp.reduce(shares))
    return np.asarray(np.exp(shares - total))


class Identifier:
    """Identifies people. Safe to use from several threads.

    The first identification, and the first after any process changed the gallery, reads all
    templates.
    """

    def __init__(self, gallery: Gallery, ear: Ear, calibration: Calibration) -> None:
        self._gallery = gallery
        self._ear = ear
        self._calibration = calibration
        self._lock = Lock()
        self._index: Index | None = None
        self._version = -1

    def identify(
        self,
        samples: Samples,
        purpose: Purpose = Purpose.STANDARD,
        *,
        group: str | None = None,
        count: int = 5,
        door: str = "",
        remembers: bool = True,
    ) -> Identification:
        """Who speaks, of a group or of all.

        Parameters
        ----------
        count
            Likenesses to answer at most.
        remembers
            Whether the utterance has to be a new one, and counts as heard from now on; not where it
            is verified next.

        Raises
        ------
        AudioError
            The recording is longer than a minute.
        GalleryError
            The gallery cannot be read, or the attempt cannot be recorded.
        """
        samples = attempt(samples)
        quality = self._ear.quality(samples)
        poor = VERIFY[purpose].reason(quality)
        if poor is not None:
            found = Identification(Decision(Outcome.RETRY, poor, quality=quality), (), 0)
        else:
            found = self._search(self._ear.hear(samples, quality), purpose, group)
            found = self._checked(found, samples if remembers else None)
        named = found.likenesses[0].person.id if found.decision.person is not None else None
        model = self._ear.embedder.model
        self._gallery.record(entry(AuditAction.IDENTIFY, found.decision, door, named, model))
        return replace(found, likenesses=found.likenesses[:count])

    def known_as(self, template: Template, besides: str) -> Person | None:
        """Under which other name this voice is enrolled, beyond reasonable doubt; None if nowhere.

        Parameters
        ----------
        besides
            The name that is no news.
        """
        index = self.index()
        # What passed the gates of an enrolment is good.
        quality = Quality(template.speech, template.speech, ENROL.snr, 0.0, False)
        for one in index.nearest(template.vector, 2):
            llr = float(self._calibration.llr(one.cosine, quality, template.strength, one.strength))
            needed = self._calibration.thresholds[Purpose.STRICT].llr + math.log(len(index))
            if not same_name(one.person.name, besides) and llr >= needed:
                return one.person
        return None

    def index(self) -> Index:
        """All templates of the model in use, as they are now."""
        with self._lock:
            version = self._gallery.version()
            if self._index is None or version != self._version:
                self._index = Index(self._gallery.templates(self._ear.embedder.model))
                self._version = version
            return self._index

    def _search(self, voice: Voice, purpose: Purpose, group: str | None) -> Identification:
        index = self.index()
        searched = index.size(group)
        nearest = index.nearest(voice.vector, _NEAREST, group)
        if not nearest:
            nobody = Decision(Outcome.REJECT, Reason.NOBODY_KNOWN, quality=voice.quality)
            return Identification(nobody, (), searched)
        llrs = self._calibration.llr(
            [one.cosine for one in nearest],
            voice.quality,
            voice.strength,
            [one.strength for one in nearest],
        )
        order = np.argsort(-llrs, kind="stable")  # nearly that of the cosines
        nearest, llrs = [nearest[at] for at in order], llrs[order]
        shares = llrs - math.log(searched)  # log odds of each against a stranger
        likenesses = tuple(
            Likeness(one.person, float(llr), float(probability))
            for one, llr, probability in zip(nearest, llrs, among(llrs, searched), strict=True)
        )
        others = float(np.logaddexp.reduce([0.0, *shares[1:]]))
        threshold = self._calibration.thresholds[purpose].llr
        best = likenesses[0]
        decision = Decision(
            Outcome.REJECT, Reason.NOBODY_KNOWN, best.llr, best.probability, quality=voice.quality
        )
        if shares[0] - others >= threshold:
            decision = replace(
                decision, decision=Outcome.ACCEPT, reason=Reason.MATCH, person=best.person.name
            )
        elif shares[0] >= threshold:
            decision = replace(decision, decision=Outcome.RETRY, reason=Reason.UNDECIDED)
        return Identification(decision, likenesses, searched)

    def _checked(self, found: Identification, samples: Samples | None) -> Identification:
        """Refuse a person who may not come in, and an utterance of theirs that was heard before."""
        decision = found.decision
        if decision.decision is not Outcome.ACCEPT:
            return found
        person = self._gallery.person(found.likenesses[0].person.name)
        barred = not_now(person)
        liveness = Liveness()
        if barred is None and samples is not None and heard_before(self._gallery, person, samples):
            barred, liveness = Reason.REPLAYED, Liveness(replayed=True)
        if barred is not None:
            decision = replace(decision, decision=Outcome.REJECT, reason=barred, liveness=liveness)
        return replace(found, decision=decision)
