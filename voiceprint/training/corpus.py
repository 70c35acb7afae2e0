"""Whose voice is in which recording: speechocean762, and native speakers as a cohort.

speechocean762 (Zhang et al., arXiv:2104.01378; CC BY 4.0): 125 speakers of 20 short sentences, half
of them children. The cohort: 251 speakers of LibriSpeech (Panayotov et al., ICASSP 2015; CC BY
4.0), one utterance of each.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech.errors import ConfigError

SAME = (("1418", "1419"), ("0048", "0075"), ("3020", "3021"), ("0560", "0960"))
"""Speakers of speechocean762 who are in all likelihood one person under two numbers."""

FOLDS = 5


@dataclass(frozen=True, slots=True)
class Utterance:
    """One recording of one speaker."""

    id: str
    speaker: str
    age: int | None
    gender: str
    """``m`` or ``f``; empty where unknown."""
    path: Path


def learners(data: Path | None = None) -> list[Utterance]:
    """The utterances of speechocean762's training split.

    Raises
    ------
    ConfigError
        The corpus is not there.
    """
    folder = _folder(data) / "speechocean762"
    try:
        lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"{folder}: no speechocean762 there (labels.jsonl)") from error
    return [
        Utterance(
            one["id"],
            one["speaker"],
            int(one["age"]),
            one["gender"],
            folder / "audio" / f"{one['id']}.opus",
        )
        for one in map(json.loads, lines)
    ]


def natives(data: Path | None = None) -> list[Utterance]:
    """The utterances of the cohort, one a speaker.

    Raises
    ------
    ConfigError
        They are not there.
    """
    folder = _folder(data) / "librispeech_cohort"
    files = sorted(folder.glob("*.opus"))
    if not files:
        raise ConfigError(f"{folder}: no recordings there (SPEAKER-CHAPTER-UTTERANCE.opus)")
    return [
        Utterance(file.stem, f"native-{file.stem.partition('-')[0]}", None, "", file)
        for file in files
    ]


def one_voice(speaker: str) -> str:
    """The same for both numbers of a speaker who has two."""
    return next((pair[0] for pair in SAME if speaker in pair), speaker)


def folds(speakers: list[str], seed: int = 0) -> dict[str, int]:
    """A fold for each speaker; both numbers of one voice are in the same."""
    voices = sorted({one_voice(speaker) for speaker in speakers})
    order = np.random.default_rng(seed).permutation(len(voices))
    place = {voices[at]: number % FOLDS for number, at in enumerate(order)}
    return {speaker: place[one_voice(speaker)] for speaker in speakers}


def _folder(data: Path | None) -> Path:
    if data is not None:
        return data
    named = os.environ.get("SONORANT_DATA")
    if not named:
        raise ConfigError("SONORANT_DATA is not set: it names the folder of human recordings")
    return Path(named)
