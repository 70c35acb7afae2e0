"""What a skill does wrong must not take the talk down: it is given up, and an apology is said."""

from __future__ import annotations

import asyncio
import logging

from skills.contract import FollowUp, Reply, Request, Stage
from skills.replies import say

_LOGGER = logging.getLogger(__name__)
PATIENCE = 20.0
"""Seconds that a skill may take that does not say how long in an attribute ``patience``."""


async def guarded(
    name: str, answer: FollowUp, request: Request, patience: float = PATIENCE
) -> Reply | None:
    """What something called ``name`` answers; an apology if it fails or is too slow."""
    try:
        async with asyncio.timeout(patience):
            return await answer(request)
    except TimeoutError:
        _LOGGER.warning("the skill %s takes too long and is given up", name)
        return Reply(say("too_slow", request.language), stage=Stage.SKILL)
    except Exception:
        _LOGGER.exception("the skill %s failed", name)
        return Reply(say("sorry", request.language), stage=Stage.SKILL)
