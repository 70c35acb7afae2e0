"""A model converted once and kept: beside its origin, or else in the user's cache."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from speech.models.download import digest

_log = logging.getLogger(__name__)


def converted(
    folder: Path, stem: str, convert: Callable[[], bytes], suffix: str = ".onnx"
) -> Path | bytes:
    """The file that a conversion made, from this call or an earlier one.

    Its name ends in the digest of its content, so that damage shows: it is then made again. It
    appears whole or not at all, and several processes may ask at once.

    Parameters
    ----------
    folder
        Where the origin lies; where nothing can be written there, the user's cache keeps the file.
    stem
        Beginning of its name; has to tell apart whatever the result depends on.
    convert
        Called where there is no such file yet; its errors pass through.
    suffix
        End of its name.

    Returns
    -------
    The file, or its content where it can be kept nowhere.
    """
    places = (folder, platformdirs.user_cache_path("sonorant", appauthor=False) / "converted")
    for place in places:
        if (found := _find(place, stem, suffix)) is not None:
            return found
    content: bytes | None = None
    for place in places:
        try:
            place.mkdir(parents=True, exist_ok=True)
            with _alone(place, stem):
                # Another process may have made it meanwhile.
                if (found := _find(place, stem, suffix)) is not None:
                    return found
                content = convert() if content is None else content
                return _keep(place, stem, suffix, content)
        except OSError as error:
            _log.info("%s cannot be kept in %s (%s)", stem, place, error)
    return convert() if content is None else content


def _find(place: Path, stem: str, suffix: str) -> Path | None:
    for file in sorted(place.glob(f"{stem}-*{suffix}")):
        try:
            if digest(file) == file.name.removeprefix(f"{stem}-").removesuffix(suffix):
                return file
            _log.warning("%s is damaged; it is made again", file)
            file.unlink()
        except OSError as error:
            _log.info("%s cannot be used (%s)", file, error)
    return None


def _keep(place: Path, stem: str, suffix: str, content: bytes) -> Path:
    part = place / f".{stem}.part"  # what an interrupted call left of it is written over
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    target = place / f"{stem}-{hashlib.sha256(content).hexdigest()}{suffix}"
    part.replace(target)
    return target


@contextmanager
def _alone(place: Path, stem: str) -> Iterator[None]:
    with (place / f".{stem}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the system lets go of it when the process ends
        yield
