"""``sonorant shadow``: a learner's recording beside the teacher's."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from speech.errors import ConfigError

if TYPE_CHECKING:
    from pronunciation.shadowing.results import Shadowing


def add_commands(commands: Any) -> None:
    """Add ``shadow`` to the program."""
    parser = commands.add_parser(
        "shadow",
        help="compare a learner with a teacher's recording",
        description="Compare a recording with a reference of the same words, in any language: "
        "sounds, melody and rhythm. Exit status 1 if something else seems to be said.",
    )
    parser.add_argument("reference", metavar="REFERENCE", help="the teacher's recording")
    parser.add_argument("learner", metavar="LEARNER", help="the learner's")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--report", metavar="HTML", help="write a page with both melodies")
    parser.set_defaults(run=shadow)


def shadow(args: argparse.Namespace) -> int:
    """Run ``sonorant shadow``."""
    from pronunciation.batch.work import load
    from pronunciation.shadowing.comparison import Shadower

    reference, learner = load(args.reference), load(args.learner)
    found = Shadower().compare(reference, learner)
    if args.report is not None:
        from pronunciation.shadowing.report import render_shadowing

        names = Path(args.reference).name, Path(args.learner).name
        try:
            Path(args.report).write_text(
                render_shadowing(found, reference, learner, names), "utf-8"
            )
        except OSError as error:
            raise ConfigError(f"{args.report}: cannot be written ({error.strerror})") from error
    if args.json:
        print(json.dumps(found.to_dict(), ensure_ascii=False))
    else:
        print("\n".join(_lines(found)))
    return 0 if found.same else 1


def _lines(found: Shadowing) -> list[str]:
    if not found.same:
        return [f"Something else seems to be said (sound distance {found.sound_distance})."]
    melody = "too little is voiced"
    if found.melody is not None:
        melody = f"{found.melody:5.1f}   {found.pitch_distance} semitones apart"
    speed = "as fast as the reference"
    if abs(found.speed - 1) > 0.1:
        speed = f"{found.speed} times as fast as the reference"
    return [
        f"sounds   {found.sounds:5.1f}   distance {found.sound_distance}",
        f"melody   {melody}",
        f"rhythm   {found.rhythm:5.1f}   {100 * found.rhythm_distance:.0f} % off an even speed",
        f"speed            {speed}",
    ]
