"""Garbage, silence, crowds and broken engines: each ends its own connection alone."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from wyoming.audio import AudioStart
from wyoming.client import AsyncTcpClient
from wyoming.ping import Ping
from wyoming.tts import (
    Synthesize,
)

from service.wyoming import Limits, Offer, WyomingServer
from skills import Router
from speech.audio import RATE, Samples, read
from speech.recognition import Final
from speech.recognition.moonshine import MoonshineRecognizer
from speech.synthesis.espeak import EspeakSynthesizer
from tests.assistant.parts import ScriptedRecognizer
from tests.service.wyoming.client import (
    LAMP,
    SILENCE,
    Served,
    answers,
    audio,
    errors,
    heard,
    served,
)


def raw(header: object, rest: bytes = b"") -> bytes:
    return json.dumps(header).encode() + b"\n" + rest


CHUNK = {"rate": 16_000, "width": 2, "channels": 1}


def _chunk(pcm: bytes = b"", **wrong: object) -> bytes:
    start = raw({"type": "audio-start", "data": CHUNK})
    header = {"type": "audio-chunk", "data": {**CHUNK, **wrong}, "payload_length": len(pcm)}
    return start + raw(header, pcm)


GARBAGE: dict[str, tuple[str, bytes]] = {
    "no JSON": ("bad_message", b"GET / HTTP/1.1\r\n\r\n"),
    "binary": ("bad_message", b"\x16\x03\x01\x02\x00\xff\xfe\n"),
    "no UTF-8": ("bad_message", b'{"type": "\xff\xfe"}\n'),
    "a list": ("bad_message", raw([1, 2])),
    "no type": ("bad_message", raw({"data": {}})),
    "a number as type": ("bad_message", raw({"type": 3})),
    "data no object": ("bad_message", raw({"type": "ping", "data": [1]})),
    "deep": ("bad_message", b'{"type": ' + 20_000 * b"[" + b"\n"),
    "digits": ("bad_message", b'{"type": ' + 20_000 * b"1" + b"}\n"),
    "a header without end": ("too_large", b'{"type": "' + 100_000 * b"x"),
    "negative length": ("bad_message", raw({"type": "ping", "data_length": -1})),
    "true as length": ("bad_message", raw({"type": "ping", "payload_length": True})),
    "text as length": ("bad_message", raw({"type": "ping", "payload_length": "9"})),
    "much data": ("too_large", raw({"type": "ping", "data_length": 10**12})),
    "much audio": ("too_large", raw({"type": "ping", "payload_length": 10**12})),
    "data no JSON": ("bad_message", raw({"type": "ping", "data_length": 3}, b"abc")),
    "a number as text": ("bad_message", raw({"type": "ping", "data": {"text": 1}})),
    "audio before its start": ("bad_message", raw({"type": "audio-chunk", "data": CHUNK})),
    "an end before its start": ("bad_message", raw({"type": "audio-stop"})),
    "a piece before its start": (
        "bad_message",
        raw({"type": "synthesize-chunk", "data": {"text": "a"}}),
    ),
    "no text to speak": ("bad_message", raw({"type": "synthesize"})),
    "a voice of text": (
        "bad_message",
        raw({"type": "synthesize", "data": {"text": "a", "voice": "b"}}),
    ),
    "names of text": ("bad_message", raw({"type": "detect", "data": {"names": "alexa"}})),
    "a context of text": (
        "bad_message",
        raw({"type": "transcript", "data": {"text": "hi", "context": "x"}}),
    ),
    "half a sample": ("bad_message", _chunk(b"abc")),
    "rate of text": ("bad_message", _chunk(rate="16000")),
    "rate of nothing": ("bad_message", _chunk(rate=None)),
    "rate of infinity": ("bad_message", _chunk(rate=float("inf"))),
    "rate of zero": ("bad_message", _chunk(rate=0)),
    "width of nine": ("bad_message", _chunk(width=9)),
    "a million channels": ("bad_message", _chunk(channels=10**6)),
}


async def test_garbage_ends_its_connection_alone(
    pool: ThreadPoolExecutor,
    moonshine: MoonshineRecognizer,
    espeak: EspeakSynthesizer,
    router: Router,
    caplog: pytest.LogCaptureFixture,
) -> None:
    offer = Offer((moonshine,), espeak, ("alexa",), router)
    async with served(pool, offer) as server, server.client() as other:
        for name, (code, data) in GARBAGE.items():
            assert errors(await server.ask_raw(data)) == [code], name
        await other.write_event(Ping("still there").event())
        pong = await other.read_event()
    assert pong is not None and pong.data == {"text": "still there"}
    assert not caplog.records


async def test_what_is_not_known_is_passed_over(
    pool: ThreadPoolExecutor, moonshine: MoonshineRecognizer
) -> None:
    async with served(pool, Offer((moonshine,))) as server:
        unknown = raw({"type": "select-program", "data": {"name": "x"}})
        future = raw({"type": "future", "data_length": 2, "payload_length": 3}, b"{}abc")
        (pong,) = await server.ask_raw(unknown + future + raw({"type": "ping"}))
        assert pong.type == "pong"


async def test_a_client_that_goes_in_the_middle_leaves_its_place(
    pool: ThreadPoolExecutor, moonshine: MoonshineRecognizer, espeak: EspeakSynthesizer
) -> None:
    whole = raw({"type": "synthesize", "data": {"text": 500 * "a long text, "}})
    cut = raw({"type": "ping", "data_length": 9}, b"{")
    async with served(pool, Offer((moonshine,), espeak), Limits(connections=1)) as server:
        for data in (b"", b"{", cut, _chunk(b"abcd"), whole):
            client = server.client()
            await client.connect()
            assert client._writer is not None
            client._writer.write(data)
            await client._writer.drain()
            if data is whole:
                await client.read_event()
            client._writer.transport.abort()
            async with asyncio.timeout(60):
                while errors(events := await server.ask(Ping())) == ["busy"]:
                    pass
            assert [event.type for event in events] == ["pong"]


async def test_two_clients_at_once(
    pool: ThreadPoolExecutor,
    moonshine: MoonshineRecognizer,
    espeak: EspeakSynthesizer,
    lamp: Samples,
    commands: Path,
) -> None:
    time = read(commands / "what_time_is_it.wav")
    async with served(pool, Offer((moonshine,), espeak)) as server, server.client() as idle:
        await idle.write_event(AudioStart(RATE, 2, 1).event())
        first, second, spoken = await asyncio.gather(
            server.ask(*audio(lamp)), server.ask(*audio(time)), server.ask(Synthesize("hello"))
        )
    assert heard(first) == LAMP and heard(second) == ["what", "time", "is", "it"]
    assert spoken[-1].type == "audio-stop"


async def test_nobody_may_stay_silent_or_come_in_numbers(pool: ThreadPoolExecutor) -> None:
    limits = Limits(connections=2, idle=3.0, event=3.0)
    async with served(pool, Offer(), limits) as server:
        async with server.client() as silent, server.client() as slow:
            assert slow._writer is not None
            slow._writer.write(raw({"type": "ping", "data_length": 2}, b"{"))
            assert errors(await server.ask(Ping())) == ["busy"]
            for client in (silent, slow):
                assert errors([event async for event in answers(client)]) == ["timeout"]
        assert (await server.ask(Ping()))[0].type == "pong"


async def test_an_engine_that_hangs_or_fails_ends_its_request(
    pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    offer = Offer((ScriptedRecognizer([RuntimeError("secret"), Final("late")]),))
    async with served(pool, offer) as server:
        (event,) = await server.ask(*audio(SILENCE))
        assert event.data["code"] == "internal" and "secret" not in event.data["text"]
        assert "secret" in caplog.text
    offer = Offer((ScriptedRecognizer([Final("late")], finish_takes=1.0),))
    async with served(pool, offer, Limits(work=0.3)) as server:
        assert errors(await server.ask(*audio(SILENCE))) == ["timeout"]


async def test_closing_ends_every_connection(
    pool: ThreadPoolExecutor, espeak: EspeakSynthesizer
) -> None:
    server = WyomingServer(Offer(synthesizer=espeak), pool)
    await server.start(port=0)
    address = server.address
    async with Served(server).client() as speaking, Served(server).client() as silent:
        await speaking.write_event(Synthesize(300 * "a long text, ").event())
        await speaking.read_event()
        await silent.write_event(Ping().event())
        await silent.read_event()
        await server.close()
        await server.close()
        assert await silent.read_event() is None
        with pytest.raises(OSError, match="refused|failed"):
            await AsyncTcpClient(*address).connect()
