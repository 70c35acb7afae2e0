"""Scripted stand-ins for timing and edge behaviour, where real engines would be too good."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from assistant import events
from assistant.conversation import Conversation
from assistant.ear import WakeNoticed
from assistant.events import Event
from assistant.stream import EventStream
from skills.contract import Reply, Request
from speech.audio import RATE, Samples
from speech.recognition.contract import Bias, Capabilities, Final, Partial
from speech.vad import WINDOW

E = TypeVar("E", bound=Event)

WAKE = 0.9
"""A block at this amplitude is the wake word."""


def speech(seconds: float) -> Samples:
    return np.full(round(seconds * RATE), 0.3, np.float32)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def wake_word() -> Samples:
    return np.full(RATE // 10, WAKE, np.float32)


class LoudnessVad:
    """Speech is what is loud."""

    def stream(self) -> LoudnessVad:
        return self

    def feed(self, window: Samples) -> float:
        return float(0.1 < np.abs(window).max() < 0.5)

    def windows(self, samples: Samples) -> npt.NDArray[np.float32]:
        whole = samples[: samples.size // WINDOW * WINDOW].reshape(-1, WINDOW)
        return np.array([self.feed(window) for window in whole], np.float32)


class BrokenVad(LoudnessVad):
    """Raises as often as it is told to."""

    def __init__(self, times: int) -> None:
        self.times = times

    def feed(self, window: Samples) -> float:
        if self.times > 0:
            self.times -= 1
            raise RuntimeError("the model is broken")
        return super().feed(window)


class LoudWake:
    """The wake word is what is very loud."""

    def feed(self, samples: Samples) -> Sequence[WakeNoticed]:
        return [WakeNoticed("okay_nabu")] if samples.size and samples.max() >= 0.8 else []

    def reset(self) -> None:
        pass


@dataclass
class ScriptedRecognizer:
    """Answers with one scripted result after the other, and measures what it was fed."""

    script: list[Final | Exception]
    held: threading.Event | None = None
    """No partial comes before it is set."""
    finish_takes: float = 0.0
    name: str = "scripted"
    languages: frozenset[str] | None = None
    fed: list[float] = field(default_factory=list)
    anticipated: int = 0
    closed: int = 0

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(self.languages, True, False, False, False, Bias.NONE)

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> ScriptedStream:
        self.fed.append(0.0)
        return ScriptedStream(self)

    def close(self) -> None:
        pass


class ScriptedStream:
    def __init__(self, home: ScriptedRecognizer) -> None:
        self._home = home

    def feed(self, samples: Samples) -> Partial | None:
        self._home.fed[-1] += samples.size / RATE
        if self._home.held is not None:
            self._home.held.wait()
        return Partial(f"{self._home.fed[-1]:.1f} s")

    def anticipate(self) -> None:
        self._home.anticipated += 1

    def finish(self) -> Final:
        time.sleep(self._home.finish_takes)
        result = self._home.script.pop(0) if self._home.script else Final("again")
        if isinstance(result, Exception):
            raise result
        return result

    def close(self) -> None:
        self._home.closed += 1


@dataclass
class ScriptedRouter:
    """Answers by table; remembers what it was asked."""

    replies: dict[str, Reply | Exception] = field(default_factory=dict)
    takes: float = 0.0
    held: asyncio.Event | None = None
    """No answer comes before it is set."""
    asked: list[Request] = field(default_factory=list)

    async def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        await asyncio.sleep(self.takes)
        if self.held is not None:
            await self.held.wait()
        reply = self.replies.get(request.text, Reply(f"You said {request.text}."))
        if isinstance(reply, Exception):
            raise reply
        return reply


class ToneVoice:
    """Says everything as tenths of a second, ten of them unless told otherwise."""

    name = "tone"
    languages = ("en",)

    def __init__(self, fails: bool = False, tenths: int = 10) -> None:
        self.said: list[str] = []
        self.fails = fails
        self.tenths = tenths

    def speaks(self, language: str) -> bool:
        return True

    def synthesize(
        self, text: str, language: str = "en", *, pace: float = 1.0
    ) -> Iterator[Samples]:
        self.said.append(text)
        if self.fails:
            raise RuntimeError("no voice today")
        for _ in range(self.tenths):
            yield speech(0.1)

    def close(self) -> None:
        pass


class SlowLoudspeaker:
    """Plays in real time and notes whether it was stopped."""

    def __init__(self) -> None:
        self.played = 0.0
        self.stopped = False

    async def play(self, chunks: AsyncIterator[Samples]) -> None:
        try:
            async for chunk in chunks:
                self.played += chunk.size / RATE
                await asyncio.sleep(chunk.size / RATE)
        except asyncio.CancelledError:
            self.stopped = True
            raise

    async def close(self) -> None:
        pass


class Log:
    """Collects the events of a conversation."""

    def __init__(self, conversation: Conversation) -> None:
        self.events: list[Event] = []
        self._came = asyncio.Event()
        self._stream: EventStream = conversation.events()
        self._task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for event in self._stream:
            self.events.append(event)
            self._came.set()

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, kind: type[Event], count: int = 1, patience: float = 60.0) -> None:
        async with asyncio.timeout(patience):
            while len(self.of(kind)) < count:
                self._came.clear()
                await self._came.wait()

    @property
    def states(self) -> list[str]:
        return [event.after for event in self.of(events.StateChanged)]


def conversation(*script: Final | Exception, **parts: Any) -> Conversation:
    """A conversation out of scripted parts; the finals, then whatever replaces a part."""
    recognizer = parts.pop("recognizer", None) or ScriptedRecognizer(list(script))
    vad = parts.pop("vad", None) or LoudnessVad()
    router = parts.pop("router", None) or ScriptedRouter()
    return Conversation(
        recognizer, vad, router, parts.pop("voice", None), parts.pop("loudspeaker", None), **parts
    )
