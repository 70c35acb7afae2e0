"""The same house in each convention: a light, a switch, a fan, a lock, a cover and so on."""

from __future__ import annotations

from typing import Any

from tests.skills.backends.simulators import Bridge, Hass, Json, Thing, Zigbee

_AVAILABLE = {"avty": [{"t": "~/available"}]}
_ROOM = {"dev": {"ids": ["x"], "name": "", "sa": "Den"}}


def hass_things() -> list[Thing]:
    """In Home Assistant's convention, abbreviated and written out."""
    return [
        Hass(
            "light",
            "light",
            {
                "name": "reading lamp",
                **_AVAILABLE,
                **_ROOM,
                "cmd_t": "~/power/set",
                "stat_t": "~/power",
                "bri_cmd_t": "~/brightness/set",
                "bri_stat_t": "~/brightness",
                "clr_temp_cmd_t": "~/mireds/set",
                "clr_temp_stat_t": "~/mireds",
                "rgb_cmd_t": "~/rgb/set",
                "rgb_stat_t": "~/rgb",
            },
            {"power": "OFF", "brightness": "128", "mireds": "370", "rgb": "255,255,255"},
        ),
        Json(
            "light",
            "json_light",
            {
                "name": "ceiling",
                "schema": "json",
                "command_topic": "~/light/set",
                "state_topic": "~/light",
                "supported_color_modes": ["color_temp", "rgb"],
            },
            {"light": '{"state":"OFF","brightness":255}'},
        ),
        Hass(
            "switch",
            "switch",
            {
                "name": "kettle",
                "command_topic": "~/power/set",
                "state_topic": "~/power",
                "value_template": "{{ value | upper }}",
            },
            {"power": "off"},
            {"ON": {"power": "on"}, "OFF": {"power": "off"}},
        ),
        Hass(
            "fan",
            "fan",
            {
                "name": "ventilator",
                "command_topic": "~/power/set",
                "state_topic": "~/power",
                "percentage_command_topic": "~/speed/set",
                "percentage_state_topic": "~/speed",
                "speed_range_min": 1,
                "speed_range_max": 10,
            },
            {"power": "OFF", "speed": "5"},
        ),
        Hass(
            "lock",
            "lock",
            {"name": "back door", "command_topic": "~/lock/set", "state_topic": "~/lock"},
            {"lock": "LOCKED"},
            {"LOCK": {"lock": "LOCKED"}, "UNLOCK": {"lock": "UNLOCKED"}},
        ),
        Hass(
            "cover",
            "cover",
            {
                "name": "roller blind",
                "dev_cla": "blind",
                "command_topic": "~/do/set",
                "position_topic": "~/position",
                "set_position_topic": "~/position/set",
            },
            {"do": "", "position": "0"},
        ),
        Hass(
            "climate",
            "climate",
            {
                "name": "radiator",
                "modes": ["off", "heat"],
                "mode_command_topic": "~/mode/set",
                "mode_state_topic": "~/mode",
                "temperature_command_topic": "~/target/set",
                "temperature_state_topic": "~/target",
                "current_temperature_topic": "~/current",
                "current_temperature_template": "{{ value_json.t | round(1) }}",
            },
            {"mode": "off", "target": "20.0", "current": '{"t": 19.51}'},
        ),
        Hass(
            "sensor",
            "thermometer",
            {
                "name": "Temperature",
                "dev": {"name": "Attic", "ids": ["a"]},
                "dev_cla": "temperature",
                "unit_of_meas": "°C",
                "stat_t": "~/t",
                "val_tpl": "{{ value_json.t }}",
            },
            {"t": '{"t": 23.5}'},
        ),
        Hass(
            "binary_sensor",
            "window",
            {"name": "skylight", "dev_cla": "window", "stat_t": "~/open"},
            {"open": "ON"},
        ),
        Hass("scene", "scene", {"name": "party", "cmd_t": "~/go/set", "pl_on": "go"}, {"go": ""}),
        Hass(
            "vacuum",
            "vacuum",
            {"name": "hoover", "cmd_t": "~/do/set", "stat_t": "~/do"},
            {"do": '{"state": "docked"}'},
            {
                "start": {"do": '{"state": "cleaning"}'},
                "pause": {"do": '{"state": "paused"}'},
                "stop": {"do": '{"state": "idle"}'},
                "return_to_base": {"do": '{"state": "returning"}'},
            },
        ),
    ]


def zigbee_things() -> list[Thing]:
    """In zigbee2mqtt's convention."""
    devices = [
        Zigbee(
            "light",
            [
                {
                    "type": "light",
                    "features": [
                        _binary("state", "ON", "OFF"),
                        _numeric("brightness", 254),
                        _numeric("color_temp", 500),
                        {"type": "composite", "name": "color_xy", "property": "color"},
                    ],
                },
                {**_numeric("linkquality", 255), "category": "diagnostic"},
            ],
            {"state": "OFF", "brightness": 127, "color_temp": 370, "color_mode": "color_temp"},
        ),
        Zigbee(
            "switch",
            [{"type": "switch", "features": [_binary("state", "ON", "OFF")]}],
            {"state": "OFF"},
        ),
        Zigbee(
            "fan",
            [
                {
                    "type": "fan",
                    "features": [
                        {**_binary("state", "ON", "OFF"), "property": "fan_state"},
                        {"type": "enum", "name": "mode", "values": ["low", "medium", "high"]},
                    ],
                }
            ],
            {"fan_state": "OFF", "fan_mode": "low"},
        ),
        Zigbee(
            "lock",
            [{"type": "lock", "features": [_binary("state", "LOCK", "UNLOCK")]}],
            {"state": "LOCK"},
        ),
        Zigbee(
            "cover",
            [
                {
                    "type": "cover",
                    "features": [
                        {"type": "enum", "name": "state", "values": ["OPEN", "CLOSE", "STOP"]},
                        _numeric("position", 100),
                    ],
                }
            ],
            {"state": "CLOSE", "position": 0},
        ),
        Zigbee(
            "climate",
            [
                {
                    "type": "climate",
                    "features": [
                        _numeric("occupied_heating_setpoint", 30),
                        _numeric("local_temperature", 50),
                        {"type": "enum", "name": "system_mode", "values": ["off", "heat"]},
                    ],
                }
            ],
            {"occupied_heating_setpoint": 20, "local_temperature": 19.5, "system_mode": "off"},
        ),
        Zigbee(
            "thermometer",
            [{**_numeric("temperature", 100), "unit": "°C", "access": 1}],
            {"temperature": 23.5},
        ),
        Zigbee(
            "window",
            [
                {
                    "type": "binary",
                    "name": "contact",
                    "property": "contact",
                    "access": 1,
                    "value_on": False,
                    "value_off": True,
                }
            ],
            {"contact": False},
        ),
    ]
    return [Bridge(devices), *devices]


def _binary(name: str, on: str, off: str) -> dict[str, Any]:
    return {
        "type": "binary",
        "name": name,
        "property": name,
        "access": 7,
        "value_on": on,
        "value_off": off,
    }


def _numeric(name: str, full: int) -> dict[str, Any]:
    return {"type": "numeric", "name": name, "property": name, "access": 7, "value_max": full}
