"""Ogg/Opus streams in on every door, and nothing that only looks like it does harm."""

from __future__ import annotations

import asyncio
import contextlib
import io
import random
import threading
import time

import numpy as np
import pytest
import soundfile

from service.client import connect
from service.messages import Code, End, ServiceError
from service.messages.conversation import Converse, FinalHeard
from service.messages.recognition import FinalText, Recognize
from service.ogg import OggDecoder
from skills.home import EXAMPLE
from speech.audio import RATE, Samples
from speech.errors import AudioError
from tests.service.conftest import Running, Start


def ogg(samples: Samples, subtype: str = "OPUS", channels: int = 1) -> bytes:
    file = io.BytesIO()
    several = np.tile(samples[:, None], channels)
    soundfile.write(file, several, RATE, format="OGG", subtype=subtype)
    return file.getvalue()


async def heard(service: Running, data: bytes, size: int = 700) -> str:
    async with connect(service.ws, "recognize") as line:
        await line.send(Recognize(format="ogg", rate=48_000))
        for at in range(0, len(data), size):
            await line.send_bytes(data[at : at + size])
        await line.send(End())
        finals = [message async for message in line if isinstance(message, FinalText)]
    return " ".join(final.text for final in finals)


async def decoded(service: Running, data: bytes) -> str:
    """The same; raises AudioError where the service says that it is none."""
    try:
        return await heard(service, data)
    except ServiceError as error:
        if error.code is not Code.BAD_AUDIO:
            raise
        raise AudioError(error.message) from error


@pytest.mark.parametrize(("subtype", "channels"), [("OPUS", 1), ("OPUS", 2), ("VORBIS", 1)])
async def test_a_command_is_heard(
    service: Running, lamp: Samples, subtype: str, channels: int
) -> None:
    assert "turn on the lamp" in (await heard(service, ogg(lamp, subtype, channels))).lower()


async def test_a_conversation_is_led_in_opus(start: Start, lamp: Samples) -> None:
    with start(assistant=True, home=EXAMPLE) as service:
        async with connect(service.ws, "assistant") as line:
            await line.send(Converse(format="ogg", voice=False, wait_for_replies=True))
            await line.send_bytes(ogg(lamp))
            await line.send(End())
            (final,) = [message async for message in line if isinstance(message, FinalHeard)]
    assert final.text.lower().startswith("turn on the lamp")


def test_audio_comes_out_before_the_end(lamp: Samples) -> None:
    long = np.concatenate([lamp] * 4)
    data = ogg(long)
    decoder = OggDecoder()
    came = b""
    for at in range(0, len(data), 1000):
        came += decoder.feed(data[at : at + 1000])
    until = time.monotonic() + 60
    while len(came) <= long.size and time.monotonic() < until:
        time.sleep(0.01)
        came += decoder.feed(b"")
    before = len(came)
    came += decoder.finish()
    decoder.close()
    assert long.size < before < len(came)
    assert len(came) == pytest.approx(2 * long.size, rel=0.02)


@pytest.mark.timeout(60)
def test_who_sends_nothing_keeps_nobody_from_opening_a_file(lamp: Samples) -> None:
    decoder = OggDecoder()
    time.sleep(0.2)
    assert ogg(lamp)
    decoder.feed(ogg(lamp)[:20])
    time.sleep(0.2)
    assert ogg(lamp)
    decoder.close()


async def test_garbage_is_refused(service: Running, lamp: Samples) -> None:
    good = ogg(lamp)
    dice = random.Random(7)
    broken = bytearray(good)
    for _ in range(400):
        broken[dice.randrange(len(broken))] = dice.randrange(256)
    wav = io.BytesIO()
    soundfile.write(wav, lamp, RATE, format="WAV")
    for data in (b"\0" * 5000, wav.getvalue(), b"OggS" + b"\xff" * 50_000, b"OggS" * 5000):
        with pytest.raises(ServiceError) as caught:
            await heard(service, data)
        assert caught.value.code is Code.BAD_AUDIO, data[:8]
    for data in (bytes(broken), good[: len(good) // 2], good[:40], b"", good[3000:]):
        with contextlib.suppress(AudioError):
            await decoded(service, data)
    assert "lamp" in (await heard(service, good)).lower()
    await service.empty()
    async with asyncio.timeout(60):
        while any(one.name == "ogg" for one in threading.enumerate()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def test_what_never_holds_audio_is_given_up() -> None:
    decoder = OggDecoder()
    page = b"OggS\0\2" + bytes(20) + b"\xff" + b"\xff" * 255
    with pytest.raises(AudioError):
        fill(decoder, page + bytes(255 * 255))
    decoder.close()


def fill(decoder: OggDecoder, page: bytes) -> None:
    for _ in range(5000):
        decoder.feed(page)
