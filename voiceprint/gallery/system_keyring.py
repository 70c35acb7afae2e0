"""The master key in the system's keyring: GNOME's, KDE's or another that ``keyring`` knows."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import platformdirs

from speech.errors import ConfigError
from voiceprint.gallery.keys import MasterKey

_SERVICE = "sonorant"
_IN_USE = "gallery key"
_NEW = "gallery key, new"
_OLD = "gallery key, old"


class SystemKeyring:
    """Keeps the key of one gallery in the keyring of the user who runs the program.

    Raises
    ------
    ConfigError
        The library ``keyring`` is not installed.
    """

    def __init__(self) -> None:
        try:
            import keyring
        except ImportError as error:
            raise ConfigError(
                f"the system keyring needs a further library ({error}): "
                "pip install 'sonorant[keyring]'"
            ) from error
        self._keyring: Any = keyring

    def keys(self) -> tuple[MasterKey, ...]:
        """The keys in use and to come; raises ConfigError where there is none."""
        found = tuple(key for entry in (_IN_USE, _NEW) if (key := self._read(entry)) is not None)
        if not found:
            raise ConfigError(
                f"the key of the gallery is missing in the system keyring (service {_SERVICE!r}, "
                f"name {_IN_USE!r}): put it back from a back-up; without it nobody can read the "
                "gallery"
            )
        return found

    def make(self) -> MasterKey:
        """The key in the keyring; made if there is none."""
        with self.changing():
            key = self._read(_IN_USE)
            if key is None:
                key = MasterKey.new()
                self._write(_IN_USE, key)
            return key

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold a lock in the user's configuration folder, as keyrings have none."""
        path = platformdirs.user_config_path("sonorant", appauthor=False) / "gallery.key.lock"
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = path.open("w")
        except OSError as error:
            raise ConfigError(f"{path} cannot be used: {error}") from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed
            yield

    def stage(self, key: MasterKey) -> None:
        """Keep a new key as a second entry."""
        self._write(_NEW, key)

    def settle(self) -> None:
        """Make the new key the one in use, and keep the one before as a third entry."""
        new, old = self._read(_NEW), self._read(_IN_USE)
        if new is None:
            return
        if old is not None and old != new:
            self._write(_OLD, old)
        self._write(_IN_USE, new)
        self._call("delete_password", _NEW)

    def _read(self, entry: str) -> MasterKey | None:
        text = self._call("get_password", entry)
        try:
            return None if text is None else MasterKey.from_text(text)
        except ConfigError as error:
            raise ConfigError(f"{entry!r} of {_SERVICE!r} in the keyring: {error}") from None

    def _write(self, entry: str, key: MasterKey) -> None:
        self._call("set_password", entry, key.to_text())

    def _call(self, method: str, *arguments: str) -> Any:
        try:
            return getattr(self._keyring, method)(_SERVICE, *arguments)
        except self._keyring.errors.KeyringError as error:
            raise ConfigError(
                f"the system keyring cannot be used: {error}. Unlock it, or keep the key in a file"
            ) from error
