"""What every door of the service needs, put together once."""

from __future__ import annotations

import asyncio
from importlib.metadata import version

from service.access import Gate
from service.engines import Engines
from service.metrics import Metrics
from service.pool import Load, Pool
from service.sessions import Sessions
from service.settings import Settings

VERSION = f"sonorant {version('sonorant')}"


class Core:
    """Settings, gate, workers, engines, sessions and measures of one running service.

    Raises
    ------
    ConfigError
        As by :class:`service.access.Gate`.
    """

    def __init__(self, settings: Settings) -> None:
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
        self.engines = Engines(settings)
        self.sessions = Sessions(self.gate)
        self.ready = False
        """Whether what is needed at once is loaded, and the service is not about to end."""
        self._watching: asyncio.Task[None] | None = None

    def load(self) -> Load:
        """How much is going on."""
        return self.pool.load()

    async def warm_up(self) -> None:
        """Load what is needed at once, and watch over the sessions from now on.

        Raises
        ------
        SonorantError
            It cannot be loaded.
        """
        await self.engines.warm_up()
        self._watching = asyncio.create_task(self.sessions.watch())
        self.ready = True

    async def close(self) -> None:
        """End all sessions with a message, then close everything."""
        self.ready = False
        if self._watching is not None:
            self._watching.cancel()
        await self.sessions.close(self.settings.grace)
        self.pool.close()
        await self.engines.close()
