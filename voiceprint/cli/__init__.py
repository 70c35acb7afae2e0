"""``sonorant voiceprint``: enrol people, recognise them, and keep the gallery."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Any

from voiceprint.contract import Purpose

Commands = Any
"""What ``argparse`` returns from ``add_subparsers``; it has no public name."""

_DESCRIPTION = """\
Recognise people by their voice.

  sonorant voiceprint enroll Mia one.wav two.wav three.wav     three sentences, or --microphone
  sonorant voiceprint verify Mia attempt.wav                   is it Mia?
  sonorant voiceprint identify attempt.wav                     who of those enrolled is it?
  sonorant voiceprint challenge Mia                            something to say that proves presence

Voiceprints are kept encrypted in a gallery on this machine. Exit status: 0 accepted or done,
1 rejected or to be said again, 2 wrong use or an error.
"""


def add_commands(commands: Commands) -> None:
    """Add this room's commands to the program."""
    root = commands.add_parser(
        "voiceprint",
        help="recognise people by their voice",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    inner = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_people(inner)
    _add_decisions(inner)
    _add_keeping(inner)
    _add_trials(inner)


def _add_people(inner: Commands) -> None:
    enrol = _command(
        inner,
        "enroll",
        "enrol a person",
        "Make a voiceprint of at least three sentences, said in a quiet place. Each recording is "
        "checked; one that will not do is named, with what to do about it.",
        "people.enrol",
    )
    enrol.add_argument("name", metavar="NAME")
    _add_sources(enrol, "+")
    enrol.add_argument("--group", action="append", metavar="GROUP", help="may be given again")
    enrol.add_argument(
        "--consent",
        action="store_true",
        help="the person has agreed to be recognised by voice (asked at a terminal)",
    )
    enrol.add_argument("--witness", metavar="WHO", default="", help="who recorded the consent")
    enrol.add_argument("--expires", metavar="DATE", help="the last day: 2027-12-31, or days: 365d")
    enrol.add_argument(
        "--replace", action="store_true", help="the person is enrolled: replace the voiceprint"
    )
    enrol.add_argument(
        "--even-if-known",
        action="store_true",
        help="enrol although the voice is enrolled under another name",
    )
    listing = _command(inner, "list", "list the people enrolled", None, "people.list_people")
    listing.add_argument("--group", metavar="GROUP", help="only its members")
    for name, what in (
        ("show", "show what is kept of a person"),
        ("block", "refuse a person from now on"),
        ("unblock", "no longer refuse a person"),
    ):
        _command(inner, name, what, None, f"people.{name}").add_argument("name", metavar="NAME")
    delete = _command(
        inner,
        "delete",
        "delete a person",
        "Remove everything that was kept of a person, so that nothing of it is left in the "
        "database. The audit log keeps what happened, without the name.",
        "people.delete",
    )
    delete.add_argument("name", metavar="NAME", help="or the id, as of a damaged record")
    delete.add_argument("--yes", action="store_true", help="do not ask")
    export = _command(
        inner,
        "export",
        "write what is kept of a person as JSON",
        "The answer to a person who asks what is kept: everything but the voiceprint itself, "
        "which --templates adds, unencrypted. Only you can read the file, and the audit log tells "
        "of it.",
        "people.export",
    )
    export.add_argument("name", metavar="NAME")
    export.add_argument("--output", metavar="FILE", help="else standard output")
    export.add_argument("--templates", action="store_true", help="with the voiceprints")


def _add_decisions(inner: Commands) -> None:
    verify = _command(
        inner,
        "verify",
        "is it the person of that name?",
        "Compare a recording with one person's voiceprint.",
        "decisions.verify",
    )
    verify.add_argument("name", metavar="NAME")
    _add_sources(verify, "?")
    _add_purpose(verify)
    verify.add_argument(
        "--challenge", metavar="ID", help="the recording answers this challenge, which is used up"
    )
    verify.add_argument(
        "--live", action="store_true", help="require a challenge: nothing else stops recordings"
    )
    verify.add_argument(
        "--learn", action="store_true", help="let the voiceprint age with what is beyond doubt"
    )
    verify.add_argument(
        "--anti-spoofing",
        type=Path,
        metavar="FILE",
        help="weights of AASIST (.pth or .onnx): its opinion is told, and decides nothing; else "
        "SONORANT_ANTI_SPOOFING",
    )
    identify = _command(
        inner,
        "identify",
        "who of those enrolled is it?",
        "Compare a recording with everybody enrolled; it may be nobody of them.",
        "decisions.identify",
    )
    _add_sources(identify, "?")
    _add_purpose(identify)
    identify.add_argument("--group", metavar="GROUP", help="only its members")
    identify.add_argument(
        "--top", metavar="N", type=_positive, default=5, help="likenesses to show (default: 5)"
    )
    challenge = _command(
        inner,
        "challenge",
        "ask for something to be said",
        "Print random words for a person to say, and the id that `verify --challenge` takes.",
        "decisions.challenge",
    )
    challenge.add_argument("name", metavar="NAME", nargs="?", help="else whoever answers")
    challenge.add_argument(
        "--kind", choices=("digits", "words"), default="digits", help="default: digits"
    )
    challenge.add_argument("--length", type=_positive, metavar="N", help="how many, 3 to 8")
    challenge.add_argument(
        "--seconds",
        type=_positive,
        default=30,
        metavar="S",
        help="to answer in, at most 120 (default: 30)",
    )


def _add_keeping(inner: Commands) -> None:
    rotate = _command(
        inner,
        "rotate-key",
        "encrypt the gallery with a new key",
        "Make a new master key and seal everything with it. It can be interrupted at any time.",
        "keeping.rotate_key",
    )
    rotate.add_argument(
        "--new-key-file", type=Path, metavar="FILE", help="where the new key is, else it is made"
    )
    audit = _command(
        inner,
        "audit",
        "what happened: every decision and change",
        "Print the audit log, oldest first; or check that nobody changed it; or shorten it.",
        "keeping.audit",
    )
    audit.add_argument("--person", metavar="NAME", help="only this person, by name or id")
    audit.add_argument("--since", metavar="DATE", help="2026-01-31, or days ago: 30d")
    what = audit.add_mutually_exclusive_group()
    what.add_argument(
        "--check", action="store_true", help="exit status 1 if anything was changed or removed"
    )
    what.add_argument("--prune", metavar="DATE", help="remove what is older")
    audit.add_argument("--yes", action="store_true", help="with --prune: do not ask")
    audit.add_argument(
        "--noted", metavar="HEAD", help="with --check: the head that an earlier check printed"
    )


def _add_trials(inner: Commands) -> None:
    trials = _command(
        inner,
        "trials",
        "score a list of trials",
        "Lists are tab-separated: the enrolment's lines are model<TAB>audio, several for a model; "
        "the trials' are model<TAB>audio, with target or nontarget in a third column where it is "
        "known. Then error rates are printed too. The gallery is not touched.",
        "scoring.trials",
    )
    trials.add_argument("--enrol", required=True, type=Path, metavar="TSV")
    trials.add_argument("--trials", required=True, type=Path, metavar="TSV")
    trials.add_argument(
        "--output", required=True, type=Path, metavar="TSV", help="the trials, with their llr"
    )
    trials.add_argument("--det", type=Path, metavar="SVG", help="draw the DET curve")


def _command(
    inner: Commands, name: str, help: str, description: str | None, run: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = inner.add_parser(name, help=help, description=description)
    parser.add_argument("--json", action="store_true", help="print JSON")
    if name != "trials":
        parser.add_argument(
            "--gallery",
            metavar="URL",
            help="a SQLite file or postgresql://...; else SONORANT_GALLERY, else your own",
        )
    if name in ("enroll", "verify", "identify", "trials"):
        parser.add_argument(
            "--embedding", metavar="MODEL", help="the embedding network (default: campplus)"
        )
    parser.set_defaults(run=lambda args: _run(run, args))
    return parser


def _add_sources(parser: argparse.ArgumentParser, count: str) -> None:
    parser.add_argument("files", metavar="FILE", nargs="*" if count == "+" else count)
    parser.add_argument("--microphone", action="store_true", help="record instead")
    parser.add_argument("--device", metavar="D", help="microphone: index or a part of its name")


def _add_purpose(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--purpose",
        choices=[*Purpose],
        default=Purpose.STANDARD,
        type=Purpose,
        help="how sure it has to be (default: standard)",
    )
    parser.add_argument("--door", default="command line", help="what asks, for the audit log")


def _positive(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{value} is not from 1 to 1000000")
    return value


def _run(function: str, args: argparse.Namespace) -> int:
    # Late: these load what `sonorant --help` does not need.
    module, _, name = function.partition(".")
    return int(getattr(importlib.import_module(f"{__name__}.{module}"), name)(args))
