"""The program ``sonorant``: every room's commands under one name."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from speech.errors import SonorantError

ROOMS = (
    "assistant.cli",
    "skills.cli",
    "pronunciation.cli",
    "voiceprint.cli",
    "service.wyoming.cli",
    "speech.cli",
    "speech.synthesis.cli",
    "speech.models.cli",
    "service.commands",
    "service.access.cli",
)
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
    _prepare_streams()
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
    except EOFError:
        print("\nsonorant: no answer", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read our output has gone, as `head` does
        _drop_output()
        return 1
    except OSError as error:  # what the system refuses, as a full disk does
        _drop_output()
        print(f"sonorant: {error.filename or 'output'}: {error.strerror or error}", file=sys.stderr)
        return 2


def _prepare_streams() -> None:
    """Open what the caller closed, read any bytes, and write what a file's name may hold.

    A number left closed would go to the next file that is opened. Standard input is then at its
    end, and writing to standard output is an error.
    """
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_WRONLY if number == 2 else os.O_RDONLY)
            os.dup2(null, number)
            if null != number:
                os.close(null)
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def _drop_output() -> None:
    """What is still to be written would fail again when Python ends: let it go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
