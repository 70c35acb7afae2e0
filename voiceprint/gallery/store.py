"""Transactions on sealed contents: the database together with its keys."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from speech.errors import ConfigError, GalleryError
from speech.progress import Advance
from voiceprint.gallery.audit import AuditLog
from voiceprint.gallery.contract import AuditAction, AuditEntry
from voiceprint.gallery.database import Database
from voiceprint.gallery.keys import MasterKey
from voiceprint.gallery.rotation import rotate
from voiceprint.gallery.session import Keys, Session, make_keys, newest_epoch, read_keys
from voiceprint.gallery.sources import GivenKey, KeySource, find_source
from voiceprint.gallery.tables import STATE

_LOGGER = logging.getLogger(__name__)


class Store:
    """Opens a database and its keys, and makes both where there are none.

    Parameters
    ----------
    url
        As of :class:`~voiceprint.gallery.database.Database`.
    key
        The master key or where it comes from; else what the environment says.
    """

    def __init__(self, url: str | None, key: MasterKey | KeySource | None) -> None:
        self._database = Database(url)
        self._lock = threading.Lock()
        self._keys: Keys | None = None
        try:
            if isinstance(key, MasterKey):
                key = GivenKey(key)
            self._source = key or find_source(self._database.file)
            with self._database.reading() as connection:
                new = not newest_epoch(connection)
            if new:
                self._begin()
            with self.reading() as session:
                unclean = _unclean(session)
            if unclean:
                self._wipe(unclean)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """See everything as of one moment."""
        with self._database.reading() as connection:
            yield Session(connection, self._unlocked(connection))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Change something, while nobody else does; all of it is kept or nothing."""
        with self._database.writing() as connection:
            connection.execute(select(STATE).with_for_update()).one()
            session = Session(connection, self._unlocked(connection))
            yield session
            unclean = _unclean(session)
        if unclean:
            self._wipe(unclean)

    def rotate(self, new: MasterKey | None, advance: Advance) -> None:
        """Seal everything anew; see :meth:`voiceprint.gallery.Gallery.rotate_key`."""
        if new is None:
            if isinstance(self._source, GivenKey):
                raise ConfigError(
                    "the key of this gallery is given by the environment or the program: give "
                    "the new one as well, and keep it there"
                )
            new = MasterKey.new()
        with self._source.changing():
            with self.writing() as session:
                if self._source.keys()[0] != session.keys.master:
                    self._source.settle()  # a change before was killed just before this
                self._source.stage(new)
                told = AuditEntry(datetime.now(UTC), AuditAction.ROTATE, reason=f"to key {new.id}")
                AuditLog(session).add(told)
                rotated = rotate(session, new, advance)
                AuditLog(rotated).seal_again()
                mark_unclean(rotated)
            self._source.settle()

    def _unlocked(self, connection: Connection) -> Keys:
        """The keys of the epoch that a transaction sees."""
        epoch = newest_epoch(connection)
        with self._lock:
            if self._keys is None or self._keys.epoch != epoch:
                self._keys = read_keys(connection, epoch, self._source.keys())
            return self._keys

    def _begin(self) -> None:
        """Make the keys and the log of a new database."""
        with self._database.writing() as connection:
            self._database.lock(connection)
            if newest_epoch(connection):
                return  # another program was quicker
            keys = make_keys(connection, self._source.make())
            AuditLog(Session(connection, keys)).begin()

    def _wipe(self, unclean: int) -> None:
        """Empty the write-ahead log of what was deleted or replaced up to some audit entry."""
        try:
            if not self._database.wipe():
                _LOGGER.info("deleted data leaves the write-ahead log once its readers are done")
                return
            with self._database.writing() as connection:
                connection.execute(
                    update(STATE).where(STATE.c.unclean == unclean).values(unclean=0)
                )
        except GalleryError as error:
            _LOGGER.warning("deleted data may still be in the write-ahead log: %s", error)


def mark_unclean(session: Session) -> None:
    """Note that something was deleted or replaced whose bytes have to go."""
    session.connection.execute(update(STATE).values(unclean=STATE.c.head))


def _unclean(session: Session) -> int:
    unclean: int = session.connection.execute(select(STATE.c.unclean)).scalar_one()
    return unclean
