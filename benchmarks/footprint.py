"""What the running service takes: memory and CPU at rest and with streams, alone or on Ray.

It is started as a user starts it, with folders of its own. Memory is the proportional set size of
all its processes: pages that several share count once. Streams are recordings of human commands
(``SONORANT_DATA``) spoken over and over in real time; the delay is that from the end of a
recording, with which the stream ends, to its last result. ::

    python -m benchmarks.footprint [--streams 1 4] [--seconds 20] [--assistant] [--ray] [--json]
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.command import parser, run, show
from service.access import Scope, Tokens
from service.client import Address, connect
from service.messages import End
from service.messages.recognition import Recognize
from speech.audio import RATE, Samples, read
from speech.errors import ConfigError, EngineError

_MARK = "SONORANT_FOOTPRINT"
_PIECE = RATE // 10
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Service:
    """One that runs."""

    url: str
    token: str
    started: float
    """Seconds from the command to listening."""

    def processes(self) -> Iterator[Path]:
        """Its processes: they inherit a mark."""
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                ours = f"{_MARK}={self.url}".encode() in (folder / "environ").read_bytes()
            except OSError:
                continue
            if ours:
                yield folder

    def memory(self) -> float:
        """MB, all processes."""
        total = 0
        for folder in self.processes():
            for line in (folder / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1000

    def cpu(self) -> float:
        """Seconds, all processes."""
        total = 0
        for folder in self.processes():
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / _TICKS


@contextmanager
def service(options: Sequence[str]) -> Iterator[Service]:
    """Start one; raises EngineError if it does not start."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = {
            "XDG_CONFIG_HOME": str(folder / "config"),
            "SONORANT_STATE": str(folder / "state"),
            "SONORANT_GALLERY": str(folder / "gallery.db"),
            "SONORANT_KEY_FILE": str(folder / "key" / "gallery.key"),
            _MARK: url,
        }
        token = Tokens(folder / "config" / "sonorant" / "tokens.json").create("footprint", Scope)
        began = time.monotonic()
        program = subprocess.Popen(
            [sys.executable, "-m", "service", "serve", f"--port={port}", *options],
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert program.stdout is not None
        try:
            if "listens" not in program.stdout.readline():
                raise EngineError("the service does not start: try `sonorant serve` by itself")
            yield Service(url, token, time.monotonic() - began)
        finally:
            program.send_signal(signal.SIGTERM)
            program.stdout.close()
            program.wait(60)


def at_rest(started: Service, seconds: float) -> dict[str, float]:
    """What it takes when nobody is there."""
    time.sleep(2.0)
    before = started.cpu()
    time.sleep(seconds)
    spent = (started.cpu() - before) / seconds
    return {"starts in s": started.started, "MB": started.memory(), "% of a core": 100 * spent}


async def with_streams(
    started: Service, recordings: Sequence[Samples], count: int, seconds: float
) -> dict[str, float]:
    """What so many streams take, and how late their last results are."""
    delays: list[float] = []
    heard = 0.0
    until = time.monotonic() + seconds

    async def speak(first: int) -> None:
        nonlocal heard
        number = first
        await asyncio.sleep(first / count)
        while time.monotonic() < until:
            samples = recordings[number % len(recordings)]
            number += 1
            async with connect(Address(started.url, started.token), "recognize") as line:
                await line.send(Recognize(rate=RATE))
                begun = time.monotonic()
                for at in range(0, samples.size, _PIECE):
                    await line.send_audio(samples[at : at + _PIECE])
                    due = begun + min(at + _PIECE, samples.size) / RATE
                    await asyncio.sleep(max(0.0, due - time.monotonic()))
                ended = time.monotonic()
                await line.send(End())
                [message async for message in line]
                delays.append(time.monotonic() - ended)
                heard += samples.size / RATE

    before = started.cpu()
    await asyncio.gather(*map(speak, range(count)))
    spent = started.cpu() - before
    return {
        "MB": started.memory(),
        "CPU s per s of audio": spent / heard,
        "delay of the last result in s, median": statistics.median(delays),
        "95 %": float(np.percentile(delays, 95)),
        "recordings": len(delays),
    }


def main() -> None:
    """Measure and print."""
    arguments = parser(__doc__)
    arguments.add_argument("--streams", type=int, nargs="*", default=[1, 4], help="at once")
    arguments.add_argument("--seconds", type=float, default=20.0, help="for each number of streams")
    arguments.add_argument("--assistant", action="store_true", help="with conversations")
    arguments.add_argument("--ray", action="store_true", help="on a Ray of this machine")
    given = arguments.parse_args()
    folder = given.data or (os.environ.get("SONORANT_DATA") and Path(os.environ["SONORANT_DATA"]))
    if not folder:
        raise ConfigError("SONORANT_DATA is not set: it names the folder of human recordings")
    recordings = [read(file) for file in sorted((folder / "commands").glob("*.wav"))]
    options = ["--set", f"assistant={str(given.assistant).lower()}"]
    if given.ray:
        options += ["--ray", "--set", "recognizers=2", "--set", "cpus=0.2"]
    result = {}
    with service(options) as started:
        result["at rest"] = at_rest(started, given.seconds)
        for count in given.streams:
            about = asyncio.run(with_streams(started, recordings, count, given.seconds))
            result[f"{count} streams"] = about
    show(result, given.json)


if __name__ == "__main__":
    run(main)
