"""What every door of the service needs, put together once."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from importlib.metadata import version
from typing import TYPE_CHECKING

from service import memory
from service.access import Gate
from service.engines import Engines
from service.metrics import Metrics
from service.opening import Opening
from service.pool import Load, Pool
from service.pulls import Pulls
from service.sessions import Sessions
from service.settings import Settings

if TYPE_CHECKING:
    from service.wyoming import WyomingServer

VERSION = f"sonorant {version('sonorant')}"


class Core:
    """Settings, gate, workers, engines, sessions and measures of one running service.

    Parameters
    ----------
    opening
        As in :class:`service.engines.Engines`.

    Raises
    ------
    ConfigError
        As by :class:`service.access.Gate`.
    """

    def __init__(self, settings: Settings, opening: Opening | None = None) -> None:
        self.settings = settings
        self.gate = Gate(settings)
        self.metrics = Metrics(self.load)
        self.pool = Pool(
            settings.threads,
            settings.sessions,
            settings.queue,
            settings.patience,
            self.metrics.worked,
        )
        self.engines = Engines(settings, opening)
        self.sessions = Sessions(self.gate)
        self.pulls = Pulls()
        self.ready = False
        """Whether what is needed at once is loaded, and the service is not about to end."""
        self._tasks: list[asyncio.Task[None]] = []
        self.wyoming: WyomingServer | None = None
        """Home Assistant's voice pipelines, where they are served."""
        self._stack = AsyncExitStack()

    def load(self) -> Load:
        """How much is going on."""
        return self.pool.load()

    async def warm_up(self) -> None:
        """Load what is needed at once, and watch over sessions and memory from now on.

        Raises
        ------
        SonorantError
            It cannot be loaded.
        """
        await self.engines.warm_up()
        if self.settings.wyoming is not None:
            from service.wyoming.mounting import mount

            seat = self._stack.enter_context(self.pool.seat())
            self.wyoming = await mount(self.settings, self.engines, seat)
            self._stack.push_async_callback(self.wyoming.close)
        self._tasks = [
            asyncio.create_task(self.sessions.watch()),
            asyncio.create_task(memory.give_back()),
        ]
        self.ready = True

    async def close(self) -> None:
        """End all sessions with a message, then close everything."""
        self.ready = False
        self.pulls.close()
        for task in self._tasks:
            task.cancel()
        await self.sessions.close(self.settings.grace)
        await self._stack.aclose()
        self.pool.close()
        await self.engines.close()
