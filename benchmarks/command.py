"""What the benchmarks on speechocean762 have in common on the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from speech.errors import SonorantError


def parser(doc: str | None) -> argparse.ArgumentParser:
    """Begins with the first line of a module's docstring; has ``--data`` and ``--json``."""
    made = argparse.ArgumentParser(description=doc.splitlines()[0] if doc else None)
    made.add_argument("--data", type=Path, help="the corpus (default: in SONORANT_DATA)")
    made.add_argument("--json", action="store_true", help="figures as JSON")
    return made


def show(result: Mapping[str, Mapping[str, float]], as_json: bool) -> None:
    """Print figures, a line for each group of them."""
    if as_json:
        print(json.dumps(result, indent=2))
        return
    for title, figures in result.items():
        print(title, *(f"{name}: {value:.3g}" for name, value in figures.items()), sep="  ")


def run(main: Callable[[], None]) -> None:
    """Run a benchmark and leave; an error of ours is a line, not a traceback."""
    try:
        main()
    except SonorantError as error:
        sys.exit(f"sonorant: {error}")
