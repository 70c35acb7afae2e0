"""What is asked before a lock moves: whether all of them are meant, or one that was to open.

A door that only has a lock can neither be opened nor shut: "open the front door" means to unlock
it, most likely, and that is dangerous enough to ask.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from skills.contract import FollowUp, Reply, Request, Stage
from skills.devices.words import listed, say
from skills.home import Device, Kind
from skills.matches import Match
from skills.understanding.confirmation import agrees

Deed = Callable[[Request], Awaitable[Reply | None]]


def question(request: Request, match: Match, devices: Sequence[Device]) -> str | None:
    """What to ask before a command is carried out; None if nothing."""
    locks = [device for device in devices if device.kind == Kind.LOCK]
    if not locks or not (match.opens or match.slots.get("extent") == "every"):
        return None
    key = "unlock_them" if match.intent == "HassTurnOff" else "lock_them"
    return say(key, request.language, things=listed(locks, request.language))


def answered(request: Request, match: Match, deed: Deed) -> FollowUp:
    """What does the deed after a yes; whoever says that yes is who asks for it."""

    async def follow_up(answer: Request) -> Reply | None:
        said = agrees(answer.text, answer.language)
        if said is None:
            return None
        if not said:
            return Reply(say("then_not", answer.language), match.intent, stage=Stage.STRICT)
        return await deed(replace(answer, guessed=request.guessed or answer.guessed))

    return follow_up
