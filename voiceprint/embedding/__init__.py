"""Embeddings: audio becomes a vector that says who speaks.

::

    embedder = open_embedder()
    vector = embedder.embed(samples)    # unit length: the cosine of two is their product
"""

from voiceprint.embedding.campplus import CamPlus
from voiceprint.embedding.engines import open_embedder

__all__ = ["CamPlus", "open_embedder"]
