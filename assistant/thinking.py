"""The state THINKING: from the endpoint to the router's reply, or until it takes too long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from assistant.contract import Host, Router
from skills.contract import Reply, Request


class Thinking:
    """Asks the router, one request at a time.

    Parameters
    ----------
    on_reply
        Called in the conversation's task with the reply, or with what went wrong.
    on_too_long
        Called there once nothing came for as long as the settings allow.
    """

    def __init__(
        self,
        home: Host,
        router: Router,
        on_reply: Callable[[Reply | Exception], None],
        on_too_long: Callable[[], None],
    ) -> None:
        self._home = home
        self._router = router
        self._on_reply = on_reply
        self._on_too_long = on_too_long
        self._task: asyncio.Task[None] | None = None
        self._turn: object | None = None
        self._give_up: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """The endpoint was reached: from here on the time counts."""
        self.stop()
        turn = self._turn = object()
        self._give_up = asyncio.get_running_loop().call_later(
            self._home.settings.thinking, self._home.post, lambda: self._late(turn)
        )

    def ask(self, request: Request) -> None:
        """Have the request answered."""
        self._task = asyncio.create_task(self._answer(request))

    def stop(self) -> None:
        """Nobody waits for a reply any more."""
        self._turn = None
        if self._give_up is not None:
            self._give_up.cancel()
            self._give_up = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _answer(self, request: Request) -> None:
        task = asyncio.current_task()
        reply: Reply | Exception
        try:
            reply = await self._router.answer(request)
        except Exception as error:  # a skill may fail in any way; the conversation says so
            reply = error
        self._home.post(lambda: self._answered(task, reply))

    def _answered(self, task: asyncio.Task[None] | None, reply: Reply | Exception) -> None:
        if task is self._task:
            self._on_reply(reply)

    def _late(self, turn: object) -> None:
        if turn is self._turn:
            self.stop()
            self._on_too_long()
