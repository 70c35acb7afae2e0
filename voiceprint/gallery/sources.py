"""Where the master key comes from: a file, the environment, or the system keyring."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Protocol

import platformdirs

from speech.errors import ConfigError
from voiceprint.gallery.keys import MasterKey

_KEY = "SONORANT_KEY"
_FILE = "SONORANT_KEY_FILE"


class KeySource(Protocol):
    """Keeps the master key of a gallery.

    A change of keys first puts the new one beside the old one, then changes the gallery, then
    lets the new one take the old one's place: whatever happens between, one of both opens it.
    """

    def keys(self) -> tuple[MasterKey, ...]:
        """The key in use, and one that a change may have been about to put in its place."""
        ...

    def make(self) -> MasterKey:
        """The key for a new gallery: the one that is there, else a new one."""
        ...

    def changing(self) -> AbstractContextManager[None]:
        """Be the only one that changes the key."""
        ...

    def stage(self, key: MasterKey) -> None:
        """Keep a new key beside the one in use."""
        ...

    def settle(self) -> None:
        """Let the new key, if there is one, take the place of the old one."""
        ...


def find_source(database: Path | None) -> KeySource:
    """What ``SONORANT_KEY`` or ``SONORANT_KEY_FILE`` says, else a file in the user's configuration.

    ``SONORANT_KEY`` is a key in base64, or ``keyring`` for the system keyring.

    Parameters
    ----------
    database
        The file of the gallery: the key must not lie beside it.

    Raises
    ------
    ConfigError
        The variable holds no key, or the file would lie beside the gallery.
    """
    given = os.environ.get(_KEY)
    if given == "keyring":
        # Late, because the library is optional.
        from voiceprint.gallery.system_keyring import SystemKeyring

        return SystemKeyring()
    if given:
        return GivenKey(_from(_KEY, given))
    named = os.environ.get(_FILE)
    folder = platformdirs.user_config_path("sonorant", appauthor=False)
    path = Path(named).expanduser() if named else folder / "gallery.key"
    if database is not None and path.parent.resolve() == database.parent.resolve():
        raise ConfigError(
            f"the key {path} lies in the folder of the gallery, where whoever copies one has "
            f"both: name a file elsewhere in {_FILE}"
        )
    return KeyFile(path)


class GivenKey:
    """A key that the caller, or the environment, keeps.

    Parameters
    ----------
    key
        The key. Where it is changed, the caller keeps the new one.
    """

    def __init__(self, key: MasterKey) -> None:
        self._keys = [key]

    def keys(self) -> tuple[MasterKey, ...]:
        """The key that was given, and the one to take its place."""
        return tuple(self._keys)

    def make(self) -> MasterKey:
        """The key that was given."""
        return self._keys[0]

    def changing(self) -> AbstractContextManager[None]:
        """Nothing is kept here, so nothing is locked."""
        return nullcontext()

    def stage(self, key: MasterKey) -> None:
        """Know a second key."""
        self._keys = [self._keys[0], key]

    def settle(self) -> None:
        """Know only the second key."""
        self._keys = self._keys[-1:]


class KeyFile:
    """A file that only its owner can read, with the key in base64.

    A new key waits in ``NAME.new``. The one that it replaced stays in ``NAME.old``: back-ups of
    the gallery that were made before need it.

    Parameters
    ----------
    path
        Where it is, or is to be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._new = path.with_name(path.name + ".new")
        self._old = path.with_name(path.name + ".old")

    def keys(self) -> tuple[MasterKey, ...]:
        """The keys in the file and in ``NAME.new``; raises ConfigError where there is none."""
        found = tuple(key for path in (self.path, self._new) if (key := _read(path)) is not None)
        if not found:
            raise ConfigError(
                f"the key of the gallery is missing: there is no {self.path}. Put it back from a "
                f"back-up, or name it in {_FILE}; without it nobody can read the gallery"
            )
        return found

    def make(self) -> MasterKey:
        """The key in the file; made if there is none."""
        key = _read(self.path)
        if key is None:
            _write(self.path, MasterKey.new(), keep=True)
            key = _read(self.path)
            assert key is not None
        return key

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold ``NAME.lock``."""
        try:
            lock = self.path.with_name(self.path.name + ".lock").open("w")
        except OSError as error:
            raise _unusable(self.path, error) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # until it is closed
            yield

    def stage(self, key: MasterKey) -> None:
        """Keep a key in ``NAME.new``."""
        if not self.path.exists():
            self.settle()  # what waits there is then the only key there is
        _write(self._new, key, keep=False)

    def settle(self) -> None:
        """Copy the file to ``NAME.old``, and let ``NAME.new`` take its place."""
        try:
            if self._new.exists():
                replaced = _read(self.path)
                if replaced is not None:
                    _write(self._old, replaced, keep=False)
                os.replace(self._new, self.path)
                _sync_folder(self.path)
        except OSError as error:
            raise _unusable(self.path, error) from error


def _read(path: Path) -> MasterKey | None:
    try:
        with path.open(encoding="utf-8") as file:
            status = os.fstat(file.fileno())
            if status.st_mode & 0o077:
                raise ConfigError(
                    f"others on this machine can read the key {path}: close it with "
                    f"'chmod 600 {path}', and change it if they may have"
                )
            return _from(str(path), file.read(4096))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, error) from error


def _write(path: Path, key: MasterKey, *, keep: bool) -> None:
    """Write a key file in one step, and not over one that is there if that is to be kept."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with open(descriptor, "w", encoding="utf-8") as file:
                file.write(key.to_text() + "\n")
                file.flush()
                os.fsync(file.fileno())
            if not keep:
                os.replace(fresh, path)
            elif not path.exists():
                with suppress(FileExistsError):
                    os.link(fresh, path)  # unlike a rename, it never replaces another's key
        finally:
            fresh.unlink(missing_ok=True)
        _sync_folder(path)
    except OSError as error:
        raise _unusable(path, error) from error


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _from(place: str, text: str) -> MasterKey:
    try:
        return MasterKey.from_text(text)
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}") from None


def _unusable(path: Path, error: Exception) -> ConfigError:
    return ConfigError(f"the key {path} cannot be used: {error}")
