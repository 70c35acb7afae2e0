"""What scoring costs: CPU time by length of the recording, and throughput by number of workers.

The recordings are speechocean762's (``SONORANT_DATA``), longer ones joined of several sentences
of one learner. Figures of speed mean something only on an idle machine. ::

    python -m benchmarks.scoring [--recordings 60] [--json]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.command import parser, run, show
from pronunciation import open_assessor
from pronunciation.batch import assess_manifest
from pronunciation.training.__main__ import corpus_folder
from pronunciation.training.corpus import Reading, load
from pronunciation.training.joining import join
from speech.audio import RATE, Samples

LENGTHS = (4.0, 10.0, 20.0, 28.0)
"""Seconds; recordings are as long or a little shorter."""
_THREADS = "OPENBLAS_NUM_THREADS"
REPEATED = 5  # recordings of each length


def recordings(readings: Sequence[Reading], seconds: float) -> Iterator[tuple[Samples, str]]:
    """Recordings of about a length, with their texts."""
    speakers = sorted({reading.speaker for reading in readings})
    for speaker in np.random.default_rng(3).permutation(speakers):
        chosen: list[tuple[Reading, Samples]] = []
        for reading in (one for one in readings if one.speaker == speaker):
            longer = [*chosen, (reading, reading.samples())]
            if join(longer)[1].size > seconds * RATE:
                break
            chosen = longer
        if chosen:
            joined, samples = join(chosen)
            if samples.size > 0.75 * seconds * RATE:
                yield samples, " ".join(joined.parts)


def cost(readings: Sequence[Reading]) -> dict[str, float]:
    """CPU seconds per second of audio on one thread, by length; start-up excluded."""
    assessor = open_assessor()
    result = {}
    for seconds in LENGTHS:
        found = recordings(readings, seconds)
        some = [next(found) for _ in range(REPEATED)]
        assessor.assess(*some[0])
        began = time.process_time()
        for samples, text in some:
            assessor.assess(samples, text)
        spent = time.process_time() - began
        result[f"{seconds:.0f} s"] = spent * RATE / sum(samples.size for samples, _ in some)
    assessor.close()
    return result


def throughput(readings: Sequence[Reading], count: int) -> dict[str, float]:
    """Seconds of audio per second with 1, 2, 4 ... workers, their start-up included."""
    chosen = [readings[one] for one in np.random.default_rng(4).permutation(len(readings))[:count]]
    seconds = sum(reading.samples().size for reading in chosen) / RATE
    cores = os.cpu_count() or 1
    result = {}
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder) / "manifest.jsonl"
        lines = [
            {"id": one.id, "audio": str(one.recording.resolve()), "text": " ".join(one.parts)}
            for one in chosen
        ]
        manifest.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        for jobs in sorted({*(2**power for power in range(8) if 2**power < cores), cores}):
            began = time.monotonic()
            summary = assess_manifest(manifest, Path(folder) / f"{jobs}.jsonl", jobs=jobs)
            if summary.failed:
                raise RuntimeError(f"{summary.failed} recordings failed")
            result[str(jobs)] = seconds / (time.monotonic() - began)
    return result


def main() -> None:
    """Measure, and print."""
    options = parser(__doc__)
    options.add_argument("--recordings", type=int, default=60, help="in the manifest (default: 60)")
    args = options.parse_args()
    if os.environ.get(_THREADS) != "1":  # numpy reads it when it is loaded
        command = [sys.executable, "-m", "benchmarks.scoring", *sys.argv[1:]]
        os.execve(sys.executable, command, os.environ | {_THREADS: "1"})
    readings = load(corpus_folder(args.data))
    result = {
        "cpu seconds per second of audio": cost(readings),
        "seconds of audio per second, by workers": throughput(readings, args.recordings),
    }
    show(result, args.json)


if __name__ == "__main__":
    run(main)
