"""What is found on a broker: a device, how its state is read, and how it is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from skills.backends.contract import BackendError, Command, Failure, State, Value
from skills.plan import Area, Device

Message = tuple[str, str]
"""Topic and payload."""

Parse = Callable[[str], Mapping[str, Value]]
"""What a payload says of the state; nothing where it says nothing. May raise ValueError."""

Write = Callable[[State, State], list[Message]]
"""The messages for changes of a state, and that state; raises BackendError if it is unfit."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a part of a state is read, and how."""

    topic: str
    parse: Parse


@dataclass(frozen=True, slots=True)
class Availability:
    """Where a device, or its bridge, says whether it is there."""

    topic: str
    parse: Callable[[str], bool | None]
    """None where the payload is neither."""


def cannot(changes: State, now: State) -> list[Message]:
    """The writing of what can only be read."""
    raise BackendError("it can only be read", Failure.UNFIT)


@dataclass(frozen=True, slots=True)
class Entity:
    """One device on the broker."""

    device: Device
    """With its address; the area by its id."""
    area: Area | None = None
    """Where it says it is."""
    state: State = field(default_factory=dict)
    """What it starts from: every key that it has, None where it will be read."""
    readings: tuple[Reading, ...] = ()
    write: Write = cannot
    assumed: frozenset[str] = frozenset()
    """Keys that the device never reports: told is as good as done."""
    commands: Mapping[Command, Message] = field(default_factory=dict)
    availability: tuple[Availability, ...] = ()
    any_availability: bool = False
    """Whether one topic that says so is enough, rather than all of them."""
    questions: tuple[Message, ...] = ()
    """What makes it tell its state, where that is not retained."""

    @property
    def address(self) -> str:
        """Unique on the broker."""
        return self.device.address or self.device.id

    def topics(self) -> set[str]:
        """All that it has to be heard on."""
        return {reading.topic for reading in self.readings} | {a.topic for a in self.availability}


def slug(text: str) -> str:
    """An id out of any text: ``0x00_lamp`` for "0x00 Lamp!"."""
    return re.sub(r"[\W_]+", "_", text.casefold()).strip("_") or "device"


def percent(value: float, full: float) -> int:
    """A value of 0 to ``full`` in percent; what is not off is at least 1 %."""
    return min(100, max(0 if value <= 0 else 1, round(100 * value / full)))


def kelvin(mireds: float) -> int | None:
    """The colour temperature of reciprocal megakelvins."""
    return None if mireds <= 0 else round(1_000_000 / mireds)
