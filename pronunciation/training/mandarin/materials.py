"""The recordings as the judge hears them, by their own and by other voices; made once, and kept."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pronunciation.mandarin.hearing import BANDS, Hearing
from pronunciation.training.mandarin import voices
from pronunciation.training.mandarin.corpus import Recording
from speech.audio import Samples
from speech.errors import AudioError
from speech.progress import progress

_SHARD = 200  # recordings that are kept in one file
_SYLLABLE = ("man", "child", "woman", "man", "child")
_CHARACTER = ("man", "child")  # a third of the syllables of others is enough of one speaker
_WORD = ("man", "child", "woman", "man")  # one of them each
_VERSION = 1
"""Counts up when what is kept changes."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A recording as it is heard, or as another voice would say it elsewhere."""

    frames: npt.NDArray[np.float16]
    """As :class:`pronunciation.mandarin.hearing.Sounds` has them."""
    tonal: npt.NDArray[np.float32]


def prepare(
    recordings: Sequence[Recording], work: Path, seed: int, workers: int | None = None
) -> list[list[Copy]]:
    """The copies of each recording, itself first; or what an earlier run has kept in ``work``.

    Raises
    ------
    AudioError
        A recording cannot be decoded; the message names it.
    """
    folder = work / f"mandarin-{_key(recordings, seed)}"
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, len(recordings), _SHARD)
    files = [folder / f"{start:06d}.npz" for start in starts]
    missing = [
        (start, recordings[start : start + _SHARD], file, seed)
        for start, file in zip(starts, files, strict=True)
        if not file.exists()
    ]
    if missing:
        context = multiprocessing.get_context("spawn")
        size = min(len(missing), workers or os.cpu_count() or 1)
        with (
            ProcessPoolExecutor(size, context) as pool,
            progress("hearing", len(missing), "parts") as advance,
        ):
            for number, _ in enumerate(pool.map(_shard, missing), 1):
                advance(number)
    return [copies for file in files for copies in _read(file)]


def _key(recordings: Sequence[Recording], seed: int) -> str:
    names = [(one.speaker, one.path.name, one.syllables) for one in recordings]
    return hashlib.sha256(repr([names, seed, _VERSION]).encode()).hexdigest()[:16]


def _shard(job: tuple[int, Sequence[Recording], Path, int]) -> None:
    start, recordings, file, seed = job
    hearing = Hearing()
    arrays: dict[str, npt.NDArray[np.generic]] = {"recordings": np.array(len(recordings))}
    for place, recording in enumerate(recordings):
        # Its own generator, so that a part that is made again comes out the same.
        random = np.random.default_rng([seed, start + place])
        for number, samples in enumerate(_copies(recording, start + place, random)):
            frames, tonal = hearing.hear(samples)
            arrays[f"{place}/{number}/frames"] = frames.astype(np.float16)
            arrays[f"{place}/{number}/tonal"] = tonal
    fresh = file.with_suffix(".new.npz")
    np.savez(fresh, **arrays)  # type: ignore[arg-type]
    fresh.rename(file)


def _copies(recording: Recording, number: int, random: np.random.Generator) -> list[Samples]:
    try:
        own = recording.samples()
    except AudioError as error:
        raise AudioError(f"{recording.path}: {error}") from error
    if len(recording.syllables) > 1:
        return [own, *_elsewhere(own, [_WORD[number % len(_WORD)]], random)]
    names = _CHARACTER if recording.speaker == "tan" else _SYLLABLE
    copies = [own, *_elsewhere(own, list(names), random)]
    return [*copies, voices.through_the_air(own, random)]


def _elsewhere(own: Samples, names: list[str], random: np.random.Generator) -> list[Samples]:
    return [voices.through_the_air(one, random) for one in voices.others(own, names, random)]


def _read(file: Path) -> list[list[Copy]]:
    with np.load(file, allow_pickle=False) as kept:
        found: list[list[Copy]] = []
        for place in range(int(kept["recordings"])):
            copies: list[Copy] = []
            while (key := f"{place}/{len(copies)}") + "/frames" in kept:
                copies.append(Copy(kept[f"{key}/frames"], kept[f"{key}/tonal"]))
            found.append(copies)
    return found


def spectra(copy: Copy) -> npt.NDArray[np.float32]:
    """The spectra of a copy without what the encoder says, shape (n, 48)."""
    return copy.frames[:, :BANDS].astype(np.float32)
