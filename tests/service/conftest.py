"""A real service on a free port, in a thread of its own, for the real websocket client."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from service.core import Core
from service.messages import Message, decode
from service.serving import Server, make_server
from service.settings import Settings
from speech.audio import Samples, read, to_pcm16
from tests.stores import only_defaults


class Served(Protocol):
    """A service, wherever it runs."""

    @property
    def http(self) -> str: ...


@dataclass(frozen=True)
class Running:
    """A service that runs."""

    server: Server
    loop: asyncio.AbstractEventLoop

    @property
    def core(self) -> Core:
        return self.server.core

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.server.port}"

    @asynccontextmanager
    async def connect(self, path: str, **options: Any) -> AsyncIterator[ClientConnection]:
        options.setdefault("subprotocols", ["sonorant.v1"])
        options.setdefault("open_timeout", 60)
        async with asyncio.timeout(100), websockets.connect(self.ws + path, **options) as socket:
            yield socket

    async def empty(self) -> None:
        """Until nobody is served any more."""
        async with asyncio.timeout(60):
            while self.core.load().seats or self.core.load().waiting:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@contextmanager
def running(**settings: Any) -> Iterator[Running]:
    # On a machine that is busy with other things, work waits: that is not what is tested.
    ours = {"port": 0, "grace": 10.0, "patience": 60.0, "assistant": False, **settings}
    server = make_server(Settings(**ours))
    loop = asyncio.new_event_loop()
    failed: list[BaseException] = []
    listening = threading.Event()

    async def run() -> None:
        waiting = asyncio.create_task(server.listening.wait())
        waiting.add_done_callback(lambda task: listening.set())
        try:
            await server.run_until_stopped()
        finally:
            waiting.cancel()

    def main() -> None:
        asyncio.set_event_loop(loop)
        try:
            loop.run_until_complete(run())
        except BaseException as error:
            failed.append(error)
        finally:
            loop.close()
            listening.set()

    thread = threading.Thread(target=main, name="service")
    thread.start()
    listening.wait(100)
    try:
        if failed:
            raise failed[0]
        yield Running(server, loop)
    finally:
        server.stop()
        thread.join(60)
        assert not thread.is_alive(), "the service does not stop"


@contextmanager
def own_folders(folder: Path) -> Iterator[None]:
    """Nothing of the user's is read or written, and no models are there but the defaults; without
    Whisper, which would be a recogniser of every language."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SONORANT_MODELS", str(only_defaults(folder / "models", but="whisper-base")))
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        patch.setenv("SONORANT_STATE", str(folder / "state"))
        patch.setenv("SONORANT_GALLERY", str(folder / "gallery.db"))
        patch.setenv("SONORANT_KEY_FILE", str(folder / "key" / "gallery.key"))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the services of a file of tests have instead of the user's folders."""
    path = tmp_path_factory.mktemp("service")
    with own_folders(path):
        yield path


Start = Callable[..., AbstractContextManager[Running]]


@pytest.fixture
def start(folder: Path) -> Start:
    """Starts a service with other settings."""
    return running


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Running]:
    """A service with all that is default."""
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def lamp(commands: Path) -> Samples:
    """A human who says "turn on the lamp"."""
    return read(commands / "turn_on_the_lamp.wav")


@pytest.fixture(scope="module")
def speakers(data: Path) -> dict[str, list[Path]]:
    """The five longest recordings of two people."""
    corpus = data / "speechocean762"
    found: dict[str, list[Path]] = {}
    for line in (corpus / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        found.setdefault(label["speaker"], []).append(corpus / "audio" / f"{label['id']}.opus")
    names = sorted(found)[::60][:2]
    return {name: sorted(found[name], key=lambda file: -file.stat().st_size)[:5] for name in names}


async def messages(
    socket: ClientConnection, kinds: tuple[type[Message], ...]
) -> AsyncIterator[Message | bytes]:
    """What the service says until it closes the connection."""
    with suppress(websockets.ConnectionClosed):
        while True:
            data = await socket.recv()
            yield decode(data, kinds) if isinstance(data, str) else data


async def send_audio(socket: ClientConnection, samples: Samples, size: int = 3200) -> None:
    """Send PCM16 in messages of ``size`` samples."""
    pcm = to_pcm16(samples)
    for at in range(0, len(pcm), 2 * size):
        await socket.send(pcm[at : at + 2 * size])
