"""Models are fetched when somebody who may asks for it, can be followed, and called off."""

from __future__ import annotations

import asyncio
import io
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from service.access import Scope, Tokens
from service.client import Address, connect
from service.messages import Code, End, ServiceError
from service.messages.models import Pull, Pulls, PullState
from speech.models import ModelStore
from tests.service.browser import browsing
from tests.service.conftest import Running
from tests.service.test_console import in_browser
from tests.service.test_rest import Caller, refused

MODEL = "vosk-model-en-in-0.5"  # the catalogue knows no checksum of these, so that ours will do
OTHERS = ("vosk-model-ru-0.10", "vosk-model-fr-0.6-linto-2.2.0")


def archive() -> bytes:
    """What unpacks to what looks like a model."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr(f"{MODEL}/am/final.mdl", b"model" * 6_000_000)  # many pieces
        made.writestr(f"{MODEL}/conf/model.conf", b"")
    return file.getvalue()


class Mirror(BaseHTTPRequestHandler):
    """Sends the start of an archive; once it may, the rest, and that others are not here."""

    body = archive()
    may = threading.Event()

    def do_GET(self) -> None:
        if MODEL not in self.path and OTHERS[0] not in self.path:
            self.may.wait(90)
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        start = len(self.body) // 20
        self.wfile.write(self.body[:start])
        self.may.wait(90)
        self.wfile.write(self.body[start:])

    def log_message(self, *about: Any) -> None:
        pass


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A server of models, and a folder for them; the event lets it go on."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("SONORANT_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("SONORANT_MIRROR", f"http://127.0.0.1:{server.server_address[1]}")
    Mirror.may.clear()
    yield Mirror.may
    Mirror.may.set()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def admin(service: Running) -> Caller:
    return Caller(service, Tokens().create("models", [Scope.MODELS_ADMIN]))


def pulls(call: Caller) -> dict[str, Any]:
    return {one["name"]: one for one in call("GET", "/v1/models/pulls").json["pulls"]}


def here(model: str) -> bool:
    store = ModelStore()
    return store.locate(store.catalogue[model]) is not None


def until(what: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not what():
        assert time.monotonic() < limit
        time.sleep(0.3)  # no client may ask more often for long


def test_a_model_is_fetched_and_followed(
    service: Running, admin: Caller, mirror: threading.Event
) -> None:
    call = Caller(service)
    for method, path in (("POST", f"{MODEL}/pull"), ("DELETE", f"{MODEL}/pull"), ("GET", "pulls")):
        refused(call(method, f"/v1/models/{path}"), Code.UNAUTHORIZED)
    refused(admin("POST", "/v1/models/nothing/pull", b""), Code.NOT_FOUND)
    refused(admin("DELETE", f"/v1/models/{MODEL}/pull"), Code.NOT_FOUND)
    assert pulls(admin) == {} and not here(MODEL)

    started = admin("POST", f"/v1/models/{MODEL}/pull", b"")
    assert (started.status, started.json["pull"]["state"]) == (202, "running")
    until(lambda: pulls(admin)[MODEL]["done"] > 0)
    assert admin("POST", f"/v1/models/{MODEL}/pull", b"").json["pull"]["state"] == "running"
    assert pulls(admin)[MODEL]["total"] == len(Mirror.body)
    mirror.set()
    until(lambda: pulls(admin)[MODEL]["state"] == "done")
    assert here(MODEL)
    (told,) = [one for one in call("GET", "/v1/models").json["models"] if one["name"] == MODEL]
    assert told["here"]


def test_it_is_called_off_or_fails(
    service: Running, admin: Caller, mirror: threading.Event
) -> None:
    assert admin("POST", f"/v1/models/{OTHERS[0]}/pull", b"").status == 202
    until(lambda: pulls(admin)[OTHERS[0]]["done"] > 0)
    assert admin("DELETE", f"/v1/models/{OTHERS[0]}/pull").status == 204
    assert admin("POST", f"/v1/models/{OTHERS[1]}/pull", b"").status == 202
    refused(admin("POST", f"/v1/models/{MODEL}/pull", b""), Code.BUSY)
    mirror.set()
    until(lambda: pulls(admin)[OTHERS[0]]["state"] == "cancelled")
    until(lambda: pulls(admin)[OTHERS[1]]["state"] == "failed")
    assert "the server says 404" in pulls(admin)[OTHERS[1]]["error"]
    assert not here(OTHERS[0]) and not here(OTHERS[1])


async def test_it_is_told_live(service: Running, admin: Caller, mirror: threading.Event) -> None:
    came: list[Pull] = []
    began = time.monotonic()
    async with connect(Address(service.http, admin.token), "models/pulls") as line:
        assert isinstance(await line.receive(), Pulls)
        assert (
            await asyncio.to_thread(admin, "POST", f"/v1/models/{MODEL}/pull", b"")
        ).status == 202
        async with asyncio.timeout(90):
            while not came or came[-1].state == "running":
                message = await line.receive()
                assert isinstance(message, PullState) and message.pull.name == MODEL
                came.append(message.pull)
                if message.pull.done:
                    mirror.set()
        assert came[-1].state == "done" and came[0].state == "running"
        assert [one.done for one in came] == sorted(one.done for one in came)
        often = 4 + 4 * (time.monotonic() - began)
        assert len(came) == len(set(came)) < often, "each once, and not each piece of the file"
    async with connect(Address(service.http, admin.token), "models/pulls") as line:
        told = await line.receive()
        assert isinstance(told, Pulls) and came[-1] in told.pulls
        await line.send(End())
        with pytest.raises(ServiceError) as caught:
            await line.receive()
        assert caught.value.code in (Code.WRONG_STATE, Code.BAD_MESSAGE)
    with pytest.raises(ServiceError) as caught:
        async with connect(service.http, "models/pulls"):
            pass
    assert caught.value.code is Code.UNAUTHORIZED


@in_browser
async def test_the_console_follows_it(
    service: Running, admin: Caller, mirror: threading.Event, tmp_path: Path
) -> None:
    row = f"[data-model='{MODEL}']"
    async with browsing(tmp_path / "browser") as page:
        await page.go(f"{service.http}/#talk")
        await page.js(f"sessionStorage.setItem('sonorant-token', '\"{admin.token}\"')")
        await page.js("window.confirm = said => { window.asked = said; return true }")
        await page.js("location.hash = '#status'")
        await page.until(f'document.querySelector("#models details {row}")')
        await page.js("document.querySelector('#models details').open = true")
        await page.click(f"{row} button")
        await page.until(f'document.querySelector("{row} meter").value >= 0')
        assert "Apache-2.0" in await page.js("asked")
        mirror.set()
        here = f"[...document.querySelectorAll('#models th')].some(e => e.innerText === '{MODEL}'"
        await page.until(f"{here} && !e.closest('details'))")
        assert not any("Content Security Policy" in one for one in page.complaints)
