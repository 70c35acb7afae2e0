"""Demonstration talks of twenty turns, typed, on the example home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from skills import Announcement, Request, open_skills
from skills.home import EXAMPLE

TALKS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("talks.yaml").read_text(encoding="utf-8")
)


async def nobody(announcement: Announcement) -> None:
    raise AssertionError(f"nothing should ring: {announcement}")


@pytest.mark.parametrize("language", TALKS)
async def test_a_talk_of_twenty_turns(language: str, tmp_path: Path) -> None:
    assert len(TALKS[language]) == 20
    router = await open_skills(EXAMPLE, tmp_path, nobody, languages=(language,))
    for turn in TALKS[language]:
        before = router.states()
        reply = await router.answer(Request(turn["said"], language))
        changed = {
            device: {key: value for key, value in state.items() if before[device][key] != value}
            for device, state in router.states().items()
            if state != before[device]
        }
        assert (reply.stage, reply.intent) == (turn["stage"], turn["intent"]), turn["said"]
        assert changed == turn.get("changed", {}), turn["said"]
        assert reply.text
    await router.close()
