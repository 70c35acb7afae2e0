"""Galleries in a file and in a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.voiceprint.gallery.postgresql import PostgreSQL
from voiceprint.gallery import Gallery, MasterKey


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A server, once for all tests."""
    server = PostgreSQL()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new gallery may be: once in a file, once in PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "data" / "gallery.db")
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.empty_database()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a new gallery may be, in a file."""
    return tmp_path / "data" / "gallery.db"


@pytest.fixture(scope="session")
def key() -> MasterKey:
    return MasterKey.new()


@pytest.fixture
def gallery(url: str, key: MasterKey) -> Iterator[Gallery]:
    """An empty gallery."""
    with Gallery(url, key) as gallery:
        yield gallery
