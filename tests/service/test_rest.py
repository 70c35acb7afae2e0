"""REST: files, people, the home, health; who may, and what is told where something is wrong."""

from __future__ import annotations

import email.message
import json
import mimetypes
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.access import Scope, Tokens
from service.client import Address, connect
from service.edge import HEADERS
from service.messages import Code, End, ServiceError
from service.messages.agenda import Agenda
from service.messages.conversation import Converse, TypedText
from service.messages.home import DeviceState, HomeState
from service.messages.scoring import Assessed, Progress, Read
from service.messages.voices import (
    Decision,
    Enrol,
    Enrolled,
    Heard,
    Identify,
    Prompt,
    Recording,
    Said,
    Verify,
)
from skills.home import EXAMPLE
from speech.audio import RATE, Samples, read
from tests.service.conftest import Running, Served, running

TEXT = "And so my fellow Americans ask not what your country can do for you"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: email.message.Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Caller:
    """Calls a service with a token."""

    service: Served
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(self.service.http + path, body, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def json(self, method: str, path: str, about: object) -> Answer:
        return self(method, path, json.dumps(about).encode(), Content_Type="application/json")

    def form(
        self, path: str, files: Sequence[Path | bytes], **fields: str | Sequence[str] | Path
    ) -> Answer:
        border = secrets.token_hex(8)
        body = b""
        several = [("audio", file) for file in files]
        for name, value in fields.items():
            if isinstance(value, Path):
                several.append((name, value))
                continue
            for one in [value] if isinstance(value, str) else value:
                body += (
                    f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{one}\r\n'
                ).encode()
        for part, file in several:
            data = file if isinstance(file, bytes) else file.read_bytes()
            name = "x.wav" if isinstance(file, bytes) else file.name
            kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
            head = f'--{border}\r\nContent-Disposition: form-data; name="{part}"; filename="{name}"'
            body += f"{head}\r\nContent-Type: {kind}\r\n\r\n".encode() + data + b"\r\n"
        body += f"--{border}--\r\n".encode()
        return self("POST", path, body, Content_Type=f"multipart/form-data; boundary={border}")


@pytest.fixture(scope="module")
def home(folder: Path) -> Iterator[Running]:
    with running(assistant=True, home=EXAMPLE, upload=4_000_000) as started:
        yield started


@pytest.fixture(scope="module")
def call(home: Running) -> Caller:
    """Without a token."""
    return Caller(home)


@pytest.fixture(scope="module")
def admin(home: Running) -> Caller:
    """With a token that may do everything."""
    return Caller(home, Tokens().create("admin", Scope))


@pytest.fixture(scope="module")
def guest(home: Running) -> Caller:
    """With a token that may verify."""
    return Caller(home, Tokens().create("guest", [Scope.VOICEPRINT]))


def refused(answer: Answer, code: Code) -> str:
    assert answer.json["code"] == code, answer
    assert answer.status == ServiceError(code, "").status
    message: str = answer.json["message"]
    return message


def test_health_measures_and_headers(call: Caller, guest: Caller) -> None:
    for path in ("/healthz", "/readyz"):
        answer = call("GET", path)
        assert (answer.status, answer.body) == (200, b"ok\n")
        for name, value in HEADERS:
            assert answer.headers[name.decode()] == value.decode()
        assert "server" not in answer.headers
    for path in ("/healthz", "/readyz", "/", "/console/main.js"):  # what monitors send
        asked, told = call("GET", path), call("HEAD", path)
        assert (told.status, told.body) == (200, b"")
        assert told.headers["content-length"] == str(len(asked.body))
    for caller in (call, guest):
        answer = caller("GET", "/metrics")
        assert b"sonorant_queue_depth" in answer.body and b"sonorant_workers" in answer.body
    refused(call("GET", "/metrics", X_Forwarded_For="192.168.1.9"), Code.UNAUTHORIZED)
    assert "x-frame-options" in call("GET", "/nowhere").headers


def test_mistakes_of_clients_are_told_as_json(call: Caller, admin: Caller) -> None:
    assert "nothing at this address" in refused(call("GET", "/nowhere"), Code.NOT_FOUND)
    for path in ("assistant", "recognize", "pronunciation", "voiceprint"):
        answer = call("GET", f"/v1/{path}")
        assert (answer.status, answer.headers["upgrade"]) == (426, "websocket")
        assert "a websocket is served" in answer.json["message"]
    answer = call("DELETE", "/v1/home")
    assert answer.status == 405 and answer.json["code"] == Code.BAD_REQUEST
    refused(call("GET", "/v1/home?token=x"), Code.UNAUTHORIZED)
    refused(call("GET", "/v1/home", Origin="http://evil.example"), Code.FORBIDDEN)
    refused(call("GET", "/v1/home", Host="evil.example"), Code.FORBIDDEN)
    refused(call("GET", "/v1/home", Authorization="Bearer wrong"), Code.UNAUTHORIZED)
    answer = call("GET", "/v1/voiceprint/people")
    refused(answer, Code.UNAUTHORIZED)
    assert answer.headers["www-authenticate"] == "Bearer"
    refused(admin("GET", "/v1/voiceprint/audit?count=x"), Code.BAD_MESSAGE)
    for path in ("/v1/home/devices/../../etc", "/v1/home/devices/%2e%2e%2fx", "/%00", "/v1/%ff"):
        assert admin("PUT", path, b"{}").status in (400, 404, 405), path


def test_a_file_is_scored_as_on_the_command_line(call: Caller, commands: Path) -> None:
    answer = call.form("/v1/pronunciation", [commands / "jfk.flac"], text=TEXT, id="jfk")
    assert answer.status == 200, answer
    assessment = answer.json["assessment"]
    assert assessment["assessable"] and assessment["id"] == "jfk"
    assert assessment["overall"]["completeness"] > 50
    assert [word["word"] for word in assessment["words"][:3]] == ["And", "so", "my"]


async def test_the_same_reading_on_a_websocket(home: Running, call: Caller, commands: Path) -> None:
    samples = read(commands / "jfk.flac")
    async with connect(home.ws, "pronunciation") as line:
        await line.send(Read(text=TEXT))
        await line.send_audio(samples)
        await line.send(End())
        came = [message async for message in line]
    progress = [message for message in came if isinstance(message, Progress)]
    assert progress and [one.words for one in progress] == sorted(one.words for one in progress)
    (assessed,) = [message for message in came if isinstance(message, Assessed)]
    overall = assessed.assessment.overall
    answer = call.form("/v1/pronunciation", [commands / "jfk.flac"], text=TEXT)
    assert overall is not None
    # On the wire are 16 bits a sample, in the file too.
    assert overall.total == pytest.approx(answer.json["assessment"]["overall"]["total"], abs=1)


def test_two_recordings_are_laid_beside_each_other(call: Caller, commands: Path) -> None:
    jfk, lamp = commands / "jfk.flac", commands / "turn_on_the_lamp.wav"
    path = "/v1/pronunciation/shadowing"
    found = call.form(path, [lamp], reference=lamp).json["shadowing"]
    assert found["same"] and found["sounds"] == found["rhythm"] == 100
    assert len(found["contour"]["reference"]) == len(found["contour"]["learner"]) > 20
    assert not call.form(path, [lamp], reference=jfk).json["shadowing"]["same"]
    assert "reference" in refused(call.form(path, [lamp]), Code.BAD_MESSAGE)
    assert "audio" in refused(call.form(path, [], reference=lamp), Code.BAD_MESSAGE)
    refused(call.form(path, [bytes(1000)], reference=lamp), Code.BAD_AUDIO)


def test_attempts_at_items_of_courses_are_kept(call: Caller, commands: Path, folder: Path) -> None:
    own = folder / "config" / "sonorant" / "courses"
    own.mkdir(parents=True)
    (own / "lamps.yaml").write_text(
        "teaches: en\nspeakers: zh-CN\nname: Lamps\nlessons:\n"
        "  - {name: one, items: [{sentence: Turn on the lamp., gloss: 开灯}]}\n"
    )

    def standing() -> Any:
        courses = call("GET", "/v1/lessons").json["courses"]
        assert [one["id"] for one in courses[:2]] == ["lamps", "english-for-chinese"]
        return courses[0]["lessons"][0]["items"][0]["standing"]

    assert standing() is None
    path, lamp = "/v1/pronunciation", commands / "turn_on_the_lamp.wav"
    said = call.form(path, [lamp], text="Turn on the lamp.", record="true").json
    total = said["assessment"]["overall"]["total"]
    assert said["standing"]["score"] == pytest.approx(total, abs=0.1)
    assert standing() == said["standing"] and standing()["times"] == 1
    again = call.form(path, [commands / "jfk.flac"], text="Turn on the lamp.", record="true").json
    assert again["standing"] == said["standing"], "it is not due"
    assert call.form(path, [lamp], text="Turn on the lamp.").json["standing"] is None
    refused(call.form(path, [lamp], text="Turn off.", record="true"), Code.BAD_REQUEST)


def test_what_cannot_be_scored(call: Caller, commands: Path) -> None:
    wav = commands / "turn_on_the_lamp.wav"
    path = "/v1/pronunciation"
    assert "audio" in refused(call.form(path, [], text="a"), Code.BAD_MESSAGE)
    assert "text" in refused(call.form(path, [wav]), Code.BAD_MESSAGE)
    assert "mood" in refused(call.form(path, [wav], text="a", mood="x"), Code.BAD_MESSAGE)
    refused(call.form(path, [wav], text="a", pronunciations="[]"), Code.BAD_MESSAGE)
    refused(call.form(path, [wav], text="a", record="yes"), Code.BAD_MESSAGE)
    refused(call.form(path, [wav], text="你好"), Code.BAD_REQUEST)
    refused(call.form(path, [wav], text="a", language="xx"), Code.UNAVAILABLE)
    for data in (b"", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", bytes(1000), b"RIFF\xff" * 99):
        message = refused(call.form(path, [data], text="a"), Code.BAD_AUDIO)
        assert "/tmp" not in message and "passwd" not in message
    refused(call(*("POST", path, b"x"), Content_Type="text/plain"), Code.BAD_REQUEST)
    broken = "multipart/form-data; boundary=x"
    refused(call("POST", path, b"--y\r\n", Content_Type=broken), Code.BAD_MESSAGE)
    refused(call.form(path, [bytes(4_000_001)], text="a"), Code.TOO_LARGE)


def test_the_home_and_its_devices(call: Caller, admin: Caller) -> None:
    answer = call("GET", "/v1/home")
    devices = {device["id"]: device for device in answer.json["devices"]}
    assert devices["lamp"]["kind"] == "light" and answer.json["areas"]
    path = "/v1/home/devices/lamp"
    refused(call.json("PUT", path, {"state": {"on": True}}), Code.UNAUTHORIZED)
    answer = admin.json("PUT", path, {"state": {"on": True}})
    assert answer.json["device"] == "lamp" and answer.json["state"]["on"] is True
    refused(admin.json("PUT", "/v1/home/devices/nothing", {"state": {"on": True}}), Code.NOT_FOUND)
    refused(admin.json("PUT", path, {"state": {"wings": 2}}), Code.BAD_REQUEST)
    wrong: list[object] = [
        {},
        {"state": {}},
        {"state": {"on": [1]}},
        [],
        {"state": {"on": 1}, "x": 1},
    ]
    for about in wrong:
        refused(admin.json("PUT", path, about), Code.BAD_MESSAGE)
    refused(admin("PUT", path, b'{"state": {"on": NaN}}'), Code.BAD_MESSAGE)
    refused(admin("PUT", path, b"\xff"), Code.BAD_MESSAGE)


async def test_changes_of_the_home_are_told_live(home: Running, admin: Caller) -> None:
    admin.json("PUT", "/v1/home/devices/lamp", {"state": {"on": False}})
    async with connect(home.ws, "home") as line:
        first = await line.receive()
        assert isinstance(first, HomeState)
        assert isinstance(await line.receive(), Agenda)
        admin.json("PUT", "/v1/home/devices/lamp", {"state": {"on": True}})
        change = await line.receive()
        assert isinstance(change, DeviceState)
        assert (change.device, change.state["on"]) == ("lamp", True)
        await line.send(End())
        with pytest.raises(ServiceError, match="end"):
            await line.receive()


async def test_what_is_pending_is_told_live_and_called_off(
    home: Running, call: Caller, admin: Caller
) -> None:
    async def said(text: str) -> None:
        async with connect(home.ws, "assistant") as line:
            await line.send(Converse(voice=False))
            await line.send(TypedText(text=text))
            await line.send(End())
            async for _ in line:
                pass

    async with connect(home.ws, "home") as line:
        assert isinstance(await line.receive(), HomeState)
        first = await line.receive()
        assert isinstance(first, Agenda) and first.pending == ()
        await said("set a timer for ten minutes named pasta")
        told = await line.receive()
        assert isinstance(told, Agenda)
        (timer,) = told.pending
        assert (timer.what, timer.name, timer.seconds) == ("timer", "pasta", 600)
        assert timer.due is not None and 300 < timer.due - told.now <= 600
        await said("remind me to call home tomorrow at nine")
        told = await line.receive()
        assert isinstance(told, Agenda)
        assert [(one.what, one.text) for one in told.pending][1] == ("reminder", "call home")
        assert call("GET", "/v1/home/agenda").json["pending"][0]["id"] == timer.id
        refused(call("DELETE", f"/v1/home/agenda/{timer.id}"), Code.UNAUTHORIZED)
        for one in told.pending:
            assert admin("DELETE", f"/v1/home/agenda/{one.id}").status == 204
            refused(admin("DELETE", f"/v1/home/agenda/{one.id}"), Code.NOT_FOUND)
            told = await line.receive()
        assert isinstance(told, Agenda) and told.pending == ()
    for wrong in ("timers", "timers-x", "-1", "%2e%2e-1"):
        refused(admin("DELETE", f"/v1/home/agenda/{wrong}"), Code.NOT_FOUND)


def test_routines_and_scenes_are_started(call: Caller, admin: Caller, folder: Path) -> None:
    file = folder / "config" / "sonorant" / "routines.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        "good night:\n"
        "  do: [turn off all the lights, lock the front door]\n"
        "  reply: {en: [Sleep well.], zh-CN: [好梦。]}\n"
    )
    admin.json("PUT", "/v1/home/devices/front_door", {"state": {"locked": False}})
    told = call("GET", "/v1/home/agenda").json
    assert [one["name"] for one in told["routines"]] == ["good night"]
    path = "/v1/home/routines/good%20night"
    refused(call.json("POST", path, {}), Code.UNAUTHORIZED)
    assert admin.json("POST", path, {"language": "zh"}).json == {
        "type": "ran",
        "text": "好梦。",
        "acted": True,
    }
    refused(admin.json("POST", path, {"loud": 1}), Code.BAD_MESSAGE)
    refused(admin.json("POST", "/v1/home/routines/nothing", {}), Code.NOT_FOUND)
    assert admin("POST", "/v1/home/scenes/movie_night", b"").status == 204
    devices = {one["id"]: one["state"] for one in call("GET", "/v1/home").json["devices"]}
    assert devices["front_door"]["locked"] and devices["lamp"]["brightness"] == 20
    refused(call("POST", "/v1/home/scenes/movie_night", b""), Code.UNAUTHORIZED)
    for other in ("lamp", "nothing"):
        refused(admin("POST", f"/v1/home/scenes/{other}", b""), Code.NOT_FOUND)


async def test_people_are_enrolled_verified_identified_and_forgotten(
    home: Running, admin: Caller, guest: Caller, speakers: dict[str, list[Path]]
) -> None:
    (mine, others) = speakers.values()
    people = "/v1/voiceprint/people"
    refused(guest.form(people, mine[:4], name="Mia", consent="Yes."), Code.FORBIDDEN)
    assert "consent" in refused(admin.form(people, mine[:4], name="Mia"), Code.BAD_MESSAGE)
    refused(admin.form(people, mine[:1], name="Mia", consent="Yes."), Code.BAD_REQUEST)
    for wrongly in ({"groups": "family"}, {"replace": "yes"}):
        told = admin.form(people, mine[:4], name="Mia", consent="Yes.", **wrongly)
        assert next(iter(wrongly)) in refused(told, Code.BAD_MESSAGE)
    answer = admin.form(people, mine[:4], name="Mia", consent="Yes.", group=["family", "adults"])
    assert answer.status == 201, answer
    person = answer.json["person"]
    assert person["groups"] == ["adults", "family"] or person["groups"] == ["family", "adults"]
    assert person["consent"]["statement"] == "Yes."
    assert sum(recording["taken"] for recording in answer.json["recordings"]) >= 3
    refused(admin.form(people, mine[:4], name="mia", consent="Yes."), Code.BAD_REQUEST)
    assert [one["name"] for one in admin("GET", people).json["people"]] == ["Mia"]

    verify = "/v1/voiceprint/verify"
    decision = guest.form(verify, [mine[4]], person="Mia", door="test").json
    assert (decision["decision"], decision["person"]) == ("accept", "Mia"), decision
    assert guest.form(verify, [mine[4]], person="Mia").json["reason"] == "replayed"
    assert guest.form(verify, [others[0]], person="Mia").json["decision"] == "reject"
    refused(guest.form(verify, [mine[4]], person="Nobody"), Code.NOT_FOUND)
    refused(guest.form(verify, [mine[4]], person="Mia", purpose="fun"), Code.BAD_MESSAGE)
    # What asks for liveness in other words is not taken for an attempt without it.
    for wrong in ("True", "1", "yes", ""):
        message = refused(guest.form(verify, [mine[4]], person="Mia", live=wrong), Code.BAD_MESSAGE)
        assert message == "live is true or false"
    for wrong in ("9" * 5000, "-1", "1.5"):
        refused(guest.form("/v1/voiceprint/identify", [mine[4]], count=wrong), Code.BAD_MESSAGE)
    found = guest.form("/v1/voiceprint/identify", [others[1]], count="1").json
    assert found["decision"] == "reject" and found["searched"] == 1

    asked = guest.json("POST", "/v1/voiceprint/challenge", {"person": "Mia", "seconds": 60})
    assert len(asked.json["phrase"].split()) == 5
    answer = guest.form(verify, [others[2]], person="Mia", challenge=asked.json["id"])
    assert answer.json["decision"] != "accept"

    async with connect(Address(home.http, guest.token), "voiceprint") as line:
        await line.send(Verify(person="mia", door="stream"))
        await line.send_audio(read(others[3]))
        await line.send(End())
        came = [message async for message in line]
    assert any(isinstance(message, Heard) for message in came)
    (streamed,) = [message for message in came if isinstance(message, Decision)]
    assert streamed.decision == "reject" and streamed.person == "Mia"
    async with connect(Address(home.http, guest.token), "voiceprint") as line:
        await line.send(Identify(group="nobody"))
        await line.send(End())
        (streamed,) = [m async for m in line if isinstance(m, Decision)]
        assert streamed.decision == "retry"

    changed = admin.json("PATCH", f"{people}/Mia", {"blocked": True, "name": "Mia B"}).json
    assert changed["blocked"] and changed["name"] == "Mia B"
    refused(guest("GET", "/v1/voiceprint/audit"), Code.FORBIDDEN)
    log = admin("GET", "/v1/voiceprint/audit?count=1000").json
    doors = {entry["door"] for entry in log["entries"]}
    assert log["intact"] and {"test", "stream"} <= doors and log["head"]
    assert admin("DELETE", f"{people}/Mia%20B").status == 204
    refused(admin("GET", f"{people}/Mia%20B"), Code.NOT_FOUND)
    assert not admin("GET", people).json["people"]


async def not_enrolled(call: Caller, start: Enrol, said: Samples | None = None) -> ServiceError:
    """Why somebody is not enrolled who says one thing, or nothing, and leaves."""
    try:
        async with connect(Address(call.service.http, call.token), "voiceprint") as line:
            await line.send(start)
            await line.receive()
            if said is not None:
                await line.send_audio(said)
            await line.send(End())
            async for _ in line:
                pass
    except ServiceError as error:
        return error
    raise AssertionError("somebody was enrolled")


async def test_somebody_is_enrolled_while_speaking(
    home: Running, admin: Caller, guest: Caller, speakers: dict[str, list[Path]]
) -> None:
    mine, others = speakers.values()
    noise = np.random.default_rng(1).normal(0, 0.05, 3 * RATE).astype(np.float32)
    whole = read(mine[4])
    short = whole[whole.size // 2 :][: RATE // 2]
    start = Enrol(name="Ann", consent="Yes.", groups=("family",), language="zh-CN")
    assert (await not_enrolled(guest, start)).code is Code.FORBIDDEN

    async with connect(Address(home.http, admin.token), "voiceprint") as line:
        await line.send(start)
        tried = (mine[0], mine[0], short, noise, others[0], mine[1], mine[2], mine[3])
        prompts: list[str] = []
        reasons: list[str | None] = []
        enrolled = None
        async for message in line:
            match message:
                case Prompt():
                    prompts.append(message.text)
                    one = tried[len(prompts) - 1]
                    samples = read(one) if isinstance(one, Path) else one
                    await line.send_audio(samples)
                    await line.send(Said())
                case Recording():
                    reasons.append(message.reason)
                case Enrolled():
                    enrolled = message
    assert reasons[:2] == [None, "replayed"] and reasons[4:7] == ["no_match", None, None]
    assert reasons[2] in ("too_short", "no_speech") and reasons[3] in ("no_speech", "too_noisy")
    assert len(set(prompts)) >= 6 and all(ord(prompt[0]) > 0x4E00 for prompt in prompts)
    assert enrolled is not None and enrolled.person.groups == ("family",)
    people = "/v1/voiceprint/people"
    kept = admin("GET", f"{people}/Ann").json
    assert kept["consent"]["statement"] == "Yes." and kept["name"] == enrolled.person.name
    assert guest.form("/v1/voiceprint/verify", [mine[4]], person="Ann").json["person"] == "Ann"
    assert "enrolled already" in (await not_enrolled(admin, start)).message
    assert admin("DELETE", f"{people}/Ann").status == 204

    ben = Enrol(name="Ben", consent="Yes.")
    assert "an enrolment needs 3" in (await not_enrolled(admin, ben, read(mine[0]))).message
    refused(admin("GET", f"{people}/Ben"), Code.NOT_FOUND)


async def test_voices_are_never_open(home: Running, call: Caller) -> None:
    with pytest.raises(ServiceError) as caught:
        async with connect(home.ws, "voiceprint"):
            pass
    assert caught.value.code is Code.UNAUTHORIZED
    for path in ("verify", "identify", "challenge", "people"):
        refused(call("POST", f"/v1/voiceprint/{path}", b"{}"), Code.UNAUTHORIZED)


def test_openapi_describes_it(call: Caller) -> None:
    about = call("GET", "/openapi.json").json
    assert {"/v1/pronunciation", "/v1/voiceprint/people", "/v1/home"} <= set(about["paths"])
