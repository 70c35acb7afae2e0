"""What the tests of the skills share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.skills.plugins import Packages


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Packages:
    """Installs skills for one test."""
    return Packages(tmp_path, monkeypatch)
