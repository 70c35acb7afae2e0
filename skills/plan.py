"""What a house consists of: floors, areas, devices, and which backend moves them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from speech.language import canonical, primary

Value = bool | int | float | str | None
"""One thing that is known of a device, or wished of it."""

Aliases = Mapping[str, tuple[str, ...]]
"""Language to what a thing is called in it, the usual name first."""


class Kind(StrEnum):
    """What a device is, and so which state it has.

    The values are Home Assistant's names for the domains, which the sentences use too. A device
    that cannot do all of it lacks the key in its state: a lamp that cannot be dimmed has no
    ``brightness``.
    """

    LIGHT = "light"
    """``on`` (bool), ``brightness`` (0-100), ``color`` (name), ``temperature`` (kelvin)."""
    SWITCH = "switch"
    """``on``."""
    FAN = "fan"
    """``on``, ``speed`` (0-100)."""
    LOCK = "lock"
    """``locked`` (bool)."""
    COVER = "cover"
    """``position``: 0 closed, 100 open."""
    CLIMATE = "climate"
    """``on``, ``target`` (what is set, in degrees as the home counts them), ``current`` (what is
    measured)."""
    MEDIA_PLAYER = "media_player"
    """``on``, ``playing`` (bool), ``volume`` (0-100), ``muted`` (bool)."""
    SENSOR = "sensor"
    """``value`` (a number or a text), ``unit``."""
    BINARY_SENSOR = "binary_sensor"
    """``on``: it detects what its class says; for doors and windows: it is open."""
    SCENE = "scene"
    """None: it is activated."""
    VACUUM = "vacuum"
    """``activity``: one of :data:`ACTIVITIES`."""


CLASSES: Mapping[Kind, tuple[str, ...]] = {
    Kind.COVER: tuple("awning blind curtain damper door garage gate shade shutter window".split()),
    Kind.SENSOR: tuple(
        "temperature humidity illuminance carbon_dioxide pm25 pressure power energy battery".split()
    ),
    Kind.BINARY_SENSOR: tuple(
        "battery door garage_door gas light lock moisture motion occupancy opening plug presence "
        "problem safety smoke sound vibration window".split()
    ),
}
"""What a kind can be in particular: Home Assistant's device classes, those that have words."""

SETTABLE: Mapping[Kind, tuple[str, ...]] = {
    Kind.LIGHT: ("on", "brightness", "color", "temperature"),
    Kind.SWITCH: ("on",),
    Kind.FAN: ("on", "speed"),
    Kind.LOCK: ("locked",),
    Kind.COVER: ("position",),
    Kind.CLIMATE: ("on", "target"),
    Kind.MEDIA_PLAYER: ("on", "playing", "volume", "muted"),
    Kind.VACUUM: ("activity",),
}
"""What of a state can be set, by kind; the other kinds are only read."""

ACTIVITIES = tuple("docked cleaning returning paused idle error".split())
"""What a vacuum may be doing."""

_OPENS_THE_HOUSE = ("garage", "gate", "door")


@dataclass(frozen=True, slots=True)
class Named:
    """What floors, areas and devices share."""

    id: str
    name: str
    """In English; it works in every language."""
    aliases: Aliases = field(default_factory=dict)
    """By canonical language tag (:func:`speech.language.canonical`)."""

    def called(self, language: str) -> str:
        """The name to say in a language; the English one where it has no other."""
        tag, base = canonical(language), primary(language)
        if base == "en":
            return self.name
        same = [key for key, names in self.aliases.items() if names and primary(key) == base]
        if not same:
            return self.name
        return self.aliases[tag if tag in same else same[0]][0]

    def names(self, language: str) -> tuple[str, ...]:
        """All that it answers to in a language; the English name works in every language."""
        base = primary(language)
        names = [self.name]
        for tag, more in self.aliases.items():
            if primary(tag) == base:
                names.extend(more)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Floor(Named):
    """A storey."""


@dataclass(frozen=True, slots=True)
class Area(Named):
    """A room, or another place with devices in it."""

    floor: str | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """What the speaker of a request has to be, for a device to act or a skill to answer."""

    speakers: tuple[str, ...] = ()
    """The names of those who may; empty for everybody who is known."""
    probability: float = 0.9
    """How sure it has to be who it is, 0-1."""
    live: bool = False
    """Whether the voice must have been found to be no recording."""

    def __post_init__(self) -> None:
        speakers: object = self.speakers
        if isinstance(speakers, str):
            raise ValueError(f"speakers {self.speakers!r}: a tuple of names, as in ('Mia',)")
        if not 0 <= self.probability <= 1:
            raise ValueError(f"a probability of {self.probability!r}: 0 to 1")


@dataclass(frozen=True, slots=True)
class Device(Named):
    """One thing that can be switched, moved, locked, asked or started."""

    kind: Kind = Kind.SWITCH
    area: str | None = None
    device_class: str | None = None
    """One of :data:`CLASSES` of its kind: ``curtain``, ``garage``, ``temperature``."""
    sensitive: bool = False
    """Whether a mistake would be dangerous: acts only on what was certainly said."""
    requires: Requirement | None = None
    """Who has to be speaking."""
    address: str | None = None
    """What the backend calls it; None where it has no name there but the id."""
    sets: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """For scenes of our own: device id to what the scene sets on it."""
    touches: frozenset[str] = frozenset()
    """For scenes of the backend: the addresses of what it says that they change."""


def is_sensitive(kind: Kind, device_class: str | None) -> bool:
    """Whether a device opens the house, and so is sensitive unless somebody says otherwise."""
    return kind == Kind.LOCK or (kind == Kind.COVER and device_class in _OPENS_THE_HOUSE)


@dataclass(frozen=True, slots=True)
class BackendSettings:
    """Which backend moves the devices; for the options see ``docs/backends.md``."""

    kind: str = "simulated"
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file says or a backend finds: floors, areas and devices, keyed by id."""

    floors: Mapping[str, Floor] = field(default_factory=dict)
    areas: Mapping[str, Area] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)
    backend: BackendSettings = field(default_factory=BackendSettings)
