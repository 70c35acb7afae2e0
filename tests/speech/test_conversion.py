"""What is converted once is there whole or not at all, wherever it can be kept."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from speech.models.conversion import converted

CONTENT = bytes(range(256)) * 40_000

CHILD = """
import sys
from pathlib import Path
from speech.models.conversion import converted
def convert():
    print("go", flush=True)
    return bytes(range(256)) * 40_000
for _ in range(1000):
    found = converted(Path(sys.argv[1]), "model", convert)
    found.unlink()
"""


def never() -> bytes:
    raise AssertionError("it is converted already")


def test_a_process_that_is_killed_leaves_nothing_half(tmp_path: Path) -> None:
    for delay in (0.0, 0.003, 0.01, 0.02, 0.03, 0.05):
        with subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path)], stdout=subprocess.PIPE
        ) as process:
            assert process.stdout is not None and process.stdout.readline() == b"go\n"
            time.sleep(delay)
            process.kill()
        for file in tmp_path.glob("*.onnx"):
            assert file.read_bytes() == CONTENT
        found = converted(tmp_path, "model", lambda: CONTENT)
        assert isinstance(found, Path) and found.read_bytes() == CONTENT
        assert sorted(file.name for file in tmp_path.iterdir()) == [".model.lock", found.name]
        assert converted(tmp_path, "model", never) == found
        found.unlink()


def test_where_nothing_can_be_written_it_is_kept_elsewhere_or_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = Path("/proc/sys")  # not even root makes files there
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    found = converted(nowhere, "model", lambda: CONTENT)
    assert isinstance(found, Path) and found.is_relative_to(tmp_path)
    assert converted(nowhere, "model", never) == found
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/sys/nowhere")
    assert converted(nowhere, "model", lambda: CONTENT) == CONTENT


def test_other_origins_do_not_meet(tmp_path: Path) -> None:
    first = converted(tmp_path, "model-1", lambda: b"one")
    second = converted(tmp_path, "model-2", lambda: b"two")
    assert isinstance(first, Path) and isinstance(second, Path)
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
