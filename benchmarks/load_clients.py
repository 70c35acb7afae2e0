"""The clients of the benchmark of load, in a process of their own: N talk at once, in real time.

Each says recorded sentences of one speaker of speechocean762, with pauses between them, and notes
when what was said came back. What they found is printed as JSON. ::

    python -m benchmarks.load_clients recognize http://127.0.0.1:8765 8 --seconds 30
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import websockets

from pronunciation.training.__main__ import corpus_folder
from service.client import Address, connect
from service.messages import End, ServiceError
from service.messages.conversation import Converse, FinalHeard, ReplyStarted, SpeechEnded
from service.messages.recognition import FinalText, Recognize
from speech import endpoint
from speech.audio import RATE, Samples, from_pcm16, read, to_pcm16
from speech.endpoint import Endpointer
from speech.vad import WINDOW, SileroVad, Vad

BLOCK = RATE // 5
"""Samples a message, as vosk-server's own client sends them."""
PAUSES = (2.0, 5.0)
"""Seconds between two sentences of a conversation, in which somebody else speaks."""
WARM = 15.0
"""Seconds at the start of which the finals do not count: new recognisers of Vosk's are slow."""
_CALM = 1.5  # seconds of pause at the end, so that the last sentence ends by itself


@dataclass(frozen=True, slots=True)
class Talk:
    """What one client says."""

    samples: Samples
    ends: tuple[float, ...]
    """Seconds at which our endpointer ends the utterances."""
    speech: float
    """Share of the time in which there is speech."""


@dataclass(slots=True)
class Heard:
    """What came back for one client."""

    delays: list[float] = field(default_factory=list)
    """Seconds from sending the audio that ended an utterance until its final came."""
    replies: list[float] = field(default_factory=list)
    """Seconds from the same moment until a reply began."""
    texts: list[str] = field(default_factory=list)
    refused: float | None = None
    """Seconds after which it is to come back, where it was not let in."""
    failed: str | None = None

    def note(self, at: float, delay: float, text: str) -> None:
        """A final, of the audio that was sent ``at`` seconds after the first."""
        self.texts.append(text)
        if at >= WARM:
            self.delays.append(delay)


def talks(count: int, seconds: float, *, dense: bool) -> Iterator[Talk]:
    """What ``count`` clients say for ``seconds``: a conversation, or speech without a pause."""
    folder = corpus_folder(None)
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
    speakers: dict[str, list[str]] = {}
    for label in labels:
        speakers.setdefault(label["speaker"], []).append(label["id"])
    vad = SileroVad()
    for speaker in random.Random(7).sample(sorted(speakers), count):
        yield _talk(folder, speakers[speaker], seconds, vad, dense, random.Random(speaker))


def _talk(
    folder: Path, ids: list[str], seconds: float, vad: Vad, dense: bool, dice: random.Random
) -> Talk:
    parts: list[Samples] = []
    size = 0
    noise = np.random.default_rng(dice.randrange(2**32))
    while size < (seconds - _CALM) * RATE:
        said = read(folder / "audio" / f"{dice.choice(ids)}.opus")
        if dense:
            loud = np.flatnonzero(vad.windows(said) >= 0.5) * WINDOW
            parts.append(said[loud[0] : loud[-1] + WINDOW] if loud.size else said)
        else:
            parts += [said, _room(said, dice.uniform(*PAUSES), noise)]
        size = sum(part.size for part in parts)
    audio = np.concatenate(parts)[: round((seconds - _CALM) * RATE)]
    audio = np.concatenate([audio, _room(audio, _CALM, noise)])
    audio = from_pcm16(to_pcm16(audio))
    ends = [e.time for e in Endpointer(vad).feed(audio) if isinstance(e, endpoint.SpeechEnded)]
    return Talk(audio, tuple(ends), float(np.mean(vad.windows(audio) >= 0.5)))


def _room(near: Samples, seconds: float, noise: np.random.Generator) -> Samples:
    """The noise of a room: as loud as the quietest tenth of a recording."""
    frames = near[: near.size // 480 * 480].reshape(-1, 480)
    level = np.quantile(np.sqrt(np.mean(frames**2, axis=1)), 0.1)
    return noise.normal(0, level, round(seconds * RATE)).astype(np.float32)


async def vosk(url: str, talk: Talk, heard: Heard) -> None:
    """A client of vosk-server: the k-th reply belongs to the k-th message."""
    sent: list[float] = []
    address = url.replace("http", "ws")
    # A server that is far behind answers pings as late as audio.
    async with websockets.connect(address, compression=None, ping_interval=None) as socket:
        await socket.send(json.dumps({"config": {"sample_rate": RATE}}))

        async def listen() -> None:
            number = 0
            async for message in socket:
                reply = json.loads(message)
                if text := reply.get("text"):
                    heard.note(sent[number] - sent[0], time.monotonic() - sent[number], text)
                number += 1

        listening = asyncio.create_task(listen())

        async def send(piece: bytes) -> None:
            sent.append(time.monotonic())
            await socket.send(piece)

        await _pace(talk, send)
        sent.append(time.monotonic())
        await socket.send('{"eof" : 1}')
        await listening


async def recognize(url: str, talk: Talk, heard: Heard) -> None:
    """A client of ``/v1/recognize``: the k-th final belongs to the k-th endpoint."""
    async with connect(Address(url), "recognize") as line:
        await line.send(Recognize(rate=RATE, alternatives=False))
        began = time.monotonic()

        async def listen() -> None:
            number = 0
            async for message in line:
                if isinstance(message, FinalText):
                    due = _sent_at(talk.ends[number])
                    heard.note(due, time.monotonic() - began - due, message.text)
                    number += 1

        listening = asyncio.create_task(listen())
        await _pace(talk, lambda piece: line.send_audio(from_pcm16(piece)))
        await line.send(End())
        await listening


async def assistant(url: str, talk: Talk, heard: Heard) -> None:
    """A whole conversation: finals, and replies that are heard."""
    async with connect(Address(url), "assistant") as line:
        await line.send(Converse(rate=RATE))
        began = time.monotonic()
        due = began

        async def listen() -> None:
            nonlocal due
            async for message in line:
                now = time.monotonic()
                if isinstance(message, SpeechEnded):
                    due = began + _sent_at(message.audio)
                elif isinstance(message, FinalHeard):
                    heard.note(due - began, now - due, message.text)
                elif isinstance(message, ReplyStarted):
                    heard.replies.append(now - due)

        listening = asyncio.create_task(listen())
        await _pace(talk, lambda piece: line.send_audio(from_pcm16(piece)))
        await line.send(End())
        await listening


def _sent_at(time_of_audio: float) -> float:
    """Seconds after the start at which the message with a moment of the audio is sent."""
    return float(np.ceil(time_of_audio * RATE / BLOCK - 1e-6)) * BLOCK / RATE


async def _pace(talk: Talk, send: Callable[[bytes], Awaitable[None]]) -> None:
    """Send the audio as a microphone gives it."""
    pcm = to_pcm16(talk.samples)
    began = time.monotonic()
    for at in range(0, talk.samples.size, BLOCK):
        due = began + min(at + BLOCK, talk.samples.size) / RATE
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await send(pcm[2 * at : 2 * (at + BLOCK)])


CLIENTS = {"vosk": vosk, "recognize": recognize, "assistant": assistant}


async def _all(client: str, url: str, said: list[Talk]) -> list[Heard]:
    found = [Heard() for _ in said]

    async def one(number: int) -> None:
        # A little apart, so that their messages do not all come at the same moment.
        await asyncio.sleep(2.0 * number / len(said))
        try:
            await CLIENTS[client](url, said[number], found[number])
        except ServiceError as error:
            if error.retry_after is None:
                found[number].failed = str(error)
            found[number].refused = error.retry_after
        except (websockets.WebSocketException, OSError) as error:
            found[number].failed = repr(error)

    await asyncio.gather(*map(one, range(len(said))))
    return found


def main() -> None:
    """Talk, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("client", choices=CLIENTS)
    parser.add_argument("url")
    parser.add_argument("count", type=int)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--dense", action="store_true", help="speech without pauses")
    args = parser.parse_args()
    said = list(talks(args.count, args.seconds, dense=args.dense))
    print("ready", flush=True)
    sys.stdin.readline()
    found = asyncio.run(_all(args.client, args.url, said))
    served = [one for one in found if one.refused is None]
    result = {
        "audio": sum(
            talk.samples.size / RATE
            for talk, one in zip(said, found, strict=True)
            if one.refused is None
        ),
        "speech": float(np.mean([talk.speech for talk in said])),
        "delays": [delay for one in served for delay in one.delays],
        "replies": [delay for one in served for delay in one.replies],
        "refused": [one.refused for one in found if one.refused is not None],
        "failed": [one.failed for one in found if one.failed is not None],
        "texts": [one.texts for one in found],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
