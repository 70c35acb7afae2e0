"""``sonorant score``: how well learners read, one recording or a manifest of many."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pronunciation.shadowing import cli as shadowing
from speech.errors import ConfigError

if TYPE_CHECKING:
    from pronunciation.batch import Summary

Commands = Any
"""What ``argparse`` returns from ``add_subparsers``; it has no public name."""

_TOLD = 10  # failures that are told while a manifest is worked on

_DESCRIPTION = """\
Score how well a text was read: sounds, words, the whole, and what to work on first.

One recording:   sonorant score reading.wav --text "The north wind and the sun."
Many:            sonorant score --manifest class.jsonl --output scores.jsonl --report class.html

The exit status is 0 where all was assessed, 1 where a recording cannot be assessed or, with a
manifest, where the output holds errors, and 2 after wrong use.
"""


def add_commands(commands: Commands) -> None:
    """Add this room's commands to the program."""
    parser = commands.add_parser(
        "score",
        help="score how well a learner reads",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="a recording")
    parser.add_argument("--language", default="en", help="language read: en (default) or zh")
    parser.add_argument(
        "--pronunciation",
        action="append",
        default=[],
        metavar="WORD=SOUNDS",
        help='how a word may be said, in ARPAbet or pinyin: "read=R EH1 D", "重=chong2"; '
        "may be given again",
    )
    parser.add_argument(
        "--report", metavar="HTML", help="write a page; with a manifest, an overview of all"
    )
    one = parser.add_argument_group("one recording")
    text = one.add_mutually_exclusive_group()
    text.add_argument("--text", help="what was to be read")
    text.add_argument("--text-file", metavar="FILE", help="a file with what was to be read")
    text.add_argument("--free", action="store_true", help="free speech: recognise it first")
    one.add_argument("--json", action="store_true", help="print one JSON object")
    many = parser.add_argument_group("a manifest")
    many.add_argument(
        "--manifest", metavar="JSONL", help='lines {"id": ..., "audio": ..., "text": ...}'
    )
    many.add_argument(
        "--output", metavar="JSONL", help="where the results go; what it holds is not done again"
    )
    many.add_argument(
        "--jobs", type=_jobs, metavar="N", help="worker processes (default: one for each core)"
    )
    many.add_argument("--retry", action="store_true", help="try again what failed before")
    many.add_argument(
        "--ray",
        nargs="?",
        const="local",
        metavar="ADDRESS",
        help="work on a Ray cluster, or on a Ray of this machine where no address is given",
    )
    parser.set_defaults(run=score)
    shadowing.add_commands(commands)


def score(args: argparse.Namespace) -> int:
    """Run ``sonorant score``; the exit status is 1 if anything could not be assessed."""
    one = [name for name in ("text", "text_file", "free", "json") if _given(args, name)]
    many = [name for name in ("output", "jobs", "retry", "ray") if _given(args, name)]
    if args.manifest is not None:
        if args.file is not None:
            raise ConfigError("give a recording or a --manifest, not both")
        if one:
            raise ConfigError(f"{_option(one[0])} is for one recording; a manifest has its texts")
        if args.output is None:
            raise ConfigError("--manifest needs --output, the file that the results go to")
        return _score_manifest(args)
    if many:
        raise ConfigError(f"{_option(many[0])} is for a --manifest")
    if args.file is None:
        raise ConfigError("give a recording, or many of them with --manifest and --output")
    return _score_file(args)


def _score_file(args: argparse.Namespace) -> int:
    text = _text(args)
    ways = _pronunciations(args.pronunciation)
    from pronunciation import open_assessor
    from pronunciation.batch.work import load
    from pronunciation.report import write_report
    from pronunciation.terminal import refusal, show

    samples = load(args.file)
    assessor = open_assessor(args.language)
    try:
        assessment = assessor.assess(samples, text, id=Path(args.file).name, pronunciations=ways)
    finally:
        assessor.close()
    if args.report is not None:
        try:
            write_report(args.report, assessment, samples)
        except OSError as error:
            raise ConfigError(f"{args.report}: cannot be written ({error.strerror})") from error
    if args.json:
        print(json.dumps(assessment.to_dict(), ensure_ascii=False), flush=True)
    elif assessment.assessable:
        from rich.console import Console

        show(assessment, Console(highlight=False))
    if assessment.assessable:
        return 0
    print(f"sonorant: {args.file}: {refusal(assessment)}", file=sys.stderr)
    return 1


def _score_manifest(args: argparse.Namespace) -> int:
    ways = _pronunciations(args.pronunciation)
    from pronunciation.batch import assess_manifest

    told = 0

    def tell(name: str, error: str) -> None:
        nonlocal told
        told += 1
        if told <= _TOLD:
            print(f"sonorant: {name}: {error}", file=sys.stderr)
        elif told == _TOLD + 1:
            print(f"sonorant: further errors are in {args.output} only", file=sys.stderr)

    try:
        summary = assess_manifest(
            args.manifest,
            args.output,
            language=args.language,
            jobs=args.jobs,
            retry=args.retry,
            report=args.report,
            ray=args.ray,
            pronunciations=ways,
            on_error=tell,
        )
    except KeyboardInterrupt:
        print("\nsonorant: stopped; the same command goes on from here", file=sys.stderr)
        return 130
    print(f"sonorant: {_told(summary)}", file=sys.stderr)
    return 1 if summary.errors else 0


def _told(summary: Summary) -> str:
    """What a run did, in a line."""
    parts = [f"{summary.assessed} assessed"]
    if summary.refused:
        parts.append(f"{summary.refused} of them not assessable")
    if summary.failed:
        parts.append(f"{summary.failed} failed")
    if summary.skipped:
        parts.append(f"{summary.skipped} were there already")
    if earlier := summary.errors - summary.failed:
        parts.append(f"{earlier} failed earlier (--retry tries them again)")
    return ", ".join(parts)


def _text(args: argparse.Namespace) -> str | None:
    """What was to be read; None for free speech."""
    if args.free:
        return None
    if args.text is not None:
        return str(args.text)
    if args.text_file is None:
        raise ConfigError(
            "what was to be read? give --text or --text-file, or --free for free speech"
        )
    try:
        return Path(args.text_file).read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{args.text_file}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{args.text_file}: is not UTF-8 text") from error


def _pronunciations(options: list[str]) -> dict[str, list[str]] | None:
    """``WORD=SOUNDS`` options as one table; a word may have several."""
    ways: dict[str, list[str]] = {}
    for option in options:
        word, equals, phones = option.partition("=")
        if not equals or not word.strip() or not phones.strip():
            raise ConfigError(f'--pronunciation {option!r}: write it as "read=R EH1 D"')
        ways.setdefault(word.strip(), []).append(phones.strip())
    return ways or None


def _jobs(value: str) -> int:
    number = int(value)
    if number < 1:
        raise argparse.ArgumentTypeError("there must be at least one worker")
    return number


def _given(args: argparse.Namespace, name: str) -> bool:
    return getattr(args, name) not in (None, False)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
