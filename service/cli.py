"""The program ``sonorant``: every room's commands under one name."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from speech.errors import SonorantError

ROOMS = ("assistant.cli", "skills.cli", "speech.cli", "speech.synthesis.cli", "speech.models.cli")
"""Modules with an ``add_commands(commands)``, in the order that the help shows them."""


def parser() -> argparse.ArgumentParser:
    """The command line with every room's commands mounted."""
    root = argparse.ArgumentParser(
        prog="sonorant",
        description="Offline voice assistant on your own machine.",
        epilog="`sonorant COMMAND --help` explains a command.",
    )
    root.add_argument("--version", action="version", version=f"sonorant {version('sonorant')}")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for room in ROOMS:
        importlib.import_module(room).add_commands(commands)
    return root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    The exit status: 0 done, 1 done in part, 2 wrong use or an error that the message explains,
    130 interrupted from the keyboard.
    """
    args = parser().parse_args(arguments)
    try:
        status: int = args.run(args)
        sys.stdout.flush()
        return status
    except SonorantError as error:
        print(f"sonorant: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone, as `head` does. Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
