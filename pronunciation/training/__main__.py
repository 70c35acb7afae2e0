"""``python -m pronunciation.training``: make the weights of the English scorer."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from pronunciation.training.command import need, parser, run, work_folder
from speech.errors import ConfigError


def main() -> int:
    """Train, and write the weights."""
    options = parser(
        "python -m pronunciation.training",
        "Make the weights of the English scorer from the training split of speechocean762. "
        "Takes less than an hour on two cores.",
    )
    args = options.parse_args()
    return run(lambda: _train(args))


def _train(args: argparse.Namespace) -> None:
    need_training()
    from pronunciation.english.weights import FILE
    from pronunciation.training.pipeline import make

    make(corpus_folder(args.data), args.work or work_folder(), args.output or FILE, args.seed)


def need_training() -> None:
    """See that the extra is installed; raises EngineMissingError where it is not."""
    need({"torch": "torch", "lightgbm": "LightGBM"})


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


if __name__ == "__main__":
    sys.exit(main())
