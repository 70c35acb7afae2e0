"""vosk-server's protocol, spoken as its own clients speak it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import soxr
import websockets
from websockets.asyncio.client import ClientConnection

from speech.audio import RATE, Samples, to_pcm16
from tests.service.conftest import Running

EOFS = ['{"eof" : 1}', '{"eof":1}', ' { "eof" :1 } ']


async def talk(
    socket: ClientConnection, samples: Samples, rate: int, eof: str = EOFS[0]
) -> list[dict[str, Any]]:
    """A configuration, 0.2 s of audio a message with one reply each, the end and its reply."""
    pcm, size = to_pcm16(samples), int(rate * 0.2) * 2
    replies = []
    await socket.send(f'{{ "config" : {{ "sample_rate" : {rate} }} }}')
    for at in range(0, len(pcm), size):
        await socket.send(pcm[at : at + size])
        replies.append(json.loads(await socket.recv()))
    await socket.send(eof)
    replies.append(json.loads(await socket.recv()))
    with pytest.raises(websockets.ConnectionClosedOK):
        await socket.recv()
    return replies


def texts(replies: list[dict[str, Any]]) -> list[str]:
    return [reply["text"] for reply in replies if reply.get("text")]


@pytest.mark.parametrize("eof", EOFS)
async def test_one_reply_a_message_and_the_result_at_the_endpoint(
    service: Running, lamp: Samples, eof: str
) -> None:
    async with service.connect("/", subprotocols=None) as socket:
        replies = await talk(socket, lamp, RATE, eof)
    assert len(replies) == -(-lamp.size // 3200) + 1
    (text,) = texts(replies)
    assert text.lower().startswith("turn on the lamp")
    partials = [reply["partial"] for reply in replies if "partial" in reply]
    assert any(partials) and partials[0] == ""
    (final,) = [reply for reply in replies if reply.get("text")]
    assert [word["word"] for word in final["result"]] == text.split()
    ends = 0.0
    for word in final["result"]:
        assert ends <= word["start"] < word["end"] and 0 < word["conf"] <= 1
        ends = word["end"]
    assert final["result"][0]["start"] > 1.0 and ends < 2.5


@pytest.mark.parametrize("rate", [8000, 44100])
async def test_other_rates(service: Running, lamp: Samples, rate: int) -> None:
    async with service.connect("/", subprotocols=None) as socket:
        (text,) = texts(await talk(socket, soxr.resample(lamp, RATE, rate), rate))
    assert "lamp" in text.lower()


async def test_the_end_has_what_is_left(service: Running, lamp: Samples) -> None:
    async with service.connect("/", subprotocols=None) as socket:
        replies = await talk(socket, lamp[: 2 * RATE], RATE)
    assert all("partial" in reply for reply in replies[:-1])
    assert "lamp" in replies[-1]["text"].lower() and replies[-1]["result"]
    async with service.connect("/", subprotocols=None) as socket:
        assert (await talk(socket, np.zeros(RATE, np.float32), RATE))[-1] == {"text": ""}
    async with service.connect("/", subprotocols=None) as socket:
        await socket.send('{"eof" : 1}')
        assert json.loads(await socket.recv()) == {"text": ""}


async def test_words_alternatives_and_reset(service: Running, lamp: Samples) -> None:
    pcm = to_pcm16(lamp[: 2 * RATE])
    async with service.connect("/", subprotocols=None) as socket:
        await socket.send('{"config": {"sample_rate": 16000.0, "words": 0, "phrase_list": ["a"]}}')
        await socket.send(pcm)
        assert "partial" in json.loads(await socket.recv())
        await socket.send('{"reset" : 1}')
        reply = json.loads(await socket.recv())
        assert reply.keys() == {"text"} and "lamp" in reply["text"].lower()
        await socket.send('{"config": {"max_alternatives": 3}}')
        await socket.send(pcm)
        await socket.recv()
        await socket.send('{"eof" : 1}')
        several = json.loads(await socket.recv())["alternatives"]
        assert 1 < len(several) <= 3 and "lamp" in several[0]["text"].lower()
        assert several[0]["confidence"] >= several[1]["confidence"]


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ('{"config": {"model": "/etc"}}', "forbidden"),
        ('{"config": {"sample_rate": 16000, "spk_model": "x"}}', "forbidden"),
        ('{"config": {"sample_rate": "fast"}}', "bad_message"),
        ('{"config": {"sample_rate": 1e999}}', "bad_message"),
        ('{"config": {"sample_rate": 1}}', "bad_message"),
        ('{"config": {"phrase_list": [1]}}', "bad_message"),
        ('{"config": [1]}', "bad_message"),
        ('{"config": ', "bad_message"),
        ("eof", "bad_message"),
        ("{}", "bad_message"),
    ],
)
async def test_what_it_does_not_take(service: Running, sent: str, code: str) -> None:
    async with service.connect("/", subprotocols=None) as socket:
        await socket.send(sent)
        assert json.loads(await socket.recv())["code"] == code
        with pytest.raises(websockets.ConnectionClosed):
            await socket.recv()
    await service.empty()
