"""The loudspeaker, against a stand-in that holds callers to PortAudio's contract."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assistant import loudspeaker
from assistant.loudspeaker import DeviceLoudspeaker
from speech import portaudio
from speech.audio import RATE, Samples
from speech.errors import DeviceError


class BrokenError(Exception):
    """PortAudio's own error."""


class Output:
    """What sounddevice would open. It takes half as long as the sound itself."""

    takes = frozenset({16000, 48000})
    opened: Output

    def __init__(self, *, samplerate: int, channels: int, dtype: str, device: int) -> None:
        if samplerate not in self.takes:
            raise BrokenError("invalid sample rate")
        assert (channels, dtype, device) == (1, "float32", 1)
        self.rate = samplerate
        self.played: list[Samples] = []
        self.done: list[str] = []
        self.active = self.writing = self.pulled = False
        Output.opened = self

    def start(self) -> None:
        assert not self.active, "started twice"
        self.active = True

    def write(self, block: Samples) -> None:
        assert self.active and not self.writing
        if self.pulled:
            raise BrokenError("device unavailable")
        self.writing = True
        time.sleep(block.size / self.rate / 2)
        self.writing = False
        self.played.append(block)

    def stop(self) -> None:
        assert self.active and not self.writing
        self.done.append("stop")
        self.active = False

    def abort(self, ignore_errors: bool = False) -> None:
        assert not self.writing, "stopped in the middle of a write"
        self.done.append("abort")
        self.active = False

    def close(self, ignore_errors: bool = False) -> None:
        self.done.append("close")


class PortAudio:
    """A microphone and a loudspeaker at 48 kHz."""

    PortAudioError = BrokenError
    OutputStream = Output
    default = SimpleNamespace(device=[0, 1])

    def query_devices(self, index: int | None = None) -> Any:
        found = [
            {"index": number, "name": name, "default_samplerate": 48000.0}
            | {"max_input_channels": 1 - number, "max_output_channels": number}
            for number, name in enumerate(("USB Microphone", "Speaker"))
        ]
        return found if index is None else found[index]


@pytest.fixture(autouse=True)
def _sound(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (portaudio, loudspeaker):
        monkeypatch.setattr(module, "portaudio", PortAudio)


async def sound(seconds: float) -> AsyncIterator[Samples]:
    tone = np.sin(np.arange(round(seconds * RATE)) * 2 * np.pi * 440 / RATE).astype(np.float32)
    for part in np.array_split(tone, 3):
        yield part


@pytest.mark.parametrize("rates", [frozenset({16000, 48000}), frozenset({48000})])
async def test_all_of_a_sound_is_heard_at_a_rate_that_the_device_takes(
    rates: frozenset[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Output, "takes", rates)
    speaker = DeviceLoudspeaker("speak")
    for _ in range(2):
        await speaker.play(sound(0.3))
    await speaker.close()
    output = Output.opened
    assert output.rate == min(rates)
    heard = np.concatenate(output.played)
    assert heard.size == pytest.approx(2 * 0.3 * output.rate, rel=0.001)
    assert max(block.size for block in output.played) <= 0.05 * output.rate
    wanted = np.sin(np.arange(heard.size // 2) * 2 * np.pi * 440 / output.rate)
    assert np.abs(heard[: heard.size // 2] - wanted)[500:-500].max() < 0.02
    assert output.done == ["stop", "stop", "close"]


async def test_cancelling_stops_at_once_but_not_in_a_write() -> None:
    speaker = DeviceLoudspeaker()
    playing = asyncio.create_task(speaker.play(sound(60.0)))
    async with asyncio.timeout(60):
        while not Output.opened.played:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    playing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await playing
    assert sum(block.size for block in Output.opened.played) < 30 * Output.opened.rate
    assert Output.opened.done == ["abort"]
    await speaker.play(sound(0.1))
    assert Output.opened.done == ["abort", "stop"]


async def test_a_loudspeaker_that_fails_is_an_error_of_ours() -> None:
    speaker = DeviceLoudspeaker()
    Output.opened.pulled = True
    with pytest.raises(DeviceError, match="failed: device unavailable"):
        await speaker.play(sound(0.1))
    assert Output.opened.done == ["abort"]


def test_a_loudspeaker_that_takes_no_rate_cannot_be_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Output, "takes", frozenset())
    with pytest.raises(DeviceError, match="cannot be opened: invalid sample rate"):
        DeviceLoudspeaker()
    with pytest.raises(DeviceError, match="1: Speaker"):
        DeviceLoudspeaker("headphones")
