"""What the pages say of the protocol is what the service does: their examples are played."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route
from websockets.asyncio.client import ClientConnection

from service.access import Scope, Tokens
from service.app import DOORS, ROUTERS
from service.messages import Code
from service.messages.reference import reference
from skills.home import EXAMPLE
from speech.audio import Samples
from tests.service.conftest import Running, running, send_audio

DOCS = Path(__file__).parents[2] / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```\n# (\S+)\n(.*?)```", PROTOCOL, re.DOTALL))


@pytest.fixture(scope="module")
def home(folder: Path) -> Iterator[Running]:
    with running(assistant=True, home=EXAMPLE) as started:
        yield started


@pytest.fixture(scope="module")
def token(folder: Path) -> str:
    return Tokens().create("examples", Scope)


def expected(line: str) -> tuple[str | None, dict[str, Any]]:
    """The type of a line of an example, and what is written out of its fields."""
    kind = re.search(r'"type": "(\w+)"', line)
    pairs = re.findall(r'"(\w+)": ("[^"…]*"|\d+|true|false)', line)
    return kind and kind[1], {name: json.loads(value) for name, value in pairs}


async def received(socket: ClientConnection) -> dict[str, Any] | bytes:
    data = await socket.recv()
    return data if isinstance(data, bytes) else json.loads(data)


async def until(socket: ClientConnection, line: str) -> None:
    """Read on to what a line of an example says; what it leaves out may come before."""
    kind, told = expected(line)
    seen = []
    while True:
        message = await received(socket)
        seen.append(message)
        if isinstance(message, bytes):
            if line == "(audio)":
                return
            continue
        fits = line != "(audio)" and set(re.findall(r'"(\w+)":', line)) - {"type"} <= set(message)
        if fits and message.get("type") == kind:
            left = {name: message.get(name) for name in told}
            if left == told:
                return
        assert message.get("type") != "error", (line, seen)


@pytest.mark.parametrize("path", EXAMPLES)
async def test_an_example_goes_as_it_is_written(
    home: Running, token: str, lamp: Samples, path: str
) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    vosk = path == "/"
    async with home.connect(
        path,
        additional_headers=headers,
        subprotocols=None if vosk else ["sonorant.v1"],
    ) as socket:
        for line in EXAMPLES[path].strip().splitlines():
            who, said = line[0], line[2:]
            if who == "<":
                await until(socket, said)
            elif said == "(audio)":
                await send_audio(socket, lamp[:33_000] if vosk else lamp, 33_000 if vosk else 3200)
            else:
                await socket.send(said)


def test_every_door_has_an_example() -> None:
    assert set(EXAMPLES) == set(DOORS)


def test_the_list_of_messages_is_that_of_the_code() -> None:
    page = (DOCS / "messages.md").read_text(encoding="utf-8")
    assert page == reference(), "sonorant serve --messages prints it"
    for code in Code:
        assert f"`{code}`" in page


def test_every_address_of_rest_is_described() -> None:
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, Route)
            path = re.sub(r"\{(?:device|id)\}", "ID", route.path).replace("{name}", "NAME")
            assert path in PROTOCOL
