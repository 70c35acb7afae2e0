"""How a conversation behaves; all of it can be chosen by the caller."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum

from speech.endpoint import EndpointSettings
from speech.errors import ConfigError


class BargeIn(StrEnum):
    """What stops a reply that is being spoken."""

    WAKE = "wake"
    """The wake word."""
    SPEECH = "speech"
    """Any speech: for headphones, or a microphone that does not hear the loudspeaker."""
    OFF = "off"
    """Nothing said; text that is typed still does."""


@dataclass(frozen=True, slots=True)
class ConversationSettings:
    """Times in seconds."""

    no_speech: float = 6.0
    """Of audio, after the wake word, until listening is given up."""
    follow_up: float = 6.0
    """Of audio, after a question of ours, in which no wake word is needed."""
    thinking: float = 15.0
    """From the endpoint until it is said that there is no answer."""
    ringing: float = 60.0
    """A timer rings for this long at most."""
    ring_pause: float = 1.0
    """Quiet between two rings, in which "stop" is best heard."""
    queue: float = 20.0
    """Of audio that may wait to be heard; ``hear`` waits when there is more."""
    barge_in: BargeIn = BargeIn.WAKE
    push_to_talk: bool = False
    """Without a wake word: listen only after ``listen()``, instead of always."""
    wait_for_replies: bool = False
    """Audio waits while a reply is spoken, as a polite speaker would: for recordings that are
    fed faster than real time."""
    endpoint: EndpointSettings = field(default_factory=EndpointSettings)

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, float) and not 0 < value <= 3600:
                raise ConfigError(
                    f"conversation setting {item.name} is {value}, not in 0 to 3600 seconds"
                )
