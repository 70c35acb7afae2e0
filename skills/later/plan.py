"""Planned commands, kept in ``planned.json`` of the state folder."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from skills.contract import Context, Request, Speaker, Unknown
from skills.when import When, next_time


@dataclass(frozen=True, slots=True)
class Planned:
    """A command, and when to carry it out."""

    id: int
    due: float
    """Seconds since the epoch, of the next time."""
    text: str
    language: str = "en"
    days: tuple[int, ...] = ()
    """The days of the week on which it repeats, 0 Monday."""
    area: str | None = None
    """Where it was said."""
    speaker: tuple[str, float, bool | None] | None = None
    """Who said it: name, probability, live."""
    guessed: bool = False
    context: Context | None = None
    """What was talked about, where the command means nothing without: "turn it off"."""
    about: tuple[str, ...] = ()
    """Ids of what it then means: devices, or the area or floor that they are in."""

    @property
    def moment(self) -> datetime:
        """When it is next carried out, in local time."""
        return datetime.fromtimestamp(self.due)

    @property
    def request(self) -> Request:
        """What was said, as far as it is the command."""
        speaker = None if self.speaker is None else Speaker(*self.speaker)
        return Request(
            self.text,
            self.language,
            area=self.area,
            speaker=speaker,
            # Whoever speaks when it is due is somebody else.
            unknown=Unknown.STRANGER if speaker is None else None,
            context=self.context,
            guessed=self.guessed,
        )


def planned(request: Request, text: str, moment: datetime, when: When) -> Planned:
    """What is to be kept of a request."""
    who = request.speaker
    return Planned(
        id=0,
        due=moment.timestamp(),
        text=text,
        language=request.language,
        days=tuple(sorted(when.days)),
        area=request.area,
        speaker=None if who is None else (who.name, who.probability, who.live),
        guessed=request.guessed,
        context=request.context,
    )


def following(plan: Planned) -> Planned | None:
    """The command with its next time after now, None if it does not repeat."""
    moment = plan.moment
    when = When(hours=(moment.hour,), minute=moment.minute, days=frozenset(plan.days))
    then = next_time(when, max(datetime.now(), moment)) if plan.days else None
    return None if then is None else replace(plan, due=then.timestamp())


def read_planned(item: Mapping[str, Any]) -> Planned:
    """A planned command out of JSON; raises TypeError, ValueError or KeyError."""
    due, area, who = float(item["due"]), item["area"], item["speaker"]
    context = item.get("context")
    if not math.isfinite(due):
        raise ValueError(f"nothing can be done at {due}")
    datetime.fromtimestamp(due)
    return Planned(
        id=int(item["id"]),
        due=due,
        text=str(item["text"]),
        language=str(item["language"]),
        days=tuple(int(day) for day in item["days"] if 0 <= int(day) < 7),
        area=None if area is None else str(area),
        speaker=None if who is None else (str(who[0]), float(who[1]), who[2]),
        guessed=bool(item["guessed"]),
        context=None if context is None else _context(context),
        about=tuple(map(str, item.get("about", ()))),
    )


def _context(item: Mapping[str, Any]) -> Context:
    targets = tuple(map(str, item["targets"]))
    return Context(str(item["intent"]), dict(item["slots"]), targets, str(item["response"]))
