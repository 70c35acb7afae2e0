"""Every kind of device is understood, moved and asked about, in each language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from skills import Announcement, Request, Router, open_skills
from skills.backends.simulated import SimulatedBackend
from skills.home import EXAMPLE

SAID: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("device_sentences.yaml").read_text(encoding="utf-8")
)


async def silent(announcement: Announcement) -> None:
    """Nothing rings here."""


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[Router]:
    opened = await open_skills(EXAMPLE, tmp_path, silent)
    yield opened
    await opened.close()


@pytest.mark.parametrize("language", ["en", "zh-CN", "ko"])
async def test_what_is_said_is_done(router: Router, tmp_path: Path, language: str) -> None:
    backend = SimulatedBackend(router.home, tmp_path)  # shares the states
    wrong: list[str] = []
    for text, intent, outcome in SAID[language]:
        for device, state in SAID["start"].items():
            await backend.set(device, state)
        before = router.states()
        reply = await router.answer(Request(text, language))
        after = router.states()
        if intent is not None and reply.intent != intent:
            wrong.append(f"{text}: {reply.intent}, {reply.text}")
        elif isinstance(outcome, str):
            if reply.text != outcome or after != before:
                wrong.append(f"{text}: {reply.text}")
        elif outcome is None:
            if reply.acted or after != before:
                wrong.append(f"{text}: acted, {reply.text}")
        elif not reply.acted or any(
            after[device].get(key) != value
            for device, state in outcome.items()
            for key, value in state.items()
        ):
            wrong.append(f"{text}: { {device: after[device] for device in outcome} }, {reply.text}")
    assert not wrong, "\n".join(wrong)
