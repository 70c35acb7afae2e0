"""What of the music outlives the program: how loud it was, and where it was left."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from skills.storage import load_json, put_aside, save_json

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Memory:
    """Kept in ``music.json`` of the state folder."""

    volume: int = 60
    """0-100."""
    queue: tuple[str, ...] = ()
    """The files, by their whole paths."""
    index: int = 0
    """Which of them plays; behind the last if all were played."""
    played: int = 0
    """How many blocks of that one were heard."""

    def save(self, file: Path) -> None:
        """Write it; what the system refuses, as a full disk does, is only logged."""
        try:
            save_json(file, asdict(self))
        except OSError as error:
            _LOGGER.warning("%s cannot be written: %s", file, error)


def read_memory(file: Path) -> Memory:
    """What was saved, without files that are gone; a damaged file is put aside."""
    try:
        saved = load_json(file)
    except OSError as error:
        _LOGGER.warning("%s cannot be read: %s", file, error)
        return Memory()
    if saved is None:
        return Memory()
    try:
        return _kept(saved)
    except (TypeError, ValueError, KeyError) as error:
        put_aside(file, f"not what it should hold: {error!r}")
        return Memory()


def _kept(saved: Any) -> Memory:
    volume, index, played = (int(saved[key]) for key in ("volume", "index", "played"))
    queue = [str(track) for track in saved["queue"]]
    if not 0 <= volume <= 100 or not 0 <= index <= len(queue) or played < 0:
        raise ValueError(f"volume {volume}, track {index} of {len(queue)}, {played} blocks")
    there = [Path(track).is_file() for track in queue]
    same = index < len(queue) and there[index]
    left = tuple(track for track, is_there in zip(queue, there, strict=True) if is_there)
    return Memory(volume, left, sum(there[:index]), played if same else 0)
