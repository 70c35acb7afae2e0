"""Joining Ray: one of our own on this machine, or a cluster.

Install it with ``pip install 'sonorant[ray]'``.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from speech.errors import ConfigError, EngineMissingError

LOCAL = "local"
"""The address of a Ray of our own, on this machine."""


def import_ray() -> Any:
    """The package; raises EngineMissingError where it is not installed."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anybody
    try:
        import ray
    except ImportError as error:
        raise EngineMissingError(
            "--ray needs Ray, which is not installed: pip install 'sonorant[ray]'"
        ) from error
    return ray


@contextmanager
def joined(address: str, **ours: Any) -> Iterator[bool]:
    """Be a part of Ray meanwhile; whether it was joined here, and is left at the end.

    Parameters
    ----------
    address
        Of a cluster's head; :data:`LOCAL` starts a Ray of our own, and ends it.
    ours
        What ``ray.init`` takes for a Ray of our own, as ``num_cpus``.

    Raises
    ------
    EngineMissingError
        Ray is not installed.
    ConfigError
        There is no cluster at the address.
    """
    ray = import_ray()
    if ray.is_initialized():
        yield False
        return
    # Not "auto": a Ray of somebody else on this machine is not ours to load.
    options = {**ours, "include_dashboard": False} if address == LOCAL else {}
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise ConfigError(f"Ray at {address!r}: {first_line(error)}") from error
    try:
        yield True
    finally:
        ray.shutdown()


def first_line(error: Exception) -> str:
    """What an error of Ray's comes to."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
