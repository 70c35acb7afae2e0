"""Galleries in a file and in a real PostgreSQL."""

from __future__ import annotations

import os
import tempfile
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


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where that can be, since a gallery waits for the disk at every change."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as made:
        yield Path(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, folder: Path) -> str:
    """Where a new gallery may be: once in a file, once in PostgreSQL."""
    if request.param == "sqlite":
        return str(folder / "data" / "gallery.db")
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.empty_database()


@pytest.fixture
def file(folder: Path) -> Path:
    """Where a new gallery may be, in a file."""
    return folder / "data" / "gallery.db"


@pytest.fixture(scope="session")
def key() -> MasterKey:
    return MasterKey.new()


@pytest.fixture
def gallery(url: str, key: MasterKey) -> Iterator[Gallery]:
    """An empty gallery."""
    with Gallery(url, key) as gallery:
        yield gallery
