"""What lights say and are told: each attribute on a topic of its own, or all as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from skills.backends import colors
from skills.backends.contract import State, Value, able
from skills.backends.mqtt import templates
from skills.backends.mqtt.config import Config
from skills.backends.mqtt.entity import Message, Reading, Write, kelvin, percent

Writer = Callable[[Value, State], list[Message]]


def attributes(config: Config) -> tuple[list[Reading], dict[str, Writer]]:
    """Brightness, temperature and colour of a light with Home Assistant's basic schema."""
    readings: list[Reading] = []
    writers: dict[str, Writer] = {}
    if "brightness_command_topic" in config:
        full = config.number("brightness_scale", 255)
        readings += config.reading(
            "brightness",
            "brightness_state_topic",
            "brightness_value_template",
            lambda text: percent(float(text), full),
        )
        writers["brightness"] = lambda value, now: [
            config.message(
                "brightness_command_topic",
                "brightness_command_template",
                round(int(value or 0) * full / 100),
            )
        ]
    if "color_temp_command_topic" in config:
        whole = config.truth("color_temp_kelvin", False)
        readings += config.reading(
            "temperature",
            "color_temp_state_topic",
            "color_temp_value_template",
            lambda text: round(float(text)) if whole else kelvin(float(text)),
        )
        writers["temperature"] = lambda value, now: [
            config.message(
                "color_temp_command_topic",
                "color_temp_command_template",
                int(value or 0) if whole else round(1_000_000 / max(1, int(value or 0))),
            )
        ]
    if "rgb_command_topic" in config:
        readings += config.reading("color", "rgb_state_topic", "rgb_value_template", _rgb_name)
        writers["color"] = lambda value, now: [_rgb_message(config, str(value))]
    elif "hs_command_topic" in config:
        readings += config.reading("color", "hs_state_topic", "hs_value_template", _hs_name)
        writers["color"] = lambda value, now: [_hs_message(config, str(value))]
    return readings, writers


def json_light(config: Config) -> tuple[list[Reading], Write, tuple[str, ...]]:
    """A light with Home Assistant's JSON schema: all in one message."""
    modes = set(map(str, config.raw("supported_color_modes") or ()))
    full = config.number("brightness_scale", 255)
    whole = config.truth("color_temp_kelvin", False)
    coloured = modes & {"hs", "rgb", "rgbw", "rgbww", "xy"}
    keys = ["on"]
    if config.truth("brightness", False) or modes - {"onoff"}:
        keys.append("brightness")
    if "color_temp" in modes:
        keys.append("temperature")
    if coloured:
        keys.append("color")

    def read(payload: str) -> Mapping[str, Value]:
        state = json_state(json.loads(payload), full, whole)
        return {key: value for key, value in state.items() if key in keys}

    def write(changes: State, now: State) -> list[Message]:
        data = _json_command(able(changes, keys), full, whole, coloured)
        return [(config.text("command_topic"), data)]

    readings = [Reading(config.text("state_topic"), read)] if "state_topic" in config else []
    return readings, write, tuple(keys)


def json_state(data: Any, full: float, whole: bool) -> dict[str, Value]:
    """What a light's JSON says of its state; zigbee2mqtt says it alike."""
    if not isinstance(data, dict):
        raise ValueError("it is no JSON object")
    state: dict[str, Value] = {}
    if data.get("state") in ("ON", "OFF"):
        state["on"] = data["state"] == "ON"
    if isinstance(data.get("brightness"), int | float):
        state["brightness"] = percent(data["brightness"], full)
    mode = data.get("color_mode")
    if isinstance(data.get("color_temp"), int | float) and mode in (None, "color_temp"):
        state["temperature"] = round(data["color_temp"]) if whole else kelvin(data["color_temp"])
        if mode == "color_temp":
            state["color"] = None
    if isinstance(data.get("color"), dict) and mode != "color_temp":
        name = _named(data["color"])
        if name is not None:
            state["color"] = name
    return state


def member(name: str, key: str) -> Callable[[str], Mapping[str, Value]]:
    """Reads ``key`` of the state out of one member of a JSON object, or out of the bare text."""

    def read(payload: str) -> Mapping[str, Value]:
        data = json.loads(payload) if payload.lstrip().startswith("{") else {name: payload}
        value = data.get(name)
        return {} if value is None else {key: str(value)}

    return read


def _json_command(wanted: State, full: float, whole: bool, coloured: set[str]) -> str:
    data: dict[str, object] = {"state": "OFF" if wanted.get("on") is False else "ON"}
    if data["state"] == "ON":
        if wanted.get("brightness") is not None:
            data["brightness"] = round(int(wanted["brightness"] or 0) * full / 100)
        if wanted.get("temperature") is not None:
            temperature = int(wanted["temperature"] or 0)
            data["color_temp"] = temperature if whole else round(1_000_000 / max(1, temperature))
        if wanted.get("color") is not None:
            data["color"] = _json_color(str(wanted["color"]), coloured)
    return json.dumps(data)


def _json_color(name: str, coloured: set[str]) -> dict[str, float]:
    red, green, blue = colors.named(name)
    if coloured & {"rgb", "rgbw", "rgbww"}:
        return {"r": red, "g": green, "b": blue}
    if "hs" in coloured:
        hue, saturation = colors.to_hs((red, green, blue))
        return {"h": hue, "s": saturation}
    x, y = colors.to_xy((red, green, blue))
    return {"x": round(x, 4), "y": round(y, 4)}


def _named(color: Mapping[str, Any]) -> str | None:
    """The nearest name of a colour in any of the ways of writing it."""
    try:
        if "x" in color and "y" in color:
            return colors.nearest((float(color["x"]), float(color["y"])))
        if "r" in color:
            return colors.nearest(colors.to_xy(tuple(float(color[k]) for k in "rgb")))  # type: ignore[arg-type]
        hue = color.get("hue", color.get("h"))
        saturation = color.get("saturation", color.get("s"))
        if hue is not None and saturation is not None:
            return colors.nearest(colors.hs_to_xy(float(hue), float(saturation)))
    except (KeyError, TypeError):
        pass
    return None


def _rgb_name(text: str) -> Value:
    red, green, blue = (float(part) for part in text.split(",")[:3])
    return colors.nearest(colors.to_xy((red, green, blue)))


def _hs_name(text: str) -> Value:
    hue, saturation = (float(part) for part in text.split(",")[:2])
    return colors.nearest(colors.hs_to_xy(hue, saturation))


def _rgb_message(config: Config, name: str) -> Message:
    red, green, blue = colors.named(name)
    template = config.raw("rgb_command_template")
    text = f"{red},{green},{blue}"
    return config.text("rgb_command_topic"), templates.command(
        template, text, red=red, green=green, blue=blue
    )


def _hs_message(config: Config, name: str) -> Message:
    hue, saturation = colors.to_hs(colors.named(name))
    template = config.raw("hs_command_template")
    text = f"{hue},{saturation}"
    return config.text("hs_command_topic"), templates.command(
        template, text, hue=hue, sat=saturation
    )
