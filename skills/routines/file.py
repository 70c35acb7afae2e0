"""Reading ``routines.yaml``: what is said, what is then done, what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yaml.nodes import Node

from skills.yaml_lines import YamlLines

_KEYS = ("say", "do", "language", "reply")


@dataclass(frozen=True, slots=True)
class Routine:
    """Several commands under one name."""

    name: str
    phrases: Mapping[str, tuple[str, ...]]
    """By language, the sentences that start it."""
    commands: tuple[str, ...]
    """What is then done, one after the other, as one would say it."""
    language: str = "en"
    """Of the commands."""
    replies: Mapping[str, tuple[str, ...]] | None = None
    """By language, what is said when all of it was done."""


def read_routines(path: Path) -> list[Routine]:
    """The routines of a file, none if there is no file; raises ConfigError with the line."""
    if not path.exists():
        return []
    file = YamlLines(path)
    root = file.root()
    if root is None:
        return []
    return [_routine(file, name, node) for name, node in file.mapping(root).items()]


def _routine(file: YamlLines, name: str, node: Node) -> Routine:
    parts = file.mapping(node, _KEYS)
    commands = tuple(file.text(item) for item in file.items(parts.get("do")))
    if not commands:
        raise file.wrong(node, f"the routine {name!r} does nothing; list its commands under do:")
    language = "en"
    if "language" in parts:
        language = file.language(parts["language"], file.text(parts["language"]))
    phrases = file.by_language(parts["say"]) if "say" in parts else {}
    replies = file.by_language(parts["reply"]) if "reply" in parts else None
    return Routine(name, phrases, commands, language, replies)
