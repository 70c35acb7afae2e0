"""Trains classifiers of encoder frames, from nothing but recordings and their texts.

It begins flat: the phones of a text are spread evenly over the loud part of its recording, a
network is trained on that, aligns the recordings anew, and so on (Viterbi training). Phones that
experts found wrong teach nothing.

What the network looks at decides what it settles on. Over mel spectra, which know of nothing but
their moment, boundaries come out where one hears them. The encoder's frames know what comes later,
and phones come out early, but they score better, and best beside the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pronunciation.alignment import Alignment
from pronunciation.english.classifier import FrameClassifier
from pronunciation.english.graph import INDEX, SILENCE, align
from pronunciation.english.hearing import start_of
from pronunciation.english.phones import bare
from pronunciation.training.acoustics import BANDS, mel_spectra
from pronunciation.training.corpus import Reading
from speech.audio import RATE, Samples
from speech.progress import progress

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.int64]

_IGNORED = -100  # what torch's cross entropy leaves out
_GOOD = 0.75  # phones scored lower are no examples of themselves
_ROUNDS = 8
_BATCH = 16  # recordings
_RATE = 2e-3


class _Full(nn.Module):
    """What :class:`pronunciation.english.classifier.FrameClassifier` computes."""

    def __init__(self, inputs: int = 288, hidden: int = 192, width: int = 5) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(inputs)
        self.inner = nn.Linear(inputs, hidden)
        self.context = nn.Conv1d(hidden, hidden, width, padding=width // 2)
        self.outer = nn.Linear(hidden, SILENCE + 1)
        self.drop = nn.Dropout(0.2)

    def forward(self, encoded: torch.Tensor) -> torch.Tensor:
        hidden = self.drop(torch.relu(self.inner(self.norm(encoded))))
        context = torch.relu(self.context(hidden.transpose(1, 2)).transpose(1, 2))
        logits: torch.Tensor = self.outer(self.drop(hidden + context))
        return logits


class _Acoustic(nn.Module):
    """Mel spectra to phones, from what lies within 70 ms of a frame."""

    def __init__(self, hidden: int = 128) -> None:
        super().__init__()
        self.inner = nn.Conv1d(BANDS, hidden, 7, padding=3)
        self.outer = nn.Conv1d(hidden, SILENCE + 1, 7, padding=3)
        self.drop = nn.Dropout(0.1)

    def forward(self, spectra: torch.Tensor) -> torch.Tensor:
        hidden = self.drop(torch.relu(self.inner(spectra.transpose(1, 2))))
        logits: torch.Tensor = self.outer(hidden).transpose(1, 2)
        return logits


def align_by_spectra(
    readings: Sequence[Reading], encoded: Sequence[Floats], samples: Sequence[Samples], seed: int
) -> list[Labels]:
    """The phone of each frame of each recording, or -100 where it teaches nothing."""
    spectra = [mel_spectra(one, len(of)) for one, of in zip(samples, encoded, strict=True)]
    return _align_all(_Acoustic, spectra, readings, samples, seed)


def align_by_encoder(
    readings: Sequence[Reading], encoded: Sequence[Floats], samples: Sequence[Samples], seed: int
) -> list[Labels]:
    """The same, but as the encoder sees it."""
    return _align_all(_Full, encoded, readings, samples, seed)


def train(encoded: Sequence[Floats], labels: Sequence[Labels], seed: int) -> FrameClassifier:
    """Train the classifier that ships, on frames whose phones are known."""
    network = _Full()
    _fit(network, encoded, labels, 4, seed)
    return FrameClassifier(
        {name: value.detach().numpy() for name, value in network.state_dict().items()}
    )


def _align_all(
    kind: Callable[[], nn.Module],
    inputs: Sequence[Floats],
    readings: Sequence[Reading],
    samples: Sequence[Samples],
    seed: int,
) -> list[Labels]:
    labels = [_spread(*one) for one in zip(readings, inputs, samples, strict=True)]
    chosen = np.random.default_rng(seed)
    with progress("aligning", _ROUNDS, "rounds") as advance:
        for number in range(_ROUNDS):
            last = number >= _ROUNDS - 2
            some = chosen.permutation(len(readings))[: None if last else 1_000].tolist()
            network = kind()
            _fit(network, [inputs[one] for one in some], [labels[one] for one in some], 3, seed)
            known = np.concatenate(labels)
            counts = np.bincount(known[known >= 0], minlength=SILENCE + 1) + 1
            # Frequent phones would win ever more ground; half of their prior is taken back.
            prior = 0.5 * np.log(counts / counts.sum())
            labels = [
                _labels(reading, len(log), align(log - prior, [[word] for word in reading.asked]))
                for reading, log in zip(readings, _logs(network, inputs), strict=True)
            ]
            advance(number + 1)
    return labels


def _logs(network: nn.Module, encoded: Sequence[Floats]) -> list[Floats]:
    with torch.no_grad():
        return [
            torch.log_softmax(network(torch.from_numpy(one.astype(np.float32))[None])[0], -1)
            .numpy()
            for one in encoded
        ]  # fmt: skip


def _labels(reading: Reading, frames: int, alignment: Alignment) -> Labels:
    labels = np.full(frames, SILENCE, np.int64)
    asked = [phone for word in reading.asked for phone in word]
    for place, (start, end) in enumerate(zip(alignment.starts, alignment.ends, strict=True)):
        good = reading.phones[place] >= _GOOD  # false for NaN
        labels[start:end] = INDEX[bare(asked[place])] if good else _IGNORED
    return labels


def _spread(reading: Reading, encoded: Floats, samples: Samples) -> Labels:
    """The phones spread evenly over the frames within 25 dB of the loudest."""
    asked = [INDEX[bare(phone)] for word in reading.asked for phone in word]
    middles = np.array([start_of(frame) for frame in range(len(encoded))]) * RATE
    window = RATE // 40
    squared = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    first = np.clip(middles.astype(np.int64), 0, samples.size)
    last = np.clip(first + window, 0, samples.size)
    levels = 10 * np.log10((squared[last] - squared[first]) / window + 1e-9)
    loud = np.flatnonzero(levels > np.percentile(levels, 95) - 25)
    labels = np.full(len(encoded), SILENCE, np.int64)
    labels[loud] = np.array(asked)[
        np.linspace(0, len(asked), loud.size, endpoint=False).astype(int)
    ]
    return labels


def _fit(
    network: nn.Module, encoded: Sequence[Floats], labels: Sequence[Labels], epochs: int, seed: int
) -> None:
    torch.manual_seed(seed)
    for module in network.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()  # so that the seed decides, whatever ran before
    random = np.random.default_rng(seed)
    lengths = np.array([len(one) for one in encoded])
    steps = epochs * -(-len(lengths) // _BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps)
    network.train()
    for _ in range(epochs):
        # Recordings of like length go together, or most of a batch would be padding.
        order = np.argsort(lengths + random.normal(0, 30, lengths.size))
        batches = [order[at : at + _BATCH] for at in range(0, order.size, _BATCH)]
        random.shuffle(batches)
        for batch in batches:
            longest = lengths[batch].max()
            inputs = np.zeros((batch.size, longest, encoded[0].shape[1]), np.float32)
            targets = np.full((batch.size, longest), _IGNORED, np.int64)
            for row, one in enumerate(batch):
                inputs[row, : lengths[one]] = encoded[one]
                targets[row, : lengths[one]] = labels[one]
            logits = network(torch.from_numpy(inputs)).flatten(0, 1)
            loss = nn.functional.cross_entropy(logits, torch.from_numpy(targets).flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    network.eval()
