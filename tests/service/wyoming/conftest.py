"""Engines and a home for a server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from skills import Router, open_skills
from skills.home import EXAMPLE
from speech.audio import Samples
from speech.synthesis.espeak import EspeakSynthesizer
from tests.service.wyoming.client import (
    SILENCE,
)
from tests.skills.conversations import silent


@pytest.fixture(scope="session")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as opened:
        yield opened


@pytest.fixture(scope="session")
def espeak() -> EspeakSynthesizer:
    return EspeakSynthesizer()


@pytest.fixture(scope="session")
def lamp() -> Samples:
    """A command, as a synthesised voice says it."""
    spoken = EspeakSynthesizer("en-gb-x-rp").synthesize("turn on the lamp")
    return np.concatenate([SILENCE, *spoken, SILENCE])


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[Router]:
    opened = await open_skills(EXAMPLE, tmp_path, silent)
    yield opened
    await opened.close()
