"""Identification, 1:N, over an open set: who of those enrolled is it, or nobody of them?

Among N people a stranger has N chances to resemble somebody: each person counts as one in N, so
that the log-likelihood ratio of the best must exceed the threshold by ln N. The probability is
that of Bayes over all of them and the stranger, who is taken to be as likely as all together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

import numpy as np

from speech.audio import Samples
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
from voiceprint.gallery import AuditAction, AuditEntry, Gallery
from voiceprint.gates import ENROL, VERIFY
from voiceprint.index import Index
from voiceprint.scoring import Ear, Voice
from voiceprint.verification import not_now


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
    ) -> Identification:
        """Who speaks, of a group or of all.

        Parameters
        ----------
        count
            Likenesses to answer at most.

        Raises
        ------
        GalleryError
            The gallery cannot be read, or the attempt cannot be recorded.
        """
        quality = self._ear.quality(samples)
        poor = VERIFY[purpose].reason(quality)
        if poor is not None:
            found = Identification(Decision(Outcome.RETRY, poor, quality=quality), (), 0)
        else:
            found = self._search(self._ear.hear(samples, quality), purpose, group, count)
        best = found.decision
        self._gallery.record(
            AuditEntry(
                when=datetime.now(UTC),
                action=AuditAction.IDENTIFY,
                door=door,
                person_id=found.likenesses[0].person.id if best.person is not None else None,
                decision=best.decision,
                reason=best.reason,
                llr=best.llr,
                probability=best.probability,
                liveness=best.liveness,
                speech=quality.speech,
                model=self._ear.embedder.model,
            )
        )
        return found

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
            llr = float(self._calibration.llr(one.cosine, quality))
            needed = self._calibration.thresholds[Purpose.STRICT].llr + math.log(len(index))
            if one.person.name.casefold() != besides.casefold() and llr >= needed:
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

    def _search(
        self, voice: Voice, purpose: Purpose, group: str | None, count: int
    ) -> Identification:
        index = self.index()
        searched = index.size(group)
        nearest = index.nearest(voice.vector, max(count, 1), group)
        cosines = np.array([one.cosine for one in nearest])
        llrs = self._calibration.llr(cosines, voice.quality)
        odds = np.exp(np.clip(llrs, -60, 60)) / max(searched, 1)
        likenesses = tuple(
            Likeness(one.person, float(llr), float(share))
            for one, llr, share in zip(nearest, llrs, odds / (1 + odds.sum()), strict=True)
        )
        return Identification(
            self._decide(likenesses, searched, voice.quality, purpose), likenesses[:count], searched
        )

    def _decide(
        self,
        likenesses: tuple[Likeness, ...],
        searched: int,
        quality: Quality,
        purpose: Purpose,
    ) -> Decision:
        if not likenesses:
            return Decision(Outcome.REJECT, Reason.NOBODY_KNOWN, quality=quality)
        best = likenesses[0]
        needed = self._calibration.thresholds[purpose].llr + math.log(searched)
        outcome, reason, name = Outcome.REJECT, Reason.NOBODY_KNOWN, None
        if best.llr >= needed:
            barred = not_now(best.person)
            name = best.person.name
            outcome = Outcome.ACCEPT if barred is None else Outcome.REJECT
            reason = Reason.MATCH if barred is None else barred
        return Decision(outcome, reason, best.llr, best.probability, name, quality, Liveness())
