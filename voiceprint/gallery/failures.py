"""What went wrong in the database, said to the person at the keyboard."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from speech.errors import GalleryError

_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk is full; nothing was changed: make room and try again",
    sqlite3.SQLITE_BUSY: "another program keeps it busy; nothing was changed: try again",
    sqlite3.SQLITE_LOCKED: "another program keeps it busy; nothing was changed: try again",
    sqlite3.SQLITE_NOTADB: "it is not a database of SQLite",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; put back a back-up",
    sqlite3.SQLITE_READONLY: "it cannot be written; nothing was changed: check its permissions",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; check its permissions and its folder's",
    sqlite3.SQLITE_IOERR: "the disk failed or has no room; nothing was changed",
}
_POSTGRESQL = {
    "53100": "the disk of the server is full; nothing was changed",
    "55P03": "another program keeps it busy; nothing was changed: try again",
    "40001": "another program changed it at the same moment; try again",
    "42501": "the user of the database may not do that",
    "28P01": "the password is wrong",
    "3D000": "there is no such database; make it with 'createdb'",
}


def explain(error: SQLAlchemyError, database: str) -> GalleryError:
    """The error to raise in place of one of SQLAlchemy's; it never holds what was to be kept."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    said = None
    if isinstance(cause, sqlite3.Error):
        # The lower byte is the kind, the rest says more.
        said = _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    elif cause is not None:
        said = _POSTGRESQL.get(getattr(cause, "sqlstate", None) or "")
    return GalleryError(f"the gallery {database}: {said or str(cause or error).strip()}")
