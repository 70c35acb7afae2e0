"""``sonorant ask``: talk to the home by typing. ``skills`` and ``lessons`` are mounted here too."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from skills.authoring import cli as authoring
from skills.lesson import cli as lesson
from speech.errors import ConfigError

if TYPE_CHECKING:
    from skills.contract import Announcement, Reply

_FOR_LATER = ("HassStartTimer", "SetAlarm", "Remind", "PlanCommand")
_HINT = "this happens while `sonorant talk` or `sonorant ask -` runs, else at its next start"


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Mount ``ask``, ``skills`` and ``lessons`` below ``sonorant``."""
    ask = subparsers.add_parser(
        "ask",
        help="answer typed sentences, or lines from standard input",
        description="Understands a sentence as if it had been spoken, acts and answers. "
        "Exit status 1 if a sentence was not understood, except of standard input.",
    )
    ask.add_argument(
        "text",
        metavar="TEXT",
        nargs="+",
        help="the sentence, in quotes or not; several, each in quotes; - reads lines",
    )
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
    authoring.add_commands(subparsers)
    lesson.add_commands(subparsers)


def _ask(args: argparse.Namespace) -> int:
    return asyncio.run(_answer(args))


async def _answer(args: argparse.Namespace) -> int:
    from skills import Request, Stage, open_skills
    from skills.package import languages, package_language

    if package_language(args.language) is None:
        known = ", ".join(languages())
        raise ConfigError(f"--language {args.language!r}: there are sentences for {known}")
    router = await open_skills(args.home, None, _announce, languages=(args.language,))
    try:
        if args.area is not None and args.area not in router.home.areas:
            known = ", ".join(router.home.areas) or "none"
            raise ConfigError(f"--area {args.area!r}: the home has these areas: {known}")
        lines = args.text == ["-"]
        language = args.language
        understood, started = True, False
        async for text in _lines() if lines else _sentences(args.text):
            reply = await router.answer(Request(text, language, area=args.area))
            understood = understood and reply.stage != Stage.NONE
            started = started or (reply.intent in _FOR_LATER and reply.acted)
            _print(text, language, reply, as_json=args.json)
            language = reply.goes_on_in or language
        if started and any(getattr(skill, "waiting", 0) for skill in router.skills):
            print(_HINT, file=sys.stderr)
    finally:
        await router.close()
    return 0 if lines or understood else 1


async def _sentences(arguments: list[str]) -> AsyncIterator[str]:
    """Each argument, where all were quoted as they have several words; else what they make up."""
    quoted = all(len(argument.split()) > 1 for argument in arguments)
    for text in arguments if quoted else [" ".join(arguments)]:
        yield text.strip()


async def _lines() -> AsyncIterator[str]:
    """The lines of standard input that are not blank, as they come."""
    stream = _standard_input()
    while line := await _read(stream):
        if text := line.strip():
            yield text


def _standard_input() -> TextIO:
    # A stream of its own that is never closed: at the end a thread may still wait for a line.
    return open(sys.stdin.fileno(), encoding="utf-8-sig", errors="replace", closefd=False)


async def _read(stream: TextIO) -> str:
    """The next line, empty at the end. Timers ring and Ctrl-C works while nobody types."""
    loop = asyncio.get_running_loop()
    line: asyncio.Future[str] = loop.create_future()

    def settle(text: str) -> None:
        if not line.done():
            line.set_result(text)

    def read() -> None:
        text = stream.readline()
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, text)

    threading.Thread(target=read, name="standard input", daemon=True).start()
    return await line


async def _announce(announcement: Announcement) -> None:
    print(announcement.text, file=sys.stderr)


def _print(text: str, language: str, reply: Reply, *, as_json: bool) -> None:
    if not as_json:
        print(reply.text, flush=True)
        return
    line = {
        "text": text,
        "language": language,
        "stage": str(reply.stage),
        "intent": reply.intent,
        "slots": dict(reply.slots),
        "targets": list(reply.targets),
        "acted": reply.acted,
        "reply": reply.text,
    }
    print(json.dumps(line, ensure_ascii=False), flush=True)
