"""What a comparison of two recordings says: plain records that serialise themselves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Contour:
    """Both melodies, moment by moment of the reference's speech."""

    step: float
    """Seconds of the reference between two values."""
    learner_time: tuple[float, ...]
    """When the learner is at each moment of the reference: seconds from the learner's start."""
    reference: tuple[float | None, ...]
    """Semitones above the speaker's own median; None where unvoiced."""
    learner: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Shadowing:
    """A learner's recording beside a reference.

    The scores are distances on scales of 0 to 100 that were chosen, not learnt from experts: they
    tell one attempt from another, not how good a learner is.
    """

    same: bool
    """Whether the same thing is said in both, as far as it can be told."""
    sounds: float
    """0 to 100: how alike the sounds are, whoever says them and however fast."""
    melody: float | None
    """0 to 100: how alike the pitch moves; None where too little is voiced."""
    rhythm: float
    """0 to 100: how evenly the learner keeps to the reference, at whatever speed."""
    sound_distance: float
    """Mean cosine distance between frames that lie on each other, 0 to 2."""
    pitch_distance: float | None
    """Mean difference, semitones, each voice around its own median."""
    rhythm_distance: float
    """Mean distance from an even speed, as a share of the learner's length."""
    speed: float
    """How fast the learner is: 1 as the reference, 0.5 half as fast."""
    reference_start: float
    """Seconds at which the speech begins in the reference."""
    reference_end: float
    learner_start: float
    learner_end: float
    contour: Contour

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON types, in the order of the fields."""
        return asdict(self)
