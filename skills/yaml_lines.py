"""Reading a YAML file by its nodes, which still know their lines, so that a mistake has an address.

Every mistake is a :class:`~speech.errors.ConfigError` that reads ``FILE:LINE: reason``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from speech.errors import ConfigError, SonorantError
from speech.language import canonical


class YamlLines:
    """One file; the methods read its nodes and say which line is wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def root(self) -> Node | None:
        """The whole file, None if it is empty; raises ConfigError."""
        try:
            return yaml.compose(self._path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self._path}: cannot be read: {error}") from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ConfigError(f"{self._path}:{line}: not YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            raise ConfigError(f"{self._path}: not YAML: {error}") from error
        except RecursionError as error:
            raise ConfigError(f"{self._path}: nested too deeply") from error

    def mapping(self, node: Node, allowed: Collection[str] | None = None) -> dict[str, Node]:
        """Keys to values; a key that is not allowed, or stands there twice, is wrong."""
        if not isinstance(node, MappingNode):
            raise self.wrong(node, "expected `key: value` pairs")
        parts: dict[str, Node] = {}
        for key_node, value in node.value:
            key = self.text(key_node)
            if allowed is not None and key not in allowed:
                known = ", ".join(sorted(allowed))
                raise self.wrong(key_node, f"unknown key {key!r}; known are: {known}")
            if key in parts:
                raise self.wrong(key_node, f"the key {key!r} stands here twice")
            parts[key] = value
        return parts

    def items(self, node: Node | None) -> list[Node]:
        """The items of a list; none if it was left out or left empty."""
        if node is None or (isinstance(node, ScalarNode) and node.value == ""):
            return []
        if not isinstance(node, SequenceNode):
            raise self.wrong(node, "expected a list")
        return list(node.value)

    def text(self, node: Node) -> str:
        """A scalar that is not blank."""
        if not isinstance(node, ScalarNode) or not node.value.strip():
            raise self.wrong(node, "expected a word or some text")
        return str(node.value).strip()

    def one_of(self, node: Node, key: str, allowed: Collection[str]) -> str:
        """A text that is one of several."""
        value = self.text(node)
        if value not in allowed:
            choice = ", ".join(allowed) or "none is defined"
            raise self.wrong(node, f"{key} {value!r} is none of: {choice}")
        return value

    def truth(self, node: Node, key: str) -> bool:
        """``true`` or ``false``."""
        return self.one_of(node, key, ("true", "false")) == "true"

    def number(self, node: Node, key: str, low: float, high: float) -> float:
        """A number within bounds."""
        try:
            value = float(self.text(node))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise self.wrong(node, f"{key} must be a number from {low:g} to {high:g}")
        return value

    def language(self, node: Node, tag: str) -> str:
        """A language tag as it is usually written, however it was written here."""
        try:
            return canonical(tag)
        except SonorantError as error:
            raise self.wrong(node, str(error)) from error

    def by_language(self, node: Node) -> Mapping[str, tuple[str, ...]]:
        """Lists of texts by language tag."""
        texts: dict[str, tuple[str, ...]] = {}
        for key, names in self.mapping(node).items():
            tag = self.language(names, key)
            texts[tag] = (*texts.get(tag, ()), *map(self.text, self.items(names)))
        return texts

    def wrong(self, node: Node, reason: str) -> ConfigError:
        """The error that names the node's line."""
        return ConfigError(f"{self._path}:{node.start_mark.line + 1}: {reason}")
