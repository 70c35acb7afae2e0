"""``sonorant talk`` and ``sonorant demo``: what the command line says; the work is elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from speech.cli import add_engine_options


def add_commands(commands: Any) -> None:
    """Add this room's commands to the program."""
    talk = commands.add_parser(
        "talk",
        help="talk with the home, at the microphone or with recordings",
        description="Talk with the home at the microphone, or play recordings through the same "
        "path. Ctrl-C ends it, with exit status 0 at the microphone.",
    )
    talk.add_argument(
        "--input", nargs="+", metavar="FILE", help="recordings instead of the microphone"
    )
    talk.add_argument(
        "--real-time", action="store_true", help="play recordings no faster than they are"
    )
    talk.add_argument("--output", metavar="FILE", help="write the replies into a WAV file")
    add_engine_options(talk)
    wake = talk.add_mutually_exclusive_group()
    wake.add_argument(
        "--wake",
        action="append",
        metavar="WORD",
        help="a wake word, can be repeated (default: okay_nabu at the microphone, none for "
        "recordings)",
    )
    wake.add_argument("--no-wake", action="store_true", help="always listen")
    talk.add_argument("--device", metavar="D", help="microphone: its index or a part of its name")
    talk.add_argument(
        "--output-device",
        metavar="D",
        help="loudspeaker: its index or a part of its name (recordings are answered aloud only "
        "with it)",
    )
    talk.add_argument("--list-devices", action="store_true", help="list the sound devices")
    talk.add_argument("--home", type=Path, metavar="FILE", help="home.yaml (else your own)")
    talk.add_argument("--area", metavar="ID", help="the area that the microphone is in")
    voice = talk.add_mutually_exclusive_group()
    voice.add_argument("--voice", metavar="V", help="voice of the replies")
    voice.add_argument("--mute", action="store_true", help="show the replies, say nothing")
    talk.add_argument(
        "--barge-in",
        choices=("wake", "speech", "off"),
        default="wake",
        help="what stops a reply (default: wake; speech is for headphones)",
    )
    talk.add_argument("--trace", action="store_true", help="print where the time went")
    talk.add_argument("--json", action="store_true", help="print events as JSON Lines")
    talk.set_defaults(run=_talk)
    demo = commands.add_parser(
        "demo",
        help="hear a spoken command turn on the lamp",
        description="Plays a spoken command through the whole path, in real time, on a fresh "
        "copy of the example home. Exit status 0 only if the lamp is on at the end.",
    )
    demo.set_defaults(run=_demo)


def _talk(args: argparse.Namespace) -> int:
    # Late: these load what `sonorant --help` does not need.
    import asyncio

    from assistant.talk import list_devices, talk

    if args.list_devices:
        return list_devices(args.json)
    return asyncio.run(talk(args))


def _demo(args: argparse.Namespace) -> int:
    import asyncio

    from assistant.demo import demo

    return asyncio.run(demo())
