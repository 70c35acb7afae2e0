"""zigbee2mqtt's own announcements: what ``bridge/devices`` exposes becomes entities.

https://www.zigbee2mqtt.io/guide/usage/exposes.html and .../mqtt_topics_and_messages.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from skills.backends import colors
from skills.backends.contract import BackendError, Failure, State, Value
from skills.backends.mqtt.entity import (
    Availability,
    Entity,
    Message,
    Reading,
    Write,
    cannot,
    slug,
)
from skills.backends.mqtt.lights import json_state
from skills.plan import CLASSES, Device, Kind, is_sensitive

_LOGGER = logging.getLogger(__name__)
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


def entities(base: str, payload: str) -> list[Entity]:
    """What ``<base>/bridge/devices`` lists; raises ValueError where it is no such list."""
    listed = json.loads(payload)
    if not isinstance(listed, list):
        raise ValueError("it is no JSON list")
    return [entity for item in listed if isinstance(item, dict) for entity in _of(base, item)]


def _of(base: str, item: Mapping[str, Any]) -> Iterator[Entity]:
    definition, name = item.get("definition"), item.get("friendly_name")
    if not isinstance(definition, dict) or not name or item.get("disabled"):
        return  # the coordinator, or a device that zigbee2mqtt does not support
    device = _Zigbee(base, str(name))
    for expose in definition.get("exposes") or ():
        try:
            entity = device.entity(expose)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            _LOGGER.warning("zigbee2mqtt exposes of %s what cannot be used: %s", name, error)
            continue
        if entity is not None:
            yield entity


class _Zigbee:
    """One device of zigbee2mqtt, which may expose several entities."""

    def __init__(self, base: str, name: str) -> None:
        self._name = name
        self._topic = f"{base}/{name}"
        self._bridge = f"{base}/bridge/state"

    def entity(self, expose: Mapping[str, Any]) -> Entity | None:
        """What one entry of ``exposes`` is, if there are words for it."""
        build = {
            "light": self._light,
            "switch": self._switch,
            "fan": self._fan,
            "lock": self._lock,
            "cover": self._cover,
            "climate": self._climate,
            "numeric": self._sensor,
            "binary": self._detector,
        }.get(str(expose.get("type")))
        return None if build is None or expose.get("category") else build(expose)

    def _light(self, expose: Mapping[str, Any]) -> Entity:
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

        def write(changes: State, now: State) -> list[Message]:
            data: dict[str, object] = {}
            for key, value in _able(changes, keys).items():
                if key == "on":
                    data[props["state"]] = "ON" if value else "OFF"
                elif key == "brightness" and value:
                    data[props["brightness"]] = round(int(value) * full / 100)
                elif key == "temperature":
                    data[props["color_temp"]] = round(1_000_000 / max(1, int(value or 0)))
                elif key == "color":
                    rgb = colors.NAMES.get(str(value), (255, 255, 255))
                    x, y = colors.to_xy(rgb)
                    data["color"] = {"x": round(x, 4), "y": round(y, 4)}
            return [(f"{self._topic}/set", json.dumps(data))]

        return self._made(Kind.LIGHT, expose, keys, read, write, asked=[props["state"]])

    def _switch(self, expose: Mapping[str, Any]) -> Entity:
        return self._two_way(Kind.SWITCH, expose, "state", "on", "ON", "OFF")

    def _lock(self, expose: Mapping[str, Any]) -> Entity:
        return self._two_way(Kind.LOCK, expose, "state", "locked", "LOCK", "UNLOCK")

    def _two_way(
        self, kind: Kind, expose: Mapping[str, Any], feature: str, key: str, yes: str, no: str
    ) -> Entity:
        found = _features(expose).get(feature, {})
        prop = str(found.get("property", feature))
        yes, no = found.get("value_on", yes), found.get("value_off", no)

        def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
            return {key: data[prop] == yes} if data.get(prop) in (yes, no) else {}

        def write(changes: State, now: State) -> list[Message]:
            value = yes if _able(changes, [key])[key] else no
            return [(f"{self._topic}/set", json.dumps({prop: value}))]

        return self._made(kind, expose, [key], read, write, asked=[prop])

    def _fan(self, expose: Mapping[str, Any]) -> Entity:
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

        def write(changes: State, now: State) -> list[Message]:
            data: dict[str, object] = {}
            wanted = _able(changes, keys)
            if "on" in wanted:
                data[state] = "ON" if wanted["on"] else "OFF"
            if wanted.get("speed"):
                speed = int(wanted["speed"] or 0)
                data["fan_mode"] = min(speeds, key=lambda mode: abs(speeds[mode] - speed))
            return [(f"{self._topic}/set", json.dumps(data))]

        return self._made(Kind.FAN, expose, keys, read, write, asked=[state])

    def _cover(self, expose: Mapping[str, Any]) -> Entity:
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

        def write(changes: State, now: State) -> list[Message]:
            wanted = int(_able(changes, ["position"])["position"] or 0)
            if position is not None:
                return [(f"{self._topic}/set", json.dumps({position: wanted}))]
            if wanted not in (0, 100):
                raise BackendError("it only opens and closes", Failure.UNFIT)
            return [(f"{self._topic}/set", json.dumps({state: "OPEN" if wanted else "CLOSE"}))]

        return self._made(Kind.COVER, expose, ["position"], read, write, asked=[position or state])

    def _climate(self, expose: Mapping[str, Any]) -> Entity:
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

        def write(changes: State, now: State) -> list[Message]:
            data: dict[str, object] = {}
            wanted = _able(changes, [key for key in keys if key != "current"])
            if "on" in wanted:
                data["system_mode"] = on if wanted["on"] else "off"
            if "target" in wanted:
                data[str(setpoint)] = wanted["target"]
            return [(f"{self._topic}/set", json.dumps(data))]

        asked = [setpoint] if setpoint else []
        return self._made(Kind.CLIMATE, expose, keys, read, write, asked=asked)

    def _sensor(self, expose: Mapping[str, Any]) -> Entity | None:
        prop = str(expose.get("property", ""))
        if prop not in _SENSED or not _access(expose, _READABLE):
            return None

        def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
            value = data.get(prop)
            return {"value": value} if isinstance(value, int | float) else {}

        unit = {"unit": expose.get("unit")}
        return self._made(Kind.SENSOR, expose, ["value"], read, None, _SENSED[prop], state=unit)

    def _detector(self, expose: Mapping[str, Any]) -> Entity | None:
        prop = str(expose.get("property", ""))
        if prop not in _DETECTED or not _access(expose, _READABLE):
            return None
        yes, no = expose.get("value_on", True), expose.get("value_off", False)
        if prop == "contact":  # in contact is closed
            yes, no = False, True

        def read(data: Mapping[str, Any]) -> Mapping[str, Value]:
            return {"on": data[prop] == yes} if data.get(prop) in (yes, no) else {}

        return self._made(Kind.BINARY_SENSOR, expose, ["on"], read, None, _DETECTED[prop])

    def _made(
        self,
        kind: Kind,
        expose: Mapping[str, Any],
        keys: list[str],
        read: Read,
        write: Write | None,
        device_class: str | None = None,
        *,
        asked: list[str] | None = None,
        state: State | None = None,
    ) -> Entity:
        words = [self._name.replace("/", " ").replace("_", " ")]
        parts = [self._topic]
        if kind in (Kind.SENSOR, Kind.BINARY_SENSOR):
            parts.append(str(expose["property"]))
            words.append(str(expose["property"]).replace("_", " ") if kind == Kind.SENSOR else "")
        if expose.get("endpoint"):
            parts.append(str(expose["endpoint"]))
            words.append(str(expose["endpoint"]))
        address = "/".join(parts)
        if device_class not in CLASSES.get(kind, ()):
            device_class = None
        device = Device(
            slug(address),
            " ".join(filter(None, words)),
            kind=kind,
            device_class=device_class,
            sensitive=is_sensitive(kind, device_class),
            address=address,
        )
        question = (f"{self._topic}/get", json.dumps(dict.fromkeys(asked or (), "")))
        return Entity(
            device,
            state={**dict.fromkeys(keys), **(state or {})},
            readings=(Reading(self._topic, _json(read)),),
            write=write or cannot,
            availability=(
                Availability(self._bridge, _online),
                Availability(f"{self._topic}/availability", _online),
            ),
            questions=(question,) if asked else (),
        )


def _features(expose: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    found = {}
    for feature in expose.get("features") or ():
        if isinstance(feature, dict) and feature.get("name"):
            found[str(feature["name"])] = feature
    return found


def _access(expose: Mapping[str, Any], bit: int) -> bool:
    access = expose.get("access", _READABLE)
    return isinstance(access, int) and bool(access & bit)


def _able(changes: State, keys: list[str]) -> State:
    unable = [key for key in changes if key not in keys]
    if unable:
        raise BackendError(f"it has no {', '.join(unable)}", Failure.UNFIT)
    return changes


def _json(read: Read) -> Callable[[str], Mapping[str, Value]]:
    def parse(payload: str) -> Mapping[str, Value]:
        data = json.loads(payload)
        if not isinstance(data, dict):
            raise ValueError("it is no JSON object")
        return read(data)

    return parse


def _online(payload: str) -> bool | None:
    """``{"state": "online"}``, or as older versions say it, ``online``."""
    if payload.lstrip().startswith("{"):
        data = json.loads(payload)
        payload = str(data.get("state")) if isinstance(data, dict) else ""
    return {"online": True, "offline": False}.get(payload.strip())
