"""Model stores for tests that must not depend on what else was pulled."""

from __future__ import annotations

from pathlib import Path

from speech.models import ModelStore


def only_defaults(folder: Path, *, but: str = "") -> Path:
    """A new folder of those default models that are on this machine, but one."""
    store = ModelStore()
    folder.mkdir(parents=True)
    for card in store.catalogue.defaults:
        if card.name != but and (here := store.locate(card)) is not None:
            (folder / card.name).symlink_to(here)
    return folder
