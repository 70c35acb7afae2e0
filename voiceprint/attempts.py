"""What every attempt to be recognised has in common: who may, what was heard, what is recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from speech.audio import RATE, Samples, sanitize
from speech.errors import AudioError
from voiceprint.contract import Decision, EmbeddingModel, Outcome, Person, Reason
from voiceprint.gallery import AuditAction, AuditEntry, Gallery
from voiceprint.liveness.replay import fingerprint, heard_among

LONGEST = 60.0
"""Seconds: a longer recording is no attempt, and would keep everybody waiting."""

FORGOTTEN = timedelta(minutes=10)
"""So long after it an attempt that failed counts no more."""
_FAILURES = {
    Reason.NO_MATCH,
    Reason.REPLAYED,
    Reason.CHALLENGE_FAILED,
    Reason.SEVERAL_VOICES,
}
"""What somebody who tries until it works is told; not what a bad recording is."""


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


def locked_for(gallery: Gallery, person: Person, failures: int) -> float | None:
    """Seconds until a person may be verified again; None where that is now.

    The audit log tells of the attempts, so that it holds for all programs and over a restart.

    Parameters
    ----------
    failures
        How many attempts may fail within :data:`FORGOTTEN`; one that is accepted clears them. 0 for
        any number.
    """
    now, failed = datetime.now(UTC), list[datetime]()
    if not failures:
        return None
    for one in gallery.audit(person=person.id, since=now - FORGOTTEN):
        if one.action is AuditAction.VERIFY and one.decision is Outcome.ACCEPT:
            failed.clear()
        elif one.action is AuditAction.VERIFY and one.reason in _FAILURES:
            failed.append(one.when)
    if len(failed) < failures:
        return None
    return (failed[-failures] + FORGOTTEN - now).total_seconds()


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
