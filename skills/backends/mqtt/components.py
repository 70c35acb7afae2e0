"""What each component of Home Assistant's MQTT discovery can do: how it is read and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from skills.backends.contract import BackendError, Command, Failure, State, Value
from skills.backends.mqtt import lights
from skills.backends.mqtt.config import Config
from skills.backends.mqtt.entity import Message, Reading, Write
from skills.plan import ACTIVITIES

_HEATING = ("auto", "heat_cool", "heat", "cool", "dry", "fan_only")
"""The modes to switch a thermostat on with, the best first."""


_ACTIVITIES: Mapping[str, tuple[str, str]] = {
    # What a vacuum does next: the key of the payload, and what it is if nothing else is said.
    "cleaning": ("payload_start", "start"),
    "paused": ("payload_pause", "pause"),
    "idle": ("payload_stop", "stop"),
    "docked": ("payload_return_to_base", "return_to_base"),
    "returning": ("payload_return_to_base", "return_to_base"),
}


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
        said = lights.member("state", "activity")

        def parse(payload: str) -> Mapping[str, Value]:
            return {k: v if v in ACTIVITIES else None for k, v in said(payload).items()}

        readings = [Reading(config.text("state_topic"), parse)]

    def write(value: Value, now: State) -> list[Message]:
        if value not in _ACTIVITIES:
            raise BackendError(f"it cannot be told to be {value}", Failure.UNFIT)
        key, payload = _ACTIVITIES[str(value)]
        return [config.message("command_topic", "", config.text(key, payload))]

    return Parts(readings, {"activity": write}, keys=("activity",))


BUILDERS: Mapping[str, Callable[[Config], Parts | None]] = {
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
"""Component to what builds it: None for a sort that is not understood."""
