"""A linear map that turns what the network hears towards who speaks.

192 numbers in, 192 out, trained to tell the speakers of the training set apart with an additive
angular margin (Deng et al., arXiv:1801.07698) on recordings as degraded as those of a microphone
across a room. It begins as the identity and is held near it: what the network learnt from
200,000 speakers is worth more than what a few hundred can teach.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HeadSettings:
    """How the head is trained."""

    margin: float = 0.2
    """Radians."""
    scale: float = 30.0
    epochs: int = 8
    rate: float = 1e-3
    hold: float = 2e-2
    """How strongly the map is held near the identity."""
    batch: int = 256


def train_head(
    vectors: Floats, speakers: npt.NDArray[np.int_], settings: HeadSettings, seed: int = 0
) -> Floats:
    """Train the map.

    Parameters
    ----------
    vectors
        Embeddings of unit length, shape (n, dimension).
    speakers
        The number of each one's speaker, from 0, shape (n,).

    Returns
    -------
    The map, shape (dimension, dimension): ``vector @ map`` is the new embedding, yet to be scaled
    to unit length.
    """
    import torch

    torch.manual_seed(seed)
    torch.set_num_threads(1)  # more of them wait for each other
    size = vectors.shape[1]
    given, wanted = torch.from_numpy(vectors), torch.from_numpy(speakers)
    identity = torch.eye(size)
    weight = identity.clone().requires_grad_()
    centres = torch.stack([given[wanted == one].mean(0) for one in range(int(wanted.max()) + 1)])
    centres = torch.nn.functional.normalize(centres).clone().requires_grad_()
    optimizer = torch.optim.Adam([weight, centres], settings.rate)
    steps = settings.epochs * -(-len(given) // settings.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.rate * 3, steps)
    for _ in range(settings.epochs):
        for rows in torch.randperm(len(given)).split(settings.batch):
            turned = torch.nn.functional.normalize(given[rows] @ weight)
            cosine = turned @ torch.nn.functional.normalize(centres).T
            cosine = cosine.clamp(-1 + 1e-6, 1 - 1e-6)
            own = torch.nn.functional.one_hot(wanted[rows], cosine.shape[1]).bool()
            angle = torch.where(own, torch.acos(cosine) + settings.margin, torch.acos(cosine))
            loss = torch.nn.functional.cross_entropy(
                settings.scale * torch.cos(angle.clamp(max=np.pi)), wanted[rows]
            )
            loss = loss + settings.hold * ((weight - identity) ** 2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return np.asarray(weight.detach().numpy(), np.float32)


def turned(vectors: Floats, weight: Floats) -> Floats:
    """Embeddings, shape (..., dimension), through the map and scaled to unit length again."""
    new = vectors @ weight
    return np.asarray(new / np.linalg.norm(new, axis=-1, keepdims=True), np.float32)
