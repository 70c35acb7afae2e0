"""A program that works on a gallery until it is killed; it forks, since loading takes longest.

Each line of input is what to do, a URL and a key file; the answer is the process that does it,
then a line for each thing done.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import alembic.command  # noqa: F401
import psycopg  # noqa: F401

from tests.voiceprint.gallery.people import voice
from voiceprint.gallery import Gallery
from voiceprint.gallery.sources import KeyFile


def _say(word: object) -> None:
    os.write(1, f"{word}\n".encode())


def _enrol(gallery: Gallery) -> None:
    for number in range(10_000):
        name = f"Person {os.getpid()} {number}"
        gallery.enrol(name, voice(number), groups=["all"])
        _say(name)


def _replace(gallery: Gallery) -> None:
    for number in range(10_000):
        gallery.enrol("Anna", voice(number), replace=True)
        _say(number)


def _rotate(gallery: Gallery) -> None:
    while True:
        gallery.rotate_key()
        _say("rotated")


def _open(gallery: Gallery) -> None:
    gallery.enrol("Anna", voice(1))
    _say("Anna")
    signal.pause()


TASKS: dict[str, Callable[[Gallery], None]] = {
    "enrol": _enrol,
    "replace": _replace,
    "rotate": _rotate,
    "open": _open,
}


def main() -> None:
    """Do what standard input says."""
    for line in sys.stdin:
        task, url, key_file = line.split()
        child = os.fork()
        if not child:
            _say(os.getpid())
            with Gallery(url, KeyFile(Path(key_file))) as gallery:
                TASKS[task](gallery)
            os._exit(0)
        os.waitpid(child, 0)
        _say("over")


if __name__ == "__main__":
    main()
