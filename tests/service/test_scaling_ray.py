"""The service on a real Ray of this machine: what is lost when a process is, and what is not."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from service.access import Scope, Tokens
from service.client import Address, connect
from service.messages import Code, End, Message, ServiceError
from service.messages.recognition import FinalText, PartialText, Recognize
from service.messages.scoring import Assessed, Read
from speech.audio import RATE, Samples
from tests.service.conftest import own_folders
from tests.service.test_rest import Caller
from tests.service.test_serving import certificate
from tests.voiceprint.gallery.postgresql import PostgreSQL

ROOT = Path(__file__).parents[2]
SENTENCE = "turn on the lamp"

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@dataclass
class Cluster:
    """The service, as the command line started it."""

    program: subprocess.Popen[str]
    http: str
    token: str

    @property
    def address(self) -> Address:
        return Address(self.http, self.token)

    def replicas(self, kind: str) -> list[int]:
        """The processes of a kind."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                title = (folder / "cmdline").read_bytes().split(b"\0")[0].decode()
                store = (folder / "environ").read_bytes()
            except OSError:
                continue
            ours = f"SONORANT_TEST={self.http}".encode() in store
            if ours and title.startswith(f"ray::ServeReplica:sonorant:{kind}"):
                found.append(int(folder.name))
        return sorted(found)


PATIENCE = "look_back_period_s=5.0, upscale_delay_s=3.0, downscale_delay_s=10.0"
HASTY = (
    "import sys\n"
    "from service.scaling import cluster\n"
    f"cluster._PATIENCE.update({PATIENCE}, metrics_interval_s=1.0)\n"
    "from service.cli import main\n"
    "sys.exit(main())\n"
)
"""A program that decides sooner whether more replicas are needed."""


@contextmanager
def started(
    folder: Path, settings: str, program: Sequence[str] = ("-m", "service"), scheme: str = "http"
) -> Iterator[Cluster]:
    pytest.importorskip("ray.serve", reason="Ray is not installed: pip install 'sonorant[ray]'")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    http = f"{scheme}://localhost:{port}"
    token = Tokens().create("cluster", Scope)
    command = [sys.executable, *program, "serve", "--ray", f"--port={port}"]
    for setting in ("assistant=false", "cpus=0.2", *settings.split()):
        command += ["--set", setting]
    with (folder / "errors").open("w") as errors:
        running = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "SONORANT_TEST": http},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert running.stdout is not None
    try:
        assert "listens at" in running.stdout.readline(), (folder / "errors").read_text()
        yield Cluster(running, http, token)
    finally:
        running.send_signal(signal.SIGTERM)
        running.stdout.close()
        assert running.wait(120) == 0


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    server = PostgreSQL()
    yield server.empty_database()
    server.remove()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, gallery: str) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    settings = f"doors=2 recognizers=2 scorers=1 gallery={gallery}"
    with own_folders(folder), started(folder, settings) as running:
        yield running


async def finals(
    address: Address,
    samples: Samples,
    *,
    patience: float = 0.0,
    speaking: asyncio.Semaphore | None = None,
) -> list[str]:
    """What is heard of a recording that is spoken in real time; released in its middle."""
    async with connect(address, "recognize", patience=patience) as line:
        await line.send(Recognize(rate=RATE))
        for at in range(0, samples.size, RATE // 5):
            await line.send_audio(samples[at : at + RATE // 5])
            await asyncio.sleep(0.2)
            if speaking is not None and at <= samples.size // 2 < at + RATE // 5:
                speaking.release()
        await line.send(End())
        return [said async for message in line for said in text_of(message)]


async def talking(cluster: Cluster, samples: Samples, count: int) -> list[asyncio.Task[list[str]]]:
    """Several who speak, once all of them are in the middle of it."""
    speaking = asyncio.Semaphore(0)
    sessions = [
        asyncio.create_task(finals(cluster.address, samples, speaking=speaking))
        for _ in range(count)
    ]
    async with asyncio.timeout(60):
        for _ in sessions:
            await speaking.acquire()
    return sessions


def text_of(message: Message | bytes) -> list[str]:
    return [message.text.lower().strip(".")] if isinstance(message, FinalText) else []


def test_everybody_needs_a_token(cluster: Cluster) -> None:
    answer = Caller(cluster, None)("GET", "/v1/models")
    assert answer.status == 401
    assert Caller(cluster, cluster.token)("GET", "/v1/models").status == 200
    assert Caller(cluster, None)("GET", "/readyz").status == 200


async def test_a_front_door_is_killed_under_load(cluster: Cluster, lamp: Samples) -> None:
    """The sessions of the other go on; those of this one are told, and connect again."""
    doors = cluster.replicas("doors")
    assert len(doors) == 2
    sessions = await talking(cluster, lamp, 8)
    os.kill(doors[0], signal.SIGKILL)
    killed = time.monotonic()
    outcomes = await asyncio.gather(*sessions, return_exceptions=True)
    well = [outcome for outcome in outcomes if outcome == [SENTENCE]]
    lost = [outcome for outcome in outcomes if isinstance(outcome, ServiceError)]
    assert len(well) + len(lost) == len(sessions), outcomes
    assert well and lost
    assert {error.code for error in lost} == {Code.GOING_AWAY}
    again = [finals(cluster.address, lamp, patience=30) for _ in lost]
    assert await asyncio.gather(*again) == [[SENTENCE]] * len(lost)
    while len(cluster.replicas("doors")) < 2:
        assert time.monotonic() < killed + 60
        await asyncio.sleep(0.5)


async def test_a_recogniser_is_killed_under_load(cluster: Cluster, lamp: Samples) -> None:
    """No session ends: the other recogniser takes over what was said."""
    sessions = await talking(cluster, lamp, 6)
    os.kill(cluster.replicas("recognizers")[0], signal.SIGKILL)
    assert await asyncio.gather(*sessions) == [[SENTENCE]] * 6


async def test_readings_are_scored(cluster: Cluster, lamp: Samples) -> None:
    async with connect(cluster.address, "pronunciation") as line:
        await line.send(Read(text="Turn on the lamp."))
        await line.send_audio(lamp)
        await line.send(End())
        (told,) = [message async for message in line if isinstance(message, Assessed)]
    assert told.assessment.assessable


def test_both_doors_know_the_people_of_one_gallery(cluster: Cluster, data: Path) -> None:
    admin = Caller(cluster, cluster.token)
    corpus = data / "speechocean762"
    labels = map(json.loads, (corpus / "labels.jsonl").read_text("utf-8").splitlines())
    first = next(labels)
    names = [label["id"] for label in labels if label["speaker"] == first["speaker"]]
    sentences = [corpus / "audio" / f"{name}.opus" for name in names]
    sentences.sort(key=lambda file: -file.stat().st_size)
    answer = admin.form("/v1/voiceprint/people", sentences[:4], name="Mia", consent="Yes.")
    assert answer.status == 201, answer
    people = []
    for file in sentences[4:10]:  # at one door or the other
        found = admin.form("/v1/voiceprint/identify", [file], purpose="convenience").json
        people.append(found["person"])
        assert found["searched"] == 1
    assert people.count("Mia") >= 4, people


async def test_sessions_are_told_when_it_ends(cluster: Cluster, lamp: Samples) -> None:
    async with connect(cluster.address, "recognize") as line:
        await line.send(Recognize(rate=RATE))
        await line.send_audio(lamp)
        while not isinstance(await line.receive(), PartialText):
            pass
        cluster.program.send_signal(signal.SIGTERM)
        with pytest.raises(ServiceError, match="the service ends") as error:
            [message async for message in line]
    assert error.value.code is Code.GOING_AWAY
    assert await asyncio.to_thread(cluster.program.wait, 120) == 0


@pytest.mark.timeout(600)
async def test_recognisers_come_and_go_with_the_load_behind_tls(
    tmp_path: Path, lamp: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))  # what clients trust
    settings = f"recognizers=1-2 certificate={file} private_key={file}"
    with own_folders(tmp_path), started(tmp_path, settings, ("-c", HASTY), "https") as cluster:
        with pytest.raises(ServiceError, match="cannot be reached"):
            await finals(Address(cluster.http.replace("https", "http"), cluster.token), lamp)
        assert len(cluster.replicas("recognizers")) == 1
        busy = True
        heard: list[list[str]] = []

        async def talk() -> None:
            while busy:
                async with connect(cluster.address, "recognize") as line:
                    await line.send(Recognize(rate=RATE))
                    await line.send_audio(lamp)  # as fast as it is taken
                    await line.send(End())
                    heard.append([said async for message in line for said in text_of(message)])

        async def until(count: int) -> None:
            async with asyncio.timeout(180):
                while len(cluster.replicas("recognizers")) != count:  # noqa: ASYNC110
                    await asyncio.sleep(0.5)

        talking = [asyncio.create_task(talk()) for _ in range(4)]
        await until(2)
        busy = False
        await asyncio.gather(*talking)
        slow = asyncio.create_task(finals(cluster.address, np.tile(lamp, 3)))
        await until(1)
        assert await slow == [SENTENCE] * 3
        assert await finals(cluster.address, lamp) == [SENTENCE]
        assert heard and all(said == [SENTENCE] for said in heard)
