"""Gives back what the C library keeps of memory that is free.

glibc gives each thread a heap of its own, and of the holes in them it gives nothing back unless
asked: a service whose threads take and free audio for hours would seem to grow.
"""

from __future__ import annotations

import asyncio
import ctypes

_MOST_HEAPS = -8  # M_ARENA_MAX of <malloc.h>
_HEAPS = 2
_EVERY = 60.0  # seconds


def share_heaps() -> None:
    """Let all threads share two heaps; called before there are threads. Other C libraries than
    glibc are left alone.
    """
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_MOST_HEAPS, _HEAPS)


async def give_back() -> None:
    """Give free memory back each minute, until cancelled; at once where there is no glibc."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    while trim is not None:
        await asyncio.sleep(_EVERY)
        await asyncio.to_thread(trim, 0)  # ctypes lets the other threads run
