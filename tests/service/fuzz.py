"""What hostile and broken clients do: one seeded case after the other, at every door."""

from __future__ import annotations

import asyncio
import json
import os
import random
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import websockets
from websockets.asyncio.client import ClientConnection

from service.app import DOORS
from tests.service.conftest import Running

MESSAGE = 16_384
"""Size of a message at most, in the service that is tried."""
_WEIRD: tuple[Any, ...] = (
    *(None, True, -1, 0, 10**30, 1e308, "", "\0", "é" * 9999, "../../../etc/passwd", "%2e%2e%2f"),
    *("\ud800", "a\u202eb", [], {}, [[]], {"a": {"b": []}}, ["x"] * 2000, "NaN", "🦜" * 50),
)
_STARTS: dict[str, tuple[dict[str, Any], ...]] = {
    "/": (
        {"config": {"sample_rate": 16_000, "words": 1, "max_alternatives": 2}},
        {"config": {"phrase_list": ["a", "b"]}},
        *({"eof": 1}, {"reset": 1}),
    ),
    "/v1/recognize": ({"type": "start", "rate": 8000, "endpoints": False}, {"type": "start"}),
    "/v1/assistant": (
        {"type": "start", "push_to_talk": True, "area": "bedroom"},
        {"type": "start", "wake": ["okay_nabu"], "voice": False},
        *({"type": "text", "text": "turn on the lamp"}, {"type": "listen"}),
    ),
    "/v1/pronunciation": ({"type": "start", "text": "The old bridge.", "id": "x"},),
    "/v1/voiceprint": (
        {"type": "verify", "person": "Mia", "door": "hall"},
        {"type": "identify", "count": 3, "format": "float32"},
    ),
    "/v1/home": ({"type": "start"},),
    "/v1/models/pulls": ({"type": "pulls", "pulls": []},),
}
_RAW = (
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /console/..%2f..%2fservice.yaml HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /console/%2e%2e/app.py HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n",
    b"POST /v1/pronunciation HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    b"POST /v1/pronunciation HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\nx",
    b"POST /v1/voiceprint/identify HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
    b"\r\nzz\r\n",
    b"POST /v1/voiceprint/people HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
    b"Content-Length: 5\r\n\r\nabcd",
    b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 40_000 + b"\r\n\r\n",
    b"GET /v1/home?token=abc HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
)
_UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_PATIENCE = 0.05  # seconds that a case listens for


@dataclass(frozen=True, slots=True)
class Client:
    """Somebody who wishes the service ill.

    Parameters
    ----------
    secret
        A token, for the doors that need one.
    """

    service: Running
    secret: str

    async def case(self, seed: str) -> None:
        """One case; raises AssertionError if the service does what it must not."""
        dice = random.Random(seed)
        kinds: list[Callable[[random.Random], Awaitable[None]]] = [
            *([self._session] * 6),
            *([self._frames] * 2),
            *(self._raw, self._guess, self._rest, self._hang_up),
        ]
        with suppress(websockets.WebSocketException, OSError, EOFError, TimeoutError):
            await dice.choice(kinds)(dice)

    async def _session(self, dice: random.Random) -> None:
        """Messages that are right, wrong, in any order; left at any moment, in any way."""
        path = dice.choice(list(_STARTS))
        headers = {"Authorization": f"Bearer {self.secret}"} if dice.random() < 0.9 else None
        async with self.service.connect(
            path, subprotocols=None, additional_headers=headers, max_queue=1
        ) as line:
            for _ in range(dice.randrange(9)):
                await line.send(_message(dice, path))
                if dice.random() < 0.2:
                    await _listen(line, _PATIENCE)
            match dice.randrange(4):
                case 0:
                    line.transport.abort()
                case 1:
                    line.transport.write_eof()
                    await _listen(line, _PATIENCE)
                case 2:
                    await line.send(json.dumps({"type": "end"} if path != "/" else {"eof": 1}))
                    await _listen(line, 10 * _PATIENCE)

    async def _frames(self, dice: random.Random) -> None:
        """Frames that no library would send."""
        path = dice.choice(list(DOORS))
        reader, writer = await self._open(dice)
        writer.write(_UPGRADE.format(path=path).encode())
        with suppress(TimeoutError):
            await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
        for _ in range(dice.randrange(1, 6)):
            writer.write(_frame(dice))
            if dice.random() < 0.3:
                await asyncio.sleep(0)
        await self._leave(reader, writer, dice)

    async def _raw(self, dice: random.Random) -> None:
        """What is hardly HTTP."""
        reader, writer = await self._open(dice)
        data = dice.choice([*_RAW, dice.randbytes(dice.randrange(1, 300))])
        cut = len(data) if dice.random() < 0.7 else dice.randrange(len(data))
        for at in range(0, cut, size := dice.choice([cut or 1, 7, 1000])):
            writer.write(data[at : at + size])
            if dice.random() < 0.1:
                await asyncio.sleep(0)
        answer = await self._leave(reader, writer, dice)
        assert b"root:" not in answer and b"Traceback" not in answer

    async def _guess(self, dice: random.Random) -> None:
        """A token that is none: always from other addresses than those of honest clients."""
        secret = dice.choice([dice.randbytes(32).hex(), self.secret[:-1], "", "a" * 9000, "é"])
        path = dice.choice(["/v1/voiceprint/people", "/v1/voiceprint/audit", "/metrics"])
        reader, writer = await self._open(dice, f"127.{dice.randrange(1, 255)}.0.9")
        lines = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {secret}\r\n\r\n"
        writer.write(lines.encode())
        answer = await asyncio.wait_for(reader.readline(), 30)
        writer.transport.abort()
        assert any(code in answer for code in (b" 400 ", b" 401 ", b" 429 ")), (secret, answer)

    async def _rest(self, dice: random.Random) -> None:
        """Bodies that are not what they say."""
        paths = ("/v1/pronunciation", "/v1/speech", *(f"/v1/voiceprint/{n}" for n in _USES))
        body = dice.choice(
            [
                dice.randbytes(dice.randrange(600)),
                _text(dice, _mutated(dice, {"person": "Mia", "kind": "digits", "length": 4})),
                b'--x\r\nContent-Disposition: form-data; name="audio"; filename="../../x"\r\n\r\n'
                + dice.choice([b"", b"#EXTM3U\n/etc/passwd", b"RIFF" + dice.randbytes(99)])
                + b'\r\n--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nA\r\n--x--\r\n',
            ]
        )
        kind = dice.choice(["application/json", "multipart/form-data; boundary=x", "text/\xff"])
        method = dice.choice(["POST", "POST", "PUT", "PATCH", "DELETE", "BREW"])
        reader, writer = await self._open(dice)
        writer.write(
            f"{method} {dice.choice(paths)} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
            f"Authorization: Bearer {self.secret}\r\nContent-Length: {len(body)}\r\n\r\n".encode(
                "latin-1"
            )
        )
        writer.write(body)
        answer = await self._leave(reader, writer, dice, 20 * _PATIENCE)
        assert b" 500 " not in answer[:20] and b"Traceback" not in answer, answer

    async def _hang_up(self, dice: random.Random) -> None:
        """Many connections that say nothing."""
        for _ in range(dice.randrange(1, 20)):
            _, writer = await self._open(dice)
            writer.transport.abort()

    async def _open(
        self, dice: random.Random, address: str = "127.0.0.1"
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(
            "127.0.0.1", self.service.server.port, local_addr=(address, 0), limit=2**20
        )

    async def _leave(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        dice: random.Random,
        patience: float = _PATIENCE,
    ) -> bytes:
        """Read for a moment, or not at all, and be gone."""
        answer = b""
        if dice.random() < 0.8:
            with suppress(TimeoutError, OSError):
                answer = await asyncio.wait_for(reader.read(65_536), patience)
        writer.transport.abort()
        return answer


_USES = ("verify", "identify", "challenge", "people", "people/..%2f..%2fx", "people/%00")


def _message(dice: random.Random, path: str) -> str | bytes:
    match dice.randrange(8):
        case 0 | 1 | 2:
            return json.dumps(dice.choice(_STARTS[path]))
        case 3 | 4:
            return _text(dice, _mutated(dice, dice.choice(_STARTS[path]))).decode("utf-8", "ignore")
        case 5:
            return dice.choice(["", "{", "[" * 5000, '{"type":"start","type":"end"}', "NaN", "\0"])
        case 6:
            several = [struct.pack("<f", value) for value in (float("nan"), float("inf"), -1e38)]
            return b"".join(dice.choices(several, k=dice.randrange(400)))
        case _:
            return os.urandom(dice.choice([0, 1, 3, 640, 3201, MESSAGE, MESSAGE + 1]))


def _mutated(dice: random.Random, about: dict[str, Any]) -> dict[str, Any]:
    """A message with one thing wrong in it."""
    about = json.loads(json.dumps(about))
    place = about
    if isinstance(inner := about.get("config"), dict) and dice.random() < 0.8:
        place = inner
    match dice.randrange(3):
        case 0:
            place[dice.choice([*place, "type"])] = dice.choice(_WEIRD)
        case 1:
            place[dice.choice(["model", "path", "__class__", "x" * 500])] = dice.choice(_WEIRD)
        case _:
            del place[dice.choice(list(place))]
    return about


def _text(dice: random.Random, about: dict[str, Any]) -> bytes:
    text = json.dumps(about).encode()
    if dice.random() < 0.2:
        at = dice.randrange(len(text))
        text = text[:at] + dice.randbytes(2) + text[at + 1 :]
    return text


def _frame(dice: random.Random) -> bytes:
    """A websocket frame (RFC 6455, 5.2), more often wrong than right."""
    payload = dice.choice([b"", b"\xff\xfe\xc0", b'{"type": "start"}', dice.randbytes(200)])
    first = dice.choice([0x81, 0x82, 0x01, 0x80, 0x88, 0x89, 0x8A, 0x83, 0xF1, 0x09, 0xFF])
    length = dice.choice([len(payload), len(payload), 126, 127])
    head = bytes([first, (0x80 if dice.random() < 0.8 else 0) | min(length, 127)])
    if length == 126:
        head += struct.pack(">H", dice.choice([len(payload), 65_535]))
    elif length == 127:
        head += struct.pack(">Q", dice.choice([len(payload), 2**40, 2**63 + 1]))
    return head + bytes(4) + payload


async def _listen(line: ClientConnection, seconds: float) -> None:
    with suppress(TimeoutError, websockets.ConnectionClosedOK):
        async with asyncio.timeout(seconds):
            async for _ in line:
                pass
