"""What every attempt to be recognised has in common: who may, what was heard, what is recorded."""

from __future__ import annotations

from datetime import UTC, datetime

from speech.audio import RATE, Samples, sanitize
from speech.errors import AudioError
from voiceprint.contract import Decision, EmbeddingModel, Person, Reason
from voiceprint.gallery import AuditAction, AuditEntry, Gallery
from voiceprint.liveness.replay import fingerprint, heard_among

LONGEST = 60.0
"""Seconds: a longer recording is no attempt, and would keep everybody waiting."""


def attempt(samples: Samples) -> Samples:
    """The recording of an attempt, with all that is no number silenced.

    Raises
    ------
    AudioError
        It is longer than :data:`LONGEST`.
    """
    if samples.size > LONGEST * RATE:
        raise AudioError(
            f"a recording of {samples.size / RATE:.0f} s: a sentence is enough, and "
            f"{LONGEST:.0f} s are the most"
        )
    return sanitize(samples)


def not_now(person: Person) -> Reason | None:
    """Why a person is refused whatever the voice says; None if it counts."""
    if person.blocked:
        return Reason.BLOCKED
    if person.expires is not None and person.expires <= datetime.now(UTC):
        return Reason.EXPIRED
    return None


def heard_before(gallery: Gallery, person: Person, samples: Samples) -> bool:
    """Whether this very utterance of a person was heard already; from now on it was.

    Of two doors that hear it at once, only one is told that it is new.
    """
    return not gallery.remember_if_new(person.id, fingerprint(samples), heard_among)


def entry(
    action: AuditAction,
    decision: Decision,
    door: str,
    person_id: str | None,
    model: EmbeddingModel,
) -> AuditEntry:
    """The record of a decision."""
    return AuditEntry(
        when=datetime.now(UTC),
        action=action,
        door=door,
        person_id=person_id,
        decision=decision.decision,
        reason=decision.reason,
        llr=decision.llr,
        probability=decision.probability,
        liveness=decision.liveness,
        speech=None if decision.quality is None else decision.quality.speech,
        model=model,
    )
