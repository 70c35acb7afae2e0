"""What happens in a conversation, as typed events that the CLI, the service and tests all read."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, fields
from typing import Any

from skills.contract import Reply


@dataclass(frozen=True, slots=True)
class Stamp:
    """When an event happened, and in which utterance."""

    utterance: str | None
    """Id of the utterance, or None outside of any."""
    audio: float
    """Seconds of audio heard by the conversation so far."""
    monotonic: float
    """Seconds of ``time.monotonic``."""


@dataclass(frozen=True, slots=True)
class Event:
    """The root of all events."""

    at: Stamp

    def to_dict(self) -> dict[str, Any]:
        """A flat, JSON-ready record: ``type``, ``utterance``, ``audio``, ``monotonic``, fields."""
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(self).__name__).lower()
        record: dict[str, Any] = {"type": name, **asdict(self.at)}
        for field in fields(self)[1:]:
            value = getattr(self, field.name)
            record[field.name] = _reply(value) if isinstance(value, Reply) else value
        return record


@dataclass(frozen=True, slots=True)
class StateChanged(Event):
    """The conversation went from one state to another."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WakeHeard(Event):
    """A wake word was said, or somebody pressed a button (``word`` is then empty)."""

    word: str


@dataclass(frozen=True, slots=True)
class SpeechStarted(Event):
    """Somebody began to speak."""

    start: float
    """Audio clock at the first speech, s."""


@dataclass(frozen=True, slots=True)
class PartialHeard(Event):
    """What has been understood so far."""

    text: str


@dataclass(frozen=True, slots=True)
class SpeechEnded(Event):
    """The endpoint: the utterance is over."""

    end: float
    """Audio clock at the last speech, s."""


@dataclass(frozen=True, slots=True)
class FinalHeard(Event):
    """What was said or typed; empty where nothing was understood."""

    text: str
    confidence: float | None = None
    alternatives: tuple[str, ...] = ()
    """Other hypotheses, best first, without ``text``."""
    typed: bool = False


@dataclass(frozen=True, slots=True)
class Replied(Event):
    """The router's answer."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class LanguageChanged(Event):
    """The conversation goes on in another language, or begins in one that is not heard."""

    language: str
    """BCP 47."""
    heard: bool
    """Whether what is said aloud is heard in it too, or only what is typed is taken for it."""


@dataclass(frozen=True, slots=True)
class ReplyStarted(Event):
    """The first of a reply goes to the loudspeaker, or to the screen where there is no voice."""

    text: str


@dataclass(frozen=True, slots=True)
class ReplyEnded(Event):
    """The reply has been said, or was cut short."""

    interrupted: bool


@dataclass(frozen=True, slots=True)
class DeviceChanged(Event):
    """The state of a device in the home changed."""

    device: str
    state: Any


@dataclass(frozen=True, slots=True)
class Announced(Event):
    """A skill says something on its own account."""

    text: str
    rings: bool


@dataclass(frozen=True, slots=True)
class TimedOut(Event):
    """Nothing was said, or no answer was found, for too long."""

    waiting_for: str
    """``speech``, ``answer`` (to a question of ours) or ``thinking``."""


@dataclass(frozen=True, slots=True)
class Failed(Event):
    """An engine or a device failed; the conversation goes on."""

    where: str
    """``hearing``, ``recognition``, ``skills`` or ``speaking``."""
    message: str


@dataclass(frozen=True, slots=True)
class UtteranceDone(Event):
    """All that an utterance led to is over."""


def _reply(reply: Reply) -> dict[str, Any]:
    names = [field.name for field in fields(reply) if field.repr]  # what is ours is not shown
    record = {name: getattr(reply, name) for name in names}
    parts = [asdict(part) for part in reply.parts]
    return record | {"slots": dict(reply.slots), "stage": str(reply.stage), "parts": parts}
