"""What one entry of zigbee2mqtt's ``exposes`` is, how its JSON is read, and what is sent to it.

https://www.zigbee2mqtt.io/guide/usage/exposes.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from skills.backends import colors
from skills.backends.contract import BackendError, Failure, State, Value, able
from skills.backends.mqtt.lights import json_state
from skills.plan import Kind

_READABLE = 1  # a bit of "access"
_SENSED: Mapping[str, str] = {
    # property: device class
    "temperature": "temperature",
    "humidity": "humidity",
    "illuminance": "illuminance",
    "pressure": "pressure",
    "co2": "carbon_dioxide",
    "pm25": "pm25",
    "power": "power",
    "energy": "energy",
}
_DETECTED: Mapping[str, str] = {
    "contact": "opening",
    "occupancy": "occupancy",
    "presence": "presence",
    "water_leak": "moisture",
    "smoke": "smoke",
    "gas": "gas",
    "vibration": "vibration",
}
_SPEEDS = {"off": 0, "low": 33, "medium": 66, "high": 100}

Read = Callable[[Mapping[str, Any]], Mapping[str, Value]]
"""What the JSON state of a device says of one entity."""

Write = Callable[[State], dict[str, object]]
"""What is sent for changes; raises BackendError if it is unfit."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """One entity of a device of zigbee2mqtt."""

    kind: Kind
    keys: Sequence[str]
    """Those of its state."""
    read: Read
    write: Write | None = None
    """None where it can only be read."""
    asked: Sequence[str] = ()
    """The properties to ask for, where the device does not tell by itself."""
    device_class: str | None = None
    state: State = field(default_factory=dict)
    """What is known from the start."""


def exposed(expose: Mapping[str, Any]) -> Exposed | None:
    """What an entry is, None if there are no words for it.

    Raises AttributeError, KeyError, TypeError or ValueError for what is no such entry.
    """
    build = _BUILDERS.get(str(expose.get("type")))
    return None if build is None or expose.get("category") else build(expose)


def _light(expose: Mapping[str, Any]) -> Exposed:
    features = _features(expose)
    props = {key: str(feature.get("property", key)) for key, feature in features.items()}
    full = float(features.get("brightness", {}).get("value_max", 254))
    keys = ["on"]
    keys += ["brightness"] if "brightness" in features else []
    keys += ["temperature"] if "color_temp" in features else []
    keys += ["color"] if {"color_xy", "color_hs"} & features.keys() else []

    def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
        # With several endpoints the properties have the endpoint's name behind them.
        mine = {key: data.get(prop) for key, prop in props.items()}
        mine["color"] = data.get(props.get("color_xy", props.get("color_hs", "color")))
        mine["color_mode"] = data.get("color_mode")
        state = json_state(mine, full, False)
        return {key: value for key, value in state.items() if key in keys}

    def write(changes: State) -> dict[str, object]:
        data: dict[str, object] = {}
        for key, value in able(changes, keys).items():
            if key == "on":
                data[props["state"]] = "ON" if value else "OFF"
            elif key == "brightness" and value:
                data[props["brightness"]] = round(int(value) * full / 100)
            elif key == "temperature":
                data[props["color_temp"]] = round(1_000_000 / max(1, int(value or 0)))
            elif key == "color":
                rgb = colors.named(value)
                x, y = colors.to_xy(rgb)
                data["color"] = {"x": round(x, 4), "y": round(y, 4)}
        return data

    return Exposed(Kind.LIGHT, keys, read, write, asked=[props["state"]])


def _switch(expose: Mapping[str, Any]) -> Exposed:
    return _two_way(Kind.SWITCH, expose, "on", "ON", "OFF")


def _lock(expose: Mapping[str, Any]) -> Exposed:
    return _two_way(Kind.LOCK, expose, "locked", "LOCK", "UNLOCK")


def _two_way(kind: Kind, expose: Mapping[str, Any], key: str, yes: str, no: str) -> Exposed:
    found = _features(expose).get("state", {})
    prop = str(found.get("property", "state"))
    yes, no = found.get("value_on", yes), found.get("value_off", no)

    def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
        return {key: data[prop] == yes} if data.get(prop) in (yes, no) else {}

    def write(changes: State) -> dict[str, object]:
        value = yes if able(changes, [key])[key] else no
        return {prop: value}

    return Exposed(kind, [key], read, write, asked=[prop])


def _fan(expose: Mapping[str, Any]) -> Exposed:
    features = _features(expose)
    state = str(features.get("state", {}).get("property", "fan_state"))
    modes = [str(mode) for mode in features.get("mode", {}).get("values") or ()]
    speeds = {mode: _SPEEDS[mode] for mode in modes if _SPEEDS.get(mode)}
    keys = ["on", *(["speed"] if speeds else [])]

    def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
        found: dict[str, Value] = {}
        if data.get(state) in ("ON", "OFF"):
            found["on"] = data[state] == "ON"
        mode = data.get("fan_mode")
        if mode in speeds:
            found["speed"] = speeds[mode]
        if mode == "off":
            found["on"] = False
        return found

    def write(changes: State) -> dict[str, object]:
        data: dict[str, object] = {}
        wanted = able(changes, keys)
        if "on" in wanted:
            data[state] = "ON" if wanted["on"] else "OFF"
        if wanted.get("speed"):
            speed = int(wanted["speed"] or 0)
            data["fan_mode"] = min(speeds, key=lambda mode: abs(speeds[mode] - speed))
        return data

    return Exposed(Kind.FAN, keys, read, write, asked=[state])


def _cover(expose: Mapping[str, Any]) -> Exposed:
    features = _features(expose)
    state = str(features.get("state", {}).get("property", "state"))
    position = features.get("position", {}).get("property")

    def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
        found: dict[str, Value] = {}
        if position is not None and isinstance(data.get(position), int | float):
            found["position"] = round(data[position])
        elif position is None and data.get(state) in ("OPEN", "CLOSE"):
            found["position"] = 100 if data[state] == "OPEN" else 0
        if isinstance(data.get("moving"), str):
            found["moving"] = {"UP": "opening", "DOWN": "closing"}.get(data["moving"])
        return found

    def write(changes: State) -> dict[str, object]:
        wanted = int(able(changes, ["position"])["position"] or 0)
        if position is not None:
            return {position: wanted}
        if wanted not in (0, 100):
            raise BackendError("it only opens and closes", Failure.UNFIT)
        return {state: "OPEN" if wanted else "CLOSE"}

    return Exposed(Kind.COVER, ["position"], read, write, asked=[position or state])


def _climate(expose: Mapping[str, Any]) -> Exposed:
    features = _features(expose)
    setpoint = next((name for name in features if name.endswith("heating_setpoint")), None)
    setpoint = setpoint or next((n for n in features if n.endswith("setpoint")), None)
    modes = [str(mode) for mode in features.get("system_mode", {}).get("values") or ()]
    on = next((mode for mode in ("auto", "heat", "cool") if mode in modes), None)
    keys = [
        *(["on"] if on and "off" in modes else []),
        *(["target"] if setpoint else []),
        *(["current"] if "local_temperature" in features else []),
    ]

    def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
        found: dict[str, Value] = {}
        if "on" in keys and data.get("system_mode") in modes:
            found["on"] = data["system_mode"] != "off"
        for key, prop in (("target", setpoint), ("current", "local_temperature")):
            if key in keys and isinstance(data.get(str(prop)), int | float):
                found[key] = float(data[str(prop)])
        return found

    def write(changes: State) -> dict[str, object]:
        data: dict[str, object] = {}
        wanted = able(changes, [key for key in keys if key != "current"])
        if "on" in wanted:
            data["system_mode"] = on if wanted["on"] else "off"
        if "target" in wanted:
            data[str(setpoint)] = wanted["target"]
        return data

    asked = [setpoint] if setpoint else []
    return Exposed(Kind.CLIMATE, keys, read, write, asked=asked)


def _sensor(expose: Mapping[str, Any]) -> Exposed | None:
    prop = str(expose.get("property", ""))
    if prop not in _SENSED or not _access(expose, _READABLE):
        return None

    def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
        value = data.get(prop)
        return {"value": value} if isinstance(value, int | float) else {}

    unit = {"unit": expose.get("unit")}
    return Exposed(Kind.SENSOR, ["value"], read, device_class=_SENSED[prop], state=unit)


def _detector(expose: Mapping[str, Any]) -> Exposed | None:
    prop = str(expose.get("property", ""))
    if prop not in _DETECTED or not _access(expose, _READABLE):
        return None
    yes, no = expose.get("value_on", True), expose.get("value_off", False)
    if prop == "contact":  # in contact is closed
        yes, no = False, True

    def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
        return {"on": data[prop] == yes} if data.get(prop) in (yes, no) else {}

    return Exposed(Kind.BINARY_SENSOR, ["on"], read, device_class=_DETECTED[prop])


def _features(expose: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found = {}
    for feature in expose.get("features") or ():
        if isinstance(feature, dict) and feature.get("name"):
            found[str(feature["name"])] = feature
    return found


def _access(expose: Mapping[str, Any], bit: int) -> bool:
    access = expose.get("access", _READABLE)
    return isinstance(access, int) and bool(access & bit)


_BUILDERS: Mapping[str, Callable[[Mapping[str, Any]], Exposed | None]] = {
    "light": _light,
    "switch": _switch,
    "fan": _fan,
    "lock": _lock,
    "cover": _cover,
    "climate": _climate,
    "numeric": _sensor,
    "binary": _detector,
}
