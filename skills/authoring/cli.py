"""``sonorant skills``: which there are, whether one is right, and how a new one begins."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path

from speech.errors import ConfigError


def add_commands(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Mount ``skills`` below ``sonorant``."""
    parser = subparsers.add_parser("skills", help="list, check and begin skills")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listing = commands.add_parser("list", help="what skills there are, with what one can say")
    listing.add_argument("--language", metavar="L", default="en", help="en (default), zh-CN, ko")
    listing.set_defaults(run=_list)

    checking = commands.add_parser(
        "check",
        help="look for mistakes in installed skills",
        description="Checks the sentences, the replies, the languages, whether skills get into "
        "each other's way, and says the examples to them. Exit status 1 if something is wrong.",
    )
    checking.add_argument("names", metavar="NAME", nargs="*", help="all that are installed if none")
    checking.add_argument(
        "--dry", action="store_true", help="look the examples up, but do not carry them out"
    )
    checking.set_defaults(run=_check)

    new = commands.add_parser("new", help="write a working skill to begin with, and its test")
    new.add_argument("name", metavar="NAME", help="small letters, digits and _: shower_radio")
    new.add_argument(
        "--into", metavar="FOLDER", type=Path, default=Path(), help="where; the current folder"
    )
    new.set_defaults(run=_new)


def _list(args: argparse.Namespace) -> int:
    return asyncio.run(_listed(args.language))


async def _listed(language: str) -> int:
    import tempfile

    from skills.authoring.apart import Apart
    from skills.authoring.plugins import found
    from skills.home import EXAMPLE
    from skills.opening import open_skills

    with tempfile.TemporaryDirectory() as folder:
        router = await open_skills(EXAMPLE, Path(folder), _nobody, languages=())
        try:
            rows = [
                (
                    skill.name,
                    "installed" if isinstance(skill, Apart) else "built in",
                    ", ".join(skill.examples(language)[:2]),
                )
                for skill in router.skills
                if skill.examples(language) or isinstance(skill, Apart)
            ]
        finally:
            await router.close()
    opened = {name for name, _, _ in rows}
    rows += [
        (entry.name, "broken", f"sonorant skills check {entry.name}")
        for entry in found()
        if entry.name not in opened
    ]
    for name, kind, examples in rows:
        print(f"{name:<14} {kind:<10} {examples}")
    return 0


def _check(args: argparse.Namespace) -> int:
    return asyncio.run(_checked(args.names, run=not args.dry))


async def _checked(names: list[str], *, run: bool) -> int:
    from skills.authoring.check import NOTE, check
    from skills.authoring.plugins import found

    installed = {entry.name: entry for entry in found()}
    for name in names:
        if name not in installed:
            known = ", ".join(installed) or "there are none"
            raise ConfigError(
                f"no skill {name!r} is installed ({known}); in its folder, pip install -e . does it"
            )
    wrong = False
    for name in names or installed:
        others = [entry for entry in installed.values() if entry.name != name]
        findings = await check(installed[name], others, run=run)
        mistakes = [finding for finding in findings if not finding.startswith(NOTE)]
        wrong = wrong or bool(mistakes)
        print(f"{name}: {len(mistakes) or 'no'} mistake{'' if len(mistakes) == 1 else 's'}")
        for finding in findings:
            print(f"  {finding}")
    if not installed:
        print("no skills are installed; `sonorant skills new NAME` begins one")
    return 1 if wrong else 0


def _new(args: argparse.Namespace) -> int:
    from skills.authoring.skeleton import write_skeleton

    folder = write_skeleton(args.name, args.into)
    print(f"{folder} is written. Next:")
    print(f"  cd {folder}{os.linesep}  pip install -e '.[dev]'")
    print(f"  sonorant skills check {args.name}{os.linesep}  pytest")
    return 0


async def _nobody(announcement: object) -> None:
    """Nobody listens here."""
