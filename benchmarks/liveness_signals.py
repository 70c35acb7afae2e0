"""Replays recognised, changes of speakers, soft signs of playback; real speech, simulated attacks.

Half of speechocean762's speakers fit the weights of the playback signs, the other half reports.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.attacks import ATTACKS, noise, opus, replay, telephone
from speech import audio
from speech.audio import RATE, Samples
from voiceprint.contract import Embedder
from voiceprint.liveness.consistency import THRESHOLD, agreement
from voiceprint.liveness.playback import FEATURES, features
from voiceprint.liveness.replay import fingerprint, same_utterance

Floats = npt.NDArray[np.float64]
VOICES = ("espeak-ng en-us", "espeak-ng en-gb", "flite slt", "flite rms", "flite awb", "flite kal")


@dataclass(frozen=True, slots=True)
class Recording:
    """One sentence of the corpus."""

    speaker: str
    text: str
    samples: Samples


def recordings(corpus: Path, half: int, count: int, seed: int) -> list[Recording]:
    """Sentences of every other speaker, of different speakers as far as that goes."""
    with open(corpus / "labels.jsonl", encoding="utf-8") as lines:
        labels = [json.loads(line) for line in lines]
    mine = set(sorted({one["speaker"] for one in labels})[half::2])
    random = np.random.default_rng(seed)
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for place in random.permutation(len(labels)):
        if labels[place]["speaker"] in mine:
            found[labels[place]["speaker"]].append(labels[place])
    rounds = (several[turn] for turn in range(20) for several in found.values())
    chosen = [next(rounds) for _ in range(count)]
    return [
        Recording(one["speaker"], one["text"], audio.read(corpus / "audio" / f"{one['id']}.opus"))
        for one in chosen
    ]


def replays(some: Sequence[Recording], seed: int) -> dict[str, dict[str, float]]:
    """How alike a recording and its replay are, and two recordings."""
    random = np.random.default_rng(seed)
    prints = [fingerprint(one.samples) for one in some]
    figures = {}
    for name, attack in ATTACKS.items():
        likeness = [
            same_utterance(fingerprint(attack(one.samples, random)), own)
            for one, own in zip(some, prints, strict=True)
        ]
        figures[f"likeness after {name}"] = spread(likeness)
    others = [same_utterance(a, b) for n, a in enumerate(prints) for b in prints[:n]]
    figures["likeness of two recordings"] = spread(others)
    return figures


def changes(
    some: Sequence[Recording], embedder: Embedder, seed: int
) -> dict[str, dict[str, float]]:
    """Agreement within answers of one speaker, and of two of them, joined at their middle."""
    random = np.random.default_rng(seed)
    long = [one for one in some if one.samples.size > 2.5 * RATE]
    alone = [agreement(one.samples, embedder) for one in long]
    mixed = []
    for one in long:
        other = long[random.integers(len(long))]
        if other.speaker != one.speaker:
            parts = one.samples[: one.samples.size // 2], other.samples[other.samples.size // 2 :]
            mixed.append(agreement(np.concatenate(parts), embedder))
    figures = {}
    for name, several in (("one speaker", alone), ("two speakers", mixed)):
        known = [one for one in several if one is not None]
        refused = float(np.mean(np.array(known) < THRESHOLD))
        figures[f"agreement, {name}"] = spread(known) | {"refused": refused}
    return figures


def soft(
    some: Sequence[Recording], sign: Callable[[Samples], float], seed: int
) -> dict[str, dict[str, float]]:
    """A soft sign for playback or synthesis: how often it is above a half, by kind of recording."""
    random = np.random.default_rng(seed)
    kinds: Mapping[str, Callable[[Samples], Samples]] = {
        "live": lambda one: one,
        "live, 8 kHz": lambda one: telephone(one, random),
        "live, Opus again": lambda one: opus(one, random),
        "live, noise at 15 dB": lambda one: noise(one, random, snr=15.0),
        "simulated replay": lambda one: replay(one, random),
    }
    figures = {
        name: {"above a half": share([sign(change(one.samples)) for one in some])}
        for name, change in kinds.items()
    }
    for voice in VOICES:
        spoken = synthesised(voice, [one.text.lower() for one in some[:10]])
        figures[voice] = {"above a half": share([sign(one) for one in spoken])}
    return figures


def fit(some: Sequence[Recording], seed: int) -> dict[str, dict[str, float]]:
    """Weights for :mod:`voiceprint.liveness.playback`, printed to be put there."""
    random = np.random.default_rng(seed)
    live = [one.samples for one in some]
    live += [telephone(one.samples, random) for one in some[::3]]
    live += [opus(one.samples, random) for one in some[1::3]]
    live += [noise(one.samples, random, snr=random.uniform(10, 30)) for one in some[2::3]]
    played = [replay(one.samples, random) for one in some for _ in range(2)]
    inputs = np.array([features(one) for one in (*live, *played)])
    labels = np.array([0.0] * len(live) + [1.0] * len(played))
    mean, scale = inputs.mean(axis=0), inputs.std(axis=0)
    weights = logistic((inputs - mean) / scale, labels)
    return {
        "mean": dict(named(mean)),
        "scale": dict(named(scale)),
        "weights": dict(named(weights[:-1])),
        "bias": {"bias": float(weights[-1])},
    }


def logistic(inputs: Floats, labels: Floats, ridge: float = 1.0) -> Floats:
    """Weights of a logistic regression by Newton's method, the bias last."""
    wide = np.column_stack([inputs, np.ones(len(inputs))])
    weights = np.zeros(wide.shape[1])
    penalty = np.diag([ridge] * inputs.shape[1] + [0.0])
    for _ in range(30):
        probability = 1 / (1 + np.exp(-wide @ weights))
        slope = wide.T @ (labels - probability) - penalty @ weights
        bend = (wide * (probability * (1 - probability))[:, None]).T @ wide + penalty
        weights += np.linalg.solve(bend, slope)
    return weights


def synthesised(voice: str, texts: Sequence[str]) -> Iterator[Samples]:
    """Texts spoken by a synthesiser that is installed."""
    program, name = voice.split()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "spoken.wav")
        for text in texts:
            if program == "flite":
                command = ["flite", "-voice", name, "-t", text, "-o", str(file)]
            else:
                command = ["espeak-ng", "-v", name, "-w", str(file), text]
            subprocess.run(command, check=True, capture_output=True)
            yield audio.read(file)


def named(values: Floats) -> Iterator[tuple[str, float]]:
    """The features' names with a value each."""
    yield from zip(FEATURES, map(float, values), strict=True)


def spread(values: Sequence[float]) -> dict[str, float]:
    """Number, lowest, 5th and 95th percentile, median and highest."""
    low, middle, high = np.percentile(values, [5, 50, 95])
    return {
        "n": len(values),
        "lowest": float(min(values)),
        "5%": float(low),
        "median": float(middle),
        "95%": float(high),
        "highest": float(max(values)),
    }


def share(values: Sequence[float]) -> float:
    """Share of values above a half."""
    return float(np.mean(np.array(values) > 0.5))
