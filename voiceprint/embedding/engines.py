"""Choosing an embedding by name."""

from __future__ import annotations

from pathlib import Path

from speech.errors import ModelError, ModelMissingError
from speech.models import ModelStore
from voiceprint.contract import Embedder
from voiceprint.embedding.campplus import WEIGHTS, CamPlus

DEFAULT = "campplus"
"""The embedding where none is named."""

TRANSFORMERS = "transformers:"
"""What a name begins with that the library ``transformers`` opens."""


def open_embedder(name: str | None = None, store: ModelStore | None = None) -> Embedder:
    """Load an embedding network.

    Parameters
    ----------
    name
        ``campplus``, the default; another speaker model of the catalogue, such as
        ``vosk-model-spk-0.4``; the folder of either; or ``transformers:`` with a folder or a
        model's name behind it, such as ``transformers:microsoft/wavlm-base-plus-sv``.
    store
        Where models are; the default store where None.

    Raises
    ------
    EngineMissingError
        The software that it needs is not installed.
    ModelError
        The model is unknown, missing, damaged or of another kind; the message says how to get it.
    """
    name = name or DEFAULT
    if name.startswith(TRANSFORMERS):
        from voiceprint.embedding.transformers import TransformersXVector

        return TransformersXVector(name.removeprefix(TRANSFORMERS))
    store = store or ModelStore()
    folder = store.resolve(name)
    if (folder / WEIGHTS).is_file():
        return CamPlus(folder)
    from voiceprint.embedding.vosk import FILES, VoskXVector

    if (folder / FILES[0]).is_file():
        return VoskXVector(folder, _recognition(store))
    raise ModelError(
        f"{name} is no speaker model: there are {DEFAULT}, speaker models of Vosk "
        f"(`sonorant models list --kind vosk-speaker`), and {TRANSFORMERS}FOLDER"
    )


def _recognition(store: ModelStore) -> Path:
    """The smallest Vosk recognition model that is here: all it does is to find speech."""
    if installed := store.installed(kind="vosk"):
        return store.path(installed[-1].name)
    raise ModelMissingError(
        "a speaker model of Vosk needs a recognition model of Vosk beside it: run "
        "`sonorant models pull vosk-model-small-en-us-0.15`, or choose another "
        "(`sonorant models list --kind vosk`)"
    )
