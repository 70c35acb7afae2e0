"""Databases of other versions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import voiceprint.gallery.upgrade as upgrades
from speech.errors import GalleryError
from tests.voiceprint.gallery.people import MODEL, voice
from tests.voiceprint.gallery.test_audit import outside, tamper
from voiceprint.gallery import Gallery, MasterKey
from voiceprint.gallery.tables import METADATA


@contextmanager
def tables_of(revision: str) -> Iterator[None]:
    """Galleries are made as an earlier revision of the tables was."""
    upgrade = command.upgrade

    def only(config: Any, newest: str) -> None:
        upgrade(config, revision)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "upgrade", only)
        patch.setattr(upgrades, "NEWEST", revision)
        yield


def test_the_newest_step_is_known_and_makes_the_tables(url: str, key: MasterKey) -> None:
    folder = Path(upgrades.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == upgrades.NEWEST
    Gallery(url, key).close()
    engine = outside(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "gallery_version"})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_a_gallery_of_the_first_revision_is_kept(url: str, key: MasterKey) -> None:
    with tables_of("0001"), Gallery(url, key) as gallery:
        anna = gallery.enrol("Anna", voice(1), groups=["Family"])
        with pytest.raises(GalleryError):
            gallery.remember_utterance(anna.id, b"heard")
    with Gallery(url, key) as gallery:
        assert gallery.people("family") == (anna,)
        assert gallery.template(anna, MODEL) == voice(1)
        gallery.remember_utterance(anna.id, b"heard")
        assert gallery.heard_utterances(anna.id) == (b"heard",)
        assert gallery.check_audit().intact


def test_what_was_heard_before_the_third_revision_is_kept(url: str, key: MasterKey) -> None:
    with tables_of("0002"):
        Gallery(url, key).close()
    tamper(
        url,
        "INSERT INTO gallery_people (id, name_token, sealed) VALUES ('anna', 'a', 'b')",
        "INSERT INTO gallery_utterances (person_id, at, sealed) VALUES ('anna', 1, 'c')",
    )
    Gallery(url, key).close()
    engine = outside(url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT person_id, at, enrolment FROM gallery_utterances"))
        assert [tuple(row) for row in rows] == [("anna", 1, False)]
    engine.dispose()


def test_a_gallery_of_a_newer_version_is_left_alone(url: str, key: MasterKey) -> None:
    with Gallery(url, key) as gallery:
        gallery.enrol("Anna", voice(1))
    tamper(url, "UPDATE gallery_version SET version_num = '9999'")
    with pytest.raises(GalleryError, match=r"newer version of Sonorant .*9999.*upgrade Sonorant"):
        Gallery(url, key)
    tamper(url, f"UPDATE gallery_version SET version_num = '{upgrades.NEWEST}'")
    with Gallery(url, key) as gallery:
        assert gallery.person("Anna")
