"""What the commands that make weights have in common."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from speech.errors import EngineMissingError, SonorantError


def parser(prog: str, description: str) -> argparse.ArgumentParser:
    """The options that all of them take."""
    options = argparse.ArgumentParser(prog=prog, description=description)
    options.add_argument("--data", type=Path, help="the recordings (default: in SONORANT_DATA)")
    options.add_argument("--output", type=Path, help="where to write (default: the package)")
    options.add_argument("--work", type=Path, help="folder for intermediate results")
    options.add_argument("--seed", type=int, default=0)
    return options


def run(train: Callable[[], None]) -> int:
    """Train, and tell how long it took or what was wrong; the exit status."""
    began = time.monotonic()
    try:
        train()
    except SonorantError as error:
        print(f"sonorant: {error}", file=sys.stderr)
        return 2
    print(f"done in {(time.monotonic() - began) / 60:.0f} minutes")
    return 0


def need(packages: Mapping[str, str]) -> None:
    """See that packages of the extra are installed: modules, and what they are called.

    Raises
    ------
    EngineMissingError
        One is not.
    """
    try:
        for module in packages:
            importlib.import_module(module)
    except ImportError as error:
        names = " and ".join(packages.values())
        raise EngineMissingError(f"training needs {names}: pip install '.[training]'") from error


def work_folder() -> Path:
    """Where intermediate results are kept between runs."""
    from platformdirs import user_cache_path

    return user_cache_path("sonorant") / "training"
