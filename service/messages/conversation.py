"""``/v1/assistant``: a whole conversation. Audio and typed text up, events and reply audio down.

The events are those of :mod:`assistant.events`, field by field. Binary messages of the service are
the sound of replies: PCM16 at 16 kHz, mono, little-endian.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from assistant.events import Event
from assistant.settings import BargeIn
from service.messages.common import AudioStart, Done, End, Error, Hello, Language, Text
from service.messages.wire import Message, from_dict

Id = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Converse(AudioStart):
    """From the client, first: where the microphone stands and how the conversation is led."""

    TYPE: ClassVar[str] = "start"
    language: Language | None = None
    """BCP 47; the service's own where it is left out."""
    area: Id | None = None
    """Id of the area that the microphone is in."""
    wake: Annotated[tuple[Id, ...], Field(max_length=8)] = ()
    """Wake words, of those that come with the service; without one it always listens."""
    push_to_talk: bool = False
    """Without a wake word: listen only after `listen`, instead of always."""
    barge_in: BargeIn = BargeIn.WAKE
    """What stops a reply that is being spoken; typed text always does."""
    voice: bool = True
    """Whether replies are spoken as well."""
    wait_for_replies: bool = False
    """For recordings that come faster than real time: audio waits while a reply is spoken, and
    replies are sent as fast as they are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedText(Message):
    """From the client: a text, as if it had been said."""

    TYPE: ClassVar[str] = "text"
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen(Message):
    """From the client: listen now, as after a wake word; a button was pressed."""

    TYPE: ClassVar[str] = "listen"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationEvent(Message):
    """What every event has."""

    utterance: str | None
    """Id of the utterance it belongs to."""
    audio: float
    """Seconds of audio heard so far."""
    monotonic: float
    """The service's clock, s: only differences mean something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged(ConversationEvent):
    """The conversation went from one state to another."""

    TYPE: ClassVar[str] = "state_changed"
    before: Literal["idle", "listening", "thinking", "speaking"]
    after: Literal["idle", "listening", "thinking", "speaking"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WakeHeard(ConversationEvent):
    """A wake word was said, or a button pressed (`word` is then empty)."""

    TYPE: ClassVar[str] = "wake_heard"
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(ConversationEvent):
    """Somebody began to speak, at `start` on the audio clock."""

    TYPE: ClassVar[str] = "speech_started"
    start: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialHeard(ConversationEvent):
    """What has been understood so far."""

    TYPE: ClassVar[str] = "partial_heard"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechEnded(ConversationEvent):
    """The utterance is over; the last speech was at `end` on the audio clock."""

    TYPE: ClassVar[str] = "speech_ended"
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalHeard(ConversationEvent):
    """What was said or typed; empty where nothing was understood."""

    TYPE: ClassVar[str] = "final_heard"
    text: str
    confidence: float | None
    alternatives: tuple[str, ...]
    typed: bool


@dataclass(frozen=True, slots=True)
class PartMade:
    """A part of a reply: see :class:`skills.contract.Spoken`."""

    text: str
    language: str
    pace: float
    """1 as usual, 0.5 half as fast."""


@dataclass(frozen=True, slots=True)
class ReplyMade:
    """What is said back, and what was done: :class:`skills.contract.Reply` without what is ours."""

    text: str
    intent: str | None
    slots: dict[str, str | int | float]
    targets: tuple[str, ...]
    """Ids of the devices it was about."""
    acted: bool
    """Whether something was really done."""
    expects_answer: bool
    stage: str
    """Which part of the router answered: `pending`, `skill`, `strict`, `repaired` or `none`."""
    ends: bool
    understood: str | None
    """The hypothesis that was acted on."""
    language: str | None
    holds: bool
    """Whether what is said next goes to whom it is an answer to, as in a lesson."""
    unanswered: str
    parts: tuple[PartMade, ...]
    """The text as it is said, where not all of it is in one language or at one pace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(ConversationEvent):
    """The answer to what was said."""

    TYPE: ClassVar[str] = "replied"
    reply: ReplyMade


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageChanged(ConversationEvent):
    """The conversation goes on in another language, or begins in one that is not heard."""

    TYPE: ClassVar[str] = "language_changed"
    language: str
    """BCP 47."""
    heard: bool
    """Whether what is said aloud is heard in it too, or only what is typed is taken for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyStarted(ConversationEvent):
    """The first of a reply follows as sound, or is to be shown where there is no voice."""

    TYPE: ClassVar[str] = "reply_started"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEnded(ConversationEvent):
    """The reply has been said. `interrupted`: stop its sound at once."""

    TYPE: ClassVar[str] = "reply_ended"
    interrupted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceChanged(ConversationEvent):
    """The state of a device in the home changed."""

    TYPE: ClassVar[str] = "device_changed"
    device: str
    state: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced(ConversationEvent):
    """Something is said without having been asked, as when a timer rings."""

    TYPE: ClassVar[str] = "announced"
    text: str
    rings: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut(ConversationEvent):
    """Nothing was said (`speech`, `answer`), or no answer was found (`thinking`), for too long."""

    TYPE: ClassVar[str] = "timed_out"
    waiting_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(ConversationEvent):
    """An engine or a device failed; the conversation goes on."""

    TYPE: ClassVar[str] = "failed"
    where: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UtteranceDone(ConversationEvent):
    """All that an utterance led to is over."""

    TYPE: ClassVar[str] = "utterance_done"


EVENTS: tuple[type[ConversationEvent], ...] = (
    *(StateChanged, WakeHeard, SpeechStarted, PartialHeard, SpeechEnded, FinalHeard, Replied),
    *(
        LanguageChanged,
        ReplyStarted,
        ReplyEnded,
        DeviceChanged,
        Announced,
        TimedOut,
        Failed,
        UtteranceDone,
    ),
)
FROM_CLIENT: tuple[type[Message], ...] = (Converse, TypedText, Listen, End)
FROM_SERVICE: tuple[type[Message], ...] = (Hello, *EVENTS, Done, Error)


def of_event(event: Event) -> ConversationEvent:
    """The message that tells of an event."""
    about = event.to_dict()
    if about["type"] == DeviceChanged.TYPE:
        about["state"] = dict(about["state"])
    return from_dict(about, EVENTS)
