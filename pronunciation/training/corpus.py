"""speechocean762 (Zhang et al., arXiv:2104.01378; CC BY 4.0): recordings and what experts said."""

from __future__ import annotations

import json
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pronunciation.english.lexicon import Lexicon
from pronunciation.english.phones import Pronunciation, bare
from pronunciation.english.scorer import WORD_SCORES
from pronunciation.english.text import read_text, sentence_parts
from speech.audio import Samples, read
from speech.errors import AudioError

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reading:
    """One sentence read by one learner; all scores 0 to 1."""

    id: str
    speaker: str
    age: int
    gender: str
    recording: Path
    parts: tuple[str, ...]
    """The text as a recogniser would write it, word by word."""
    said: tuple[Pronunciation, ...]
    """The pronunciations that the experts judged, as the corpus gives them."""
    asked: tuple[Pronunciation, ...]
    """The same as our lexicon writes them: its way that is nearest, with as many phones."""
    phones: Floats
    """Score of each phone, NaN where nobody gave one; shape (phones,)."""
    words: Floats
    """Shape (words, 3), in the order of ``WORD_SCORES``."""
    overall: Floats
    """Shape (5,), in the order of ``UTTERANCE_SCORES``."""

    def samples(self) -> Samples:
        """The recording."""
        return read(self.recording)


def load(folder: Path) -> list[Reading]:
    """All readings of a split.

    Parameters
    ----------
    folder
        Holds ``labels.jsonl`` and ``audio``.
    """
    lexicon = Lexicon()
    try:
        lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
        return [_reading(json.loads(line), folder, lexicon) for line in lines]
    finally:
        lexicon.close()


def folds(readings: Sequence[Reading], count: int = 5, seed: int = 0) -> npt.NDArray[np.int64]:
    """The fold of each reading: each speaker is in one only."""
    speakers = sorted({reading.speaker for reading in readings})
    order = np.random.default_rng(seed).permutation(len(speakers))
    of = {speakers[place]: number % count for number, place in enumerate(order)}
    return np.array([of[reading.speaker] for reading in readings])


def _reading(label: dict[str, Any], folder: Path, lexicon: Lexicon) -> Reading:
    words = label["words"]
    said = tuple(tuple(word["phones"]) for word in words)
    reference = read_text(" ".join(word["text"] for word in words))
    if len(reference) != len(words):
        raise AudioError(f"{label['id']}: {len(words)} words were judged, {len(reference)} read")
    return Reading(
        label["id"],
        label["speaker"],
        label["age"],
        label["gender"],
        folder / "audio" / f"{label['id']}.opus",
        sentence_parts(reference),
        said,
        tuple(
            _nearest(own, lexicon.pronunciations(word["text"]))
            for own, word in zip(said, words, strict=True)
        ),
        np.array([_phone_score(one) for word in words for one in word["phones_accuracy"]]),
        np.array([[word[name] / 10 for name in WORD_SCORES] for word in words]),
        np.array(
            [
                label["accuracy"] / 10,
                label["completeness"],
                label["fluency"] / 10,
                label["prosodic"] / 10,
                label["total"] / 10,
            ]
        ),
    )


def _phone_score(mean: float | None) -> float:
    return float("nan") if mean is None else mean / 2


def _nearest(said: Pronunciation, known: Sequence[Pronunciation]) -> Pronunciation:
    """The known pronunciation with as many phones that shares the most with what was judged."""
    alike = [one for one in known if len(one) == len(said)]
    if not alike:
        return said
    return max(alike, key=lambda one: sum(map(operator.eq, map(bare, one), map(bare, said))))
