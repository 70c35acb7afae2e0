"""A client of the service: typed messages over websockets, and connecting again.

::

    async with connect("ws://127.0.0.1:8765", "recognize") as line:
        await line.send(Recognize(rate=16_000))
        await line.send_audio(samples)
        await line.send(End())
        async for message in line:
            print(message)
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import websockets
from websockets.asyncio.client import ClientConnection

from service.messages import (
    SUBPROTOCOL,
    Code,
    Error,
    Hello,
    Message,
    ServiceError,
    conversation,
    decode,
    home,
    models,
    recognition,
    scoring,
    voices,
)
from speech.audio import Samples, to_pcm16
from speech.errors import ConfigError

_SPOKEN: dict[str, tuple[type[Message], ...]] = {
    "assistant": conversation.FROM_SERVICE,
    "home": home.FROM_SERVICE,
    "models/pulls": models.FROM_SERVICE,
    "pronunciation": scoring.FROM_SERVICE,
    "recognize": recognition.FROM_SERVICE,
    "voiceprint": voices.FROM_SERVICE,
}
_PIECE = 3200  # samples a message of audio
_GOODBYE = 2.0  # seconds for the service to close the connection when the client does
_OPENING = 30.0  # seconds for the service to let one in, or not
_PONG = 120.0  # seconds for a sign of life, which comes behind all audio that was sent before
_LONGEST_WAIT = 30.0  # seconds between two attempts to connect
_WORTH_WAITING = (Code.BUSY, Code.TOO_MANY, Code.GOING_AWAY)


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service is, and what lets one in.

    Parameters
    ----------
    url
        ``http``, ``https``, ``ws`` or ``wss``, with nothing behind the port.
    """

    url: str
    token: str | None = None

    @property
    def websocket(self) -> str:
        """The URL for websockets; raises ConfigError if it is none."""
        with suppress(ValueError):  # brackets that stay open, a port that is none
            parts = urlsplit(self.url)
            scheme = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}.get(parts.scheme)
            if scheme and parts.hostname and parts.port != 0 and parts.path in ("", "/"):
                return f"{scheme}://{parts.netloc}"
        raise ConfigError(f"{self.url} is no address of a service: http://127.0.0.1:8765 is")


class ClientLine:
    """One connection: what is sent, and what comes."""

    def __init__(self, socket: ClientConnection, kinds: tuple[type[Message], ...]) -> None:
        self._socket = socket
        self._kinds = kinds
        self.hello: Hello | None = None
        """What the service said first."""

    async def send(self, message: Message) -> None:
        """Send a message; raises ServiceError if the connection is lost."""
        await self._send(message.to_json())

    async def send_audio(self, samples: Samples) -> None:
        """Send audio (mono float32, 16 kHz) as PCM16, which is what is spoken by default."""
        pcm = to_pcm16(samples)
        for at in range(0, len(pcm), 2 * _PIECE):
            await self._send(pcm[at : at + 2 * _PIECE])

    async def send_bytes(self, data: bytes) -> None:
        """Send audio as it is, in the format that was named at the start."""
        await self._send(data)

    async def receive(self) -> Message | bytes | None:
        """The next message or audio; None once all was said.

        Raises
        ------
        ServiceError
            The service told of an error, after which it ends the connection; or it was lost.
        """
        try:
            data = await self._socket.recv()
        except websockets.ConnectionClosedOK:
            return None
        except websockets.ConnectionClosed as error:
            raise _lost(error) from error
        if isinstance(data, bytes):
            return data
        message = decode(data, self._kinds, lenient=True)
        if isinstance(message, Error) and message.final:
            raise message.to_error()
        return message

    async def __aiter__(self) -> AsyncIterator[Message | bytes]:
        """Everything until the end; raises as :meth:`receive` does."""
        while (message := await self.receive()) is not None:
            yield message

    async def _send(self, data: str | bytes) -> None:
        try:
            await self._socket.send(data)
        except websockets.ConnectionClosed as error:
            await self._raise_what_was_told()
            raise _lost(error) from error

    async def _raise_what_was_told(self) -> None:
        while await self.receive() is not None:
            pass


@asynccontextmanager
async def connect(
    address: Address | str, door: str, *, patience: float = 0.0
) -> AsyncIterator[ClientLine]:
    """Connect to a door of a service.

    Parameters
    ----------
    door
        One of ``assistant``, ``home``, ``models/pulls``, ``pronunciation``, ``recognize``,
        ``voiceprint``.
    patience
        Seconds for which a service that is away or busy is tried again.

    Raises
    ------
    ServiceError
        It lets nobody in, with its reason, or it cannot be reached.
    ConfigError
        The address is none, or there is no such door.
    """
    address = Address(address) if isinstance(address, str) else address
    if door not in _SPOKEN:
        raise ConfigError(f"there is no door {door!r}; there are {', '.join(_SPOKEN)}")
    socket = await _opened(address, door, patience)
    async with socket:
        line = ClientLine(socket, _SPOKEN[door])
        hello = await line.receive()
        if not isinstance(hello, Hello):
            raise ServiceError(Code.NOT_FOUND, f"no service of Sonorant is at {address.url}")
        line.hello = hello
        yield line


async def _opened(address: Address, door: str, patience: float) -> ClientConnection:
    headers = {} if address.token is None else {"Authorization": f"Bearer {address.token}"}
    until = asyncio.get_running_loop().time() + patience
    wait = 0.25
    while True:
        try:
            return await websockets.connect(
                f"{address.websocket}/v1/{door}",
                additional_headers=headers,
                subprotocols=[websockets.Subprotocol(SUBPROTOCOL)],
                max_size=2**24,
                compression=None,
                open_timeout=_OPENING,
                ping_timeout=_PONG,
                close_timeout=_GOODBYE,
                proxy=None,
            )
        except websockets.InvalidStatus as error:
            told = _refused(error)
        except (OSError, websockets.InvalidMessage) as error:
            told = ServiceError(Code.UNAVAILABLE, f"{address.url} cannot be reached: {error}")
            told.__cause__ = error
        except websockets.WebSocketException as error:  # as where a proxy leads elsewhere
            told = ServiceError(
                Code.NOT_FOUND, f"no service of Sonorant is at {address.url}: {error}"
            )
            told.__cause__ = error
        left = until - asyncio.get_running_loop().time()
        away = told.code is Code.UNAVAILABLE and told.retry_after is None
        if left <= 0 or not (away or told.code in _WORTH_WAITING):
            raise told
        # Not all at once, when a service that had many comes back.
        pause = max(told.retry_after or 0.0, wait) * random.uniform(0.8, 1.2)
        await asyncio.sleep(min(pause, left))
        wait = min(2 * wait, _LONGEST_WAIT)


def _refused(error: websockets.InvalidStatus) -> ServiceError:
    try:
        body = bytes(error.response.body or b"").decode()
        return decode(body, [Error], lenient=True).to_error()
    except (ServiceError, UnicodeDecodeError):
        status = error.response.status_code
        return ServiceError(Code.NOT_FOUND, f"no service of Sonorant is there: HTTP {status}")


def _lost(error: websockets.ConnectionClosed) -> ServiceError:
    why = f": {error.rcvd.reason}" if error.rcvd is not None and error.rcvd.reason else ""
    return ServiceError(Code.GOING_AWAY, f"the connection was lost{why}", retry_after=1.0)
