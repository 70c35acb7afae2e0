"""What each sign of liveness stops, and whom it refuses wrongly.

Human speech is speechocean762's (``SONORANT_DATA``); replays are simulated, synthetic voices are
espeak-ng's and flite's. What is chosen on speakers is reported on others. ::

    python -m benchmarks.liveness [--part challenge ...] [--spoof AASIST-L.pth] [--json]
    python -m benchmarks.liveness --part fit      # the weights in voiceprint/liveness/playback.py
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import liveness_challenge, liveness_signals
from benchmarks.command import parser, run, show
from pronunciation.training.__main__ import corpus_folder
from speech import audio
from speech.audio import RATE
from voiceprint.liveness import ChallengeChecker, SpoofDetector, played_back

Figures = Mapping[str, Mapping[str, float]]

FITTED, REPORTED = 0, 1
"""Halves of the speakers."""


def main() -> None:
    """Measure the parts that are asked for, all but ``fit`` by default."""
    options = parser(__doc__)
    parts = ("challenge", "none", "cost", "replay", "change", "playback", "fit")
    options.add_argument("--part", action="append", choices=parts, help="only this; repeat")
    options.add_argument("--spoof", type=Path, help="weights of AASIST, to be measured as well")
    options.add_argument("--count", type=int, default=60, help="recordings (default: 60)")
    options.add_argument("--near", type=int, default=8, help="phrases one digit off, an answer")
    options.add_argument("--others", type=int, default=40, help="random phrases, an answer")
    options.add_argument("--seed", type=int, default=1)
    args = options.parse_args()
    corpus = corpus_folder(args.data)
    seed, count = args.seed, args.count

    def challenge() -> Figures:
        return liveness_challenge.measure(corpus, ChallengeChecker(), args.near, args.others, seed)

    def none() -> Figures:
        checked = liveness_challenge.no_answers(corpus, ChallengeChecker(), count, seed)
        return {"no answers": checked}

    def some(half: int) -> list[liveness_signals.Recording]:
        return liveness_signals.recordings(corpus, half, count, seed)

    def change() -> Figures:
        from voiceprint.embedding import open_embedder

        return liveness_signals.changes(some(REPORTED), open_embedder(), seed)

    work: dict[str, Callable[[], Figures]] = {
        "challenge": challenge,
        "none": none,
        "cost": lambda: {"cost": cost(corpus)},
        "replay": lambda: liveness_signals.replays(some(REPORTED), seed),
        "change": change,
        "playback": lambda: liveness_signals.soft(some(REPORTED), played_back, seed),
        "fit": lambda: liveness_signals.fit(some(FITTED), seed),
    }
    for part in args.part or parts[:-1]:
        show(work[part](), args.json)
    if args.spoof is not None:
        show(
            liveness_signals.soft(some(REPORTED), SpoofDetector(args.spoof).spoof, seed), args.json
        )


def cost(corpus: Path, count: int = 5) -> dict[str, float]:
    """CPU seconds of a check, and of one a second of audio; start-up excluded."""
    checker = ChallengeChecker()
    found = liveness_challenge.strings(corpus)[: count + 1]
    heard = [(audio.read(one["audio"]), one["phrase"]) for one in found]
    checker.check(*heard[0])
    began = time.process_time()
    for samples, phrase in heard[1:]:
        checker.check(samples, phrase)
    spent = time.process_time() - began
    seconds = sum(samples.size for samples, _ in heard[1:]) / RATE
    return {"CPU s a check": spent / count, "CPU s a second of audio": spent / seconds}


if __name__ == "__main__":
    run(main)
