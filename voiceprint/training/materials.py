"""Embeddings of every recording, as it is and as it would sound elsewhere: what training sees.

They are kept in a work folder, since the network takes most of the time.
"""

from __future__ import annotations

import functools
import os
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from speech import conditions
from speech.audio import RATE, Samples, read
from speech.models import ModelStore
from speech.progress import progress
from speech.vad import SileroVad
from voiceprint.contract import Embedder
from voiceprint.embedding import CamPlus
from voiceprint.quality import measure
from voiceprint.training.corpus import Utterance, one_voice

Floats = npt.NDArray[np.float32]

_SHORTEST = 0.6  # seconds of a view


@dataclass(frozen=True, slots=True)
class Views:
    """Embeddings of utterances; row i is of utterance i, and NaN where that was left out."""

    vectors: Floats
    """Shape (utterances, views, dimension), of unit length."""
    speech: Floats
    """Seconds of speech, shape (utterances, views)."""
    seconds: Floats
    """Seconds of all, the same shape."""
    snr: Floats
    """Signal-to-noise ratio in dB, the same shape."""
    narrow_band: Floats
    """1 where it is as narrow as a telephone, else 0; the same shape."""
    strength: Floats
    """Of the network's own vector; the same shape."""


Degrade = Callable[[Samples, Sequence[Samples], np.random.Generator], Samples]
"""From an utterance and other people's voices to what a microphone gets of it."""


def strangers(
    utterance: Utterance, everybody: Sequence[Utterance], count: int = 8
) -> list[Utterance]:
    """Recordings of other people, drawn for this utterance."""
    random = np.random.default_rng(zlib.crc32(f"company {utterance.id}".encode()))
    apart = [one for one in everybody if one_voice(one.speaker) != one_voice(utterance.speaker)]
    return [apart[at] for at in random.choice(len(apart), count, replace=False)]


def as_it_is(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """The recording itself."""
    return samples


def anywhere(samples: Samples, others: Sequence[Samples], random: np.random.Generator) -> Samples:
    """A stretch of it, in a place drawn at random: what the head is trained on."""
    length = float(np.exp(random.uniform(np.log(1.0), np.log(5.0))))
    samples = conditions.crop(samples, length, random)
    if random.random() < 0.25:
        samples = conditions.room(samples, float(random.uniform(0.15, 0.7)), random)
    kind = random.random()
    if kind < 0.35:
        chosen = [others[at] for at in random.integers(len(others), size=random.integers(2, 7))]
        samples = conditions.babble(samples, chosen, float(random.uniform(3, 20)), random)
    elif kind < 0.6:
        snr, slope = float(random.uniform(3, 25)), float(random.uniform(0, 7))
        samples = conditions.noise(samples, snr, slope, random)
    if random.random() < 0.2:
        samples = conditions.telephone(samples)
    return samples * np.float32(10 ** (random.uniform(-12, 0) / 20))


def views(
    name: str,
    utterances: Sequence[Utterance],
    degrade: Degrade,
    count: int,
    work: Path,
    company: Callable[[Utterance], Sequence[Utterance] | None] | None = None,
    open_raw: Callable[[], Embedder] | None = None,
) -> Views:
    """Embed every utterance ``count`` times, or read what an earlier run kept.

    Parameters
    ----------
    name
        Of the kept file; the utterances, the count and the network are part of its key.
    degrade
        A function of a module, since it is sent to other processes.
    company
        The recordings that ``degrade`` may mix with an utterance; none where None. Where it answers
        None, the utterance is left out.
    open_raw
        Opens the network; the embedded one, without its head, where None.
    """
    open_raw = open_raw or raw_network
    ids = " ".join(one.id for one in utterances)
    key = zlib.crc32(f"{open_raw().model} {count} {ids}".encode())
    kept = work / f"voices-{name}-{key:08x}.npz"
    if kept.exists():
        with np.load(kept) as arrays:
            return Views(*(arrays[field.name] for field in fields(Views)))
    work.mkdir(parents=True, exist_ok=True)
    with_whom = [company(one) if company else () for one in utterances]
    heard = [row for row, others in enumerate(with_whom) if others is not None]
    jobs = [
        (utterances[row], degrade, count, tuple(with_whom[row] or ()), open_raw) for row in heard
    ]
    rows: list[tuple[Floats, Floats]] = []
    workers = len(os.sched_getaffinity(0))
    with (
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool,
        progress(f"voices, {name}", len(jobs), "recordings") as advance,
    ):
        for row in pool.map(_embed, jobs, chunksize=8):
            rows.append(row)
            advance(len(rows))
    vectors, figures = (
        np.full((len(utterances), *some[0].shape), np.nan, np.float32)
        for some in zip(*rows, strict=True)
    )
    vectors[heard], figures[heard] = (np.array(some) for some in zip(*rows, strict=True))
    result = Views(vectors, *np.moveaxis(figures, -1, 0))
    aside = kept.with_suffix(".part.npz")
    np.savez(aside, **{field.name: getattr(result, field.name) for field in fields(Views)})
    aside.replace(kept)
    return result


def raw_network() -> Embedder:
    """The embedded network, without the head that is trained here."""
    return CamPlus(ModelStore().path("campplus"), head=False)


_Job = tuple[Utterance, Degrade, int, tuple[Utterance, ...], Callable[[], Embedder]]


def _embed(job: _Job) -> tuple[Floats, Floats]:
    utterance, degrade, count, company, open_raw = job
    embedder, vad = _engines(open_raw)
    samples = _read(utterance.path)
    random = np.random.default_rng(zlib.crc32(utterance.id.encode()))
    voices = [_read(other.path) for other in company]
    made = [degrade(samples, voices, random) for _ in range(count)]
    made = [
        one if one.size >= _SHORTEST * RATE else np.resize(one, int(_SHORTEST * RATE))
        for one in made
    ]
    heard = [embedder.embed(one) for one in made]
    qualities = [measure(one, vad) for one in made]
    figures = [
        (quality.speech, quality.seconds, quality.snr, quality.narrow_band, one.strength)
        for one, quality in zip(heard, qualities, strict=True)
    ]
    return np.array([one.vector for one in heard], np.float32), np.array(figures, np.float32)


@functools.cache
def _engines(open_raw: Callable[[], Embedder]) -> tuple[Embedder, SileroVad]:
    return open_raw(), SileroVad()


@functools.lru_cache(512)
def _read(path: Path) -> Samples:
    return read(path)
