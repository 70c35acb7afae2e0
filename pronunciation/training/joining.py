"""Several sentences read in a row, made of single ones.

The corpus has single sentences only, where pauses are faults and nothing is long; what learners
are given to read is often a paragraph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pronunciation.training.corpus import Reading
from speech.audio import RATE, Samples

_SHARES = {2: 0.08, 3: 0.05, 4: 0.03}  # sentences in a row: how many such, as a share of readings
_LONGEST = 90  # phones, about what half a minute holds
_PATIENCE = 50  # rows are drawn for one that is short enough
_LOUD = -30.0  # dB below the loudest moment: the sentence begins and ends there
_MARGIN = RATE // 5  # samples that are left around it


def rows(readings: Sequence[Reading], seed: int) -> list[list[int]]:
    """Which readings stand in a row: indices, of one speaker each; fewer where most are long."""
    random = np.random.default_rng(seed)
    of: dict[str, list[int]] = defaultdict(list)
    for number, reading in enumerate(readings):
        of[reading.speaker].append(number)
    speakers = sorted(of)
    chosen: list[list[int]] = []
    for size, share in _SHARES.items():
        wanted = round(share * len(readings))
        for _ in range(_PATIENCE * wanted):
            if sum(len(row) == size for row in chosen) == wanted:
                break
            speaker = speakers[int(random.integers(len(speakers)))]
            row = random.permutation(of[speaker])[:size].tolist()
            if len(row) == size and sum(readings[one].phones.size for one in row) <= _LONGEST:
                chosen.append(row)
    return chosen


def join(several: Sequence[tuple[Reading, Samples]]) -> tuple[Reading, Samples]:
    """One reading of several; the whole is scored as the mean of its sentences."""
    first = several[0][0]
    readings = [reading for reading, _ in several]
    joined = replace(
        first,
        id="+".join(reading.id for reading in readings),
        parts=tuple(part for reading in readings for part in reading.parts),
        said=tuple(word for reading in readings for word in reading.said),
        asked=tuple(word for reading in readings for word in reading.asked),
        phones=np.concatenate([reading.phones for reading in readings]),
        words=np.concatenate([reading.words for reading in readings]),
        overall=np.mean([reading.overall for reading in readings], axis=0),
    )
    return joined, np.concatenate([_trimmed(samples) for _, samples in several])


def _trimmed(samples: Samples) -> Samples:
    """A recording without most of the silence around its sentence."""
    width = RATE // 40
    blocks = samples[: samples.size // width * width].reshape(-1, width)
    levels = 10 * np.log10(np.square(blocks).mean(axis=1) + 1e-9)
    loud = np.flatnonzero(levels > levels.max() + _LOUD)
    return samples[max(0, loud[0] * width - _MARGIN) : (loud[-1] + 1) * width + _MARGIN]
