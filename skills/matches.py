"""What comes of a sentence that was recognised, and which of several readings is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from skills.contract import SlotValue

if TYPE_CHECKING:
    from hassil.recognize import RecognizeResult

NO_AREA = ""
"""The area of a sentence that needs one ("turn on the lights") where none is known."""


class Doubt(StrEnum):
    """Why a sentence that makes sense may mean something else."""

    PIECE = "piece"
    """It may be what a microphone left of another one, or a mere remark."""
    BESIDE = "beside"
    """Something else was said beside it, perhaps to somebody else."""
    GAP = "gap"
    """A word in the middle of it was taken for a filler."""


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence that was recognised."""

    intent: str
    """As home-assistant-intents or ``sentences.yaml`` call it."""
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    """``name``, ``area`` and ``floor`` hold ids of the home."""
    names: tuple[str, ...] = ()
    """Every device that the name in the sentence may mean."""
    response: str = "default"
    """Which kind of answer suits: ``any``, ``which``, ``one_yesno`` and so on."""
    every: bool = False
    """Whether all of ``names`` are meant ("turn them off"), rather than one of them."""
    inferred: bool = False
    """Whether a good part of it was not said but is taken from the talk before ("and the
    bedroom?"): sensitive devices must not act on it."""
    free: bool = False
    """Whether some of it is free text, which could be anything."""
    doubt: Doubt | None = None
    """Why it may be something else, whatever the home: sensitive devices must not act on it."""
    opens: bool = False
    """Whether it speaks of opening or closing rather than of locking, on and off, or the like."""
    plain: str = ""
    """The sentence in the plain words that were matched, where it was said otherwise."""


def best_match(results: list[RecognizeResult]) -> Match:
    """The likeliest of several readings of one sentence."""

    def rank(result: RecognizeResult) -> tuple[int, int, int, int]:
        wild = sum(len(e.text) for e in result.entities_list if e.is_wildcard)
        name = result.entities.get("name")
        named = len(name.text) if name and not name.is_wildcard else 0
        return (-wild, int(named > 0), named, result.text_chunks_matched)

    best = max(results, key=rank)
    names = tuple(
        dict.fromkeys(
            str(result.entities["name"].value)
            for result in results
            if "name" in result.entities
            and result.intent.name == best.intent.name
            and rank(result) == rank(best)
        )
    )
    slots = {name: _value(entity.value) for name, entity in best.entities.items()}
    wildcard = "name" in best.entities and best.entities["name"].is_wildcard
    said = {e.name for e in best.entities_list if e.text_span is not None}
    return Match(
        best.intent.name,
        slots,
        () if wildcard else names,
        best.response or "default",
        # An adjustment of nothing in particular is of what was talked about.
        inferred=best.intent.name == "Adjust" and said.isdisjoint(("name", "area", "floor")),
        free=any(entity.is_wildcard for entity in best.entities_list),
    )


def _value(value: Any) -> SlotValue:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float) else str(value)
