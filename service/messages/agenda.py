"""``/v1/home``: what is going to happen by itself, and what can be started with a button."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import ClassVar

from service.messages.common import Language
from service.messages.wire import Message
from skills import agenda
from skills.contract import Reply
from skills.router import Router


@dataclass(frozen=True, slots=True)
class Pending:
    """A timer, an alarm, a reminder, or a command for later."""

    id: str
    what: agenda.What
    due: float | None
    """When, or when next, seconds since the epoch; None while it is paused."""
    name: str | None
    """What somebody called it."""
    text: str | None
    """What to be reminded of, or the command."""
    seconds: int | None
    """What a timer was set for."""
    left: int | None
    """Seconds that are left of a timer that is paused."""
    days: tuple[int, ...]
    """The days of the week on which it repeats, 0 Monday."""


@dataclass(frozen=True, slots=True)
class Routine:
    """Several commands under one name."""

    name: str
    commands: tuple[str, ...]
    language: str
    """Of the commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda(Message):
    """All that is going to happen by itself, the next first; and the routines of the home."""

    TYPE: ClassVar[str] = "agenda"
    now: float
    """The service's clock, seconds since the epoch: `due` is by that."""
    pending: tuple[Pending, ...]
    routines: tuple[Routine, ...]

    @classmethod
    def of(cls, router: Router) -> Agenda:
        """That of the home that a router talks about."""
        routines = () if router.routines is None else router.routines.routines()
        return cls(
            now=time.time(),
            pending=tuple(
                Pending(
                    one.id,
                    one.what,
                    one.due,
                    one.name,
                    one.text,
                    one.seconds,
                    one.left,
                    one.days,
                )
                for one in router.agenda.pending()
            ),
            routines=tuple(Routine(one.name, one.commands, one.language) for one in routines),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRoutine(Message):
    """How a routine is to be started."""

    TYPE: ClassVar[str] = "run"
    language: Language | None = None
    """Of the reply; the service's own where it is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran(Message):
    """What came of a routine."""

    TYPE: ClassVar[str] = "ran"
    text: str
    """What would have been said."""
    acted: bool
    """Whether any of it was done."""

    @classmethod
    def of(cls, reply: Reply) -> Ran:
        """What a reply tells."""
        return cls(text=reply.text, acted=reply.acted)
