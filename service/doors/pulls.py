"""``/v1/models/pulls``, live: what is being fetched, then every step of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from service.core import Core
from service.line import Line
from service.messages.models import Pulls, PullState

_PAUSE = 0.25
"""Seconds between two looks: bytes come more often than anybody reads how many there are."""


async def follow(line: Line, core: Core) -> None:
    """Serve one client, until it leaves."""
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()

    def on_change() -> None:
        with suppress(RuntimeError):  # the loop has ended before it
            loop.call_soon_threadsafe(changed.set)

    leave = core.pulls.subscribe(on_change)
    try:
        await line.only_tell(_tell(line, core, changed))
    finally:
        leave()


async def _tell(line: Line, core: Core, changed: asyncio.Event) -> None:
    told = core.pulls.all()
    await line.send(Pulls(pulls=told))
    while True:
        await changed.wait()
        changed.clear()
        now = core.pulls.all()
        for pull in now:
            if pull not in told:
                await line.send(PullState(pull=pull))
        told = now
        await asyncio.sleep(_PAUSE)
