"""``sonorant transcribe``: recordings to text."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from speech.errors import SonorantError
from speech.recognition.engines import ENGINES

if TYPE_CHECKING:
    from speech.audio import Samples
    from speech.recognition.contract import Recognizer
    from speech.vad import Vad

Commands = Any
"""What ``argparse`` returns from ``add_subparsers``; it has no public name."""


def add_commands(commands: Commands) -> None:
    """Add this room's commands to the program."""
    parser = commands.add_parser(
        "transcribe",
        help="turn recordings into text",
        description="Print what is said in recordings, in any container that libsndfile or "
        "ffmpeg opens. A file that cannot be read to its end is reported, after what was heard "
        "until there, and the others are still done; the exit status is then 1.",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a recording; - is standard input")
    add_engine_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a file and line")
    parser.set_defaults(run=transcribe_files)


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """The options that choose a recogniser, the same for every command that has one."""
    parser.add_argument(
        "--engine",
        default="auto",
        choices=ENGINES,
        help="recogniser (default: auto, the best that is installed for the language)",
    )
    parser.add_argument("--language", default="en", help="language spoken, BCP 47 (default: en)")
    parser.add_argument("--model", help="a catalogue name or folder instead of the engine's own")


def transcribe_files(args: argparse.Namespace) -> int:
    """Run ``sonorant transcribe``; the exit status is 1 if any file failed."""
    from speech.recognition.engines import open_recognizer
    from speech.vad import SileroVad

    recognizer = open_recognizer(args.engine, args.language, model=args.model)
    vad = SileroVad()
    failed = 0
    try:
        for name in args.files:
            record = transcribe_file(name, recognizer, vad)
            if args.json:
                print(json.dumps(record, ensure_ascii=False), flush=True)
            elif record["text"] or "error" not in record:
                label = f"{name}: " if len(args.files) > 1 else ""
                print(f"{label}{record['text']}", flush=True)
            if "error" in record:
                failed += 1
                print(f"sonorant: {record['error']}", file=sys.stderr)
    finally:
        recognizer.close()
    return 1 if failed else 0


def transcribe_file(name: str, recognizer: Recognizer, vad: Vad) -> dict[str, Any]:
    """One file's result: ``file``, ``text``, ``words``, ``duration`` (s), ``rtf``, ``engine``.

    ``error`` says why, where it could not be heard to its end; the rest is what was heard until
    then. ``duration`` counts the audio that was decoded. ``-`` is standard input.
    """
    from speech.audio import RATE, blocks, duration
    from speech.progress import Advance, progress
    from speech.transcriber import transcribe

    heard = 0

    def counted(source: Iterable[Samples], advance: Advance) -> Iterator[Samples]:
        nonlocal heard
        for block in source:
            heard += block.size
            yield block
            advance(heard / RATE)

    began = time.perf_counter()
    path = "/dev/stdin" if name == "-" else name
    texts: list[str] = []
    words: list[dict[str, object]] = []
    failure: dict[str, str] = {}
    try:
        with progress(name, duration(path)) as advance:
            for utterance in transcribe(counted(blocks(path), advance), recognizer, vad):
                texts.append(utterance.final.text)
                words += [asdict(word) for word in utterance.final.words]
    except SonorantError as error:
        failure = {"error": str(error)}
    seconds = heard / RATE
    return {
        "file": name,
        "text": " ".join(texts),
        "words": words,
        "duration": round(seconds, 3),
        "rtf": round((time.perf_counter() - began) / seconds, 4) if seconds else None,
        "engine": recognizer.name,
        **failure,
    }
