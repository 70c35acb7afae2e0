"""A manifest: one JSON object a line, each a recording and what was to be read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from pathlib import Path
from typing import Any

from pronunciation.contract import Pronunciations
from pronunciation.results import Assessment
from speech.errors import ConfigError

_TAKEN = {"audio", "pronunciations", "error", "line", *(each.name for each in fields(Assessment))}
"""Keys that mean something here or in the output; all others are carried from one to the other."""

_DEEPEST = 50  # levels of nesting in a line


@dataclass(frozen=True, slots=True)
class Task:
    """One recording to assess."""

    id: str
    audio: str
    """As the manifest names it."""
    path: str
    """Where it is: a relative ``audio`` counts from the manifest's folder."""
    text: str | None
    """None for free speech."""
    pronunciations: Pronunciations
    carried: dict[str, Any] = field(default_factory=dict)
    """The other keys of the line."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that cannot be used."""

    line: int
    """Counted from 1."""
    error: str
    """What is wrong, beginning with the line."""
    id: str | None = None
    """Where the line got that far."""


def count(path: Path) -> int:
    """How many items a manifest has.

    Raises
    ------
    ConfigError
        There is no such file.
    """
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such manifest")
    with path.open("rb") as file:
        return sum(not line.isspace() for line in file)


def read(path: Path, pronunciations: Pronunciations | None = None) -> Iterator[Task | Fault]:
    """The lines of a manifest one after the other; blank ones are passed over.

    Memory grows by the ids only, about 100 bytes each, to find those that occur twice.

    Parameters
    ----------
    pronunciations
        For every recording; a line's own are added to them.
    """
    seen: dict[int, int] = {}
    folder = path.absolute().parent
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = _record(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
            except ValueError as error:
                yield Fault(number, f"line {number}: {error}")
                continue
            name = _name(record)
            try:
                task = _task(record, name, folder, pronunciations or {})
            except ValueError as error:
                yield Fault(number, f"line {number}: {error}", name)
                continue
            first = seen.setdefault(digest(task.id), number)
            if first != number:
                twice = f"line {number}: the id {task.id!r} is taken by line {first}"
                yield Fault(number, twice, task.id)
            else:
                yield task


def digest(key: str) -> int:
    """A key in 64 bits, so that a million of them take little memory."""
    return int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line.decode("utf-8").strip(), parse_constant=_refuse)
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON ({error.msg}, column {error.colno})") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(record, dict):
        raise ValueError('it is no JSON object: write {"id": ..., "audio": ..., "text": ...}')
    if not _plain(record, _DEEPEST):
        raise ValueError("it holds a number without end, or is nested too deeply")
    return record


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number in JSON")


def _plain(value: object, depth: int) -> bool:
    """Whether a value can be sent to a worker and written out again as JSON."""
    if isinstance(value, float):
        return math.isfinite(value)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth > 0 and all(_plain(each, depth - 1) for each in inner)


def _name(record: dict[str, Any]) -> str | None:
    """The id of a line; a number will do as well."""
    name = record.get("id")
    if isinstance(name, int) and not isinstance(name, bool):
        return str(name)
    return name if isinstance(name, str) and name else None


def _task(
    record: dict[str, Any], name: str | None, folder: Path, pronunciations: Pronunciations
) -> Task:
    missing = [key for key in ("id", "audio", "text") if key not in record]
    if missing:
        hint = "; null is free speech" if "text" in missing else ""
        raise ValueError(f"the key {missing[0]!r} is missing{hint}")
    if name is None:
        raise ValueError(f"the id must be a string or whole number, not {record['id']!r:.40}")
    audio, text = record["audio"], record["text"]
    if not isinstance(audio, str) or not audio or "\x00" in audio:
        raise ValueError(f"audio must be the path of a file, not {audio!r:.40}")
    if text is not None and not isinstance(text, str):
        raise ValueError(f"text must be a string, or null for free speech, not {text!r:.40}")
    ways = _pronunciations(record.get("pronunciations"))
    carried = {key: value for key, value in record.items() if key not in _TAKEN}
    both = {**pronunciations, **ways}
    return Task(name, audio, str(folder / audio), text, both, carried)


def _pronunciations(value: object) -> dict[str, list[str]]:
    """``{"Ana": "AA1 N AH0"}``, or a list of several in place of the one."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError('pronunciations must be an object: {"WORD": ["R EH1 D"]}')
    found: dict[str, list[str]] = {}
    for word, ways in value.items():
        ways = [ways] if isinstance(ways, str) else ways
        if not isinstance(ways, list) or not all(isinstance(way, str) for way in ways):
            raise ValueError(f"the pronunciations of {word!r} must be strings, as in 'R EH1 D'")
        found[word] = ways
    return found
