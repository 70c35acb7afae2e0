"""The service as a program: its start and end, TLS, logs, slow and malformed clients."""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import os
import random
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import websockets
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.server import ServerConnection
from wyoming.asr import Transcript
from wyoming.client import AsyncTcpClient
from wyoming.handle import Handled

from service.cli import main
from service.client import Address, connect
from service.doors import recognition
from service.messages import Code, Done, End, ServiceError
from service.messages.recognition import FinalText, Recognize
from service.serving import make_server
from service.settings import Settings
from speech.audio import Samples
from speech.errors import ConfigError
from tests.service.conftest import Running, Start

PATH = "/v1/recognize"


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """The program sets up logging for itself alone."""
    loggers = [logging.getLogger(name) for name in (None, "sonorant", "uvicorn.error")]
    before = [(logger, logger.handlers[:], logger.level) for logger in loggers]
    yield
    for logger, handlers, level in before:
        logger.handlers[:] = handlers
        logger.setLevel(level)


@asynccontextmanager
async def program(*options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """``sonorant serve`` in a process of its own, and where it listens."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "service", "serve", "--port", "0", "--json"),
        *("--set", "assistant=false", *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        line = await process.stdout.readline()
        assert line, (await process.communicate())[1].decode()
        yield process, json.loads(line)["url"]
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_starts_serves_and_ends_in_good_order(
    folder: Path, lamp: Samples, number: signal.Signals
) -> None:
    async with program("--trace") as (process, url):
        async with connect(url, "recognize") as done, connect(url, "recognize") as open_line:
            await done.send(Recognize())
            await done.send_audio(lamp)
            await done.send(End())
            came = [message async for message in done]
            assert isinstance(came[-1], Done)
            process.send_signal(number)
            with pytest.raises(ServiceError) as caught:
                await open_line.receive()
            assert caught.value.code is Code.GOING_AWAY
        _, said = await process.communicate()
        assert process.returncode == 0
    lines = [json.loads(line) for line in said.splitlines()]
    sessions = [line for line in lines if line["message"] == "session"]
    assert {line["how"] for line in sessions} == {"done", "going_away"}
    assert all(line["client"] == "local" and line["seconds"] >= 0 for line in sessions)
    (utterance,) = [line for line in lines if line["message"] == "utterance"]
    assert utterance["final"] >= 0
    assert utterance["session"] == next(one["session"] for one in sessions if one["how"] == "done")
    assert b"lamp" not in said.lower() and b"127.0.0.1" not in said


def test_what_stops_the_start_is_told_in_a_line(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["serve", "--port", port]) == 2
    assert f"cannot listen at 127.0.0.1 port {port}" in capsys.readouterr().err
    assert main(["serve", "--host", "0.0.0.0"]) == 2
    assert "sonorant tokens create" in capsys.readouterr().err
    assert main(["serve", "--set", "prot=1"]) == 2
    assert "no setting 'prot'" in capsys.readouterr().err
    assert main(["serve", "--set", "model=nothing", "--port", "0"]) == 2
    assert "nothing" in capsys.readouterr().err
    for name in ("missing.pem", "wrong.pem"):
        file = tmp_path / name
        if name.startswith("wrong"):
            file.write_text("no certificate")
        with pytest.raises(ConfigError, match="certificate or its key"):
            make_server(Settings(port=0, certificate=file, private_key=file))
    assert main(["serve", "--reference"]) == 0
    assert "| `port` | `8765` |" in capsys.readouterr().out


def certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sonorant")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "sonorant.pem"
    form, nothing = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, form, nothing)
    )
    return file


async def test_tls(start: Start, tmp_path: Path) -> None:
    file = certificate(tmp_path)
    trust = ssl.create_default_context(cafile=str(file))
    with start(certificate=file, private_key=file) as service:
        url = f"wss://localhost:{service.server.port}{PATH}"
        async with websockets.connect(url, ssl=trust, subprotocols=None) as line:
            assert json.loads(await line.recv())["type"] == "hello"
        with pytest.raises(ssl.SSLError):
            async with websockets.connect(url):
                pass
        with pytest.raises((websockets.InvalidMessage, OSError, EOFError)):
            async with websockets.connect(url.replace("wss", "ws")):
                pass


async def test_who_reads_nothing_is_let_go(start: Start, lamp: Samples) -> None:
    with start(slow=0.5) as service:
        service.server.listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        raw = socket.socket()
        # Before it connects: what a system lets wait afterwards may be megabytes.
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        raw.connect(("127.0.0.1", service.server.port))
        _, writer = await asyncio.open_connection(sock=raw, limit=1)
        writer.write(
            b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        async with asyncio.timeout(60):
            while not service.core.load().seats:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        # Each message of one sample has a reply; nobody reads them.
        frame = bytes([0x82, 0x82, 0, 0, 0, 0, 0, 0])
        async with asyncio.timeout(60):
            while service.core.load().seats:
                writer.write(frame * 100)
                with suppress(ConnectionError, TimeoutError):  # it may read no more, or have cut it
                    await asyncio.wait_for(writer.drain(), 0.1)
                await asyncio.sleep(0.001)
        writer.transport.abort()
        async with service.connect(PATH):
            pass


async def test_a_mistake_of_ours_is_logged_and_not_told(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*args: object) -> None:
        raise RuntimeError("/secret/path of ours")

    monkeypatch.setattr(recognition.Recognition, "feed", fails)
    with start() as service:
        async with connect(service.http, "recognize") as line:
            await line.send(Recognize())
            await line.send_audio(np.zeros(1600, np.float32))
            with pytest.raises(ServiceError) as caught:
                await line.receive()
        assert caught.value.code is Code.INTERNAL and "secret" not in str(caught.value)
        assert "secret" in caplog.text
        await service.empty()


async def test_a_client_comes_back_when_the_service_does(start: Start, lamp: Samples) -> None:
    with start() as first:
        port = first.server.port
        async with connect(Address(first.http), "recognize") as line:
            first.server.stop()
            with pytest.raises(ServiceError):
                await line.receive()
    address = f"http://127.0.0.1:{port}"
    with pytest.raises(ServiceError, match="cannot be reached"):
        async with connect(address, "recognize"):
            pass

    async def recognised() -> str:
        async with connect(address, "recognize", patience=60) as line:
            await line.send(Recognize())
            await line.send_audio(lamp)
            await line.send(End())
            return "".join([m.text async for m in line if isinstance(m, FinalText)])

    waiting = asyncio.create_task(recognised())
    await asyncio.sleep(0.1)
    with start(port=port, sessions=1):
        assert "lamp" in (await waiting).lower()
    with start(sessions=1) as busy:
        async with connect(busy.http, "recognize"):
            began = time.monotonic()
            with pytest.raises(ServiceError) as caught:
                async with connect(busy.http, "recognize", patience=0.5):
                    pass
            assert caught.value.code is Code.BUSY and time.monotonic() - began < 30


@pytest.mark.parametrize(
    "url", ["localhost:8765", "http://h:port", "http://[::1", "http://h:99999", "http://h:1/v1"]
)
async def test_what_is_no_address_is_told(url: str) -> None:
    with pytest.raises(ConfigError, match="no address"):
        async with connect(url, "recognize"):
            pass


async def test_another_service_is_told_from_ours() -> None:
    async def closes(line: ServerConnection) -> None:
        await line.close()

    async with websockets.serve(closes, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        with pytest.raises(ServiceError, match="no service of Sonorant") as caught:
            async with connect(f"http://127.0.0.1:{port}", "recognize"):
                pass
    assert caught.value.code is Code.NOT_FOUND


@pytest.mark.parametrize("answer", ["101 Yes", "302 Found\r\nLocation: https://127.0.0.1/v1"])
async def test_what_speaks_no_websocket_is_told_from_ours(answer: str) -> None:
    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answers, "127.0.0.1", 0) as other:
        port = other.sockets[0].getsockname()[1]
        with pytest.raises(ServiceError, match="no service of Sonorant") as caught:
            async with connect(f"http://127.0.0.1:{port}", "recognize"):
                pass
    assert caught.value.code is Code.NOT_FOUND


async def test_garbage_harms_nobody(service: Running, lamp: Samples) -> None:
    dice = random.Random(7)
    noise = os.urandom(640)
    pieces: list[str | bytes] = [
        *('{"type": "start"}', '{"type": "end"}', '{"type":', "[]", "null", '"', "{}", "\0", "é"),
        *('{"eof" : 1}', '{"config": {"sample_rate": 16000}}', '{"reset": 1}', "1" * 4000),
        *(b"", b"\0", b"\xff" * 999, noise, bytes(6400)),
    ]

    async def nuisance() -> None:
        path = dice.choice(["/", PATH, "/v1/assistant", "/v1/pronunciation", "/v1/home"])
        with suppress(websockets.WebSocketException, OSError):
            async with service.connect(path, subprotocols=None, open_timeout=60) as line:
                for _ in range(dice.randrange(6)):
                    await line.send(dice.choice(pieces))
                if dice.random() < 0.3:
                    line.transport.abort()
                elif dice.random() < 0.5:
                    await asyncio.wait_for(line.recv(), 0.2)

    async def rude() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", service.server.port)
        writer.write(
            dice.choice([b"\0" * 99, b"GET /\r\n\r\n", b"GET / HTTP/1.1\r\n", os.urandom(99)])
        )
        with suppress(OSError):
            await writer.drain()
        writer.transport.abort()

    for _ in range(10):
        several = [*(nuisance() for _ in range(8)), *(rude() for _ in range(4))]
        for error in await asyncio.gather(*several, return_exceptions=True):
            assert error is None or isinstance(error, TimeoutError), error
    await service.empty()
    async with connect(service.http, "recognize") as line:
        await line.send(Recognize())
        await line.send_audio(lamp)
        await line.send(End())
        finals = [message async for message in line if isinstance(message, FinalText)]
    assert "lamp" in finals[0].text.lower()


async def test_who_never_finishes_a_request_is_let_go(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start(idle=3.0) as service:
        port = service.server.port
        async with connect(service.http, "recognize") as line:
            monkeypatch.setattr("service.serving._FIRST", 0.3)
            half, asking = await asyncio.open_connection("127.0.0.1", port)
            asking.write(b"GET /healthz HTTP/1.1\r\nHost: localh")
            body, telling = await asyncio.open_connection("127.0.0.1", port)
            telling.write(
                b"POST /v1/pronunciation HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x"
            )
            async with asyncio.timeout(60):
                with suppress(ConnectionResetError):
                    assert not await half.read()
                assert b"408" in await body.readline()
            for writer in (asking, telling):
                writer.transport.abort()
            await line.send(Recognize())
            await line.send(End())
            assert isinstance((await anext(aiter(line))), Done)
        await service.empty()


async def test_home_assistant_is_served_by_the_same_program(start: Start) -> None:
    with start(assistant=True, wyoming=0) as service:
        wyoming = service.core.wyoming
        assert wyoming is not None
        host, port = wyoming.address
        assert host == "127.0.0.1"
        async with asyncio.timeout(60), AsyncTcpClient(host, port) as client:
            await client.write_event(Transcript("turn on the lamp in the bedroom").event())
            event = await client.read_event()
        assert event is not None and Handled.is_type(event.type)
    with pytest.raises(ConnectionRefusedError):
        await AsyncTcpClient(host, port).connect()


async def test_work_for_clients_that_have_left_is_never_begun(start: Start, lamp: Samples) -> None:
    with start(workers=1) as service:
        held = threading.Event()
        seat = service.core.pool.take()
        seat.submit(held.wait, 100)

        async def waiting(count: int) -> None:
            async with asyncio.timeout(60):
                while service.core.load().waiting != count:  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

        try:
            async with service.connect("/", subprotocols=None) as line:
                await line.send(bytes(16_000))
                await waiting(1)
            # What the stream held is given back by a worker, too: that waits on.
            _, writer = await asyncio.open_connection("127.0.0.1", service.server.port)
            body = (
                b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n--x\r\n'
                b'Content-Disposition: form-data; name="audio"; filename="a"\r\n\r\n\0\r\n--x--\r\n'
            )
            writer.write(
                b"POST /v1/pronunciation HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n"
                b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
            )
            await waiting(2)
            writer.transport.abort()
            await waiting(1)
        finally:
            held.set()
            seat.shutdown()
        await service.empty()


@pytest.mark.timeout(300)
def test_the_check_of_make_run(folder: Path) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "service", "serve", "--check"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "ready yes, it said 'Turned on the lamp.'" in checked.stdout
    assert "make serve" in checked.stdout
