"""``/v1/voiceprint``: people, attempts and the audit log. Never a voiceprint, never audio."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from service.messages.common import AudioStart, Done, End, Error, Hello, Language
from service.messages.wire import Message
from voiceprint import contract, gallery
from voiceprint.contract import Liveness, Outcome, Purpose, Quality, Reason
from voiceprint.enrolment import Check
from voiceprint.gallery import AuditAction
from voiceprint.identification import Identification
from voiceprint.liveness import challenge
from voiceprint.liveness.challenge import Kind

Name = Annotated[str, Field(min_length=1, max_length=200)]
Door = Annotated[str, Field(max_length=100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt(AudioStart):
    """What both kinds of attempts have, `verify` and `identify`."""

    purpose: Purpose = Purpose.STANDARD
    """How sure it has to be."""
    door: Door = ""
    """What it is for, for the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify(Attempt):
    """From the client, first: is it this person? Then audio in binary messages, and `end`."""

    TYPE: ClassVar[str] = "verify"
    person: Name
    live: bool = False
    """Whether a challenge has to be answered: nothing else stops a good recording."""
    challenge: Annotated[str, Field(max_length=64)] | None = None
    """Id of the challenge that this is the answer to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify(Attempt):
    """From the client, first: who of those enrolled is it? Then audio, and `end`."""

    TYPE: ClassVar[str] = "identify"
    group: Name | None = None
    """Of whom; everybody where it is left out."""
    count: Annotated[int, Field(ge=0, le=50)] = 5
    """How many likenesses to answer at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrol(AudioStart):
    """From the client, first: enrol somebody who agreed. After each `prompt` come audio and `said`.

    It takes the scope `voiceprint-admin`.
    """

    TYPE: ClassVar[str] = "enrol"
    name: Name
    consent: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]
    """What the person agreed to, word for word; it is kept."""
    witness: Annotated[str, Field(max_length=200)] = ""
    """Who saw that they did."""
    groups: Annotated[tuple[Name, ...], Field(max_length=100)] | None = None
    replace: bool = False
    """Whether somebody of this name, who is enrolled already, is enrolled anew."""
    language: Language | None = None
    """Of the sentences, `en` or `zh`; the service's own where it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Message):
    """From the client: the sentence of the last `prompt` was said."""

    TYPE: ClassVar[str] = "said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt(Message):
    """What to say next; any other sentence of four seconds would do as well."""

    TYPE: ClassVar[str] = "prompt"
    text: str
    taken: int
    """Recordings that were good enough so far."""
    needed: int
    """How many it takes, if they hold enough speech."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard(Message):
    """How good what was heard so far is; more may be needed."""

    TYPE: ClassVar[str] = "heard"
    quality: Quality


@dataclass(frozen=True, slots=True)
class Likeness:
    """One of those whom a voice resembles most."""

    person: str
    llr: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Message):
    """What was decided; it is in the audit log already."""

    TYPE: ClassVar[str] = "decision"
    decision: Outcome
    reason: Reason
    person: str | None = None
    """The one claimed, or the one identified."""
    llr: float | None = None
    """Log-likelihood ratio, natural logarithm."""
    probability: float | None = None
    """Of the same speaker, 0-1, where one in two attempts is genuine."""
    quality: Quality | None = None
    liveness: Liveness | None = None
    live: bool | None = None
    """True with a challenge passed, False with one failed or a replay; else unknown."""
    searched: int | None = None
    """Identification: how many people it was compared with."""
    likenesses: tuple[Likeness, ...] = ()
    """Identification: the nearest first."""

    @classmethod
    def of(cls, made: contract.Decision, found: Identification | None = None) -> Decision:
        """A decision of the voiceprint wing."""
        several = () if found is None else found.likenesses
        return cls(
            decision=made.decision,
            reason=made.reason,
            person=made.person,
            llr=made.llr,
            probability=made.probability,
            quality=made.quality,
            liveness=made.liveness,
            live=made.liveness.live,
            searched=None if found is None else found.searched,
            likenesses=tuple(
                Likeness(one.person.name, one.llr, one.probability) for one in several
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent(Message):
    """That a person agreed."""

    TYPE: ClassVar[str] = "consent"
    given: datetime
    statement: str
    witness: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(Message):
    """Somebody enrolled."""

    TYPE: ClassVar[str] = "person"
    id: str
    name: str
    groups: tuple[str, ...]
    enrolled: datetime | None
    expires: datetime | None
    blocked: bool
    consent: Consent | None
    models: tuple[str, ...]

    @classmethod
    def of(cls, person: contract.Person) -> Person:
        """Somebody of the gallery."""
        agreed = person.consent
        return cls(
            id=person.id,
            name=person.name,
            groups=person.groups,
            enrolled=person.created,
            expires=person.expires,
            blocked=person.blocked,
            consent=None
            if agreed is None
            else Consent(given=agreed.given, statement=agreed.statement, witness=agreed.witness),
            models=tuple(map(str, person.models)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class People(Message):
    """Everybody who is enrolled, or the members of a group."""

    TYPE: ClassVar[str] = "people"
    people: tuple[Person, ...]
    damaged: tuple[str, ...] = ()
    """Ids of those whose record cannot be trusted; they open no door."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(Message):
    """What is to be changed of somebody; what is left out stays."""

    TYPE: ClassVar[str] = "change"
    name: Name | None = None
    groups: Annotated[tuple[Name, ...], Field(max_length=100)] | None = None
    blocked: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording(Message):
    """What became of one recording of an enrolment."""

    TYPE: ClassVar[str] = "recording"
    taken: bool
    reason: Reason | None = None
    """Why it was refused."""
    advice: str = ""
    """What to do about it, in English."""
    quality: Quality | None = None

    @classmethod
    def of(cls, check: Check) -> Recording:
        """What the voiceprint wing made of it."""
        return cls(
            taken=check.reason is None,
            reason=check.reason,
            advice=check.advice,
            quality=check.quality,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled(Message):
    """Somebody was enrolled."""

    TYPE: ClassVar[str] = "enrolled"
    person: Person
    recordings: tuple[Recording, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Message):
    """A request for a challenge."""

    TYPE: ClassVar[str] = "ask"
    person: Name | None = None
    """Who is to answer; whoever does where it is left out."""
    kind: Kind = Kind.DIGITS
    length: int | None = None
    """Digits (3-8) or words (3-8)."""
    seconds: Annotated[float, Field(gt=0, le=120)] = 30.0
    """For how long it may be answered."""
    door: Door = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge(Message):
    """Something to be said, once and soon."""

    TYPE: ClassVar[str] = "challenge"
    id: str
    phrase: str
    """To be shown or spoken, never logged."""
    language: str
    expires: datetime

    @classmethod
    def of(cls, asked: challenge.Challenge) -> Challenge:
        """A challenge of the voiceprint wing."""
        return cls(id=asked.id, phrase=asked.phrase, language=asked.language, expires=asked.expires)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry(Message):
    """One thing that happened."""

    TYPE: ClassVar[str] = "audit_entry"
    number: int | None
    when: datetime
    action: AuditAction
    door: str = ""
    person_id: str | None = None
    person: str | None = None
    decision: Outcome | None = None
    reason: str | None = None
    llr: float | None = None
    probability: float | None = None
    liveness: Liveness | None = None
    speech: float | None = None
    model: str | None = None

    @classmethod
    def of(cls, entry: gallery.AuditEntry) -> AuditEntry:
        """An entry of the gallery's log."""
        names = {one.name for one in fields(cls)} - {"reason", "model"}
        return cls(
            **{name: getattr(entry, name) for name in names},
            reason=None if entry.reason is None else str(entry.reason),
            model=None if entry.model is None else str(entry.model),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(Message):
    """What happened, oldest first; and whether the log is as it was written."""

    TYPE: ClassVar[str] = "audit"
    entries: tuple[AuditEntry, ...]
    intact: bool
    head: str
    """Where the log ends: noted elsewhere, it shows that nothing was cut off."""


FROM_CLIENT: tuple[type[Message], ...] = (Verify, Identify, Enrol, Said, End)
FROM_SERVICE: tuple[type[Message], ...] = (
    *(Hello, Heard, Decision, Prompt, Recording, Enrolled, Done, Error),
)
