"""Puts skills onto the path as installed packages: with a real entry point each."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


class Packages:
    """Makes packages that stay installed for one test."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._monkeypatch = monkeypatch

    def install(self, name: str, entries: dict[str, str], **files: str) -> None:
        """Files as ``sentences_yaml="..."``; entries as ``{"moon": ":Moon"}``."""
        site = self._folder / f"site-{name}"
        package = site / name
        package.mkdir(parents=True)
        for file, text in files.items():
            stem, _, ending = file.rpartition("_")
            (package / f"{stem}.{ending}").write_text(text, encoding="utf-8")
        (package / "__init__.py").touch()
        info = site / f"{name}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = [f"{key} = {name}.{value}" for key, value in entries.items()]
        (info / "entry_points.txt").write_text("\n".join(["[sonorant.skills]", *lines]))
        for module in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            self._monkeypatch.delitem(sys.modules, module)  # of another test
        self._monkeypatch.syspath_prepend(str(site))
