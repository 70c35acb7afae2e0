"""The database under the gallery: SQLite in a file, or PostgreSQL."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import platformdirs
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from speech.errors import ConfigError, GalleryError
from voiceprint.gallery.failures import explain
from voiceprint.gallery.upgrade import is_current, upgrade

_WAIT = 10.0
"""Seconds to wait for another program that writes."""
_WIPE_WAIT = 1.0
"""Seconds to wait for another program that still reads what was deleted."""
_WRITING = "sonorant_writing"
_LOCK = 0x536F6E6F72616E74
"""For PostgreSQL's advisory lock: any number of ours."""


class Database:
    """Transactions on a database that has the newest tables.

    Parameters
    ----------
    url
        ``postgresql://USER@HOST/NAME``, ``sqlite:///FILE`` or the path of a file; else what
        ``SONORANT_GALLERY`` names, else ``gallery.db`` in the user's data folder.

    Raises
    ------
    ConfigError
        The URL is of no database that can be used, or its driver is not installed.
    GalleryError
        The database cannot be opened, holds something else, or is of a newer version.
    """

    def __init__(self, url: str | None = None) -> None:
        self._url = _url(url)
        self.file = Path(self._url.database or "") if self.is_sqlite else None
        if self.file is not None:
            _prepare(self.file)
        self._closed = False
        self._engine = self._open()
        try:
            self._migrate()
        except BaseException:
            self.close()
            raise

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self._url.get_backend_name() == "sqlite"

    def __str__(self) -> str:
        return str(self.file or self._url.render_as_string(hide_password=True))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees everything as of one moment."""
        options: dict[str, Any] = {}
        if not self.is_sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._transaction(options) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is kept as a whole or not at all, and lasts once this returns."""
        options: dict[str, Any] = {_WRITING: True}
        if not self.is_sqlite:
            options["isolation_level"] = "READ COMMITTED"
        with self._transaction(options) as connection:
            yield connection

    def lock(self, connection: Connection) -> None:
        """Keep other programs from setting up the same database until the transaction ends."""
        if not self.is_sqlite:  # where every transaction that writes is alone
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})

    def wipe(self) -> bool:
        """Empty SQLite's write-ahead log, so that nothing deleted is left in it.

        Returns False while another program still reads what is in there.
        """
        if not self.is_sqlite:
            return True
        with self._failing(), self._engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            assert raw is not None
            raw.execute(f"PRAGMA busy_timeout={int(_WIPE_WAIT * 1000)}")
            try:
                busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.execute(f"PRAGMA busy_timeout={int(_WAIT * 1000)}")
            return not busy

    def close(self) -> None:
        """Close every connection; nothing can be done with it from then on."""
        self._closed = True
        self._engine.dispose()

    def _open(self) -> Engine:
        if self.is_sqlite:
            engine = create_engine(self._url, connect_args={"timeout": _WAIT})
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        milliseconds = int(_WAIT * 1000)
        try:
            return create_engine(
                self._url,
                pool_pre_ping=True,
                connect_args={
                    "connect_timeout": int(_WAIT),
                    "options": f"-c lock_timeout={milliseconds}",
                },
            )
        except ImportError as error:
            raise ConfigError(
                f"PostgreSQL needs a further library ({error}): pip install 'sonorant[postgresql]'"
            ) from error

    def _migrate(self) -> None:
        with self.reading() as connection:
            if is_current(connection):
                return
        with self.writing() as connection:
            self.lock(connection)
            upgrade(connection, str(self))

    @contextmanager
    def _transaction(self, options: dict[str, Any]) -> Iterator[Connection]:
        if self._closed:  # the engine would connect again
            raise GalleryError("the gallery was closed")
        with self._failing(), self._engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise explain(error, str(self)) from error
        except UnicodeEncodeError as error:  # half a character, as of a name in another encoding
            half = error.object[error.start : error.end]
            raise GalleryError(
                f"what is to be kept or looked for holds {half!r}, which is not text in UTF-8: "
                "write it in UTF-8"
            ) from None


def gallery_file(url: str | None = None) -> Path | None:
    """Where a gallery is, or would be made; None where a server keeps it.

    Raises
    ------
    ConfigError
        The URL is of no database that can be used.
    """
    found = _url(url)
    return Path(found.database or "") if found.get_backend_name() == "sqlite" else None


def _url(given: str | None) -> URL:
    given = given or os.environ.get("SONORANT_GALLERY")
    if not given:
        return _sqlite(platformdirs.user_data_path("sonorant", appauthor=False) / "gallery.db")
    if "://" not in given:
        return _sqlite(Path(given).expanduser().absolute())
    try:
        url = make_url(given)
    except ArgumentError as error:
        raise ConfigError(
            "the URL of the gallery cannot be read: write it as in "
            "postgresql://user@localhost/sonorant, or name a file"
        ) from error
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database not in (None, "", ":memory:"):
        return _sqlite(Path(url.database or "").absolute())
    raise ConfigError(
        f"the gallery cannot be kept in {url.render_as_string(hide_password=True)}: "
        "it has to be a file of SQLite or a database of PostgreSQL"
    )


def _sqlite(path: Path) -> URL:
    return URL.create("sqlite", database=str(path))


def _prepare(path: Path) -> None:
    """Make the file, or see to it that only its owner reads it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(descriptor).st_mode & 0o077:
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise GalleryError(
            f"the gallery {path} cannot be opened: {error.strerror or error}; "
            "SONORANT_GALLERY names another place"
        ) from error


def _set_up_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # transactions begin and end where we say
    raw.execute("PRAGMA temp_store=MEMORY")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA secure_delete=ON")
    raw.execute("PRAGMA synchronous=FULL")
    _use_write_ahead_log(raw)


def _use_write_ahead_log(raw: Any) -> None:
    """So that readers and a writer do not wait for each other.

    The change is refused at once, without the usual wait, where several programs open a new
    database together.
    """
    until = time.monotonic() + _WAIT
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            return
        except Exception as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
        time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
