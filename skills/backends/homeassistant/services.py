"""What is called in Home Assistant to change an entity.

https://developers.home-assistant.io/docs/core/entity names the services and features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from skills.backends import colors
from skills.backends.contract import BackendError, Command, Failure, State, Value, able
from skills.backends.homeassistant.entities import (
    CLIMATE_OFF,
    CLIMATE_ON,
    COVER_CLOSE,
    COVER_OPEN,
    COVER_POSITION,
    KINDS,
    MEDIA_NEXT,
    MEDIA_OFF,
    MEDIA_ON,
    MEDIA_PREVIOUS,
    Attributes,
    features,
    number,
    state_of,
)
from skills.plan import Kind

_ACTIVITIES: Mapping[str, tuple[int, str, str]] = {
    # What a vacuum does next: the bit, the service, and what that is called.
    "cleaning": (8192, "start", "be started"),
    "paused": (4, "pause", "be paused"),
    "idle": (8, "stop", "be stopped"),
    "docked": (16, "return_to_base", "return to its dock"),
    "returning": (16, "return_to_base", "return to its dock"),
}
_HEATING = ("heat_cool", "auto", "heat", "cool")
"""The modes to switch a thermostat on with where it cannot just be switched on."""


@dataclass(frozen=True, slots=True)
class Call:
    """One action, as Home Assistant calls what its services do."""

    domain: str
    service: str
    data: Mapping[str, Any] = field(default_factory=dict)


def calls(domain: str, changes: State, attributes: Attributes) -> list[Call]:
    """What is called to change a state; raises BackendError if the entity is unable to."""
    kind = KINDS[domain]
    write = _WRITERS.get(kind)
    if write is None:
        raise BackendError(f"a {kind} can only be read", Failure.UNFIT)
    return [Call(domain, service, data) for service, data in write(dict(changes), attributes)]


def command(domain: str, wanted: Command, attributes: Attributes) -> Call:
    """What is called for a command; raises BackendError if the entity does not know it."""
    bits = features(attributes)
    kind = KINDS[domain]
    if kind == Kind.SCENE and wanted == Command.ACTIVATE:
        return Call(domain, "turn_on")
    if kind == Kind.MEDIA_PLAYER:
        if wanted == Command.NEXT and bits & MEDIA_NEXT:
            return Call(domain, "media_next_track")
        if wanted == Command.PREVIOUS and bits & MEDIA_PREVIOUS:
            return Call(domain, "media_previous_track")
    raise BackendError(f"a {kind} like this knows no {wanted}", Failure.UNFIT)


_Services = list[tuple[str, dict[str, Any]]]
"""Services of the entity's own domain, with their data."""


def _need(able: object, what: str) -> None:
    if not able:
        raise BackendError(f"it cannot {what}", Failure.UNFIT)


def _set_switch(changes: dict[str, Value], attributes: Attributes) -> _Services:
    able(changes, ("on",))
    return [("turn_on" if changes["on"] else "turn_off", {})]


def _set_light(changes: dict[str, Value], attributes: Attributes) -> _Services:
    able(changes, state_of(Kind.LIGHT, "unknown", attributes))
    if changes.get("on") is False:
        return [("turn_off", {})]
    data: dict[str, Any] = {}
    if changes.get("brightness") is not None:
        data["brightness_pct"] = changes["brightness"]
    if changes.get("temperature") is not None:
        data["color_temp_kelvin"] = changes["temperature"]
    if changes.get("color") is not None:
        data["rgb_color"] = list(colors.named(changes["color"]))
    return [("turn_on", data)]


def _set_fan(changes: dict[str, Value], attributes: Attributes) -> _Services:
    able(changes, state_of(Kind.FAN, "unknown", attributes))
    if changes.get("on") is False:
        return [("turn_off", {})]
    if "speed" in changes:
        return [("turn_on", {"percentage": changes["speed"]})]
    return [("turn_on", {})]


def _set_lock(changes: dict[str, Value], attributes: Attributes) -> _Services:
    able(changes, ("locked",))
    return [("lock" if changes["locked"] else "unlock", {})]


def _set_cover(changes: dict[str, Value], attributes: Attributes) -> _Services:
    able(changes, ("position",))
    bits, position = features(attributes), changes["position"]
    if position == 100 and bits & COVER_OPEN:
        return [("open_cover", {})]
    if position == 0 and bits & COVER_CLOSE:
        return [("close_cover", {})]
    _need(bits & COVER_POSITION, f"be opened to {position} percent")
    return [("set_cover_position", {"position": position})]


def _set_climate(changes: dict[str, Value], attributes: Attributes) -> _Services:
    able(changes, state_of(Kind.CLIMATE, "unknown", attributes).keys() - {"current"})
    modes, bits = attributes.get("hvac_modes") or (), features(attributes)
    services: _Services = []
    if changes.get("on") is True:
        if bits & CLIMATE_ON:
            services.append(("turn_on", {}))
        else:
            mode = next((mode for mode in _HEATING if mode in modes), None)
            _need(mode, "be switched on")
            services.append(("set_hvac_mode", {"hvac_mode": mode}))
    elif changes.get("on") is False:
        if "off" in modes:
            services.append(("set_hvac_mode", {"hvac_mode": "off"}))
        else:
            _need(bits & CLIMATE_OFF, "be switched off")
            services.append(("turn_off", {}))
    if "target" in changes:
        # With two set points, one for heating and one for cooling, a single one says nothing.
        _need(attributes.get("target_temp_low") is None, "be set to a single temperature")
        services.append(("set_temperature", {"temperature": changes["target"]}))
    return services


def _set_media(changes: dict[str, Value], attributes: Attributes) -> _Services:
    able(changes, state_of(Kind.MEDIA_PLAYER, "unknown", attributes))
    bits = features(attributes)
    services: _Services = []
    if "playing" in changes:
        services.append(("media_play" if changes["playing"] else "media_pause", {}))
    elif "on" in changes:
        _need(bits & (MEDIA_ON if changes["on"] else MEDIA_OFF), "be switched")
        services.append(("turn_on" if changes["on"] else "turn_off", {}))
    if "volume" in changes:
        volume = number(changes["volume"]) or 0.0
        services.append(("volume_set", {"volume_level": round(volume / 100, 2)}))
    if "muted" in changes:
        services.append(("volume_mute", {"is_volume_muted": changes["muted"]}))
    return services


def _set_vacuum(changes: dict[str, Value], attributes: Attributes) -> _Services:
    able(changes, ("activity",))
    activity = str(changes["activity"])
    _need(activity in _ACTIVITIES, f"be told to be {activity}")
    feature, service, what = _ACTIVITIES[activity]
    _need(features(attributes) & feature, what)
    return [(service, {})]


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
