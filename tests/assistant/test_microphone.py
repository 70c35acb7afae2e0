"""Devices: what is chosen, what is said where there are none, and one that disappears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assistant import events
from assistant.conversation import Conversation
from assistant.sources import Input, follow
from speech import microphone, portaudio
from speech.audio import RATE, Samples
from speech.errors import DeviceError
from speech.microphone import Microphone
from speech.recognition.contract import Final
from tests.assistant.parts import (
    Log,
    LoudnessVad,
    ScriptedRecognizer,
    ScriptedRouter,
    silence,
    speech,
)


class Stream:
    """What sounddevice would open: the test calls its callbacks."""

    opened: Stream

    def __init__(self, **options: Any) -> None:
        self.options = options
        Stream.opened = self

    def start(self) -> None:
        pass

    def close(self, ignore_errors: bool = True) -> None:
        pass

    def say(self, block: Samples, overflow: bool = False) -> None:
        status = SimpleNamespace(input_overflow=overflow)
        self.options["callback"](block.reshape(-1, 1), block.size, None, status)


class PortAudio:
    """Two devices: a microphone at 48 kHz and a loudspeaker."""

    PortAudioError = RuntimeError
    InputStream = Stream
    default = SimpleNamespace(device=[0, 1])

    def query_devices(self, index: int | None = None) -> Any:
        found = [
            {"index": number, "name": name, "default_samplerate": 48000.0}
            | {"max_input_channels": 1 - number, "max_output_channels": number}
            for number, name in enumerate(("USB Microphone", "Speaker"))
        ]
        return found if index is None else found[index]


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (portaudio, microphone):
        monkeypatch.setattr(module, "portaudio", PortAudio)


@pytest.mark.usefixtures("sound")
def test_a_device_is_chosen_by_index_or_name() -> None:
    assert portaudio.choose(None, "input") == 0
    assert portaudio.choose("usb", "input") == 0
    assert portaudio.choose("1", "output") == 1
    with pytest.raises(DeviceError, match="0: USB Microphone"):
        portaudio.choose("headset", "input")


@pytest.mark.usefixtures("sound")
async def test_audio_is_resampled_bounded_and_measured() -> None:
    source = Microphone()
    for _ in range(300):
        Stream.opened.say(np.full(2400, 0.5, np.float32))
    Stream.opened.say(np.full(2400, 0.5, np.float32), overflow=True)
    await asyncio.sleep(0.01)
    assert source.overflows == 101 + 1  # dropped for want of room, and lost by the device
    assert source.level == pytest.approx(-6.0, abs=0.1)
    total = 0
    for _ in range(200):
        total += (await anext(source)).size
    assert total == pytest.approx(10 * RATE, rel=0.02)
    await source.close()
    with pytest.raises(StopAsyncIteration):
        await anext(source)


@pytest.mark.usefixtures("sound")
async def test_a_microphone_that_ends_is_an_error() -> None:
    source = Microphone()
    Stream.opened.options["finished_callback"]()
    with pytest.raises(DeviceError, match="USB Microphone has gone"):
        await anext(source)
    await source.close()


@pytest.mark.usefixtures("sound")
async def test_a_microphone_that_falls_silent_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(microphone, "_SILENT_FOR", 0.05)
    source = Microphone()
    Stream.opened.say(np.zeros(2400, np.float32))
    async with asyncio.timeout(60.0):
        await anext(source)
        with pytest.raises(DeviceError, match="USB Microphone has gone"):
            await anext(source)
    await source.close()


def test_missing_portaudio_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(DeviceError, match="apt-get install libportaudio2"):
        portaudio.devices()


class Pulled:
    """A microphone that says something and is then pulled out."""

    level = -120.0
    overflows = 0

    def __init__(self, blocks: list[Samples], gone: bool) -> None:
        self._blocks = blocks
        self._gone = gone
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[Samples]:
        for block in self._blocks:
            yield block
        if self._gone:
            raise DeviceError("the microphone has gone away")

    async def close(self) -> None:
        self.closed = True


async def test_a_microphone_that_disappears_is_waited_for() -> None:
    first, second = Pulled([speech(0.4)], True), Pulled([speech(0.4), silence(1.0)], False)
    attempts: list[Pulled | DeviceError] = [first, DeviceError("not yet"), second]
    told: list[str] = []

    def open_input() -> Input:
        attempt = attempts.pop(0)
        if isinstance(attempt, DeviceError):
            raise attempt
        return attempt

    router = ScriptedRouter()
    recognizer = ScriptedRecognizer([Final("hello")])
    async with Conversation(recognizer, LoudnessVad(), router) as talk:
        log = Log(talk)
        await follow(talk, open_input, told.append, patience=60.0, retry=0.01)
        await talk.finish()
        await asyncio.sleep(0.01)
    assert [request.text for request in router.asked] == ["hello"]
    assert "gone away" in told[0] and "back" in told[1]
    assert first.closed and second.closed
    assert not log.of(events.Failed)


async def test_a_microphone_that_never_comes_back_is_an_error() -> None:
    attempts = [Pulled([], True)]

    def open_input() -> Input:
        if attempts:
            return attempts.pop()
        raise DeviceError("no microphone")

    async with Conversation(ScriptedRecognizer([]), LoudnessVad(), ScriptedRouter()) as talk:
        with pytest.raises(DeviceError, match="no microphone"):
            await follow(talk, open_input, lambda message: None, patience=0.05, retry=0.01)
