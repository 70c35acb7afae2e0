"""One component of a Home Assistant discovery message, with its abbreviations written out.

The keys and their meaning: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from skills.backends.contract import Value
from skills.backends.mqtt import templates
from skills.backends.mqtt.entity import Availability, Message, Reading

_ABBREVIATIONS: Mapping[str, str] = {
    "avty": "availability",
    "avty_mode": "availability_mode",
    "avty_t": "availability_topic",
    "avty_tpl": "availability_template",
    "bri_cmd_t": "brightness_command_topic",
    "bri_cmd_tpl": "brightness_command_template",
    "bri_scl": "brightness_scale",
    "bri_stat_t": "brightness_state_topic",
    "bri_tpl": "brightness_template",
    "bri_val_tpl": "brightness_value_template",
    "clr_temp_cmd_t": "color_temp_command_topic",
    "clr_temp_cmd_tpl": "color_temp_command_template",
    "clr_temp_k": "color_temp_kelvin",
    "clr_temp_stat_t": "color_temp_state_topic",
    "clr_temp_val_tpl": "color_temp_value_template",
    "cmd_t": "command_topic",
    "cmd_tpl": "command_template",
    "cmps": "components",
    "curr_temp_t": "current_temperature_topic",
    "curr_temp_tpl": "current_temperature_template",
    "dev": "device",
    "dev_cla": "device_class",
    "en": "enabled_by_default",
    "ent_cat": "entity_category",
    "hs_cmd_t": "hs_command_topic",
    "hs_cmd_tpl": "hs_command_template",
    "hs_stat_t": "hs_state_topic",
    "hs_val_tpl": "hs_value_template",
    "mode_cmd_t": "mode_command_topic",
    "mode_cmd_tpl": "mode_command_template",
    "mode_stat_t": "mode_state_topic",
    "mode_stat_tpl": "mode_state_template",
    "o": "origin",
    "obj_id": "object_id",
    "on_cmd_type": "on_command_type",
    "opt": "optimistic",
    "p": "platform",
    "pct_cmd_t": "percentage_command_topic",
    "pct_cmd_tpl": "percentage_command_template",
    "pct_stat_t": "percentage_state_topic",
    "pct_val_tpl": "percentage_value_template",
    "pl_avail": "payload_available",
    "pl_cls": "payload_close",
    "pl_lock": "payload_lock",
    "pl_not_avail": "payload_not_available",
    "pl_off": "payload_off",
    "pl_on": "payload_on",
    "pl_open": "payload_open",
    "pl_ret": "payload_return_to_base",
    "pl_strt": "payload_start",
    "pl_unlk": "payload_unlock",
    "pos_clsd": "position_closed",
    "pos_open": "position_open",
    "pos_t": "position_topic",
    "pos_tpl": "position_template",
    "rgb_cmd_t": "rgb_command_topic",
    "rgb_cmd_tpl": "rgb_command_template",
    "rgb_stat_t": "rgb_state_topic",
    "rgb_val_tpl": "rgb_value_template",
    "sa": "suggested_area",
    "set_pos_t": "set_position_topic",
    "set_pos_tpl": "set_position_template",
    "spd_rng_max": "speed_range_max",
    "spd_rng_min": "speed_range_min",
    "stat_closing": "state_closing",
    "stat_clsd": "state_closed",
    "stat_locked": "state_locked",
    "stat_off": "state_off",
    "stat_on": "state_on",
    "stat_open": "state_open",
    "stat_opening": "state_opening",
    "stat_t": "state_topic",
    "stat_tpl": "state_template",
    "stat_unlocked": "state_unlocked",
    "stat_val_tpl": "state_value_template",
    "sup_clrm": "supported_color_modes",
    "t": "topic",
    "temp_cmd_t": "temperature_command_topic",
    "temp_cmd_tpl": "temperature_command_template",
    "temp_stat_t": "temperature_state_topic",
    "temp_stat_tpl": "temperature_state_template",
    "uniq_id": "unique_id",
    "unit_of_meas": "unit_of_measurement",
    "val_tpl": "value_template",
}
"""Those of the keys that are understood here."""

UNKNOWN = ("", "none", "unknown", "unavailable", "null")


class Config:
    """The keys of one component; they read, write and parse as Home Assistant does."""

    def __init__(self, component: str, keys: Mapping[str, Any]) -> None:
        self.component = component
        self._keys = keys

    def __contains__(self, key: str) -> bool:
        return self._keys.get(key) is not None

    def raw(self, key: str) -> Any:
        """A value as it stands there, None where it does not."""
        return self._keys.get(key)

    def text(self, key: str, default: str = "") -> str:
        """A value as text."""
        value = self._keys.get(key)
        return default if value is None else str(value)

    def number(self, key: str, default: float) -> float:
        """A value as a number; raises ValueError."""
        return float(self._keys.get(key, default))

    def truth(self, key: str, default: bool) -> bool:
        """A value as true or false."""
        value = self._keys.get(key, default)
        return value if isinstance(value, bool) else str(value).lower() in ("true", "on", "1")

    def part(self, key: str) -> Mapping[str, Any]:
        """A mapping below, empty where there is none."""
        value = self._keys.get(key)
        return value if isinstance(value, dict) else {}

    def reading(
        self, key: str, topic: str, template: str, parse: Callable[[str], Value]
    ) -> list[Reading]:
        """What reads ``key`` of the state, if there is a topic for it."""
        if topic not in self:
            return []
        value_template = self._template(template) or (
            self._template("value_template") if topic == "state_topic" else None
        )

        def read(payload: str) -> Mapping[str, Value]:
            text = templates.rendered(value_template, payload)
            if text is None:
                return {}
            return {key: None if text.lower() in UNKNOWN else parse(text)}

        return [Reading(self.text(topic), read)]

    def message(self, topic: str, template: str, value: str | int | float) -> Message:
        """What is sent for a value."""
        return self.text(topic), templates.command(self._template(template), value)

    def availability(self) -> tuple[Availability, ...]:
        """Where it says whether it is there."""
        found = []
        if "availability_topic" in self:
            found.append(self._available(self._keys, "availability_topic", "availability_template"))
        for item in self._keys.get("availability") or ():
            if isinstance(item, dict) and item.get("topic"):
                found.append(self._available(item, "topic", "value_template"))
        return tuple(found)

    def _available(self, keys: Mapping[str, Any], topic: str, template: str) -> Availability:
        here = str(keys.get("payload_available", "online"))
        gone = str(keys.get("payload_not_available", "offline"))
        value_template = keys.get(template)

        def parse(payload: str) -> bool | None:
            text = templates.rendered(value_template, payload)
            return {here: True, gone: False}.get("" if text is None else text)

        return Availability(str(keys[topic]), parse)

    def _template(self, key: str) -> str | None:
        value = self._keys.get(key)
        return None if value is None else str(value)


def read_configs(component: str, payload: str) -> list[Config]:
    """The components of a discovery message; raises ValueError if it is none.

    ``component`` is the part of the topic after the prefix; a whole ``device`` brings several.
    """
    data = json.loads(payload)
    if not isinstance(data, dict):
        raise ValueError("it is no JSON object")
    keys = _based(_long(data))
    if component != "device":
        return [Config(component, keys)]
    shared = {key: value for key, value in keys.items() if key != "components"}
    found = []
    for part in (keys.get("components") or {}).values():
        if isinstance(part, dict) and part.get("platform"):
            found.append(Config(str(part["platform"]), {**shared, **part}))
    return found


def _long(value: Any) -> Any:
    """Abbreviated keys written out, at every depth."""
    if isinstance(value, list):
        return [_long(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {_ABBREVIATIONS.get(key, key): _long(item) for key, item in value.items()}


def _based(value: Any, base: str = "") -> Any:
    """``~`` at the beginning or end of a topic replaced by the base topic."""
    if isinstance(value, list):
        return [_based(item, base) for item in value]
    if not isinstance(value, dict):
        return value
    base = str(value.get("~", base))
    based = {}
    for key, item in value.items():
        if isinstance(item, str) and key.endswith("topic") and base:
            if item.startswith("~"):
                item = base + item[1:]
            elif item.endswith("~"):
                item = item[:-1] + base
        based[key] = _based(item, base)
    return based
