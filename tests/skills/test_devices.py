"""Every kind of device is understood, moved and asked about, in each language."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from skills import Request, Router, open_skills
from skills.backends.simulated import SimulatedBackend
from skills.contract import Speaker
from skills.home import EXAMPLE
from tests.skills.conversations import silent

SAID: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("device_sentences.yaml").read_text(encoding="utf-8")
)


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


async def test_a_device_may_require_who_speaks(tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text(
        "devices:\n"
        "  - id: safe\n    kind: lock\n    name: safe\n    requires: {speaker: [Mia], live: true}\n"
        "  - {id: lamp, kind: light, name: lamp}\n"
        "  - {id: night, kind: scene, name: night watch,"
        " sets: {safe: {locked: false}, lamp: {on: true}}}\n"
    )
    router = await open_skills(file, tmp_path, silent)
    mia, ben = Speaker("Mia", 0.99, True), Speaker("Ben", 0.99, True)
    for command in ("unlock the safe", "activate night watch"):
        for speaker in (None, ben, Speaker("Mia", 0.5, True), Speaker("Mia", 0.99, False)):
            reply = await router.answer(Request(command, speaker=speaker))
            assert not reply.acted and reply.text
    assert router.states()["safe"]["locked"] is True and router.states()["lamp"]["on"] is False
    reply = await router.answer(Request("is the safe locked"))
    assert reply.text == "Yes, locked."  # to ask is free
    assert (await router.answer(Request("activate night watch", speaker=mia))).acted
    assert router.states()["safe"]["locked"] is False and router.states()["lamp"]["on"] is True
    await router.close()


async def test_an_adjustment_stays_within_bounds_and_says_so(router: Router) -> None:
    await router.answer(Request("set the lamp to 10 percent"))
    for text in ("Set the lamp to 5 percent.", "The lamp is already as far as it goes."):
        assert (await router.answer(Request("make the lamp darker"))).text == text
    await router.answer(Request("turn off the lamp"))
    assert (await router.answer(Request("make the lamp brighter"))).acted
    lamp = router.states()["lamp"]
    assert (lamp["on"], lamp["brightness"]) == (True, 20)


async def test_several_devices_each_say_what_came_of_it(router: Router) -> None:
    await router.answer(Request("set the kitchen ceiling light to 20 percent"))
    await router.answer(Request("set the counter light to 60 percent"))
    reply = await router.answer(Request("make the kitchen lights brighter"))
    assert reply.text == (
        "Set the kitchen ceiling light to 40 percent. Set the counter light to 80 percent."
    )
    assert set(reply.targets) == {"kitchen_ceiling", "kitchen_counter"}


@pytest.mark.parametrize(
    ("language", "text", "reply"),
    [
        (
            "en",
            "turn on all the lights",
            "Turned on the lamp 0, the lamp 1, the lamp 2 and 7 more.",
        ),
        ("zh-CN", "打开所有的灯", "已打开lamp 0、lamp 1、lamp 2等10个设备。"),
        ("ko", "모든 불 켜줘", "Lamp 0, lamp 1, lamp 2 외 7개를 켰어요."),
    ],
)
async def test_of_many_devices_only_some_are_named(
    tmp_path: Path, language: str, text: str, reply: str
) -> None:
    file = tmp_path / "home.yaml"
    lamps = [f"  - {{id: l{n}, kind: light, name: lamp {n}}}" for n in range(10)]
    file.write_text("\n".join(("devices:", *lamps)))
    router = await open_skills(file, tmp_path, silent)
    answer = await router.answer(Request(text, language))
    assert answer.text == reply and len(answer.targets) == 10
    await router.close()
