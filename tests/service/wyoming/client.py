"""Wyoming's own client, and the real server that it talks to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import numpy as np
import soxr
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.event import Event, Eventable

from service.wyoming import Limits, Offer, WyomingServer
from speech.audio import RATE, Samples, from_pcm16
from tests.speech.words import spoken_words

SILENCE = np.zeros(RATE // 2, np.float32)
LAMP = ["turn", "on", "the", "lamp"]
"""What the fixture ``lamp`` says."""


class Served:
    """A server that listens, and clients of it."""

    def __init__(self, server: WyomingServer) -> None:
        self.host, self.port = server.address

    def client(self) -> AsyncTcpClient:
        return AsyncTcpClient(self.host, self.port, read_timeout=60)

    async def ask(self, *messages: Eventable) -> list[Event]:
        """Every answer to some messages, after which the client sends no more."""
        async with self.client() as client:
            for message in messages:
                await client.write_event(message.event())
            assert client._writer is not None
            client._writer.write_eof()
            return [event async for event in answers(client)]

    async def ask_raw(self, data: bytes) -> list[Event]:
        """Every answer to some bytes."""
        async with self.client() as client:
            assert client._writer is not None
            client._writer.write(data)
            client._writer.write_eof()
            return [event async for event in answers(client)]


@asynccontextmanager
async def served(
    pool: ThreadPoolExecutor, offer: Offer, limits: Limits | None = None
) -> AsyncIterator[Served]:
    async with WyomingServer(offer, pool, limits) as server:
        await server.start(port=0)
        yield Served(server)


async def tell(client: AsyncTcpClient, *messages: Eventable) -> None:
    for message in messages:
        await client.write_event(message.event())


async def answers(client: AsyncTcpClient) -> AsyncIterator[Event]:
    while (event := await client.read_event()) is not None:
        yield event


def audio(
    samples: Samples, rate: int = RATE, width: int = 2, channels: int = 1, size: int = 1_000
) -> list[Eventable]:
    """Audio as a client sends it, in a format of its own."""
    if rate != RATE:
        samples = soxr.resample(samples, RATE, rate)
    scaled = np.clip(samples, -1, 1).astype(np.float64) * (2 ** (8 * width - 1) - 1)
    many = np.repeat(scaled.astype(np.int64)[:, None], channels, axis=1)
    if width == 1:
        many += 128
    pcm = many.astype("<i8").view(np.uint8).reshape(*many.shape, 8)[:, :, :width].tobytes()
    step = size * width * channels
    return [
        AudioStart(rate, width, channels),
        *(
            AudioChunk(rate, width, channels, pcm[at : at + step])
            for at in range(0, len(pcm), step)
        ),
        AudioStop(),
    ]


async def until(client: AsyncTcpClient, kind: str) -> AsyncIterator[Event]:
    """The answers up to one of a kind, and that."""
    async for event in answers(client):
        yield event
        if event.type == kind:
            return


def heard(events: Sequence[Event]) -> list[str]:
    (event,) = events
    return spoken_words(Transcript.from_event(event).text)


def errors(events: Sequence[Event]) -> list[str]:
    return [event.data["code"] for event in events if event.type == "error"]


def sound(events: Sequence[Event]) -> Samples:
    chunks = [AudioChunk.from_event(event) for event in events if event.type == "audio-chunk"]
    assert {(chunk.rate, chunk.width, chunk.channels) for chunk in chunks} <= {(RATE, 2, 1)}
    return np.concatenate([SILENCE[:0], *(from_pcm16(chunk.audio) for chunk in chunks)])
