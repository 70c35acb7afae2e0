"""Calls into engines, off the event loop, one after the other for each connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar

from service.wyoming.wire import MessageError

T = TypeVar("T")


class Work:
    """What one connection has done in the executor.

    Parameters
    ----------
    patience
        Seconds that one call may take.
    """

    def __init__(self, executor: Executor, patience: float) -> None:
        self._executor = executor
        self._patience = patience
        self._running: asyncio.Future[Any] | None = None

    async def call(self, function: Callable[[], T]) -> T:
        """Do something and wait for it.

        Raises
        ------
        MessageError
            It takes too long. A thread cannot be stopped: it is left to itself.
        """
        loop = asyncio.get_running_loop()
        self._running = running = loop.run_in_executor(self._executor, function)
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(running)
        except TimeoutError:
            raise MessageError(
                "timeout", f"the engine took longer than {self._patience:g} s"
            ) from None

    async def close(self, function: Callable[[], object]) -> None:
        """Close what was worked with, once no thread is in it any more."""
        if self._running is not None and not self._running.done():
            self._running.add_done_callback(lambda done: self._close_later(done, function))
            return
        with contextlib.suppress(RuntimeError):  # the executor is shut: the server has ended
            await self.call(function)

    def _close_later(self, done: asyncio.Future[Any], function: Callable[[], object]) -> None:
        if not done.cancelled():
            done.exception()  # nobody listens any more
        with contextlib.suppress(RuntimeError):
            self._executor.submit(function)
