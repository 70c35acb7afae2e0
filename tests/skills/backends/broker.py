"""A real mosquitto of the test's own, which can be killed and started again."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

MOSQUITTO = shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


class Broker:
    """One mosquitto on a free port of this machine."""

    def __init__(self, folder: Path, *lines: str) -> None:
        if MOSQUITTO is None:
            pytest.skip("mosquitto is not installed: apt-get install mosquitto")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            "\n".join(
                (
                    f"listener {self.port} 127.0.0.1",
                    "set_tcp_nodelay true",
                    "persistence false",
                    "log_dest none",
                    *(lines or ("allow_anonymous true",)),
                    "",
                )
            )
        )
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it and return once it accepts connections."""
        self._launch()
        async with asyncio.timeout(10):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.02)
                    continue
                writer.close()
                await writer.wait_closed()
                return

    def _launch(self) -> None:
        self._process = subprocess.Popen([str(MOSQUITTO), "-c", str(self._config)])

    def kill(self) -> None:
        """Kill it as a power cut would: what it retained is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None
