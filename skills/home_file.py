"""Reading ``home.yaml``: in goes the file, out comes a :class:`~skills.plan.Plan`."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from yaml.nodes import Node, ScalarNode

from skills.plan import (
    ACTIVITIES,
    CLASSES,
    SETTABLE,
    Aliases,
    Area,
    BackendSettings,
    Device,
    Floor,
    Kind,
    Named,
    Plan,
    Requirement,
    Value,
    is_sensitive,
)
from skills.yaml_lines import YamlLines
from speech.errors import ConfigError

BACKENDS: Mapping[str, frozenset[str]] = {
    "simulated": frozenset(),
    "mqtt": frozenset(
        "host port username password_file tls ca_file discovery_prefix zigbee2mqtt timeout".split()
    ),
    "homeassistant": frozenset("url token_file timeout".split()),
}
"""Each backend's options."""
_SECRETS = {"password": "SONORANT_MQTT_PASSWORD", "token": "SONORANT_HOMEASSISTANT_TOKEN"}


def read_plan(path: Path) -> Plan:
    """What a ``home.yaml`` says.

    Raises
    ------
    ConfigError
        The file cannot be read, or something in it is wrong; names file, line and reason.
    """
    return _HomeFile(path).plan()


class _HomeFile(YamlLines):
    """Walks the nodes of a home file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path
        self._ids: dict[str, int] = {}

    def plan(self) -> Plan:
        root = self.root()
        if root is None:
            raise ConfigError(f"{self._path}:1: the file is empty; it needs `devices:`")
        parts = self.mapping(root, {"floors", "areas", "devices", "backend"})
        floors = {f.id: f for f in map(self._floor, self.items(parts.get("floors")))}
        areas = {a.id: a for a in (self._area(n, floors) for n in self.items(parts.get("areas")))}
        nodes = self.items(parts.get("devices"))
        devices = {d.id: d for d in (self._device(node, areas) for node in nodes)}
        for node in nodes:
            self._check_scene(node, devices)
        backend = self._backend(parts["backend"]) if "backend" in parts else BackendSettings()
        return Plan(floors, areas, devices, backend)

    def _floor(self, node: Node) -> Floor:
        parts = self.mapping(node, {"id", "name", "aliases"})
        return Floor(*self._named(node, parts))

    def _area(self, node: Node, floors: Mapping[str, Floor]) -> Area:
        parts = self.mapping(node, {"id", "name", "aliases", "floor"})
        return Area(*self._named(node, parts), floor=self._reference(parts, "floor", floors))

    def _device(self, node: Node, areas: Mapping[str, Area]) -> Device:
        known = "id name aliases kind area class sensitive requires address sets"
        parts = self.mapping(node, set(known.split()))
        identity = self._named(node, parts)
        if "kind" not in parts:
            raise self.wrong(node, f"device {identity[0]!r} has no kind")
        kind = Kind(self.one_of(parts["kind"], "kind", [kind.value for kind in Kind]))
        device_class = None
        if "class" in parts:
            if kind not in CLASSES:
                having = ", ".join(f"{kind}s" for kind in CLASSES)
                raise self.wrong(parts["class"], f"a {kind} has no class, only {having} have one")
            device_class = self.one_of(parts["class"], "class", CLASSES[kind])
        sensitive = is_sensitive(kind, device_class)
        if "sensitive" in parts:
            sensitive = self.truth(parts["sensitive"], "sensitive")
        if "sets" in parts and kind != Kind.SCENE:
            raise self.wrong(parts["sets"], f"a {kind} sets nothing, only scenes do")
        return Device(
            *identity,
            kind=kind,
            area=self._reference(parts, "area", areas),
            device_class=device_class,
            sensitive=sensitive,
            requires=self._requirement(parts["requires"]) if "requires" in parts else None,
            address=self.text(parts["address"]) if "address" in parts else None,
            sets=self._sets(parts["sets"]) if "sets" in parts else {},
        )

    def _named(self, node: Node, parts: Mapping[str, Node]) -> tuple[str, str, Aliases]:
        for key in ("id", "name"):
            if key not in parts:
                raise self.wrong(node, f"an entry has no {key}")
        identity = self.text(parts["id"])
        line = parts["id"].start_mark.line + 1
        if identity in self._ids:
            first = self._ids[identity]
            raise self.wrong(parts["id"], f"the id {identity!r} is already used in line {first}")
        self._ids[identity] = line
        aliases = self.by_language(parts["aliases"]) if "aliases" in parts else {}
        return identity, self.text(parts["name"]), aliases

    def _requirement(self, node: Node) -> Requirement:
        parts = self.mapping(node, {"speaker", "probability", "live"})
        if "speaker" not in parts:
            raise self.wrong(node, "requires needs `speaker: any` or `speaker: [NAME, ...]`")
        speakers: tuple[str, ...] = ()
        if not isinstance(parts["speaker"], ScalarNode):
            speakers = tuple(map(self.text, self.items(parts["speaker"])))
            if not speakers:
                raise self.wrong(parts["speaker"], "nobody may do it; write `any` or some names")
        elif self.text(parts["speaker"]) != "any":
            speakers = (self.text(parts["speaker"]),)
        requirement = Requirement(speakers)
        probability, live = requirement.probability, requirement.live
        if "probability" in parts:
            probability = self.number(parts["probability"], "probability", 0, 1)
        if "live" in parts:
            live = self.truth(parts["live"], "live")
        return Requirement(speakers, probability, live)

    def _sets(self, node: Node) -> dict[str, dict[str, Value]]:
        return {
            device: {key: _value(self.text(value)) for key, value in self.mapping(state).items()}
            for device, state in self.mapping(node).items()
        }

    def _check_scene(self, node: Node, devices: Mapping[str, Device]) -> None:
        parts = self.mapping(node)
        if "sets" not in parts:
            return
        for device_id, state in self.mapping(parts["sets"]).items():
            if device_id not in devices:
                raise self.wrong(state, f"the scene sets {device_id!r}, which is no device here")
            if devices[device_id].kind == Kind.SCENE:
                raise self.wrong(state, f"the scene sets {device_id!r}, which is a scene itself")
            for key, value in self.mapping(state).items():
                self._check_setting(devices[device_id].kind, key, value)

    def _check_setting(self, kind: Kind, key: str, node: Node) -> None:
        settable = SETTABLE.get(kind, ())
        if key not in settable:
            known = ", ".join(settable) or "nothing"
            raise self.wrong(node, f"a {kind} has no {key!r} to set; there is {known}")
        if key in ("on", "locked", "playing", "muted"):
            if not isinstance(_value(self.text(node)), bool):
                raise self.wrong(node, f"{key} is true or false")
        elif key in ("brightness", "speed", "position", "volume"):
            self.number(node, key, 0, 100)
        elif key == "activity":
            self.one_of(node, key, ACTIVITIES)

    def _backend(self, node: Node) -> BackendSettings:
        parts = self.mapping(node)
        if "kind" not in parts:
            raise self.wrong(node, f"backend has no kind: one of {', '.join(BACKENDS)}")
        kind = self.one_of(parts.pop("kind"), "kind", list(BACKENDS))
        options: dict[str, str] = {}
        for key, value in parts.items():
            if key in _SECRETS:
                raise self.wrong(
                    value,
                    f"a {key} does not belong here; set {_SECRETS[key]}, or name a file that "
                    f"holds it with {key}_file",
                )
            if key not in BACKENDS[kind]:
                known = ", ".join(sorted(BACKENDS[kind])) or "none"
                raise self.wrong(value, f"unknown option {key!r} of {kind}; known are: {known}")
            options[key] = self.text(value)
            if key == "port":
                self.number(value, key, 1, 65535)
            elif key == "timeout":
                self.number(value, key, 0.1, 300)
            elif key == "tls":
                self.truth(value, key)
        return BackendSettings(kind, options)

    def _reference(
        self, parts: Mapping[str, Node], key: str, known: Mapping[str, Named]
    ) -> str | None:
        if key not in parts:
            return None
        return self.one_of(parts[key], key, list(known))


def _value(text: str) -> Value:
    """A scalar as a state holds it."""
    words: dict[str, bool | None] = {"true": True, "on": True, "false": False, "off": False}
    if text.lower() in words:
        return words[text.lower()]
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return number(text)
    return text
