"""Embeddings: audio becomes a vector that says who speaks.

::

    embedder = open_embedder()
    heard = embedder.embed(samples)  # a vector of unit length: two are compared by their product
"""

from voiceprint.embedding.campplus import CamPlus
from voiceprint.embedding.engines import open_embedder

__all__ = ["CamPlus", "open_embedder"]
