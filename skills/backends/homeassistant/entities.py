"""What Home Assistant says of an entity, as a state of ours, and what is called to change it.

https://developers.home-assistant.io/docs/core/entity names the states, attributes and features.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from skills.backends import colors
from skills.backends.contract import BackendError, Command, Failure, State, Value
from skills.plan import Kind

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
_FAN_SPEED = 1
_COVER_OPEN, _COVER_CLOSE, _COVER_POSITION = 1, 2, 4
_CLIMATE_TARGET, _CLIMATE_OFF, _CLIMATE_ON = 1, 128, 256
_MEDIA_PAUSE, _MEDIA_VOLUME, _MEDIA_MUTE, _MEDIA_PREVIOUS, _MEDIA_NEXT = 1, 4, 8, 16, 32
_MEDIA_ON, _MEDIA_OFF, _MEDIA_PLAY = 128, 256, 16384
_VACUUM_HOME, _VACUUM_START = 16, 8192
_HEATING = ("heat_cool", "auto", "heat", "cool")
"""The modes to switch a thermostat on with where it cannot just be switched on."""


@dataclass(frozen=True, slots=True)
class Call:
    """One action, as Home Assistant calls what its services do."""

    domain: str
    service: str
    data: Mapping[str, Any] = field(default_factory=dict)


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


def calls(domain: str, changes: State, attributes: Attributes) -> list[Call]:
    """What is called to change a state; raises BackendError if the entity is unable to."""
    kind = KINDS[domain]
    write = _WRITERS.get(kind)
    if write is None:
        raise BackendError(f"a {kind} can only be read", Failure.UNFIT)
    return [Call(domain, service, data) for service, data in write(dict(changes), attributes)]


def command(domain: str, wanted: Command, attributes: Attributes) -> Call:
    """What is called for a command; raises BackendError if the entity does not know it."""
    features = _features(attributes)
    kind = KINDS[domain]
    if kind == Kind.SCENE and wanted == Command.ACTIVATE:
        return Call(domain, "turn_on")
    if kind == Kind.MEDIA_PLAYER:
        if wanted == Command.NEXT and features & _MEDIA_NEXT:
            return Call(domain, "media_next_track")
        if wanted == Command.PREVIOUS and features & _MEDIA_PREVIOUS:
            return Call(domain, "media_previous_track")
    raise BackendError(f"a {kind} like this knows no {wanted}", Failure.UNFIT)


def _features(attributes: Attributes) -> int:
    value = attributes.get("supported_features")
    return int(value) if isinstance(value, int | float) else 0


def _number(value: object) -> float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else float(value)


def _part(value: object, full: float) -> int | None:
    """A number of 0 to ``full`` in percent."""
    number = _number(value)
    return None if number is None else max(0, min(100, round(100 * number / full)))


def _light(said: str | None, attributes: Attributes) -> dict[str, Value]:
    modes = set(attributes.get("supported_color_modes") or ())
    mode = attributes.get("color_mode")
    state: dict[str, Value] = {"on": None if said is None else said == "on"}
    if modes - {"onoff"}:
        state["brightness"] = _part(attributes.get("brightness"), 255)
    if "color_temp" in modes:
        kelvin = _number(attributes.get("color_temp_kelvin"))
        state["temperature"] = None if kelvin is None else round(kelvin)
    if modes & _COLOURED:
        xy = attributes.get("xy_color")
        state["color"] = None
        if mode in _COLOURED and isinstance(xy, list | tuple) and len(xy) == 2:
            state["color"] = colors.nearest((xy[0], xy[1]))
    return state


def _fan(said: str | None, attributes: Attributes) -> dict[str, Value]:
    state: dict[str, Value] = {"on": None if said is None else said == "on"}
    if _features(attributes) & _FAN_SPEED:
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
    features = _features(attributes)
    modes = attributes.get("hvac_modes") or ()
    state: dict[str, Value] = {}
    if "off" in modes or features & (_CLIMATE_ON | _CLIMATE_OFF):
        state["on"] = None if said is None else said != "off"
    if features & _CLIMATE_TARGET:
        state["target"] = _number(attributes.get("temperature"))
    if attributes.get("current_temperature") is not None:
        state["current"] = _number(attributes["current_temperature"])
    return state


def _media(said: str | None, attributes: Attributes) -> dict[str, Value]:
    features = _features(attributes)
    state: dict[str, Value] = {"on": None if said is None else said not in ("off", "standby")}
    if features & (_MEDIA_PAUSE | _MEDIA_PLAY):
        state["playing"] = None if said is None else said == "playing"
    if features & _MEDIA_VOLUME:
        state["volume"] = _part(attributes.get("volume_level"), 1)
    if features & _MEDIA_MUTE:
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
    return {"activity": said}


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

_Services = list[tuple[str, dict[str, Any]]]
"""Services of the entity's own domain, with their data."""


def _only(changes: State, *keys: str) -> None:
    unable = [key for key in changes if key not in keys]
    if unable:
        raise BackendError(f"it has no {', '.join(unable)}", Failure.UNFIT)


def _need(able: object, what: str) -> None:
    if not able:
        raise BackendError(f"it cannot {what}", Failure.UNFIT)


def _set_switch(changes: dict[str, Value], attributes: Attributes) -> _Services:
    _only(changes, "on")
    return [("turn_on" if changes["on"] else "turn_off", {})]


def _set_light(changes: dict[str, Value], attributes: Attributes) -> _Services:
    _only(changes, *_light(None, attributes))
    if changes.get("on") is False:
        return [("turn_off", {})]
    data: dict[str, Any] = {}
    if changes.get("brightness") is not None:
        data["brightness_pct"] = changes["brightness"]
    if changes.get("temperature") is not None:
        data["color_temp_kelvin"] = changes["temperature"]
    if changes.get("color") is not None:
        data["rgb_color"] = list(colors.NAMES.get(str(changes["color"]), (255, 255, 255)))
    return [("turn_on", data)]


def _set_fan(changes: dict[str, Value], attributes: Attributes) -> _Services:
    _only(changes, *_fan(None, attributes))
    if changes.get("on") is False:
        return [("turn_off", {})]
    if "speed" in changes:
        return [("turn_on", {"percentage": changes["speed"]})]
    return [("turn_on", {})]


def _set_lock(changes: dict[str, Value], attributes: Attributes) -> _Services:
    _only(changes, "locked")
    return [("lock" if changes["locked"] else "unlock", {})]


def _set_cover(changes: dict[str, Value], attributes: Attributes) -> _Services:
    _only(changes, "position")
    features, position = _features(attributes), changes["position"]
    if position == 100 and features & _COVER_OPEN:
        return [("open_cover", {})]
    if position == 0 and features & _COVER_CLOSE:
        return [("close_cover", {})]
    _need(features & _COVER_POSITION, f"be opened to {position} percent")
    return [("set_cover_position", {"position": position})]


def _set_climate(changes: dict[str, Value], attributes: Attributes) -> _Services:
    able = _climate(None, attributes)
    able.pop("current", None)
    _only(changes, *able)
    modes, features = attributes.get("hvac_modes") or (), _features(attributes)
    services: _Services = []
    if changes.get("on") is True:
        if features & _CLIMATE_ON:
            services.append(("turn_on", {}))
        else:
            mode = next((mode for mode in _HEATING if mode in modes), None)
            _need(mode, "be switched on")
            services.append(("set_hvac_mode", {"hvac_mode": mode}))
    elif changes.get("on") is False:
        _need("off" in modes, "be switched off")
        services.append(("set_hvac_mode", {"hvac_mode": "off"}))
    if "target" in changes:
        # With two set points, one for heating and one for cooling, a single one says nothing.
        _need(attributes.get("target_temp_low") is None, "be set to a single temperature")
        services.append(("set_temperature", {"temperature": changes["target"]}))
    return services


def _set_media(changes: dict[str, Value], attributes: Attributes) -> _Services:
    _only(changes, *_media(None, attributes))
    features = _features(attributes)
    services: _Services = []
    if "playing" in changes:
        services.append(("media_play" if changes["playing"] else "media_pause", {}))
    elif "on" in changes:
        _need(features & (_MEDIA_ON if changes["on"] else _MEDIA_OFF), "be switched")
        services.append(("turn_on" if changes["on"] else "turn_off", {}))
    if "volume" in changes:
        volume = _number(changes["volume"]) or 0.0
        services.append(("volume_set", {"volume_level": round(volume / 100, 2)}))
    if "muted" in changes:
        services.append(("volume_mute", {"is_volume_muted": changes["muted"]}))
    return services


def _set_vacuum(changes: dict[str, Value], attributes: Attributes) -> _Services:
    _only(changes, "activity")
    features = _features(attributes)
    if changes["activity"] == "cleaning":
        _need(features & _VACUUM_START, "be started")
        return [("start", {})]
    _need(features & _VACUUM_HOME, "return to its dock")
    return [("return_to_base", {})]


_WRITERS: Mapping[Kind, Callable[[dict[str, Value], Attributes], _Services]] = {
    Kind.LIGHT: _set_light,
    Kind.SWITCH: _set_switch,
    Kind.FAN: _set_fan,
    Kind.LOCK: _set_lock,
    Kind.COVER: _set_cover,
    Kind.CLIMATE: _set_climate,
    Kind.MEDIA_PLAYER: _set_media,
    Kind.VACUUM: _set_vacuum,
}
