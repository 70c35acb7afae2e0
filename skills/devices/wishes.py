"""What an intent asks of a device of some kind: the state it should have, or a command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from skills.backends import Command, State, Value
from skills.matches import Match
from skills.plan import Device, Kind


@dataclass(frozen=True, slots=True)
class Wish:
    """What one device should do."""

    said: str
    """The key of the reply, once it is done."""
    changes: State = field(default_factory=dict)
    command: Command | None = None
    value: Value = None
    """What the reply says of it."""


Unfit = str
"""The key of the reply that says why a device cannot."""

_SWITCHED = (Kind.LIGHT, Kind.SWITCH, Kind.FAN, Kind.CLIMATE, Kind.MEDIA_PLAYER)
_CLEAN, _DOCK = {"activity": "cleaning"}, {"activity": "docked"}
_ON: Mapping[Kind, Wish] = {
    **{kind: Wish("on", {"on": True}) for kind in _SWITCHED},
    Kind.COVER: Wish("opened", {"position": 100}),
    Kind.LOCK: Wish("locked", {"locked": True}),
    Kind.SCENE: Wish("activated", command=Command.ACTIVATE),
    Kind.VACUUM: Wish("cleaning", _CLEAN),
}
_OFF: Mapping[Kind, Wish] = {
    **{kind: Wish("off", {"on": False}) for kind in _SWITCHED},
    Kind.COVER: Wish("closed", {"position": 0}),
    Kind.LOCK: Wish("unlocked", {"locked": False}),
    Kind.VACUUM: Wish("docking", _DOCK),
}
_PLAYING: Mapping[str, Wish] = {
    "HassMediaPause": Wish("paused", {"playing": False}),
    "HassMediaUnpause": Wish("playing", {"playing": True, "on": True}),
    "HassMediaNext": Wish("next", command=Command.NEXT),
    "HassMediaPrevious": Wish("previous", command=Command.PREVIOUS),
    "HassMediaPlayerMute": Wish("muted", {"muted": True}),
    "HassMediaPlayerUnmute": Wish("unmuted", {"muted": False}),
}
_STEP = {"up": 10, "down": -10}  # of the volume, in percent
_ADJUSTED: Mapping[tuple[str, Kind], tuple[str, float]] = {
    # What an adjustment is called, and of what kind: the state, and how much of it a percent is.
    ("brightness", Kind.LIGHT): ("brightness", 1),
    ("speed", Kind.FAN): ("speed", 1),
    ("volume", Kind.MEDIA_PLAYER): ("volume", 0.5),
    ("position", Kind.COVER): ("position", 1),
    ("warmth", Kind.CLIMATE): ("target", 0.05),
    ("warmth", Kind.LIGHT): ("temperature", -25),
}
_BOUNDS: Mapping[str, tuple[float, float]] = {
    # An adjustment never switches off: "darker" leaves a light burning.
    "brightness": (5, 100),
    "speed": (10, 100),
    "volume": (0, 100),
    "position": (0, 100),
    "target": (5, 35),
    "temperature": (2000, 6500),
}
_MEANT_WHERE_UNKNOWN: Mapping[str, float] = {"temperature": 3500}


def kinds(intent: str) -> tuple[Kind, ...]:
    """The kinds that an intent is about where the sentence names neither device nor kind."""
    if intent.startswith(("HassMedia", "HassSetVolume")):
        return (Kind.MEDIA_PLAYER,)
    if intent.startswith("HassVacuum"):
        return (Kind.VACUUM,)
    if intent in ("HassClimateSetTemperature", "HassClimateGetTemperature"):
        return (Kind.CLIMATE,)
    return {
        "HassLightSet": (Kind.LIGHT,),
        "HassSetPosition": (Kind.COVER,),
        "HassFanSetSpeed": (Kind.FAN,),
    }.get(intent, ())


def adjusted_kinds(prop: str) -> tuple[Kind, ...]:
    """The kinds that an adjustment is about where nothing else is said."""
    if prop == "warmth":
        return (Kind.CLIMATE,)
    return tuple(kind for name, kind in _ADJUSTED if name == prop)


def asks(match: Match) -> bool:
    """Whether an intent asks a device to do something."""
    return match.intent in ("HassTurnOn", "HassTurnOff", "Adjust", *_ABOUT) or (
        match.intent in _PLAYING
    )


def wish(match: Match, device: Device, state: Callable[[], State]) -> Wish | Unfit:
    """What the device should do.

    Parameters
    ----------
    state
        Its present state; may raise BackendError. Asked only for what is relative to it.
    """
    if match.intent in ("HassTurnOn", "HassTurnOff"):
        wishes = _ON if match.intent == "HassTurnOn" else _OFF
        return wishes.get(device.kind, "unfit")
    if match.intent in _PLAYING:
        return _PLAYING[match.intent] if device.kind == Kind.MEDIA_PLAYER else "unfit"
    if match.intent == "Adjust":
        return _adjustment(match, device, state())
    return _ABOUT[match.intent](match, device, state)


def _light(match: Match, device: Device, state: Callable[[], State]) -> Wish | Unfit:
    slots = match.slots
    wanted: dict[str, Value] = {
        key: int(slots[key]) for key in ("brightness", "temperature") if key in slots
    }
    if "color" in slots:
        wanted["color"] = str(slots["color"])
    if device.kind != Kind.LIGHT or not wanted:
        return "unfit"
    key = next(iter(wanted))
    # Dimming to nothing is switching off; anything else shows only when it is on.
    return Wish(key, {**wanted, "on": wanted[key] != 0}, value=wanted[key])


def _cover(match: Match, device: Device, state: Callable[[], State]) -> Wish | Unfit:
    if device.kind != Kind.COVER or "position" not in match.slots:
        return "unfit"
    position = int(match.slots["position"])
    return Wish("position", {"position": position}, value=position)


def _fan(match: Match, device: Device, state: Callable[[], State]) -> Wish | Unfit:
    speed = match.slots.get("percentage", match.slots.get("speed"))
    if device.kind != Kind.FAN or speed is None:
        return "unfit"
    return Wish("speed", {"speed": int(speed), "on": int(speed) != 0}, value=int(speed))


def _climate(match: Match, device: Device, state: Callable[[], State]) -> Wish | Unfit:
    if device.kind != Kind.CLIMATE or "temperature" not in match.slots:
        return "unfit"
    target = float(match.slots["temperature"])
    return Wish("target", {"target": target}, value=_short(target))


def _volume(match: Match, device: Device, state: Callable[[], State]) -> Wish | Unfit:
    slots = match.slots
    if device.kind != Kind.MEDIA_PLAYER:
        return "unfit"
    if "volume_level" in slots:
        volume = int(slots["volume_level"])
    elif "volume_step" in slots:
        now, step = state().get("volume"), slots["volume_step"]
        if not isinstance(now, int):
            return "unfit"
        volume = now + (_STEP[step] if isinstance(step, str) else int(step))
    else:
        return "unfit"
    volume = min(100, max(0, volume))
    return Wish("volume", {"volume": volume}, value=volume)


def _vacuum(match: Match, device: Device, state: Callable[[], State]) -> Wish | Unfit:
    if device.kind != Kind.VACUUM:
        return "unfit"
    if match.intent == "HassVacuumReturnToBase":
        return _OFF[Kind.VACUUM]
    return "no_single_room" if match.intent == "HassVacuumCleanArea" else _ON[Kind.VACUUM]


def _adjustment(match: Match, device: Device, state: State) -> Wish | Unfit:
    """A bit more or less of what the device has."""
    prop = str(match.slots.get("property", ""))
    key, percent = _ADJUSTED.get((prop, device.kind), ("", 0.0))
    if key not in state:
        return "unfit"
    if "degrees" in match.slots and key == "target":
        step = float(match.slots["degrees"])
    else:
        step = float(match.slots.get("change", 0)) * percent
    now = state[key]
    if key in ("brightness", "speed") and state.get("on") is False:
        now = 0
    elif now is None:
        now = _MEANT_WHERE_UNKNOWN.get(key)
    if not isinstance(now, int | float):
        return "unfit"
    low, high = _BOUNDS[key]
    value = min(high, max(low, now + step))
    if value == now or (value < now) != (step < 0):
        return "no_further"
    changes: dict[str, Value] = {key: _short(value)}
    if "on" in state and key != "target":
        changes["on"] = True
    return Wish(key, changes, value=_short(value))


def _short(value: float) -> int | float:
    """21 for 21.0."""
    return int(value) if value == int(value) else round(value, 1)


_ABOUT: Mapping[str, Callable[[Match, Device, Callable[[], State]], Wish | Unfit]] = {
    "HassLightSet": _light,
    "HassSetPosition": _cover,
    "HassFanSetSpeed": _fan,
    "HassClimateSetTemperature": _climate,
    "HassSetVolume": _volume,
    "HassSetVolumeRelative": _volume,
    "HassVacuumStart": _vacuum,
    "HassVacuumReturnToBase": _vacuum,
    "HassVacuumCleanArea": _vacuum,
}
