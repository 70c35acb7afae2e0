"""Activating scenes: those of the home's own set several devices, others are the backend's."""

from __future__ import annotations

import asyncio

from skills.backends import Backend
from skills.backends.contract import Command
from skills.plan import Device


async def activate(backend: Backend, scene: Device) -> None:
    """Have a scene done; raises BackendError if any of it could not be."""
    if not scene.sets:
        await backend.do(scene.id, Command.ACTIVATE)
        return
    outcomes = await asyncio.gather(
        *(backend.set(part, changes) for part, changes in scene.sets.items()),
        return_exceptions=True,
    )
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
