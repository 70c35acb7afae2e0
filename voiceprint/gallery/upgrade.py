"""Bringing a database to the newest tables, with Alembic."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from speech.errors import GalleryError

NEWEST = "0003"
"""The last step in ``migrations/versions``; comparing with it spares loading Alembic."""
_VERSIONS = "gallery_version"


def is_current(connection: Connection) -> bool:
    """Whether nothing is to be done."""
    return _revision(connection) == NEWEST


def upgrade(connection: Connection, name: str) -> None:
    """Run the steps that are missing, in the transaction of ``connection``.

    Raises
    ------
    GalleryError
        The database is of a newer version.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["version_table"] = _VERSIONS
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    revision = _revision(connection)
    if revision is not None and revision not in known:
        raise GalleryError(
            f"the gallery {name} was made by a newer version of Sonorant (its tables are of "
            f"revision {revision}, this version knows {NEWEST}): upgrade Sonorant"
        )
    command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSIONS):
        return None
    found: str | None = connection.execute(
        text(f"SELECT version_num FROM {_VERSIONS}")
    ).scalar_one_or_none()
    return found
