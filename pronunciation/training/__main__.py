"""``python -m pronunciation.training``: make the weights of the English scorer."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from speech.errors import ConfigError, EngineMissingError, SonorantError


def main() -> int:
    """Train, and write the weights."""
    parser = argparse.ArgumentParser(
        prog="python -m pronunciation.training",
        description="Make the weights of the English scorer from the training split of "
        "speechocean762. Takes less than an hour on two cores.",
    )
    parser.add_argument("--data", type=Path, help="the corpus (default: in SONORANT_DATA)")
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
    from pronunciation.english.weights import FILE
    from pronunciation.training.pipeline import make

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
        import lightgbm  # noqa: F401
        import torch  # noqa: F401
    except ImportError as error:
        raise EngineMissingError(
            "training needs torch and LightGBM: pip install '.[training]'"
        ) from error


def corpus_folder(data: Path | None) -> Path:
    """Where speechocean762 is.

    Raises
    ------
    ConfigError
        Nobody says.
    """
    if data is None and "SONORANT_DATA" in os.environ:
        data = Path(os.environ["SONORANT_DATA"]) / "speechocean762"
    if data is None or not (data / "labels.jsonl").is_file():
        raise ConfigError(f"{data or 'SONORANT_DATA'}: no speechocean762 there (labels.jsonl)")
    return data


def work_folder() -> Path:
    """Where intermediate results are kept between runs."""
    from platformdirs import user_cache_path

    return user_cache_path("sonorant") / "training"


if __name__ == "__main__":
    sys.exit(main())
