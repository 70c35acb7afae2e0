"""``sonorant wyoming``: the voice services of Home Assistant."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speech.cli import add_engine_options
from speech.errors import ConfigError

if TYPE_CHECKING:
    from service.wyoming import Offer
    from skills.contract import Announcement


def add_commands(commands: Any) -> None:
    """Add this room's command to the program."""
    parser = commands.add_parser(
        "wyoming",
        help="serve Home Assistant's voice pipelines",
        description="Recognise, speak, listen for wake words and carry out commands for Home "
        "Assistant, by the Wyoming protocol. Ctrl-C ends it. docs/wyoming.md shows how to add it.",
    )
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="where to listen (default: 127.0.0.1, this machine alone)",
    )
    parser.add_argument(
        "--port", type=int, default=10_300, help="default: 10300; 0 is any that is free"
    )
    parser.add_argument(
        "--allow-network",
        action="store_true",
        help="let other machines connect: the protocol has neither passwords nor encryption",
    )
    parser.add_argument(
        "--zeroconf", action="store_true", help="announce it, so that Home Assistant finds it"
    )
    add_engine_options(parser)
    parser.add_argument("--voice", metavar="V", help="a voice, as in `sonorant speak`")
    parser.add_argument(
        "--wake",
        action="append",
        metavar="WORD",
        help="a wake word, can be repeated (default: all that come with Sonorant)",
    )
    parser.add_argument(
        "--partials", action="store_true", help="send transcripts while somebody still speaks"
    )
    parser.add_argument("--home", type=Path, metavar="FILE", help="home.yaml (else your own)")
    parser.add_argument("--area", metavar="ID", help="the area that commands come from")
    parser.add_argument(
        "--satellite",
        action="append",
        default=[],
        metavar="NAME=AREA",
        help="the area of one of Home Assistant's satellites, by its entity or device id; can be "
        "repeated",
    )
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    return asyncio.run(_serve(args))


async def _serve(args: argparse.Namespace) -> int:
    # Late: these load what `sonorant --help` does not need.
    from service.wyoming import Limits, WyomingServer
    from service.wyoming.announcing import announced
    from service.wyoming.server import is_loopback

    if args.zeroconf and is_loopback(args.host):
        raise ConfigError(
            f"--zeroconf tells other machines of a server that only this one can reach: "
            f"--host 0.0.0.0 --allow-network lets them in, not --host {args.host}"
        )
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with AsyncExitStack() as stack:
        offer = await _offer(args, stack)
        pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="wyoming")
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        server = await stack.enter_async_context(WyomingServer(offer, pool, Limits()))
        await server.start(args.host, args.port, allow_network=args.allow_network)
        host, port = server.address
        print(f"Wyoming for Home Assistant: {host} port {port}", flush=True)
        if args.zeroconf:
            name = await stack.enter_async_context(announced(host, port))
            print(f'announced as "{name}"', flush=True)
        await ended.wait()
    return 0


async def _offer(args: argparse.Namespace, stack: AsyncExitStack) -> Offer:
    from assistant.wake import WakeWords, available_words
    from service.wyoming import Offer
    from skills import open_skills
    from speech.recognition.engines import open_recognizer
    from speech.synthesis import open_synthesizer

    words = tuple(args.wake or available_words())
    WakeWords(words)  # a wrong one is told now
    recognizer = open_recognizer(args.engine, args.language, model=args.model)
    stack.callback(recognizer.close)
    synthesizer = open_synthesizer(voice=args.voice)
    stack.callback(synthesizer.close)
    router = await open_skills(args.home, None, _announce, languages=(args.language,))
    stack.push_async_callback(router.close)
    return Offer(
        (recognizer,),
        synthesizer,
        words,
        router,
        language=args.language,
        area=args.area,
        satellites=dict(map(_satellite, args.satellite)),
        partials=args.partials,
    )


def _satellite(text: str) -> tuple[str, str]:
    name, equals, area = text.rpartition("=")
    if not (name and equals and area):
        raise ConfigError(f"--satellite {text!r} is not written NAME=AREA")
    return name, area


async def _announce(announcement: Announcement) -> None:
    # Wyoming cannot bring it to a satellite.
    print(announcement.text, file=sys.stderr, flush=True)
