"""Voiceprints of made-up people: random vectors, since the gallery does not look into them."""

from __future__ import annotations

import numpy as np

from voiceprint.contract import EmbeddingModel, Template

MODEL = EmbeddingModel("campplus", "1")
OTHER = EmbeddingModel("xvector", "2@3")


def voice(seed: int, model: EmbeddingModel = MODEL) -> Template:
    """A template; unequal seeds give unequal ones."""
    vector = np.random.default_rng(seed).normal(size=192).astype(np.float32)
    return Template(model, vector / np.linalg.norm(vector), utterances=3, speech=9.5)
