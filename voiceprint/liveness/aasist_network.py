"""AASIST, the network (Jung et al., ICASSP 2022, arXiv:2110.01200), written in torch for inference.

A bank of fixed sinc filters and residual convolutions make a spectro-temporal map of the raw
waveform; its maxima over time and over frequency are the nodes of two graphs, which attend within
themselves and then, along with a master node, to each other. Two branches do the latter; the
larger values win.

Parameters are named as in the published weights, which were trained on ASVspoof 2019 LA.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

LENGTH = 64_600
"""Samples that the network hears at once, about 4 s."""

_FILTERS = 70
_TAPS = 129
_BANDS = 23  # nodes of the graph over frequency
_EARLY = 2.0  # temperature of attention within a graph ...
_LATE = 100.0  # ... and between the two


@dataclass(frozen=True, slots=True)
class Shape:
    """What tells AASIST from AASIST-L."""

    channels: int
    """Of the convolutions behind the second, and of a graph's nodes."""
    keep: tuple[float, float, float]
    """Share of the nodes that pooling keeps: over frequency, over time, of both later on."""


SHAPES = {64: Shape(64, (0.5, 0.7, 0.5)), 24: Shape(24, (0.4, 0.5, 0.7))}
"""By the number of channels: AASIST and AASIST-L."""

_FIRST = 32  # channels of the first two blocks
_JOINED = 32  # of a node once the graphs are joined


class Aasist(nn.Module):
    """Waveforms, shape (batch, :data:`LENGTH`), to logits (batch, 2): spoof and bona fide."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        wide = shape.channels
        frequency, time, later = shape.keep
        self.register_buffer("filters", sinc_filters(), persistent=False)
        self.first_bn = nn.BatchNorm2d(1)
        channels = (1, _FIRST, _FIRST, wide, wide, wide, wide)
        self.encoder = nn.Sequential(
            *(
                nn.Sequential(_Residual(before, after, first=number == 0))
                for number, (before, after) in enumerate(pairwise(channels))
            )
        )
        self.pos_S = nn.Parameter(torch.zeros(1, _BANDS, wide))
        self.GAT_layer_S = _Attention(wide, wide)
        self.GAT_layer_T = _Attention(wide, wide)
        self.pool_S = _Pool(wide, frequency)
        self.pool_T = _Pool(wide, time)
        for branch in (1, 2):
            self.register_parameter(f"master{branch}", nn.Parameter(torch.zeros(1, 1, wide)))
            self.add_module(f"HtrgGAT_layer_ST{branch}1", _JointAttention(wide, _JOINED))
            self.add_module(f"HtrgGAT_layer_ST{branch}2", _JointAttention(_JOINED, _JOINED))
            self.add_module(f"pool_hS{branch}", _Pool(_JOINED, later))
            self.add_module(f"pool_hT{branch}", _Pool(_JOINED, later))
        self.out_layer = nn.Linear(5 * _JOINED, 2)

    def forward(self, waveform: Tensor) -> Tensor:
        """Logits, shape (batch, 2)."""
        bands = functional.conv1d(waveform[:, None], self.filters).abs()[:, None]
        encoded = self.encoder(functional.selu(self.first_bn(functional.max_pool2d(bands, 3))))
        strongest = encoded.abs()
        frequency = strongest.amax(dim=3).transpose(1, 2) + self.pos_S
        time = strongest.amax(dim=2).transpose(1, 2)
        frequency = self.pool_S(self.GAT_layer_S(frequency))
        time = self.pool_T(self.GAT_layer_T(time))
        branches = [self._branch(number, time, frequency) for number in (1, 2)]
        time, frequency, master = (
            torch.maximum(one, other) for one, other in zip(*branches, strict=True)
        )
        read = [
            time.abs().amax(dim=1),
            time.mean(dim=1),
            frequency.abs().amax(dim=1),
            frequency.mean(dim=1),
            master[:, 0],
        ]
        logits: Tensor = self.out_layer(torch.cat(read, dim=1))
        return logits

    def _branch(
        self, number: int, time: Tensor, frequency: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        part = self.get_submodule
        master = self.get_parameter(f"master{number}").expand(len(time), -1, -1)
        time, frequency, master = part(f"HtrgGAT_layer_ST{number}1")(time, frequency, master)
        frequency = part(f"pool_hS{number}")(frequency)
        time = part(f"pool_hT{number}")(time)
        more = part(f"HtrgGAT_layer_ST{number}2")(time, frequency, master)
        return time + more[0], frequency + more[1], master + more[2]


def sinc_filters() -> Tensor:
    """Band-pass filters next to each other on the mel scale, shape (filters, 1, taps)."""
    nyquist = 8_000.0
    highest = 2595 * np.log10(1 + nyquist / 700)
    edges = 700 * (10 ** (np.linspace(0, highest, _FILTERS + 1) / 2595) - 1)
    relative = edges[:, None] / nyquist
    lowpass = relative * np.sinc(relative * np.arange(-(_TAPS // 2), _TAPS // 2 + 1))
    kernels = np.hamming(_TAPS) * np.diff(lowpass, axis=0)
    return torch.from_numpy(kernels[:, None].astype(np.float32))


class _Residual(nn.Module):
    """Two convolutions beside a shortcut; a third of the time steps is left."""

    def __init__(self, before: int, after: int, *, first: bool) -> None:
        super().__init__()
        if not first:
            # The weights have it, but what they were trained with never used what it answers.
            self.bn1 = nn.BatchNorm2d(before)
        self.conv1 = nn.Conv2d(before, after, (2, 3), padding=(1, 1))
        self.bn2 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, (2, 3), padding=(0, 1))
        if before != after:
            self.conv_downsample = nn.Conv2d(before, after, (1, 3), padding=(0, 1))
        self._changes = before != after

    def forward(self, x: Tensor) -> Tensor:
        shortcut = self.conv_downsample(x) if self._changes else x
        x = self.conv2(functional.selu(self.bn2(self.conv1(x))))
        return functional.max_pool2d(x + shortcut, (1, 3))


class _Attention(nn.Module):
    """Nodes of one graph attend to each other: (batch, nodes, before) to (batch, nodes, after)."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.att_proj = nn.Linear(before, after)
        self.att_weight = nn.Parameter(torch.zeros(after, 1))
        self.proj_with_att = nn.Linear(before, after)
        self.proj_without_att = nn.Linear(before, after)
        self.bn = nn.BatchNorm1d(after)

    def forward(self, x: Tensor) -> Tensor:
        pairs = torch.tanh(self.att_proj(x[:, :, None] * x[:, None]))
        attention = _attention(pairs @ self.att_weight, _EARLY)
        joined = self.proj_with_att(attention @ x) + self.proj_without_att(x)
        return _activated(self.bn, joined)


class _JointAttention(nn.Module):
    """Two graphs joined into one; the master node attends to all of it."""

    def __init__(self, before: int, after: int) -> None:
        super().__init__()
        self.proj_type1 = nn.Linear(before, before)
        self.proj_type2 = nn.Linear(before, before)
        self.att_proj = nn.Linear(before, after)
        self.att_projM = nn.Linear(before, after)
        for kind in ("11", "22", "12", "M"):
            self.register_parameter(f"att_weight{kind}", nn.Parameter(torch.zeros(after, 1)))
        self.proj_with_att = nn.Linear(before, after)
        self.proj_without_att = nn.Linear(before, after)
        self.proj_with_attM = nn.Linear(before, after)
        self.proj_without_attM = nn.Linear(before, after)
        self.bn = nn.BatchNorm1d(after)

    def forward(self, one: Tensor, other: Tensor, master: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        count = one.shape[1]
        x = torch.cat([self.proj_type1(one), self.proj_type2(other)], dim=1)
        pairs = torch.tanh(self.att_proj(x[:, :, None] * x[:, None]))
        same, across = (self.att_weight11, self.att_weight22), self.att_weight12
        upper, lower = pairs[:, :count], pairs[:, count:]
        scores = torch.cat(
            [
                torch.cat([upper[:, :, :count] @ same[0], upper[:, :, count:] @ across], dim=2),
                torch.cat([lower[:, :, :count] @ across, lower[:, :, count:] @ same[1]], dim=2),
            ],
            dim=1,
        )
        towards = torch.tanh(self.att_projM(x * master)) @ self.att_weightM
        weight = functional.softmax(towards / _LATE, dim=1).transpose(1, 2)
        master = self.proj_with_attM(weight @ x) + self.proj_without_attM(master)
        attention = _attention(scores, _LATE)
        joined = self.proj_with_att(attention @ x) + self.proj_without_att(x)
        joined = _activated(self.bn, joined)
        return joined[:, :count], joined[:, count:], master


class _Pool(nn.Module):
    """Keeps a share of the nodes, those that score highest, each weighted by its score."""

    def __init__(self, size: int, keep: float) -> None:
        super().__init__()
        self.proj = nn.Linear(size, 1)
        self._keep = keep

    def forward(self, x: Tensor) -> Tensor:
        scores = torch.sigmoid(self.proj(x))
        count = max(1, int(x.shape[1] * self._keep))
        best = scores.topk(count, dim=1).indices
        return torch.gather(x * scores, 1, best.expand(-1, -1, x.shape[2]))


def _attention(scores: Tensor, temperature: float) -> Tensor:
    """From (batch, nodes, nodes, 1) to weights (batch, nodes, nodes) that sum to 1."""
    return functional.softmax(scores[..., 0] / temperature, dim=2)


def _activated(norm: nn.BatchNorm1d, x: Tensor) -> Tensor:
    """Nodes (batch, nodes, size), normalised and through the activation."""
    return functional.selu(norm(x.transpose(1, 2)).transpose(1, 2))
