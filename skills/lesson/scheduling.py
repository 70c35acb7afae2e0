"""When an item comes again: spaced repetition by FSRS, graded from the score.

FSRS models how fast each item is forgotten (Ye et al., "A stochastic shortest path algorithm for
optimizing spaced repetition scheduling", KDD 2022); what was said badly comes again within minutes,
what was said well after days, then weeks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from skills.lesson.course import Item

if TYPE_CHECKING:
    from fsrs import Rating, Scheduler

PASSED = 70.0
"""From this score on an item is well enough said to go on."""
WELL = 85.0
"""From this score on there is nothing to say about it."""
_POOR = 50.0
MOST = 10
"""Items of one lesson by voice."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How well a learner knows an item."""

    text: str
    score: float
    """Of the last time, 0 to 100."""
    times: int
    """How often it was said and judged."""
    last: datetime
    due: datetime
    """When it should come again."""
    card: str
    """What FSRS keeps, as JSON."""

    @property
    def known(self) -> bool:
        """Whether it was well said the last time."""
        return self.score >= PASSED


def review(before: Standing | None, text: str, score: float, now: datetime) -> Standing:
    """What an item's standing is after it was said.

    Parameters
    ----------
    before
        None for the first time.
    score
        0 to 100.
    now
        In UTC.
    """
    from fsrs import Card

    card = Card(due=now) if before is None else Card.from_json(before.card)
    card, _ = _scheduler().review_card(card, _rating(score), now)
    times = 1 if before is None else before.times + 1
    return Standing(text, score, times, now, card.due, card.to_json())


def chosen(
    items: Sequence[Item], standings: Mapping[str, Standing], now: datetime, most: int = MOST
) -> list[Item]:
    """What to say in a lesson: what is due, longest first, then what is new, in order.

    Where there is neither, what will be due soonest.
    """
    met = sorted(
        (one for one in items if one.text in standings), key=lambda one: _due(one, standings)
    )
    due = [item for item in met if _due(item, standings) <= now]
    new = [item for item in items if item.text not in standings]
    return [*due, *new][:most] or met[:most]


def _due(item: Item, standings: Mapping[str, Standing]) -> datetime:
    return standings[item.text].due


def _rating(score: float) -> Rating:
    from fsrs import Rating

    if score < _POOR:
        return Rating.Again
    if score < PASSED:
        return Rating.Hard
    return Rating.Good if score < WELL else Rating.Easy


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    return Scheduler(enable_fuzzing=False)
