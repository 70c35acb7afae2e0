"""What one client may ask of the server."""

from __future__ import annotations

from dataclasses import dataclass, fields

from speech.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds."""

    connections: int = 32
    """At once; one more is told so and closed."""
    data: int = 65_536
    """Of an event's header, and of its data."""
    payload: int = 1_048_576
    """Of an event's audio."""
    text: int = 5_000
    """Characters of one text to be spoken or handled."""
    utterance: float = 30.0
    """Of audio in one transcription."""
    idle: float = 60.0
    """Between two events of a client."""
    event: float = 10.0
    """From an event's header to its end, and for a client to take an answer."""
    work: float = 30.0
    """For one step of an engine, and for the answer to a command."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not value > 0:
                raise ConfigError(f"the limit {field.name} is {value}, but has to be above 0")
