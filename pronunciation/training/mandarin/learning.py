"""Trains the networks that tell initials, finals and tones of syllables that were found.

Their inputs are changed a little each time they are seen: other microphones tilt a spectrum, other
mouths shift it, other registers and moods move and stretch a melody. A quarter of the time one of
spectra and encoder is hidden, so that neither is relied on alone. Sounds lie between two who say
the same syllable (after mixup, Zhang et al., arXiv:1710.09412), and begin sooner or later, slower
or faster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from pronunciation.mandarin.hearing import BANDS, ENCODED, TONAL
from pronunciation.mandarin.networks import (
    CONTOUR,
    FINAL,
    INITIAL,
    ONSET,
    RHYME,
    SOUNDED,
    SoundClassifier,
    Span,
    ToneClassifier,
    Views,
    look,
)
from pronunciation.mandarin.syllables import TONES
from pronunciation.training.mandarin.materials import Copy
from speech.progress import progress

Floats = npt.NDArray[np.float32]

_HIDDEN = 112
_EPOCHS = 6
_BATCH = 64
_RATE, _HIGHEST_RATE = 1.5e-3, 2.25e-3
_LENGTHS = 6
_VOICED = 0.3  # confidence in a pitch
_ALONE = 0.1  # log of the number of syllables: below, there is one
_HIDE = 0.12  # share of examples without spectra, and without the encoder
_HIDE_FROM_TONES = 0.25  # share of examples without the encoder
_MIX = 0.6  # of a beta distribution: mostly one of two, sometimes half of each
_BEGIN = 5  # place in an onset at which the syllable begins


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Syllables, and what they are."""

    onsets: npt.NDArray[np.float16]
    rhymes: npt.NDArray[np.float16]
    heard_onsets: npt.NDArray[np.float16]
    heard_rhymes: npt.NDArray[np.float16]
    contours: Floats
    lengths: Floats
    labels: npt.NDArray[np.int64]
    """Initial, final and tone as indices, shape (n, 3)."""


class _Sound(nn.Module):
    """What :class:`pronunciation.mandarin.networks.SoundClassifier` computes."""

    def __init__(self, hidden: int = _HIDDEN) -> None:
        super().__init__()
        self.mel, self.mel2 = nn.Linear(BANDS, hidden), nn.Linear(BANDS, hidden)
        self.n, self.n2 = nn.LayerNorm(ENCODED), nn.LayerNorm(ENCODED)
        self.e, self.e2 = nn.Linear(ENCODED, hidden), nn.Linear(ENCODED, hidden)
        self.c1, self.c2, self.f1, self.f2 = (
            nn.Conv1d(hidden, hidden, 3, padding=1) for _ in range(4)
        )
        self.po = nn.Parameter(torch.zeros(ONSET, hidden))
        self.pf = nn.Parameter(torch.zeros(RHYME, hidden))
        self.hi = _head((ONSET // 2 + RHYME // 3) * hidden + _LENGTHS, 160, len(INITIAL))
        self.hf = _head((RHYME // 2 + ONSET // 4) * hidden + _LENGTHS, 160, len(SOUNDED))
        self.drop = nn.Dropout(0.2)

    def forward(
        self,
        onsets: torch.Tensor,
        rhymes: torch.Tensor,
        heard_onsets: torch.Tensor,
        heard_rhymes: torch.Tensor,
        lengths: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        onset = self.e(self.drop(self.n(heard_onsets))).repeat_interleave(2, 1)
        rhyme = self.e2(self.drop(self.n2(heard_rhymes))).repeat_interleave(2, 1)
        first = self.drop(torch.relu(self.mel(onsets) + self.po + onset)).transpose(1, 2)
        second = self.drop(torch.relu(self.mel2(rhymes) + self.pf + rhyme)).transpose(1, 2)
        for layer in (self.c1, self.c2):
            first = first + torch.relu(layer(first))
        for layer in (self.f1, self.f2):
            second = second + torch.relu(layer(second))
        initial = torch.cat([_pooled(first, 2), _pooled(second, 3), lengths], 1)
        final = torch.cat([_pooled(second, 2), _pooled(first, 4), lengths], 1)
        return self.hi(initial), self.hf(final)


class _Tone(nn.Module):
    """What :class:`pronunciation.mandarin.networks.ToneClassifier` computes."""

    def __init__(self, hidden: int = 64) -> None:
        super().__init__()
        self.c1 = nn.Conv1d(TONAL, hidden, 5, padding=2)
        self.c2 = nn.Conv1d(hidden, hidden, 5, padding=2)
        self.c3 = nn.Conv1d(hidden, hidden, 3, padding=1)
        self.n = nn.LayerNorm(ENCODED)
        self.e = nn.Linear(ENCODED, hidden)
        self.o = _head(hidden * (CONTOUR // 4 + RHYME // 4) + _LENGTHS, 96, len(TONES))
        self.drop = nn.Dropout(0.15)

    def forward(
        self, contours: torch.Tensor, heard: torch.Tensor, lengths: torch.Tensor
    ) -> torch.Tensor:
        hidden = self.drop(torch.relu(self.c1(contours.transpose(1, 2))))
        for layer in (self.c2, self.c3):
            hidden = hidden + torch.relu(layer(hidden))
        said = self.drop(torch.relu(self.e(self.drop(self.n(heard))))).transpose(1, 2)
        inputs = torch.cat([_pooled(self.drop(hidden), 4), _pooled(said, 2), lengths], 1)
        logits: torch.Tensor = self.o(inputs)
        return logits


def gather(copies: Sequence[Copy], spans: Sequence[Sequence[Span] | None]) -> Examples:
    """Every syllable of the copies whose syllables were found."""
    views, labels = list[Views](), list[tuple[int, int, int]]()
    for copy, where in zip(copies, spans, strict=True):
        if where is not None:
            views.append(look(copy.frames.astype(np.float32), copy.tonal, list(where)))
            labels += [
                (INITIAL[one.initial], FINAL[one.final], TONES.index(one.tone)) for one in copy.said
            ]
    return Examples(
        np.concatenate([one.onsets.astype(np.float16) for one in views]),
        np.concatenate([one.rhymes.astype(np.float16) for one in views]),
        np.concatenate([one.heard_onsets.astype(np.float16) for one in views]),
        np.concatenate([one.heard_rhymes.astype(np.float16) for one in views]),
        np.concatenate([one.contours for one in views]),
        np.concatenate([one.lengths for one in views]),
        np.array(labels),
    )


def train(examples: Examples, seed: int) -> tuple[SoundClassifier, ToneClassifier]:
    """Train both networks."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    sound, tone = _Sound(), _Tone()
    parameters = [*sound.parameters(), *tone.parameters()]
    count = len(examples.labels)
    alike = _Alike(examples.labels)
    steps = _EPOCHS * -(-count // _BATCH)
    optimizer = torch.optim.AdamW(parameters, lr=_RATE, weight_decay=2e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _HIGHEST_RATE, total_steps=steps)
    with progress("learning", steps, "batches") as advance:
        done = 0
        for _ in range(_EPOCHS):
            order = random.permutation(count)
            for at in range(0, count, _BATCH):
                batch = order[at : at + _BATCH]
                mixed = _between(examples, batch, alike.draw(batch, random), random)
                initial, final = sound(*map(torch.from_numpy, mixed))
                lengths = torch.from_numpy(examples.lengths[batch])
                contours = torch.from_numpy(_other_melodies(examples, batch, random))
                heard = torch.from_numpy(_partly(examples.heard_rhymes[batch], random))
                given = (initial, final, tone(contours, heard, lengths))
                wanted = torch.from_numpy(examples.labels[batch])
                loss = torch.stack(
                    [
                        nn.functional.cross_entropy(one, wanted[:, part], label_smoothing=0.05)
                        for part, one in enumerate(given)
                    ]
                ).sum()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                schedule.step()
                done += 1
                advance(done)
    return SoundClassifier(_weights(sound)), ToneClassifier(_weights(tone))


class _Alike:
    """Which examples are of the same initial and final."""

    def __init__(self, labels: npt.NDArray[np.int64]) -> None:
        _, self._kinds = np.unique(labels[:, :2], axis=0, return_inverse=True)
        self._order = np.argsort(self._kinds, kind="stable")
        self._counts = np.bincount(self._kinds)
        self._starts = np.cumsum(self._counts) - self._counts

    def draw(
        self, batch: npt.NDArray[np.int64], random: np.random.Generator
    ) -> npt.NDArray[np.int64]:
        """One for each example of a batch; it may be the same."""
        kinds = self._kinds[batch]
        places = (random.random(len(batch)) * self._counts[kinds]).astype(int)
        drawn: npt.NDArray[np.int64] = self._order[self._starts[kinds] + places]
        return drawn


def _between(
    examples: Examples,
    batch: npt.NDArray[np.int64],
    partners: npt.NDArray[np.int64],
    random: np.random.Generator,
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """What a network of sounds takes, between a batch and its partners."""
    size = len(batch)
    share = random.beta(_MIX, _MIX, size).astype(np.float32)[:, None, None]
    one, other = (_otherwise(examples, of, random) for of in (batch, partners))
    onsets, rhymes, heard_onsets, heard_rhymes = (
        a * share + b * (1 - share) for a, b in zip(one, other, strict=True)
    )
    pace, shift = np.exp(random.normal(0, 0.18, (size, 1))), random.normal(0, 0.7, (size, 1))
    share = share[..., 0]
    lengths = examples.lengths[batch] * share + examples.lengths[partners] * (1 - share)
    lengths[:, :3] += random.normal(0, 0.25, (size, 3))
    return (
        _moved(onsets, pace, shift, 1), rhymes,
        _moved(heard_onsets, pace, shift, 2), heard_rhymes, lengths,
    )  # fmt: skip


def _moved(
    rows: Floats, pace: npt.NDArray[np.float64], shift: npt.NDArray[np.float64], frames: int
) -> Floats:
    """Onsets slower or faster, and later or earlier; a row stands for so many frames."""
    count = rows.shape[1]
    middles = np.arange(count) * frames + (frames - 1) / 2
    there = (middles - _BEGIN) * pace + _BEGIN + shift
    places = np.clip((there - (frames - 1) / 2) / frames, 0, count - 1)
    low = np.minimum(places.astype(int), count - 2)[..., None]
    part = places[..., None].astype(np.float32) - low.astype(np.float32)
    early, late = (np.take_along_axis(rows, one, 1) for one in (low, low + 1))
    result: Floats = early * (1 - part) + late * part
    return result


def _otherwise(
    examples: Examples, batch: npt.NDArray[np.int64], random: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats]:
    """Onsets and rhymes as by another microphone and mouth, or with a part of them hidden."""
    size = len(batch)
    places = np.linspace(0, 2 * np.pi, BANDS)
    wave = np.sin(places * random.uniform(0.5, 1.5, (size, 1)) + random.uniform(0, 6.3, (size, 1)))
    change = random.normal(0, 0.15, (size, 1)) + random.normal(0, 0.12, (size, 1)) * wave
    change = change + random.normal(0, 0.25, (size, 1)) * np.linspace(-1, 1, BANDS)
    shift = random.uniform(-1.5, 1.5, size)
    low = np.floor(shift).astype(int)
    part = (shift - low).astype(np.float32)[:, None, None]
    below = np.clip(np.arange(BANDS) + low[:, None], 0, BANDS - 1)[:, None]
    above = np.clip(below + 1, 0, BANDS - 1)
    hidden = random.random(size)
    spectra, heard = list[Floats](), list[Floats]()
    for rows in (examples.onsets, examples.rhymes):
        own = rows[batch].astype(np.float32) + change[:, None].astype(np.float32)
        own = _bands(own, below) * (1 - part) + _bands(own, above) * part
        own[hidden < _HIDE] = 0.0
        spectra.append(own)
    for rows in (examples.heard_onsets, examples.heard_rhymes):
        values = rows[batch].astype(np.float32)
        values[hidden > 1 - _HIDE] = 0.0
        heard.append(values)
    return spectra[0], spectra[1], heard[0], heard[1]


def _partly(rows: npt.NDArray[np.float16], random: np.random.Generator) -> Floats:
    """What the encoder says, a quarter of it hidden: a melody has to tell a tone by itself too."""
    values = rows.astype(np.float32)
    values[random.random(len(rows)) < _HIDE_FROM_TONES] = 0.0
    return values


def _other_melodies(
    examples: Examples, batch: npt.NDArray[np.int64], random: np.random.Generator
) -> Floats:
    """Contours of a wider or narrower voice that drifts, heard earlier or later."""
    values, size = examples.contours[batch].copy(), len(batch)
    alone = examples.lengths[batch][:, 3:4] < _ALONE
    width = np.exp(random.normal(-0.1, 0.3, (size, 1)))
    drift = random.normal(0, 0.25, (size, 1)) * np.linspace(-1, 1, CONTOUR)
    # Nothing beside a syllable that stands alone tells how high its speaker usually is.
    height = random.normal(0, 0.5, (size, 1)) * alone
    pitch = (values[..., 0] * width + drift + height) * (values[..., 1] > _VOICED)
    values[..., 0] = pitch
    values[..., 2] *= random.uniform(0.6, 1.4, (size, 1))
    values[..., 3:] *= random.random((size, 1, 1)) < 0.6
    values[..., 3:] += random.normal(0, 0.15, (size, 1, TONAL - 3))
    moved = np.clip(np.arange(CONTOUR) + random.integers(-1, 2, size)[:, None], 0, CONTOUR - 1)
    result: Floats = np.take_along_axis(values, moved[..., None], 1)
    return result


def _bands(values: Floats, places: npt.NDArray[np.integer]) -> Floats:
    chosen: Floats = np.take_along_axis(values, np.broadcast_to(places, values.shape), 2)
    return chosen


def _head(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(0.3), nn.Linear(hidden, outputs)
    )


def _pooled(values: torch.Tensor, width: int) -> torch.Tensor:
    return nn.functional.avg_pool1d(values, width).flatten(1)


def _weights(network: nn.Module) -> dict[str, Floats]:
    return {name: value.detach().numpy() for name, value in network.state_dict().items()}
