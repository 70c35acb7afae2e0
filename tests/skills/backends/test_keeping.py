"""States in a file that is written beside the talk."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from skills.backends import keeping
from skills.backends.simulated import SimulatedBackend
from skills.home import EXAMPLE, Home
from skills.storage import Watched, load_json, save_json


async def test_a_slow_reader_does_not_bring_back_an_old_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the file is read, the thread that writes it comes to the next change."""

    class Late(Watched):
        def changed(self) -> bool:
            if threading.current_thread() is not threading.main_thread():
                time.sleep(0.05)
            return super().changed()

    def read(path: Path) -> Any:
        found = load_json(path)
        if threading.current_thread() is threading.main_thread():
            time.sleep(0.3)
        return found

    def write(path: Path, value: object) -> None:
        time.sleep(0.03)
        save_json(path, value)

    for name, late in (("Watched", Late), ("load_json", read), ("save_json", write)):
        monkeypatch.setattr(keeping, name, late)
    backend = SimulatedBackend(Home.load(EXAMPLE), tmp_path)
    for on in (True, False):
        await backend.set("lamp", {"on": on})
    for _ in range(4):
        await asyncio.sleep(0.03)
        assert backend.state("lamp")["on"] is False
    await backend.close()
