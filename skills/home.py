"""The house: floors, areas and devices, as ``home.yaml`` describes them.

In goes a YAML file, out comes a :class:`Home`; what is wrong with the file is a
:class:`~speech.errors.ConfigError` that names the file, the line and the reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from speech.errors import ConfigError

EXAMPLE = Path(__file__).with_name("example_home.yaml")
"""The house that is used until there is another."""

Aliases = Mapping[str, tuple[str, ...]]
"""Language to what a thing is called in it, the usual name first."""


class Kind(StrEnum):
    """What a device is, and so which state it has."""

    LIGHT = "light"
    """``on`` (bool), ``brightness`` (0-100), ``color`` (name), ``temperature`` (kelvin)."""
    SWITCH = "switch"
    """``on`` (bool)."""
    FAN = "fan"
    """``on`` (bool), ``speed`` (0-100)."""
    LOCK = "lock"
    """``locked`` (bool)."""
    COVER = "cover"
    """``position``: 0 closed, 100 open."""


COVER_CLASSES = frozenset(
    "awning blind curtain damper door garage gate shade shutter window".split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """What floors, areas and devices share."""

    id: str
    name: str
    """In English."""
    aliases: Aliases = field(default_factory=dict)

    def called(self, language: str) -> str:
        """The name to say in a language; the English one where it has no other."""
        base = language.split("-")[0]
        if base == "en":
            return self.name
        for tag, names in self.aliases.items():
            if names and (tag == language or tag.split("-")[0] == base):
                return names[0]
        return self.name

    def names(self, language: str) -> tuple[str, ...]:
        """All that it answers to in a language; the English name works in every language."""
        base = language.split("-")[0]
        names = [self.name]
        for tag, more in self.aliases.items():
            if tag.split("-")[0] == base:
                names.extend(more)
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Floor(Named):
    """A storey."""


@dataclass(frozen=True, slots=True)
class Area(Named):
    """A room, or another place with devices in it."""

    floor: str | None = None


@dataclass(frozen=True, slots=True)
class Device(Named):
    """One thing that can be switched, moved or locked."""

    kind: Kind = Kind.SWITCH
    area: str | None = None
    cover_class: str | None = None
    """For covers: ``curtain``, ``blind``, ``garage`` and the like."""
    sensitive: bool = False
    """Whether a mistake would be dangerous: acts only on what was certainly said."""


@dataclass(frozen=True, slots=True)
class Home:
    """A whole house, keyed by id."""

    floors: Mapping[str, Floor] = field(default_factory=dict)
    areas: Mapping[str, Area] = field(default_factory=dict)
    devices: Mapping[str, Device] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> Home:
        """Read a ``home.yaml``.

        Raises
        ------
        ConfigError
            The file cannot be read, or something in it is wrong; names file, line and reason.
        """
        try:
            root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read: {error}") from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ConfigError(f"{path}:{line}: not YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            raise ConfigError(f"{path}: not YAML: {error}") from error
        except RecursionError as error:
            raise ConfigError(f"{path}: nested too deeply to be a home") from error
        return _Reader(path).home(root)


class _Reader:
    """Walks the YAML nodes, which still know their lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: dict[str, int] = {}

    def home(self, root: Node | None) -> Home:
        if root is None:
            raise ConfigError(f"{self._path}:1: the file is empty; it needs `devices:`")
        parts = self._mapping(root, {"floors", "areas", "devices"})
        floors = {f.id: f for f in map(self._floor, self._items(parts.get("floors")))}
        areas = {a.id: a for a in (self._area(n, floors) for n in self._items(parts.get("areas")))}
        devices = {
            d.id: d for d in (self._device(n, areas) for n in self._items(parts.get("devices")))
        }
        return Home(floors, areas, devices)

    def _floor(self, node: Node) -> Floor:
        parts = self._mapping(node, {"id", "name", "aliases"})
        return Floor(*self._named(node, parts))

    def _area(self, node: Node, floors: Mapping[str, Floor]) -> Area:
        parts = self._mapping(node, {"id", "name", "aliases", "floor"})
        return Area(*self._named(node, parts), floor=self._reference(parts, "floor", floors))

    def _device(self, node: Node, areas: Mapping[str, Area]) -> Device:
        keys = {"id", "name", "aliases", "kind", "area", "class", "sensitive"}
        parts = self._mapping(node, keys)
        identity = self._named(node, parts)
        if "kind" not in parts:
            raise self._wrong(node, f"device {identity[0]!r} has no kind")
        kind = self._one_of(parts["kind"], "kind", [kind.value for kind in Kind])
        cover_class = None
        if "class" in parts:
            if kind != Kind.COVER:
                raise self._wrong(parts["class"], f"a {kind} has no class, only covers have one")
            cover_class = self._one_of(parts["class"], "class", sorted(COVER_CLASSES))
        # What opens the house is sensitive unless the file says otherwise.
        sensitive = kind == Kind.LOCK or cover_class in ("garage", "gate", "door")
        if "sensitive" in parts:
            sensitive = self._one_of(parts["sensitive"], "sensitive", ["true", "false"]) == "true"
        area = self._reference(parts, "area", areas)
        return Device(*identity, Kind(kind), area, cover_class, sensitive)

    def _named(self, node: Node, parts: Mapping[str, Node]) -> tuple[str, str, Aliases]:
        for key in ("id", "name"):
            if key not in parts:
                raise self._wrong(node, f"an entry has no {key}")
        identity = self._text(parts["id"])
        line = parts["id"].start_mark.line + 1
        if identity in self._ids:
            first = self._ids[identity]
            raise self._wrong(parts["id"], f"the id {identity!r} is already used in line {first}")
        self._ids[identity] = line
        aliases: dict[str, tuple[str, ...]] = {}
        if "aliases" in parts:
            for language, names in self._mapping(parts["aliases"], None).items():
                aliases[language] = tuple(map(self._text, self._items(names)))
        return identity, self._text(parts["name"]), aliases

    def _reference(
        self, parts: Mapping[str, Node], key: str, known: Mapping[str, Named]
    ) -> str | None:
        if key not in parts:
            return None
        return self._one_of(parts[key], key, list(known))

    def _one_of(self, node: Node, key: str, allowed: Sequence[str]) -> str:
        value = self._text(node)
        if value not in allowed:
            choice = ", ".join(allowed) or "none is defined"
            raise self._wrong(node, f"{key} {value!r} is none of: {choice}")
        return value

    def _mapping(self, node: Node, allowed: set[str] | None) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            raise self._wrong(node, "expected `key: value` pairs")
        parts: dict[str, Node] = {}
        for key_node, value in node.value:
            key = self._text(key_node)
            if allowed is not None and key not in allowed:
                known = ", ".join(sorted(allowed))
                raise self._wrong(key_node, f"unknown key {key!r}; known are: {known}")
            if key in parts:
                raise self._wrong(key_node, f"the key {key!r} stands here twice")
            parts[key] = value
        return parts

    def _items(self, node: Node | None) -> list[Node]:
        if node is None or (isinstance(node, ScalarNode) and node.value == ""):
            return []
        if not isinstance(node, SequenceNode):
            raise self._wrong(node, "expected a list")
        return list(node.value)

    def _text(self, node: Node) -> str:
        if not isinstance(node, ScalarNode) or not node.value.strip():
            raise self._wrong(node, "expected a word or some text")
        return str(node.value).strip()

    def _wrong(self, node: Node, reason: str) -> ConfigError:
        return ConfigError(f"{self._path}:{node.start_mark.line + 1}: {reason}")
