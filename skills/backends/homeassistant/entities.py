"""What Home Assistant says of an entity, as a state of ours.

https://developers.home-assistant.io/docs/core/entity names the states, attributes and features.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from skills.backends import colors
from skills.backends.contract import Value
from skills.plan import ACTIVITIES, Kind

Attributes = Mapping[str, Any]

KINDS: Mapping[str, Kind] = {
    **{str(kind): kind for kind in Kind},
    "input_boolean": Kind.SWITCH,
    "script": Kind.SCENE,
}
"""Domains that there are words for."""
AWAY = ("unavailable", "unknown")
_COLOURED = {"hs", "rgb", "rgbw", "rgbww", "xy"}
_WITHOUT_WORDS = ("timestamp", "date", "enum")
"""Classes of sensors whose state is no reading to be said."""

# Bits of "supported_features".
FAN_SPEED = 1
COVER_OPEN, COVER_CLOSE, COVER_POSITION = 1, 2, 4
CLIMATE_TARGET, CLIMATE_OFF, CLIMATE_ON = 1, 128, 256
MEDIA_PAUSE, MEDIA_VOLUME, MEDIA_MUTE, MEDIA_PREVIOUS, MEDIA_NEXT = 1, 4, 8, 16, 32
MEDIA_ON, MEDIA_OFF, MEDIA_PLAY = 128, 256, 16384


def is_spoken(domain: str, attributes: Attributes) -> bool:
    """Whether there are words for an entity."""
    return domain in KINDS and attributes.get("device_class") not in _WITHOUT_WORDS


def state_of(kind: Kind, said: str, attributes: Attributes) -> dict[str, Value]:
    """A state of ours out of an entity's state and attributes."""
    known = said not in AWAY
    read = _READERS.get(kind)
    if read is not None:
        return read(said if known else None, attributes)
    if kind == Kind.SCENE:
        return {}
    return {"on": said == "on" if known else None}


def members(attributes: Attributes) -> list[Any]:
    """The entities that a scene says it sets."""
    named = attributes.get("entity_id")
    return list(named) if isinstance(named, list | tuple) else []


def features(attributes: Attributes) -> int:
    """The bits that say what an entity is able to."""
    value = attributes.get("supported_features")
    return int(value) if isinstance(value, int | float) else 0


def number(value: object) -> float | None:
    """The number that a value is, None if it is none."""
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


def _part(value: object, full: float) -> int | None:
    """A number of 0 to ``full`` in percent."""
    known = number(value)
    return None if known is None else max(0, min(100, round(100 * known / full)))


def _light(said: str | None, attributes: Attributes) -> dict[str, Value]:
    modes = set(attributes.get("supported_color_modes") or ())
    mode = attributes.get("color_mode")
    state: dict[str, Value] = {"on": None if said is None else said == "on"}
    if modes - {"onoff"}:
        state["brightness"] = _part(attributes.get("brightness"), 255)
    if "color_temp" in modes:
        kelvin = number(attributes.get("color_temp_kelvin"))
        state["temperature"] = None if kelvin is None else round(kelvin)
    if modes & _COLOURED:
        xy = attributes.get("xy_color")
        state["color"] = None
        if mode in _COLOURED and isinstance(xy, list | tuple) and len(xy) == 2:
            state["color"] = colors.nearest((xy[0], xy[1]))
    return state


def _fan(said: str | None, attributes: Attributes) -> dict[str, Value]:
    state: dict[str, Value] = {"on": None if said is None else said == "on"}
    if features(attributes) & FAN_SPEED:
        state["speed"] = _part(attributes.get("percentage"), 100)
    return state


def _lock(said: str | None, attributes: Attributes) -> dict[str, Value]:
    return {"locked": {"locked": True, "unlocked": False, "open": False}.get(str(said))}


def _cover(said: str | None, attributes: Attributes) -> dict[str, Value]:
    position = _part(attributes.get("current_position"), 100)
    if position is None:
        position = {"open": 100, "closed": 0}.get(str(said))
    return {"position": position, "moving": said if said in ("opening", "closing") else None}


def _climate(said: str | None, attributes: Attributes) -> dict[str, Value]:
    bits = features(attributes)
    modes = attributes.get("hvac_modes") or ()
    state: dict[str, Value] = {}
    if "off" in modes or bits & (CLIMATE_ON | CLIMATE_OFF):
        state["on"] = None if said is None else said != "off"
    if bits & CLIMATE_TARGET:
        state["target"] = number(attributes.get("temperature"))
    if attributes.get("current_temperature") is not None:
        state["current"] = number(attributes["current_temperature"])
    return state


def _media(said: str | None, attributes: Attributes) -> dict[str, Value]:
    bits = features(attributes)
    state: dict[str, Value] = {"on": None if said is None else said not in ("off", "standby")}
    if bits & (MEDIA_PAUSE | MEDIA_PLAY):
        state["playing"] = None if said is None else said == "playing"
    if bits & MEDIA_VOLUME:
        state["volume"] = _part(attributes.get("volume_level"), 1)
    if bits & MEDIA_MUTE:
        muted = attributes.get("is_volume_muted")
        state["muted"] = muted if isinstance(muted, bool) else None
    return state


def _sensor(said: str | None, attributes: Attributes) -> dict[str, Value]:
    unit = attributes.get("unit_of_measurement")
    value: Value = said
    if said is not None:
        try:
            value = float(said)
        except ValueError:
            pass
        else:
            value = value if math.isfinite(value) else None
    return {"value": value, "unit": None if unit is None else str(unit)}


def _vacuum(said: str | None, attributes: Attributes) -> dict[str, Value]:
    return {"activity": said if said in ACTIVITIES else None}


_READERS: Mapping[Kind, Callable[[str | None, Attributes], dict[str, Value]]] = {
    Kind.LIGHT: _light,
    Kind.FAN: _fan,
    Kind.LOCK: _lock,
    Kind.COVER: _cover,
    Kind.CLIMATE: _climate,
    Kind.MEDIA_PLAYER: _media,
    Kind.SENSOR: _sensor,
    Kind.VACUUM: _vacuum,
}
