"""``/v1/home``: the house, its devices and what they are doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from service.messages.agenda import Agenda
from service.messages.common import Error, Hello
from service.messages.wire import Message
from skills.plan import Kind
from skills.router import Router

Value = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Place:
    """A room, or a floor."""

    id: str
    name: str
    floor: str | None = None


@dataclass(frozen=True, slots=True)
class Device:
    """One thing that can be switched, moved, locked, asked or started."""

    id: str
    name: str
    kind: Kind
    device_class: str | None
    area: str | None
    sensitive: bool
    """Whether a mistake would be dangerous."""
    requires_speaker: bool
    """Whether it has to be known who speaks."""
    state: dict[str, Any]
    """Keys depend on the kind; None for what is not known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeState(Message):
    """The whole house as it is now."""

    TYPE: ClassVar[str] = "home"
    floors: tuple[Place, ...]
    areas: tuple[Place, ...]
    devices: tuple[Device, ...]

    @classmethod
    def of(cls, router: Router) -> HomeState:
        """The house that a router talks about."""
        home, states = router.home, router.states()
        return cls(
            floors=tuple(Place(one.id, one.name) for one in home.floors.values()),
            areas=tuple(Place(one.id, one.name, one.floor) for one in home.areas.values()),
            devices=tuple(
                Device(
                    one.id,
                    one.name,
                    one.kind,
                    one.device_class,
                    one.area,
                    one.sensitive,
                    one.requires is not None,
                    dict(states.get(one.id, {})),
                )
                for one in home.devices.values()
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState(Message):
    """A device changed."""

    TYPE: ClassVar[str] = "device"
    device: str
    state: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDevice(Message):
    """What a device is to be."""

    TYPE: ClassVar[str] = "set"
    state: Annotated[dict[str, Value], Field(min_length=1, max_length=16)]


FROM_CLIENT: tuple[type[Message], ...] = ()
FROM_SERVICE: tuple[type[Message], ...] = (Hello, HomeState, DeviceState, Agenda, Error)
