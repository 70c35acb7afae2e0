"""Hostile and broken clients: nothing crashes, nothing leaks, nobody gets in.

``SONORANT_FUZZ=10000`` tries as many cases; ``SONORANT_FUZZ_SEED`` other ones.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.access import Scope, Tokens
from service.client import connect
from service.messages import End
from service.messages.recognition import FinalText, Recognize
from skills.home import EXAMPLE
from speech.audio import Samples
from tests.service.conftest import Running, running
from tests.service.fuzz import MESSAGE, Client

COUNT = int(os.environ.get("SONORANT_FUZZ", "300"))
SEED = os.environ.get("SONORANT_FUZZ_SEED", "1")
TOGETHER = 24
_ENOUGH = {"token_rate": 1_000_000, "token_sessions": 500, "sessions": 500}


@pytest.fixture(scope="module")
def victim(folder: Path) -> Iterator[Running]:
    settings = {"message": MESSAGE, "upload": 65_536, "slow": 5.0, "idle": 5.0, **_ENOUGH}
    with running(assistant=True, home=EXAMPLE, patience=60.0, queue=5000, **settings) as started:
        yield started


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.timeout(max(120, COUNT))
async def test_hostile_clients_harm_nobody(
    victim: Running, lamp: Samples, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client(victim, Tokens().create("fuzz", Scope))

    async def several(first: int, last: int) -> None:
        numbers = iter(range(first, last))

        async def one() -> None:
            for number in numbers:
                await client.case(f"{SEED} {number}")

        await asyncio.gather(*(one() for _ in range(TOGETHER)))
        await victim.empty()

    with caplog.at_level(logging.ERROR):
        await several(0, COUNT // 5)  # what is loaded once, is
        before = descriptors()
        await several(COUNT // 5, COUNT)
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert not errors, (errors[0].getMessage(), errors[0].exc_info)
    async with asyncio.timeout(60):
        while descriptors() > before + TOGETHER:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    async with connect(victim.http, "recognize") as line:
        await line.send(Recognize())
        await line.send_audio(lamp)
        await line.send(End())
        finals = [message async for message in line if isinstance(message, FinalText)]
    assert "lamp" in finals[0].text.lower()
