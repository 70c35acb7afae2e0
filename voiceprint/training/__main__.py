"""``python -m voiceprint.training``: make the head and the calibration that ship."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from speech.errors import EngineMissingError, SonorantError


def main() -> int:
    """Train, and write what was made into the package."""
    parser = argparse.ArgumentParser(
        prog="python -m voiceprint.training",
        description="Make the head of the speaker embedding, its calibration and its thresholds "
        "from speechocean762 and the cohort. Most of the time goes into embeddings, "
        "which are kept for the next run.",
    )
    parser.add_argument("--data", type=Path, help="the corpora (default: SONORANT_DATA)")
    parser.add_argument("--work", type=Path, help="folder for intermediate results")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    began = time.monotonic()
    try:
        need_training()
        from voiceprint.training.publish import make

        make(args.work or work_folder(), args.data, args.seed)
    except SonorantError as error:
        print(f"sonorant: {error}", file=sys.stderr)
        return 2
    print(f"done in {(time.monotonic() - began) / 60:.0f} minutes")
    return 0


def need_training() -> None:
    """See that the extra is installed.

    Raises
    ------
    EngineMissingError
        It is not.
    """
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise EngineMissingError("training needs torch: pip install '.[training]'") from error


def work_folder() -> Path:
    """Where intermediate results are kept between runs."""
    from platformdirs import user_cache_path

    return user_cache_path("sonorant") / "training"


if __name__ == "__main__":
    sys.exit(main())
