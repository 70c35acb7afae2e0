"""A recording becomes a voice, voices become a template, and both are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from speech.audio import Samples
from speech.errors import AudioError, ModelError
from speech.vad import Vad
from voiceprint.calibration import Calibration
from voiceprint.contract import Embedder, Quality, Template, Vector
from voiceprint.quality import measure


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks in one recording, as a vector, and how far it can be trusted."""

    vector: Vector = field(repr=False)
    quality: Quality
    strength: float
    """As in :class:`~voiceprint.contract.Embedding`."""


class Ear:
    """Hears voices: measures a recording and embeds it. Safe to use from several threads."""

    def __init__(self, embedder: Embedder, vad: Vad) -> None:
        self.embedder = embedder
        self.vad = vad

    def quality(self, samples: Samples) -> Quality:
        """How good the recording is."""
        return measure(samples, self.vad)

    def hear(self, samples: Samples, quality: Quality | None = None) -> Voice:
        """The voice in a recording.

        Raises
        ------
        AudioError
            It is too short for the network.
        """
        heard = self.embedder.embed(samples)
        quality = self.quality(samples) if quality is None else quality
        return Voice(heard.vector, quality, heard.strength)


def template_of(voices: Sequence[Voice], embedder: Embedder) -> Template:
    """The mean direction of several voices of one person.

    Raises
    ------
    AudioError
        There is none, or they cancel out, as noise does.
    """
    if not voices:
        raise AudioError("a template needs at least one recording")
    mean = np.mean([voice.vector for voice in voices], axis=0, dtype=np.float64)
    length = float(np.linalg.norm(mean))
    if not length > 1e-6:
        raise AudioError("these recordings have nothing in common")
    return Template(
        embedder.model,
        np.asarray(mean / length, np.float32),
        len(voices),
        sum(voice.quality.speech for voice in voices),
        float(np.mean([voice.strength for voice in voices])),
    )


def merged(template: Template, voice: Voice, most: int = 20) -> Template:
    """The template with one more voice in it; after ``most`` of them the oldest fade away."""
    weight = min(template.utterances, most - 1)
    mean = weight * template.vector.astype(np.float64) + voice.vector
    return Template(
        template.model,
        np.asarray(mean / np.linalg.norm(mean), np.float32),
        template.utterances + 1,
        template.speech + voice.quality.speech,
        (weight * template.strength + voice.strength) / (weight + 1),
    )


def log_likelihood_ratio(
    voice: Voice, template: Template, calibration: Calibration, embedder: Embedder
) -> float:
    """How much likelier it is that both are the same speaker; natural logarithm.

    Raises
    ------
    ModelError
        The template was made by another model.
    """
    if template.model != embedder.model:
        raise ModelError(
            f"a template of {template.model} cannot be compared with a voice of {embedder.model}: "
            "enrol again"
        )
    cosine = float(voice.vector @ template.vector)
    return float(calibration.llr(cosine, voice.quality, voice.strength, template.strength))
