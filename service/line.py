"""A websocket as the doors see it: typed messages and audio, within limits of size and time.

A task of its own reads ahead, a few messages only, so that a client that leaves is noticed while
its audio is worked on: what is under way for it is then cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import Any, ParamSpec, TypeVar

from starlette.websockets import WebSocket, WebSocketDisconnect

from service.access import Client
from service.messages import Code, End, Message, ServiceError, decode
from service.messages.common import AudioStart
from service.ogg import OggDecoder
from service.pool import OverError, Seat
from service.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")
M = TypeVar("M", bound=Message)

_AHEAD = 8  # messages


class GoneError(Exception):
    """The client has left, or takes nothing any more."""


class Line:
    """One connection.

    Parameters
    ----------
    session
        Its id, for the log.
    kinds
        The messages that the client may send.
    client
        Who is connected.
    seat
        What does the CPU work of the session.
    on_gone
        Called once the client has left.
    """

    def __init__(
        self,
        websocket: WebSocket,
        session: str,
        kinds: tuple[type[Message], ...],
        client: Client,
        seat: Seat,
        settings: Settings,
        on_gone: Callable[[], object],
    ) -> None:
        self.settings = settings
        self.session = session
        self.client = client
        self.seat = seat
        self._websocket = websocket
        self._kinds = kinds
        self._on_gone = on_gone
        self._ogg: OggDecoder | None = None
        self._held: list[Message] = []  # what comes after audio that was still to be decoded
        self._queue: asyncio.Queue[str | bytes | ServiceError] = asyncio.Queue(_AHEAD)
        self._reader = asyncio.create_task(self._read())

    async def work(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do CPU work when it is this session's turn."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.seat, partial(call, *args, **kwargs))

    async def free(self, close: Callable[[], object]) -> None:
        """Close what was worked with, which takes time too: Vosk frees an utterance in 0.1 s."""
        with suppress(OverError):  # the workers have ended before
            await self.work(close)

    async def receive(self, patience: float | None = None) -> Message | bytes:
        """The next message, or the next audio.

        Raises
        ------
        ServiceError
            It is no message that belongs here, or nothing came for ``patience`` seconds.
        """
        while True:
            if self._held:
                return self._held.pop()
            came = await self.receive_raw(patience)
            if isinstance(came, str):
                message = decode(came, self._kinds)
                if self._ogg is None or not isinstance(message, End):
                    return message
                self._held.append(message)
                came = await self.work(self._ogg.finish)
            elif self._ogg is not None:
                came = await self.work(self._ogg.feed, came)
            if came or self._ogg is None:
                return came

    async def receive_raw(self, patience: float | None = None) -> str | bytes:
        """The next message as it came; errors as in :meth:`receive`."""
        try:
            async with asyncio.timeout(patience):
                came = await self._queue.get()
        except TimeoutError as error:
            raise ServiceError(
                Code.TIMEOUT, f"nothing came for {patience:g} seconds: start again"
            ) from error
        if isinstance(came, ServiceError):
            raise came
        return came

    async def first(self, kind: type[M]) -> M:
        """The message that has to come first, and soon."""
        came = await self.receive(self.settings.slow)
        if not isinstance(came, kind):
            raise ServiceError(Code.WRONG_STATE, f"{kind.TYPE or 'an attempt'} has to come first")
        start: Message = came
        if isinstance(start, AudioStart) and start.format == "ogg":
            self._ogg = OggDecoder()
        return came

    async def send(self, message: Message) -> None:
        """Send a message; raises GoneError if the client does not take it."""
        await self.send_raw(message.to_json())

    async def send_raw(self, data: str | bytes) -> None:
        """Send a text or audio; raises GoneError if the client does not take it."""
        kind = "text" if isinstance(data, str) else "bytes"
        try:
            async with asyncio.timeout(self.settings.slow):
                await self._websocket.send({"type": "websocket.send", kind: data})
        except (TimeoutError, WebSocketDisconnect, RuntimeError, OSError) as error:
            raise GoneError from error

    async def only_tell(self, telling: Coroutine[Any, Any, None]) -> None:
        """Tell a client things, to whom nothing is to be said.

        Raises
        ------
        ServiceError
            It says something; or as ``telling`` does.
        """
        tasks = [asyncio.create_task(telling), asyncio.create_task(self._hear_nothing())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear_nothing(self) -> None:
        await self.receive()
        raise ServiceError(Code.WRONG_STATE, "nothing is to be said here")

    def stop_reading(self) -> None:
        """Look no more at what the client does."""
        self._reader.cancel()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection, if it is still there."""
        self.stop_reading()
        if self._ogg is not None:
            self._ogg.close()
        try:
            async with asyncio.timeout(self.settings.slow):
                await self._websocket.close(code, reason.encode()[:100].decode(errors="ignore"))
        except (TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            pass

    async def _read(self) -> None:
        while True:
            came = await self._websocket.receive()
            if came["type"] == "websocket.disconnect":
                self._on_gone()
                return
            data = came.get("bytes")
            if data is None:
                data = came["text"]
            if len(data) > self.settings.message:
                size = self.settings.message
                await self._queue.put(
                    ServiceError(Code.TOO_LARGE, f"a message has {size} bytes at most")
                )
                return
            await self._queue.put(data)
