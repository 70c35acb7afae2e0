"""``python -m pronunciation.training.mandarin``: make the weights of the Mandarin scorer."""

from __future__ import annotations

import argparse
import sys

from pronunciation.training.command import need, parser, run, work_folder


def main() -> int:
    """Train, and write the weights."""
    options = parser(
        "python -m pronunciation.training.mandarin",
        "Make the weights of the Mandarin scorer from recordings of three speakers.",
    )
    options.add_argument("--workers", type=int, help="processes (default: one a core)")
    args = options.parse_args()
    return run(lambda: _train(args))


def _train(args: argparse.Namespace) -> None:
    need_training()
    from pronunciation.mandarin.weights import FILE
    from pronunciation.training.mandarin.corpus import corpus_folder
    from pronunciation.training.mandarin.pipeline import make

    work = args.work or work_folder()
    make(corpus_folder(args.data), work, args.output or FILE, args.seed, args.workers)


def need_training() -> None:
    """See that the extra is installed; raises EngineMissingError where it is not."""
    need({"torch": "torch", "pyworld": "pyworld"})


if __name__ == "__main__":
    sys.exit(main())
