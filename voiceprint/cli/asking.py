"""Asking the person at the terminal before something cannot be undone."""

from __future__ import annotations

import sys

from speech.errors import ConfigError


def agreed(question: str, option: str) -> bool:
    """Whether the person says yes.

    Parameters
    ----------
    option
        What the command takes instead of an answer.

    Raises
    ------
    ConfigError
        Nobody is there to answer.
    """
    if not sys.stdin.isatty():
        raise ConfigError(f"{question} Give {option} where nobody is there to answer")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return input().strip().lower() in ("y", "yes")
