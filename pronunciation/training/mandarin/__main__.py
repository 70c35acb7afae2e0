"""``python -m pronunciation.training.mandarin``: make the weights of the Mandarin scorer."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from pronunciation.training.__main__ import work_folder
from speech.errors import EngineMissingError, SonorantError


def main() -> int:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(
        prog="python -m pronunciation.training.mandarin",
        description="Make the weights of the Mandarin scorer from recordings of three speakers.",
    )
    parser.add_argument("--data", type=Path, help="the recordings (default: in SONORANT_DATA)")
    parser.add_argument("--output", type=Path, help="where to write (default: the package)")
    parser.add_argument("--work", type=Path, help="folder for intermediate results")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    try:
        _train(args)
    except SonorantError as error:
        print(f"sonorant: {error}", file=sys.stderr)
        return 2
    return 0


def _train(args: argparse.Namespace) -> None:
    need_training()
    from pronunciation.mandarin.weights import FILE
    from pronunciation.training.mandarin.corpus import corpus_folder
    from pronunciation.training.mandarin.pipeline import make

    began = time.monotonic()
    make(corpus_folder(args.data), args.work or work_folder(), args.output or FILE, args.seed)
    print(f"done in {(time.monotonic() - began) / 60:.0f} minutes")


def need_training() -> None:
    """See that the extra is installed.

    Raises
    ------
    EngineMissingError
        It is not.
    """
    try:
        import pyworld  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise EngineMissingError(
            "training needs torch and pyworld: pip install '.[training]'"
        ) from error


if __name__ == "__main__":
    sys.exit(main())
