"""Recognition over the wire, and what the service does with clients that behave badly."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from service.access import Scope, Tokens
from service.messages import Code, Done, End, Error, Hello, Message, ServiceError, decode
from service.messages.recognition import (
    FROM_SERVICE,
    FinalText,
    PartialText,
    Recognize,
    SpeechStarted,
)
from speech.audio import RATE, Samples, to_pcm16
from speech.recognition.whole import WholeStream
from tests.service.conftest import Running, Start, messages, send_audio

PATH = "/v1/recognize"


async def said(socket: ClientConnection) -> list[Message | bytes]:
    return [message async for message in messages(socket, FROM_SERVICE)]


async def recognised(
    service: Running, samples: Samples, size: int = 3200, **start: Any
) -> list[Message | bytes]:
    async with service.connect(PATH) as socket:
        await socket.send(Recognize(**start).to_json())
        await send_audio(socket, samples, size)
        await socket.send(End().to_json())
        return await said(socket)


async def refusal(service: Running, path: str = PATH, **options: Any) -> Error:
    with pytest.raises(websockets.InvalidStatus) as caught:
        async with service.connect(path, **options):
            pass
    response = caught.value.response
    error = decode(bytes(response.body or b"").decode(), [Error])
    assert response.status_code == ServiceError(error.code, "").status
    return error


async def test_a_command_is_recognised_as_it_is_said(service: Running, lamp: Samples) -> None:
    came = await recognised(service, lamp)
    hello, started, *partials, final, done = came
    assert isinstance(hello, Hello) and hello.protocol == 1
    assert isinstance(started, SpeechStarted) and 0.5 < started.start < 1.5
    assert partials and all(isinstance(partial, PartialText) for partial in partials)
    assert isinstance(final, FinalText) and final.text.lower().startswith("turn on the lamp")
    assert started.start == final.start < final.end < 3 and final.confidence
    assert [word.word for word in final.words] == final.text.split()
    assert isinstance(done, Done) and done.audio == pytest.approx(lamp.size / RATE)


async def test_several_utterances_have_times_of_their_own(service: Running, lamp: Samples) -> None:
    came = await recognised(service, np.tile(lamp, 2), partials=False)
    finals = [message for message in came if isinstance(message, FinalText)]
    assert [final.text.lower()[:16] for final in finals] == ["turn on the lamp"] * 2
    assert finals[1].start - finals[0].start == pytest.approx(lamp.size / RATE, abs=0.1)
    assert not any(isinstance(message, PartialText) for message in came)


@pytest.mark.parametrize("size", [33, 999])
async def test_audio_may_be_cut_anywhere(service: Running, lamp: Samples, size: int) -> None:
    cut = lamp[RATE // 2 : RATE * 5 // 2]
    pcm = to_pcm16(cut)
    async with service.connect(PATH) as socket:
        await socket.send(Recognize(endpoints=False, partials=False).to_json())
        for at in range(0, len(pcm), size * 101):
            await socket.send(pcm[at : at + size * 101])
        await socket.send(End().to_json())
        came = await said(socket)
    assert isinstance(came[-2], FinalText) and "lamp" in came[-2].text.lower()
    assert isinstance(came[-1], Done) and came[-1].audio == pytest.approx(cut.size / RATE)


async def test_floats_at_another_rate(service: Running, lamp: Samples) -> None:
    slow = np.repeat(lamp, 3)  # 48 kHz, roughly
    slow[100:200] = np.nan
    slow[200:210] = np.inf
    async with service.connect(PATH) as socket:
        await socket.send(Recognize(rate=48_000, format="float32").to_json())
        for at in range(0, slow.size, 9600):
            await socket.send(slow[at : at + 9600].astype("<f4").tobytes())
        await socket.send(End().to_json())
        came = await said(socket)
    final = came[-2]
    assert isinstance(final, FinalText) and "lamp" in final.text.lower()


@pytest.mark.parametrize(
    ("sent", "code", "close", "why"),
    [
        ([b"\0\0"], Code.WRONG_STATE, 1002, "start has to come first"),
        (['{"type": "end"}'], Code.WRONG_STATE, 1002, "start has to come first"),
        (['{"type": "start"}'] * 2, Code.WRONG_STATE, 1002, "comes once"),
        (["hello"], Code.BAD_MESSAGE, 1007, "no JSON"),
        (['{"type": "start", "rate": 1}'], Code.BAD_MESSAGE, 1007, "rate"),
        (['{"type": "start", "language": "xx"}'], Code.UNAVAILABLE, 1011, "'xx'"),
        (['{"type": "start"}', "x" * 300_000], Code.TOO_LARGE, 1009, ""),
        (
            ['{"type": "start", "endpoints": false, "partials": false}', *[b"\0" * 200_000] * 6],
            Code.TOO_LARGE,
            1009,
            "30 s",
        ),
    ],
)
async def test_mistakes_are_told_and_end_the_session(
    service: Running, sent: list[str | bytes], code: Code, close: int, why: str
) -> None:
    async with service.connect(PATH) as socket:
        with suppress(websockets.ConnectionClosed):
            for message in sent:
                await socket.send(message)
        *_, error = await said(socket)
        assert socket.close_code == close
    if why:  # what is much too large is refused before it is read
        assert isinstance(error, Error) and error.code is code and why in error.message
        assert error.final
    await service.empty()


@pytest.mark.parametrize("path", [PATH, "/"])
async def test_what_was_said_by_who_has_left_is_dropped_by_a_worker(
    service: Running, lamp: Samples, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    threads: list[str] = []
    close = WholeStream.close

    def noted(stream: WholeStream) -> None:
        threads.append(threading.current_thread().name)
        close(stream)

    monkeypatch.setattr(WholeStream, "close", noted)
    async with service.connect(path, subprotocols=None) as socket:
        config = '{"config": {"sample_rate": 16000}}'
        await socket.send(Recognize().to_json() if path == PATH else config)
        await socket.send(to_pcm16(lamp[: 2 * RATE]))
        begun = "speech_started" if path == PATH else "partial"
        while begun not in str(await socket.recv()):
            pass
    await service.empty()
    assert threads == ["worker"], "an engine may take long, and all sessions share the event loop"


async def test_who_is_silent_is_not_waited_for(start: Start) -> None:
    with start(idle=0.2, slow=0.5) as service:
        for begun in (False, True):
            async with service.connect(PATH) as socket:
                if begun:
                    await socket.send(Recognize().to_json())
                *_, error = await said(socket)
                assert isinstance(error, Error) and error.code is Code.TIMEOUT
    with start(session=1.0) as service:
        async with service.connect(PATH) as socket:
            await socket.send(Recognize().to_json())
            with suppress(websockets.ConnectionClosed):
                for _ in range(200):
                    await socket.send(bytes(320))
                    await asyncio.sleep(0.05)
            *_, error = await said(socket)
            assert isinstance(error, Error) and "lasts 1 seconds at most" in error.message


async def test_clients_that_vanish_leave_nothing_behind(service: Running, lamp: Samples) -> None:
    start = Recognize().to_json()
    stages: list[list[str | bytes]] = [
        [],
        [start],
        [start, to_pcm16(lamp)[:80_000]],
        [start, End().to_json()],
    ]
    for stage in stages:
        for abruptly in (False, True):
            async with service.connect(PATH) as socket:
                for message in stage:
                    await socket.send(message)
                if abruptly:
                    socket.transport.abort()
    await service.empty()


async def test_when_all_seats_are_taken_it_says_when_to_come_back(
    start: Start, lamp: Samples
) -> None:
    with start(sessions=2) as service:
        async with service.connect(PATH) as socket, service.connect(PATH):
            error = await refusal(service)
            assert error.code is Code.BUSY and error.retry_after
            # Who is in is served as before.
            await socket.send(Recognize().to_json())
            await send_audio(socket, lamp)
            await socket.send(End().to_json())
            assert isinstance((await said(socket))[-1], Done)
        await service.empty()
        async with service.connect(PATH):
            pass


async def test_tokens_from_elsewhere_and_here(start: Start) -> None:
    tokens = Tokens()
    right = tokens.create("phone", [Scope.RECOGNIZE])
    wrong = tokens.create("tablet", [Scope.SCORE])
    with start(open=False) as service:
        assert (await refusal(service)).code is Code.UNAUTHORIZED
        header = {"Authorization": f"Bearer {wrong}"}
        assert (await refusal(service, additional_headers=header)).code is Code.FORBIDDEN
        assert "ends up in logs" in (await refusal(service, f"{PATH}?token={right}")).message
        assert (await refusal(service, origin="http://evil.example")).code is Code.FORBIDDEN
        header = {"Authorization": f"Bearer {right}"}
        error = await refusal(service, additional_headers=header, subprotocols=["sonorant.v9"])
        assert error.code is Code.WRONG_VERSION
        async with service.connect(PATH, additional_headers=header) as socket:
            assert socket.subprotocol == "sonorant.v1"
        protocols = ["sonorant.v1", f"bearer.{right}"]
        async with service.connect(PATH, subprotocols=protocols) as socket:
            assert socket.subprotocol == "sonorant.v1"
            await socket.send(Recognize().to_json())
            tokens.revoke("phone")
            *_, last = await said(socket)
            assert isinstance(last, Error) and last.code is Code.UNAUTHORIZED
        assert (await refusal(service, additional_headers=header)).code is Code.UNAUTHORIZED
    tokens.revoke("tablet")


async def test_sessions_end_with_a_message_when_the_service_does(start: Start) -> None:
    with start() as service:
        async with service.connect(PATH) as busy, service.connect(PATH) as idle:
            await busy.send(Recognize().to_json())
            service.server.stop()
            for socket in (busy, idle):
                *_, error = await said(socket)
                assert isinstance(error, Error) and error.code is Code.GOING_AWAY
                assert error.retry_after and socket.close_code == 1001


async def test_many_at_once_are_all_served(service: Running, lamp: Samples) -> None:
    all_said = await asyncio.gather(*(recognised(service, lamp) for _ in range(6)))
    for came in all_said:
        final = came[-2]
        assert isinstance(final, FinalText) and "lamp" in final.text.lower()
    await service.empty()
    text = service.core.metrics.text().decode()
    assert 'sonorant_sessions{door="recognize"} 0.0' in text
    assert 'sonorant_sessions_ended_total{door="recognize",how="done"}' in text
