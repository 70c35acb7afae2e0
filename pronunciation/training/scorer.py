"""Trains the scorer: from the features of phones to what the experts said.

The network is that of :class:`pronunciation.english.scorer.Scorer`, written once more in torch;
a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pronunciation.english.features import NUMBERS, PhoneFeatures
from pronunciation.english.phones import PHONES
from pronunciation.english.scorer import CLIP, HEADS, UTTERANCE_SCORES, WORD_SCORES, Scorer

Floats = npt.NDArray[np.float64]

_WIDTH = 96
_LAYERS = 3
_EPOCHS = 12
_BATCH = 25  # utterances
_RATE = 1e-3
_LONGEST = 128  # phones whose place the network tells apart
_DROPPED = 0.2
_SPREAD = {"phones": 0.2, "words": (0.2, 0.06, 0.2), "overall": (0.14, 0.11, 0.15, 0.15, 0.17)}
"""About the standard deviation of each score: errors are counted in it."""
_SHARES = {"phones": 1.0, "words": 0.5, "overall": 0.5}


@dataclass(frozen=True, slots=True)
class Example:
    """An utterance and its scores, 0 to 1, NaN where there is none."""

    features: PhoneFeatures
    phones: Floats
    words: Floats
    overall: Floats
    weight: float = 1.0


class _Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(_WIDTH), nn.LayerNorm(_WIDTH)
        self.add_module("in", nn.Linear(_WIDTH, 3 * _WIDTH))
        self.out = nn.Linear(_WIDTH, _WIDTH)
        self.linear1, self.linear2 = nn.Linear(_WIDTH, 2 * _WIDTH), nn.Linear(2 * _WIDTH, _WIDTH)
        self.drop = nn.Dropout(_DROPPED)

    def forward(self, values: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
        count, length, width = values.shape
        joined: torch.Tensor = self.get_submodule("in")(self.norm1(values))
        query, key, value = joined.view(count, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        attended = nn.functional.scaled_dot_product_attention(
            query, key, value, real[:, None, None, :], _DROPPED if self.training else 0.0
        )
        merged = attended.transpose(1, 2).reshape(count, length, width)
        values = values + self.drop(self.out(merged))
        hidden = self.drop(torch.relu(self.linear1(self.norm2(values))))
        result: torch.Tensor = values + self.drop(self.linear2(hidden))
        return result


class _Head(nn.Module):
    def __init__(self, inputs: int, outputs: int, bias: float = 0.9) -> None:
        super().__init__()
        self.norm, self.out = nn.LayerNorm(inputs), nn.Linear(inputs, outputs)
        nn.init.constant_(self.out.bias, bias)

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.out(self.norm(values))
        return result


class _Network(nn.Module):
    def __init__(self, examples: Sequence[Example]) -> None:
        super().__init__()
        for name in ("numbers", "encoded"):
            values = np.concatenate([getattr(one.features, name) for one in examples])
            self.register_buffer(f"{name}_mean", torch.from_numpy(values.mean(axis=0)))
            self.register_buffer(f"{name}_scale", torch.from_numpy(values.std(axis=0) + 1e-3))
        self.numbers, self.encoded = nn.Linear(NUMBERS, _WIDTH), nn.Linear(288, _WIDTH)
        self.phone = nn.Embedding(len(PHONES), _WIDTH)
        self.stress, self.place = nn.Embedding(4, _WIDTH), nn.Embedding(4, _WIDTH)
        self.position = nn.Parameter(torch.randn(_LONGEST, _WIDTH) * 0.02)
        self.layers = nn.ModuleList(_Layer() for _ in range(_LAYERS))
        self.phone_head = _Head(_WIDTH, 1)
        self.word_head = _Head(2 * _WIDTH, len(WORD_SCORES))
        self.overall_head = _Head(2 * _WIDTH, len(UTTERANCE_SCORES), 0.77)
        self.drop = nn.Dropout(_DROPPED)

    def forward(self, batch: _Batch) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        length = batch.numbers.shape[1]
        place = torch.arange(length).clamp(max=_LONGEST - 1)
        values = (
            self.numbers(self.drop(self._standard(batch.numbers, "numbers")))
            + self.encoded(self.drop(self._standard(batch.encoded, "encoded")))
            + self.phone(batch.phones)
            + self.stress(batch.stress)
            + self.place(batch.places)
            + self.position[place]
        )
        values = self.drop(values)
        for layer in self.layers:
            values = layer(values, batch.real)
        return (
            self.phone_head(values)[..., 0],
            self.word_head(_pooled(values[:, None], batch.words)),
            self.overall_head(_pooled(values, batch.real)),
        )

    def _standard(self, values: torch.Tensor, name: str) -> torch.Tensor:
        mean, scale = self.get_buffer(f"{name}_mean"), self.get_buffer(f"{name}_scale")
        return ((values - mean) / scale).clamp(-CLIP, CLIP)


def train(examples: Sequence[Example], seed: int, epochs: int = _EPOCHS) -> Scorer:
    """Train one member of the ensemble."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network = _Network(examples)
    optimizer = torch.optim.AdamW(network.parameters(), lr=_RATE, weight_decay=0.05)
    steps = epochs * -(-len(examples) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _RATE, total_steps=steps, pct_start=0.15
    )
    lengths = np.array([one.features.phones.size for one in examples])
    network.train()
    for _ in range(epochs):
        order = np.argsort(lengths + random.normal(0, 4, lengths.size))
        batches = [order[at : at + _BATCH] for at in range(0, order.size, _BATCH)]
        random.shuffle(batches)
        for batch in batches:
            chosen = [examples[one] for one in batch]
            loss = _loss(network(_Batch([one.features for one in chosen])), chosen)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    return Scorer({name: value.detach().numpy() for name, value in network.state_dict().items()})


class _Batch:
    """Utterances side by side; what is padding counts nowhere."""

    def __init__(self, features: Sequence[PhoneFeatures]) -> None:
        lengths = [one.phones.size for one in features]

        def padded(name: str) -> torch.Tensor:
            rows = [torch.from_numpy(np.asarray(getattr(one, name))) for one in features]
            return nn.utils.rnn.pad_sequence(rows, batch_first=True)

        self.numbers, self.encoded = padded("numbers"), padded("encoded").float()
        self.phones, self.stress, self.places = padded("phones"), padded("stress"), padded("places")
        self.real = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
        count = max(int(one.words[-1]) for one in features) + 1
        # Shape (utterances, words, phones): which phones a word has.
        self.words = (padded("words")[:, None, :] == torch.arange(count)[:, None]) & (
            self.real[:, None, :]
        )


def _pooled(values: torch.Tensor, real: torch.Tensor) -> torch.Tensor:
    """Mean and maximum over the phones that are real; words that are padding come out as 0."""
    mask = real[..., None]
    mean = (values * mask).sum(-2) / mask.sum(-2).clamp(min=1)
    highest = values.masked_fill(~mask, -1e4).amax(-2)
    return torch.cat([mean, highest.masked_fill(~mask.any(-2), 0.0)], -1)


def _loss(
    scores: tuple[torch.Tensor, torch.Tensor, torch.Tensor], examples: Sequence[Example]
) -> torch.Tensor:
    weights = torch.tensor([one.weight for one in examples], dtype=torch.float32)
    total = torch.zeros(())
    for name, given in zip(("phones", "words", "overall"), scores, strict=True):
        rows = [torch.from_numpy(getattr(one, name)).float() for one in examples]
        wanted = nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=float("nan"))
        known = ~wanted.isnan()
        errors = (given - wanted.nan_to_num()) / torch.tensor(_SPREAD[name])
        shares = weights.view(-1, *[1] * (wanted.dim() - 1)) * known
        total = total + _SHARES[name] * (errors.square() * shares).sum() / shares.sum()
    return total
