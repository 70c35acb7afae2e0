"""Small JSON files that survive a crash, and that several programs may change.

They are written beside, then moved into place: a reader sees all of the old or all of the new.
Who changes one holds its lock meanwhile, and reads it again first if it was changed.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_LOGGER = logging.getLogger(__name__)


def load_json(path: Path) -> Any:
    """What the file holds, or None if there is none.

    A file that is not JSON is moved to ``NAME.broken`` and logged, so that it neither stops
    the program nor is lost.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        put_aside(path, str(error))
        return None


def put_aside(path: Path, reason: str) -> None:
    """Keep a file that cannot be used under another name."""
    broken = path.with_name(path.name + ".broken")
    os.replace(path, broken)
    _LOGGER.warning("%s cannot be used (%s); it is kept as %s", path, reason, broken)


def save_json(path: Path, value: object) -> None:
    """Write a file so that a reader sees all of the old or all of the new; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(json.dumps(value, ensure_ascii=False))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other programs from changing a file meanwhile; raises OSError."""
    with path.with_name(path.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed
        yield


class Watched:
    """Notices that somebody else has changed a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: object = None

    def changed(self) -> bool:
        """Whether the file is there and is not the one that was there at the last call."""
        now = self._now()
        before, self._seen = self._seen, now or self._seen
        return now is not None and now != before

    def _now(self) -> tuple[int, int, int] | None:
        try:
            status = self._path.stat()
        except OSError:
            return None
        return status.st_ino, status.st_size, status.st_mtime_ns


class SharedFile:
    """A JSON file that this program keeps up with, whoever changes it.

    Parameters
    ----------
    path
        It need not be there yet.
    take
        Called with what the file holds each time it is found to be a new one.
    """

    def __init__(self, path: Path, take: Callable[[Any], None]) -> None:
        self.path = path
        self._take = take
        self._watched = Watched(path)

    def refresh(self) -> None:
        """Take up what another program has changed; raises OSError."""
        if self._watched.changed():
            self._take(load_json(self.path))

    def try_to_refresh(self) -> None:
        """The same, but a file that cannot be read is only logged."""
        try:
            self.refresh()
        except OSError as error:
            _LOGGER.warning("%s cannot be read: %s", self.path, error)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Be the only one that changes the file, after what others did; raises OSError."""
        with locked(self.path):
            self.refresh()
            yield

    def save(self, value: object) -> None:
        """Write the file; raises OSError."""
        save_json(self.path, value)
        self._watched.changed()
