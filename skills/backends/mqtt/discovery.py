"""Home Assistant's MQTT discovery: a config message becomes entities.

https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery, as of 2026. Components that
have no sentences (numbers, texts, cameras ...) and lights with the template schema are left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from skills.backends.contract import BackendError, Command, Failure, State, Value
from skills.backends.mqtt import lights
from skills.backends.mqtt.config import Config, read_configs
from skills.backends.mqtt.entity import Entity, Message, Reading, Write, slug
from skills.plan import CLASSES, Area, Device, Kind, is_sensitive

_LOGGER = logging.getLogger(__name__)
_HEATING = ("auto", "heat_cool", "heat", "cool", "dry", "fan_only")
"""The modes to switch a thermostat on with, the best first."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a component can do: its keys with what reads and what writes each."""

    readings: list[Reading] = field(default_factory=list)
    writers: Mapping[str, Callable[[Value, State], list[Message]]] = field(default_factory=dict)
    state: State = field(default_factory=dict)
    """What is known from the start."""
    keys: tuple[str, ...] = ()
    commands: Mapping[Command, Message] = field(default_factory=dict)
    write: Write | None = None
    """In place of the writers: what writes all keys at once."""


def entities(component: str, object_id: str, payload: str) -> list[Entity]:
    """What a discovery message announces; raises ValueError where it is no such message."""
    found = []
    for config in read_configs(component, payload):
        entity = _entity(config, object_id)
        if entity is not None:
            found.append(entity)
    return found


def _entity(config: Config, object_id: str) -> Entity | None:
    build = _BUILDERS.get(config.component)
    if build is None or "entity_category" in config or not config.truth("enabled_by_default", True):
        return None
    parts = build(config)
    if parts is None:
        _LOGGER.info("%s %s is of a sort that is not understood", config.component, object_id)
        return None
    kind = Kind(config.component)
    address = config.text("unique_id") or f"{config.component}.{object_id}"
    device_class = config.text("device_class") or None
    if device_class not in CLASSES.get(kind, ()):
        device_class = None
    place = str(config.part("device").get("suggested_area") or "")
    area = Area(slug(place), place) if place else None
    device = Device(
        slug(address),
        _name(config, object_id),
        kind=kind,
        area=None if area is None else area.id,
        device_class=device_class,
        sensitive=is_sensitive(kind, device_class),
        address=address,
    )
    return Entity(
        device,
        area=area,
        state={**dict.fromkeys(parts.keys), **parts.state},
        readings=tuple(parts.readings),
        write=parts.write or _write(parts),
        assumed=_assumed(config, parts),
        commands=parts.commands,
        availability=config.availability(),
        any_availability=config.text("availability_mode") == "any",
    )


def _name(config: Config, object_id: str) -> str:
    """As Home Assistant does: the device's name, followed by the component's own if it has one."""
    own, whole = config.text("name"), str(config.part("device").get("name") or "")
    if whole and own and not own.casefold().startswith(whole.casefold()):
        return f"{whole} {own}"
    return own or whole or object_id.replace("_", " ")


def _write(parts: Parts) -> Write:
    def write(changes: State, now: State) -> list[Message]:
        unable = [key for key in changes if key not in parts.writers]
        if unable:
            raise BackendError(f"it has no {', '.join(unable)}", Failure.UNFIT)
        return [
            message
            for key, write_one in parts.writers.items()
            if key in changes
            for message in write_one(changes[key], {**now, **changes})
        ]

    return write


def _assumed(config: Config, parts: Parts) -> frozenset[str]:
    """The keys that are told but never reported."""
    reported = {
        "on": ("state_topic", "mode_state_topic"),
        "brightness": ("brightness_state_topic",),
        "temperature": ("color_temp_state_topic",),
        "color": ("rgb_state_topic", "hs_state_topic"),
        "speed": ("percentage_state_topic",),
        "position": ("position_topic", "state_topic"),
        "locked": ("state_topic",),
        "target": ("temperature_state_topic",),
        "activity": ("state_topic",),
    }
    if parts.write is not None:
        return frozenset() if parts.readings else frozenset(parts.keys)
    return frozenset(
        key for key in parts.writers if not any(topic in config for topic in reported[key])
    )


def _switching(config: Config, template: str = "state_value_template") -> Parts:
    """``on`` by two payloads."""
    on, off = config.text("payload_on", "ON"), config.text("payload_off", "OFF")
    shown = {config.text("state_on", on): True, config.text("state_off", off): False}
    readings = config.reading("on", "state_topic", template, shown.get)

    def write(value: Value, now: State) -> list[Message]:
        return [config.message("command_topic", "command_template", on if value else off)]

    return Parts(readings, {"on": write} if "command_topic" in config else {}, keys=("on",))


def _light(config: Config) -> Parts | None:
    schema = config.text("schema", "basic")
    if schema == "json":
        all_readings, write, keys = lights.json_light(config)
        return Parts(all_readings, keys=keys, write=write)
    if schema not in ("basic", "default"):
        return None
    switch = _switching(config)
    readings, writers = lights.attributes(config)
    if config.text("on_command_type", "last") == "first":
        ordered = {**switch.writers, **writers}
    else:
        ordered = {**writers, **switch.writers}
    if config.text("on_command_type") == "brightness" and "brightness" in writers:
        plain = switch.writers["on"]
        ordered["on"] = lambda value, now: (
            [] if value and now.get("brightness") is not None else plain(value, now)
        )
    return Parts([*switch.readings, *readings], ordered, keys=("on", *writers))


def _fan(config: Config) -> Parts:
    switch = _switching(config)
    if "percentage_command_topic" not in config:
        return switch
    low, high = config.number("speed_range_min", 1), config.number("speed_range_max", 100)

    def parse(text: str) -> Value:
        return max(0, min(100, round(100 * (float(text) - low + 1) / (high - low + 1))))

    def write(value: Value, now: State) -> list[Message]:
        step = round(int(value or 0) * (high - low + 1) / 100 + low - 1)
        return [config.message("percentage_command_topic", "percentage_command_template", step)]

    speed = config.reading("speed", "percentage_state_topic", "percentage_value_template", parse)
    writers = {**switch.writers, "speed": write}
    return Parts([*switch.readings, *speed], writers, keys=("on", "speed"))


def _lock(config: Config) -> Parts:
    shown = {
        config.text("state_locked", "LOCKED"): True,
        config.text("state_unlocked", "UNLOCKED"): False,
    }

    def write(value: Value, now: State) -> list[Message]:
        lock, unlock = config.text("payload_lock", "LOCK"), config.text("payload_unlock", "UNLOCK")
        payload = lock if value else unlock
        return [config.message("command_topic", "command_template", payload)]

    readings = config.reading("locked", "state_topic", "value_template", shown.get)
    return Parts(readings, {"locked": write}, keys=("locked",))


def _cover(config: Config) -> Parts:
    full, shut = config.number("position_open", 100), config.number("position_closed", 0)
    moving = {
        config.text("state_opening", "opening"): "opening",
        config.text("state_closing", "closing"): "closing",
    }
    still = {config.text("state_open", "open"): 100, config.text("state_closed", "closed"): 0}

    def parse(text: str) -> Value:
        return max(0, min(100, round(100 * (float(text) - shut) / (full - shut))))

    readings = config.reading("moving", "state_topic", "value_template", moving.get)
    if "position_topic" in config:
        readings += config.reading("position", "position_topic", "position_template", parse)
    else:
        readings += [
            Reading(reading.topic, _only_known(reading))
            for reading in config.reading("position", "state_topic", "value_template", still.get)
        ]

    def write(value: Value, now: State) -> list[Message]:
        position = int(value or 0)
        if "set_position_topic" in config:
            scaled = round(shut + position * (full - shut) / 100)
            return [config.message("set_position_topic", "set_position_template", scaled)]
        if position not in (0, 100):
            raise BackendError("it only opens and closes", Failure.UNFIT)
        payload = config.text("payload_open", "OPEN")
        if not position:
            payload = config.text("payload_close", "CLOSE")
        return [config.message("command_topic", "", payload)]

    return Parts(readings, {"position": write}, keys=("position",))


def _only_known(reading: Reading) -> Callable[[str], Mapping[str, Value]]:
    """What a payload says, nothing where it says None."""

    def read(payload: str) -> Mapping[str, Value]:
        return {key: value for key, value in reading.parse(payload).items() if value is not None}

    return read


def _climate(config: Config) -> Parts:
    modes = [str(mode) for mode in config.raw("modes") or (*_HEATING, "off")]
    readings = [
        *config.reading("mode", "mode_state_topic", "mode_state_template", str),
        *config.reading("on", "mode_state_topic", "mode_state_template", lambda m: m != "off"),
        *config.reading("target", "temperature_state_topic", "temperature_state_template", float),
        *config.reading(
            "current", "current_temperature_topic", "current_temperature_template", float
        ),
    ]

    def switch(value: Value, now: State) -> list[Message]:
        mode = "off"
        if value:
            mode = next((mode for mode in _HEATING if mode in modes), modes[0])
        return [config.message("mode_command_topic", "mode_command_template", mode)]

    def set_target(value: Value, now: State) -> list[Message]:
        topic = "temperature_command_topic"
        return [config.message(topic, "temperature_command_template", float(value or 0))]

    writers: dict[str, Callable[[Value, State], list[Message]]] = {}
    if "mode_command_topic" in config and "off" in modes:
        writers["on"] = switch
    if "temperature_command_topic" in config:
        writers["target"] = set_target
    keys = [*writers, *(["current"] if "current_temperature_topic" in config else [])]
    return Parts(readings, writers, keys=tuple(keys))


def _sensor(config: Config) -> Parts:
    def parse(text: str) -> Value:
        try:
            number = float(text)
        except ValueError:
            return text
        return number if number == number and abs(number) != float("inf") else None

    readings = config.reading("value", "state_topic", "value_template", parse)
    unit = {"unit": config.text("unit_of_measurement") or None}
    return Parts(readings, state=unit, keys=("value", "unit"))


def _scene(config: Config) -> Parts:
    message = config.message("command_topic", "", config.text("payload_on", "ON"))
    return Parts(commands={Command.ACTIVATE: message})


def _vacuum(config: Config) -> Parts:
    readings = []
    if "state_topic" in config:
        readings = [Reading(config.text("state_topic"), lights.member("state", "activity"))]

    def write(value: Value, now: State) -> list[Message]:
        payload = config.text("payload_start", "start")
        if value != "cleaning":
            payload = config.text("payload_return_to_base", "return_to_base")
        return [config.message("command_topic", "", payload)]

    return Parts(readings, {"activity": write}, keys=("activity",))


_BUILDERS: Mapping[str, Callable[[Config], Parts | None]] = {
    "light": _light,
    "switch": lambda config: _switching(config, "value_template"),
    "fan": _fan,
    "lock": _lock,
    "cover": _cover,
    "climate": _climate,
    "sensor": _sensor,
    "binary_sensor": lambda config: _switching(config, "value_template"),
    "scene": _scene,
    "vacuum": _vacuum,
}
