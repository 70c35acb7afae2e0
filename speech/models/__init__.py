"""Models: what can be had (the catalogue), and what is on this machine (the store).

Nothing is downloaded unless somebody asks for it::

    store = ModelStore()
    store.pull("moonshine-tiny-en")      # once; `sonorant models pull default` does the same
    folder = store.path("moonshine-tiny-en")
"""

from speech.models.card import Checksum, ModelCard, ModelFile, UrlOrigin, WheelOrigin
from speech.models.catalogue import Catalogue, load_catalogue
from speech.models.download import Progress
from speech.models.store import ModelStore, Verification

__all__ = [
    "Catalogue",
    "Checksum",
    "ModelCard",
    "ModelFile",
    "ModelStore",
    "Progress",
    "UrlOrigin",
    "Verification",
    "WheelOrigin",
    "load_catalogue",
]
