"""``sonorant ask``: talk to the home by typing."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from speech.errors import ConfigError

if TYPE_CHECKING:
    from skills.contract import Announcement, Reply


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Mount ``ask`` below ``sonorant``."""
    ask = subparsers.add_parser(
        "ask",
        help="answer a typed sentence, or lines from standard input",
        description="Understands a sentence as if it had been spoken, acts and answers. "
        "Exit status 1 if a single sentence was not understood.",
    )
    ask.add_argument("text", metavar="TEXT", nargs="+", help="the sentence; - reads lines")
    ask.add_argument("--language", metavar="L", default="en", help="en (default), zh-CN, ko ...")
    ask.add_argument(
        "--home",
        metavar="FILE",
        type=Path,
        help="a home.yaml; else SONORANT_HOME, else the one in your configuration folder, "
        "else the example",
    )
    ask.add_argument("--area", metavar="ID", help="the area in which you stand: its id")
    ask.add_argument("--json", action="store_true", help="print a JSON object for each sentence")
    ask.set_defaults(run=_ask)


def _ask(args: argparse.Namespace) -> int:
    return asyncio.run(_answer(args))


async def _answer(args: argparse.Namespace) -> int:
    from skills import Request, Stage, open_skills

    router = await open_skills(args.home, None, _announce, languages=(args.language,))
    try:
        if args.area is not None and args.area not in router.home.areas:
            known = ", ".join(router.home.areas) or "none"
            raise ConfigError(f"--area {args.area!r}: the home has these areas: {known}")
        understood = True
        started = False
        lines = args.text == ["-"]
        sentence: str | None = " ".join(args.text)
        while True:
            if lines:
                # In a thread, so that timers ring while nobody types.
                sentence = await asyncio.to_thread(sys.stdin.readline) or None
            if sentence is None:
                break
            text = sentence.strip()
            if text or not lines:
                reply = await router.answer(Request(text, args.language, area=args.area))
                understood = reply.stage != Stage.NONE
                started = started or (reply.intent == "HassStartTimer" and reply.acted)
                _print(text, args, reply)
            if not lines:
                break
    finally:
        await router.close()
    if started:
        print("a timer only rings while `sonorant talk` runs", file=sys.stderr)
    return 0 if lines or understood else 1


async def _announce(announcement: Announcement) -> None:
    print(announcement.text, file=sys.stderr)


def _print(text: str, args: argparse.Namespace, reply: Reply) -> None:
    if not args.json:
        print(reply.text, flush=True)
        return
    line = {
        "text": text,
        "language": args.language,
        "stage": str(reply.stage),
        "intent": reply.intent,
        "slots": dict(reply.slots),
        "targets": list(reply.targets),
        "acted": reply.acted,
        "reply": reply.text,
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)
