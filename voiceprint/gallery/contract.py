"""What the gallery hands out besides people and templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from voiceprint.contract import EmbeddingModel, Liveness, Outcome, Reason


@dataclass(frozen=True, slots=True)
class KeptChallenge:
    """What somebody was asked to say."""

    id: str
    person_id: str | None
    """Who was asked, if that was known."""
    phrase: str = field(repr=False)
    expires: datetime
    """With time zone."""


class Untaken(StrEnum):
    """Why there is no challenge to answer."""

    UNKNOWN = "unknown"
    """There was none, or its time was over long ago."""
    USED = "used"
    """It was answered before."""
    EXPIRED = "expired"


class AuditAction(StrEnum):
    """What an entry of the audit log tells of."""

    ENROL = "enrol"
    TEMPLATE = "template"
    """A template was updated, or one of a further model was added."""
    RENAME = "rename"
    BLOCK = "block"
    UNBLOCK = "unblock"
    GROUPS = "groups"
    EXPIRY = "expiry"
    DELETE = "delete"
    ROTATE = "rotate"
    """The keys were changed."""
    PRUNE = "prune"
    """Older entries were removed."""
    CHALLENGE = "challenge"
    """Somebody was asked to say something."""
    VERIFY = "verify"
    IDENTIFY = "identify"
    EXPORT = "export"
    TAMPERED = "tampered"
    """The gallery says so itself: the end of the log was found changed from outside before this
    entry, or this entry cannot be read because it was."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that happened. It never holds audio, a vector, or a name."""

    when: datetime
    """With time zone."""
    action: AuditAction
    door: str = ""
    """Who asked: a purpose, a place, a program."""
    person_id: str | None = None
    person: str | None = None
    """The person's name when the entry is read; it is not kept, and gone with the person."""
    decision: Outcome | None = None
    reason: Reason | str | None = None
    """Why, without names: it stays after the person is deleted."""
    llr: float | None = None
    probability: float | None = None
    liveness: Liveness | None = None
    speech: float | None = None
    """Seconds of speech that were judged."""
    model: EmbeddingModel | None = None
    number: int | None = None
    """Its place in the log, from 1; None until it is recorded."""


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """Whether the audit log is as it was written."""

    entries: int
    """How many are there."""
    head: str
    """Where the log ends. Noted elsewhere, it can be asked for at a later check."""
    problems: tuple[str, ...] = ()
    """What is wrong, in the order of the log."""

    @property
    def intact(self) -> bool:
        """Whether nothing was changed, removed, inserted or put in another order."""
        return not self.problems
