"""Reading ``information.yaml``: where knowledge comes from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from skills.yaml_lines import YamlLines


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look things up."""

    weather: str | None = None
    """A URL that answers as Open-Meteo's forecasts do."""
    encyclopaedia: tuple[Path, ...] = ()
    """ZIM files."""


def read_sources(path: Path) -> Sources:
    """The sources of a file, none if there is no file; raises ConfigError with the line."""
    if not path.exists():
        return Sources()
    file = YamlLines(path)
    root = file.root()
    if root is None:
        return Sources()
    parts = file.mapping(root, ("weather", "encyclopaedia"))
    weather = None
    if "weather" in parts:
        weather = file.text(parts["weather"])
        if not weather.startswith(("https://", "http://")):
            raise file.wrong(parts["weather"], "weather must be a https:// or http:// address")
    books = []
    for node in file.items(parts.get("encyclopaedia")):
        book = path.parent / Path(file.text(node)).expanduser()
        if not book.is_file():
            raise file.wrong(node, f"there is no file {book}")
        books.append(book)
    return Sources(weather, tuple(books))
