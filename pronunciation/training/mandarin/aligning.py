"""Finds initials and finals in recordings, from nothing but what is said in them.

It begins flat, with the sounds of a recording spread evenly over its loud part, and goes on by
Viterbi training, first on single syllables, then on words too. Spectra settle where a sound
begins; only the last network also looks at the encoder's frames, which know what comes later.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pronunciation.alignment import Graph
from pronunciation.mandarin.hearing import BANDS, ENCODED, WIDTH, padded
from pronunciation.mandarin.judge import path_of, spans_of
from pronunciation.mandarin.networks import CLASSES, SILENCE, FrameClassifier, Span
from pronunciation.mandarin.syllables import Syllable
from pronunciation.training.mandarin.materials import Copy, spectra
from speech.progress import progress

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
Said = Sequence[Syllable]

_ROUNDS = 4
_SINGLE = 2  # rounds that learn from single syllables only
_SOME = 2_500  # copies that a round learns from
_EPOCHS = 3
_BATCH = 24
_RATE = 2e-3
_SHARE = 0.5  # of the classes' prior that is taken back
_LOUD = 2.2  # below the loudest frames, in the unit of the spectra
_IGNORED = -100  # what torch's cross entropy leaves out


class _Frame(nn.Module):
    """What :class:`pronunciation.mandarin.networks.FrameClassifier` computes."""

    def __init__(self, encoded: bool, hidden: int = 96) -> None:
        super().__init__()
        self.encoded = encoded
        self.mel = nn.Conv1d(BANDS, hidden, 9, padding=4)
        self.n = nn.LayerNorm(ENCODED)
        self.e = nn.Linear(ENCODED, hidden)
        self.c = nn.Conv1d(hidden, hidden, 5, padding=2)
        self.o = nn.Linear(hidden, CLASSES)
        self.drop = nn.Dropout(0.15)

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        hidden = self.mel(frames[..., :BANDS].transpose(1, 2)).transpose(1, 2)
        if self.encoded:
            hidden = hidden + self.e(self.drop(self.n(frames[..., BANDS:])))
        hidden = self.drop(torch.relu(hidden))
        context = torch.relu(self.c(hidden.transpose(1, 2))).transpose(1, 2)
        logits: torch.Tensor = self.o(self.drop(hidden + context))
        return logits


def long_enough(copy: Copy) -> bool:
    """Whether a copy has a tenth of a second for each syllable."""
    return len(copy.frames) >= 8 * len(copy.said)


def train(copies: Sequence[Copy], seed: int) -> tuple[FrameClassifier, Floats]:
    """Train the network that aligns, on copies that are :func:`long_enough`.

    Returns
    -------
    The network, and the log of how often each class was there, shape (classes,).
    """
    labels = [_spread(copy) for copy in copies]
    random = np.random.default_rng(seed)
    single = np.array([number for number, copy in enumerate(copies) if len(copy.said) == 1])
    everything = np.arange(len(copies))
    network, prior = _Frame(encoded=False), np.zeros(CLASSES, np.float32)
    with progress("aligning", _ROUNDS, "rounds") as advance:
        for number in range(_ROUNDS):
            some = random.permutation(everything if number >= _SINGLE else single)[:_SOME]
            for one in some if number else ():
                spans = _spans(_logs(network, copies[one]), prior, copies[one].said)
                if spans is not None:
                    labels[one] = _labels(len(copies[one].frames), spans, copies[one].said)
            network = _Frame(encoded=number == _ROUNDS - 1)
            _fit(network, copies, labels, some, seed)
            prior = _prior([labels[one] for one in some])
            advance(number + 1)
    weights = {name: one.numpy() for name, one in network.state_dict().items()}
    return FrameClassifier(weights), prior


def find(
    network: FrameClassifier, prior: Floats, copies: Sequence[Copy]
) -> list[list[Span] | None]:
    """Where the syllables of each copy lie; None where there are too few frames."""
    found = []
    with progress("finding syllables", len(copies), "recordings") as advance:
        for number, copy in enumerate(copies, 1):
            logs = network.log_posteriors(copy.frames.astype(np.float32))
            found.append(_spans(logs, prior, copy.said))
            advance(number)
    return found


def _spans(logs: Floats, prior: Floats, said: Said) -> list[Span] | None:
    ways = [[path_of(syllable)] for syllable in said]
    alignment = Graph(ways, SILENCE).align(padded(logs - _SHARE * prior, SILENCE))
    return None if alignment is None else spans_of(alignment, len(said))


def _labels(frames: int, spans: Sequence[Span], said: Said) -> Labels:
    labels = np.full(frames, SILENCE, np.int64)
    for span, syllable in zip(spans, said, strict=True):
        path = path_of(syllable)
        labels[span.start : span.middle] = path[0]
        labels[span.middle : span.end] = path[-1]
    return labels


def _spread(copy: Copy) -> Labels:
    """Sounds spread over the loud part, finals twice as long as initials."""
    loudness = spectra(copy).mean(axis=1)
    loud = np.flatnonzero(loudness > np.quantile(loudness, 0.95) - _LOUD)
    classes = [one for syllable in copy.said for one in (*path_of(syllable), path_of(syllable)[-1])]
    labels = np.full(len(loudness), SILENCE, np.int64)
    first, size = loud[0], loud[-1] + 1 - loud[0]
    labels[first : first + size] = np.array(classes)[
        np.linspace(0, len(classes), size, endpoint=False).astype(int)
    ]
    return labels


def _prior(labels: Sequence[Labels]) -> Floats:
    counts = np.bincount(np.concatenate(labels), minlength=CLASSES) + 1.0
    return np.asarray(np.log(counts / counts.sum()), np.float32)


def _logs(network: _Frame, copy: Copy) -> Floats:
    with torch.no_grad():
        logits = network(torch.from_numpy(_seen(network, copy).astype(np.float32))[None])[0]
        logs: Floats = torch.log_softmax(logits, -1).numpy()
    return logs


def _seen(network: _Frame, copy: Copy) -> npt.NDArray[np.float16]:
    """The part of the frames that a network looks at."""
    return copy.frames if network.encoded else copy.frames[:, :BANDS]


def _fit(
    network: _Frame,
    copies: Sequence[Copy],
    labels: Sequence[Labels],
    some: npt.NDArray[np.integer],
    seed: int,
) -> None:
    torch.manual_seed(seed)
    for module in network.modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()  # so that the seed decides, whatever ran before
    random = np.random.default_rng(seed)
    lengths = np.array([len(copies[one].frames) for one in some])
    width = WIDTH if network.encoded else BANDS
    steps = _EPOCHS * -(-len(some) // _BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps)
    network.train()
    for _ in range(_EPOCHS):
        # Recordings of like length go together, or most of a batch would be padding.
        order = np.argsort(lengths + random.normal(0, 8, lengths.size))
        batches = [order[at : at + _BATCH] for at in range(0, order.size, _BATCH)]
        random.shuffle(batches)
        for batch in batches:
            longest = int(lengths[batch].max())
            inputs = np.zeros((batch.size, longest, width), np.float32)
            targets = np.full((batch.size, longest), _IGNORED, np.int64)
            for row, place in enumerate(batch):
                inputs[row, : lengths[place]] = _seen(network, copies[some[place]])
                targets[row, : lengths[place]] = labels[some[place]]
            logits = network(torch.from_numpy(inputs)).flatten(0, 1)
            wanted = torch.from_numpy(targets).flatten()
            loss = nn.functional.cross_entropy(logits, wanted, label_smoothing=0.05)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    network.eval()
