"""What a service that runs for long takes from the system."""

from __future__ import annotations

import asyncio
import ctypes
import re
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from service import memory

glibc = pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="needs the C library glibc"
)

_HEAPS = """
import ctypes, sys, threading
import numpy as np
from service.memory import share_heaps
if sys.argv[2:]:
    share_heaps()
together = threading.Barrier(8)
def work():
    together.wait()
    kept = [np.ones(5_000) for _ in range(200)]
    together.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads: one.start()
for one in threads: one.join()
library = ctypes.CDLL(None)
library.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(library.fopen(sys.argv[1].encode(), b"w"))
library.malloc_info(0, file)
library.fclose(file)
"""


def _taken() -> int:
    """Bytes of memory that this process takes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


@glibc
async def test_memory_that_is_free_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_EVERY", 0.01)
    blocks = [np.ones(6_000) for _ in range(4_000)]  # 190 MB, each too small for a mapping
    del blocks[:-1]  # the last keeps the heap from shrinking
    before = _taken()
    giving = asyncio.create_task(memory.give_back())
    async with asyncio.timeout(60):
        while _taken() > before - 100_000_000:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    giving.cancel()
    assert len(blocks) == 1


@glibc
def test_threads_share_heaps(tmp_path: Path) -> None:
    def heaps(*arguments: str) -> int:
        file = tmp_path / "heaps.xml"
        subprocess.run([sys.executable, "-c", _HEAPS, str(file), *arguments], check=True)
        return len(re.findall("<heap nr=", file.read_text()))

    assert heaps("shared") <= 2 < heaps()
