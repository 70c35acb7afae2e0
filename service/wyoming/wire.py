"""Events of the Wyoming protocol on a connection, within bounds.

The library's own reader takes any length that a client names and passes over what it cannot
parse; this one says what is wrong, and how much is too much. Writing is the library's.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from wyoming.event import Event, Eventable, async_write_event

from service.wyoming.limits import Limits
from speech.errors import SonorantError

T = TypeVar("T")

_FAREWELL = 2.0  # seconds in which a client may still take what was sent before the end


class MessageError(SonorantError):
    """What a client sent cannot be understood or served.

    Parameters
    ----------
    code
        ``bad_message``, ``too_large``, ``unsupported``, ``not_found``, ``busy`` or ``timeout``.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Wire:
    """One connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limits: Limits
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._limits = limits

    async def receive(self) -> Event | None:
        """The next event, or None once the client has gone or has no more to say.

        Raises
        ------
        MessageError
            It is no event, is too large, or does not come in time.
        """
        line = await self._in_time(self._line(), self._limits.idle, "the next event")
        if not line:
            return None
        header = _object(line, "the header")
        kind = header.get("type")
        if not isinstance(kind, str) or not kind:
            raise MessageError("bad_message", "the header has no type")
        data = header.get("data") or {}
        if not isinstance(data, dict):
            raise MessageError("bad_message", "the data in the header is no object")
        more = _length(header, "data_length", self._limits.data)
        size = _length(header, "payload_length", self._limits.payload)
        try:
            rest = await self._in_time(
                self._reader.readexactly(more + size), self._limits.event, "the rest of an event"
            )
        except asyncio.IncompleteReadError:
            return None
        if more:
            data |= _object(rest[:more], "the data")
        return Event(kind, data, rest[more:] or None)

    async def send(self, *messages: Eventable) -> None:
        """Send events; slow readers are waited for, but not for ever.

        Raises
        ------
        MessageError
            The client does not take them in time.
        ConnectionError
            The client has gone.
        """
        for message in messages:
            await self._in_time(
                async_write_event(message.event(), self._writer),
                self._limits.event,
                "room for an answer",
            )

    async def close(self) -> None:
        """End the connection, once the client has had the time to take what was sent.

        What it still sends is read and dropped: a connection that is closed with bytes unread is
        reset, and the last answer would be lost with it.
        """
        try:
            async with asyncio.timeout(_FAREWELL):
                if self._writer.can_write_eof():
                    self._writer.write_eof()
                while await self._reader.read(self._limits.data):
                    pass
                self._writer.close()
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()

    async def _line(self) -> bytes:
        try:
            return await self._reader.readline()
        except ValueError:
            raise MessageError(
                "too_large", f"the header is longer than {self._limits.data} bytes"
            ) from None

    async def _in_time(self, waiting: Awaitable[T], seconds: float, what: str) -> T:
        try:
            async with asyncio.timeout(seconds):
                return await waiting
        except TimeoutError:
            raise MessageError("timeout", f"waited {seconds:g} s for {what}") from None


def text_in(data: Mapping[str, Any], name: str, most: int) -> str | None:
    """A text out of an event's data, None if there is none; raises MessageError."""
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise MessageError("bad_message", f"{name} is no text")
    if len(value) > most:
        raise MessageError("too_large", f"{name} is longer than {most} characters")
    return value.encode("utf-8", "replace").decode()  # half of a surrogate pair is no text


def number_in(data: Mapping[str, Any], name: str, low: int, high: int) -> int:
    """A whole number out of an event's data; raises MessageError."""
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise MessageError("bad_message", f"{name} is no whole number from {low} to {high}")
    return value


def object_in(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object out of an event's data, empty if there is none; raises MessageError."""
    value = data.get(name)
    if value is not None and not isinstance(value, dict):
        raise MessageError("bad_message", f"{name} is no object")
    return value or {}


def _object(text: bytes, what: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MessageError("bad_message", f"{what} of an event is no JSON") from error
    if not isinstance(value, dict):
        raise MessageError("bad_message", f"{what} of an event is no object")
    return value


def _length(header: Mapping[str, Any], name: str, most: int) -> int:
    if header.get(name) is None:
        return 0
    value = header[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MessageError("bad_message", f"{name} is no number of bytes")
    if value > most:
        raise MessageError("too_large", f"{name} is {value}, and {most} bytes are the most")
    return value
