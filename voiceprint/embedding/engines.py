"""Choosing an embedding by name."""

from __future__ import annotations

from speech.errors import ModelError
from speech.models import ModelStore
from voiceprint.contract import Embedder
from voiceprint.embedding.campplus import CamPlus

DEFAULT = "campplus"


def open_embedder(name: str | None = None, store: ModelStore | None = None) -> Embedder:
    """Load an embedding network.

    Parameters
    ----------
    name
        ``campplus``, the default.
    store
        Where its model is; the default store where None.

    Raises
    ------
    ModelError
        The model is unknown, missing or damaged; the message says how to get it.
    """
    store = store or ModelStore()
    name = name or DEFAULT
    if name == DEFAULT:
        return CamPlus(store.path(name))
    raise ModelError(f"no embedding is called {name!r}; there is {DEFAULT}")
