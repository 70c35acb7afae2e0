"""Where it listens, how it is announced, and the command that starts it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from wyoming.client import AsyncTcpClient
from wyoming.info import Describe, Info

from service.cli import main
from service.wyoming import Limits, Offer, WyomingServer
from service.wyoming.announcing import KIND, announced
from skills.home import EXAMPLE
from speech.errors import ConfigError


async def test_other_machines_only_where_that_is_allowed(pool: ThreadPoolExecutor) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.2", "example.org", ""):
        with pytest.raises(ConfigError, match="neither passwords nor encryption"):
            await WyomingServer(Offer(), pool).start(host, 0)
    async with WyomingServer(Offer(), pool) as server:
        await server.start("0.0.0.0", 0, allow_network=True)
        with pytest.raises(ConfigError, match="cannot be listened at: .*choose another"):
            await WyomingServer(Offer(), pool).start("127.0.0.1", server.address[1])
    with pytest.raises(ConfigError, match="cannot be listened at: .*choose another"):
        await WyomingServer(Offer(), pool).start(port=70_000)
    with pytest.raises(ConfigError, match="idle is 0"):
        Limits(idle=0)


async def test_it_is_announced_and_found() -> None:
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

    async with announced("127.0.0.1", 10_300, interfaces=["127.0.0.1"]) as name:
        looking = AsyncZeroconf(interfaces=["127.0.0.1"])
        try:
            found = AsyncServiceInfo(KIND, f"{name}.{KIND}")
            assert await found.async_request(looking.zeroconf, 60_000)
            assert found.port == 10_300 and found.parsed_addresses() == ["127.0.0.1"]
        finally:
            await looking.async_close()


async def test_the_command_serves_until_it_is_ended(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "service", "wyoming", "--port", "0", "--home", str(EXAMPLE))
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "SONORANT_STATE": str(tmp_path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    async with AsyncTcpClient("127.0.0.1", int(line.split()[-1]), read_timeout=60) as client:
        await client.write_event(Describe().event())
        event = await client.read_event()
        assert event is not None and Info.from_event(event).wake[0].models
        process.send_signal(signal.SIGTERM)
        output, problems = await process.communicate()
    assert (process.returncode, output, problems) == (0, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--host", "0.0.0.0"], "--allow-network permits it"),
        (["--zeroconf"], "only this one can reach"),
        (["--wake", "hey_nobody"], "no wake word is called 'hey_nobody'"),
        (["--satellite", "kitchen"], "not written NAME=AREA"),
        (["--satellite", "kitchen=attic"], "no area 'attic'"),
    ],
)
def test_wrong_use_is_explained(
    arguments: list[str],
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SONORANT_STATE", str(tmp_path))
    assert main(["wyoming", "--home", str(EXAMPLE), *arguments]) == 2
    assert reason in capsys.readouterr().err
