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
from pronunciation.mandarin.syllables import NEUTRAL, Syllable, parse
from pronunciation.training.mandarin import voices
from pronunciation.training.mandarin.corpus import Recording
from speech.audio import Samples
from speech.errors import AudioError
from speech.progress import progress

_SHARD = 200  # recordings that are kept in one file
_VOICES = ("man", "child", "woman")  # in turn
_WORD = 4  # every so manieth word is heard, and all with a neutral tone: one speaker says them all
_PHRASE = 12  # every so manieth begins a phrase ...
_LONGEST = 3  # ... of so many words at most, drawn from all
_VERSION = 4
"""Counts up when what is kept changes."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A recording as it is heard, or as another voice would say it elsewhere."""

    frames: npt.NDArray[np.float16]
    """As :class:`pronunciation.mandarin.hearing.Sounds` has them."""
    tonal: npt.NDArray[np.float32]
    said: tuple[Syllable, ...]
    """More than the recording's own where other words follow."""


def prepare(
    recordings: Sequence[Recording], work: Path, seed: int, workers: int | None = None
) -> list[list[Copy]]:
    """The copies of each recording, itself first, of some none; or what an earlier run has kept in
    ``work``.

    Parameters
    ----------
    workers
        Processes that listen at once; as many as there are cores where None.

    Raises
    ------
    AudioError
        A recording cannot be decoded; the message names it.
    """
    folder = kept(recordings, work, seed)
    starts = range(0, len(recordings), _SHARD)
    files = [folder / f"{start:06d}.npz" for start in starts]
    words = [one for one in recordings if len(one.syllables) > 1 and one.certain]
    missing = [
        (start, recordings[start : start + _SHARD], words, file, seed)
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


def kept(recordings: Sequence[Recording], work: Path, seed: int) -> Path:
    """The folder in which what is made of these recordings is kept."""
    folder = work / f"mandarin-{_key(recordings, seed)}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _key(recordings: Sequence[Recording], seed: int) -> str:
    names = [(one.speaker, one.path.name, one.syllables) for one in recordings]
    return hashlib.sha256(repr([names, seed, _VERSION]).encode()).hexdigest()[:16]


def _shard(job: tuple[int, Sequence[Recording], Sequence[Recording], Path, int]) -> None:
    start, recordings, words, file, seed = job
    hearing = Hearing()
    arrays: dict[str, npt.NDArray[np.generic]] = {"recordings": np.array(len(recordings))}
    for place, recording in enumerate(recordings):
        # Its own generator, so that a part that is made again comes out the same.
        random = np.random.default_rng([seed, start + place])
        spoken = _copies(recording, words, start + place, random)
        for number, (samples, said) in enumerate(spoken):
            frames, tonal = hearing.hear(samples)
            arrays[f"{place}/{number}/frames"] = frames.astype(np.float16)
            arrays[f"{place}/{number}/tonal"] = tonal
            arrays[f"{place}/{number}/said"] = np.array([one.numbered for one in said])
    fresh = file.with_suffix(".new.npz")
    np.savez(fresh, **arrays)  # type: ignore[arg-type]
    fresh.rename(file)


def _copies(
    recording: Recording, words: Sequence[Recording], number: int, random: np.random.Generator
) -> list[tuple[Samples, tuple[Syllable, ...]]]:
    """The recording, then others made of it, each with what is said in it."""
    said = recording.syllables
    neutral = any(one.tone == NEUTRAL for one in said)
    if not recording.certain or (len(said) > 1 and number % _WORD and not neutral):
        return []
    own = _samples(recording)
    spoken = [(own, said)]
    if len(said) == 1:
        voice = _VOICES[number % len(_VOICES)]
        for made in (voices.say([voices.take_apart(own)], voice, random), voices.sped(own, random)):
            spoken.append((voices.through_the_air(made, random), said))
    elif number % _PHRASE == 0:
        drawn = random.integers(len(words), size=random.integers(1, _LONGEST))
        following = [words[one] for one in drawn]
        parts = [voices.take_apart(own), *(voices.take_apart(_samples(one)) for one in following)]
        voice = _VOICES[number // _PHRASE % len(_VOICES)]
        made = voices.say(parts, voice, random, fast=True)
        whole = (*said, *(syllable for one in following for syllable in one.syllables))
        spoken.append((voices.through_the_air(made, random), whole))
    return spoken


def _samples(recording: Recording) -> Samples:
    try:
        return recording.samples()
    except AudioError as error:
        raise AudioError(f"{recording.path}: {error}") from error


def _read(file: Path) -> list[list[Copy]]:
    with np.load(file, allow_pickle=False) as kept:
        found: list[list[Copy]] = []
        for place in range(int(kept["recordings"])):
            copies: list[Copy] = []
            while (key := f"{place}/{len(copies)}") + "/frames" in kept:
                said = tuple(parse(str(one)) for one in kept[f"{key}/said"])
                copies.append(Copy(kept[f"{key}/frames"], kept[f"{key}/tonal"], said))
            found.append(copies)
    return found


def spectra(copy: Copy) -> npt.NDArray[np.float32]:
    """The spectra of a copy without what the encoder says, shape (n, 48)."""
    return copy.frames[:, :BANDS].astype(np.float32)
