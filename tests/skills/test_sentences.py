"""The sentences of ``sentences.yaml``, each against a fresh copy of the example home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from skills import Announcement, Request, open_skills
from skills.home import EXAMPLE

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("sentences.yaml").read_text(encoding="utf-8")
)


async def nobody(announcement: Announcement) -> None:
    raise AssertionError(f"nothing should ring: {announcement}")


@pytest.mark.parametrize("case", CASES, ids=[f"{c['language']}: {c['text']}" for c in CASES])
async def test_sentence(case: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "devices.json").write_text(json.dumps(case.get("start", {})), encoding="utf-8")
    router = await open_skills(EXAMPLE, tmp_path, nobody, languages=())
    before = router.states()
    reply = await router.answer(Request(case["text"], case["language"], area=case.get("area")))
    after = router.states()
    await router.close()

    assert reply.intent == case.get("intent")
    assert (reply.stage == "none") == (case.get("stage") == "none")
    assert reply.acted == case.get("acted", False)
    assert reply.ends == case.get("ends", False)
    assert reply.text or reply.ends
    if not reply.acted:
        assert after == before
    if "targets" in case:
        assert reply.targets == tuple(case["targets"])
    if "reply" in case:
        assert reply.text == case["reply"]
    for name, value in case.get("slots", {}).items():
        assert reply.slots[name] == value
    for device, state in case.get("state", {}).items():
        assert {key: after[device][key] for key in state} == state
    if reply.stage != "none":
        assert reply.understood == case["text"]
