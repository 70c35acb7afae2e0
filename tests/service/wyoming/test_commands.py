"""Commands to a real home, and what is kept between them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from wyoming.asr import Transcript
from wyoming.handle import Handled, NotHandled

from service.wyoming import Offer
from service.wyoming.heard import Heard, Reading
from skills import Router, open_skills
from speech.errors import ConfigError
from speech.recognition import Final, Hypothesis, Word
from tests.assistant.parts import ScriptedRecognizer
from tests.service.wyoming.client import (
    SILENCE,
    audio,
    errors,
    served,
)
from tests.skills.conversations import silent


async def test_a_command_is_handled(pool: ThreadPoolExecutor, router: Router) -> None:
    async with served(pool, Offer(router=router)) as server:
        (event,) = await server.ask(Transcript("Turn on the kitchen lights."))
        assert Handled.from_event(event).text
        lights = [router.states()[id_]["on"] for id_ in ("kitchen_ceiling", "kitchen_counter")]
        assert lights == [True, True]
        (event,) = await server.ask(Transcript("打开卧室的灯", language="zh-CN"))
        assert Handled.from_event(event).text == "已打开床头灯。"
        assert router.states()["bedroom_light"]["on"] is True
        (event,) = await server.ask(Transcript("flumm the wuppel"))
        assert NotHandled.is_type(event.type) and event.data["text"]
        assert errors(await server.ask(Transcript("  "))) == ["bad_message"]
        assert errors(await server.ask(Transcript("hello", language="?"))) == ["bad_message"]


async def test_a_talk_goes_on_by_its_id_or_its_connection(
    pool: ThreadPoolExecutor, router: Router
) -> None:
    mine, yours = {"conversation_id": "mine"}, {"conversation_id": "yours"}
    async with served(pool, Offer(router=router)) as server:
        (asked,) = await server.ask(Transcript("turn on the light", context=mine))
        assert asked.data == {"text": "In which room?", "context": mine}
        for other in (yours, None):
            (event,) = await server.ask(Transcript("kitchen", context=other))
            assert event.type == "not-handled"
        (event,) = await server.ask(Transcript("kitchen", context=mine))
        assert event.type == "handled" and router.states()["kitchen_ceiling"]["on"] is True
        _, done = await server.ask(
            Transcript("turn on the bedroom light"), Transcript("turn it off")
        )
        assert done.type == "handled" and router.states()["bedroom_light"]["on"] is False


async def test_the_room_is_that_of_the_satellite(pool: ThreadPoolExecutor, router: Router) -> None:
    offer = Offer(router=router, area="hall", satellites={"assist_satellite.bed": "bedroom"})
    async with served(pool, offer) as server:
        for context, light in (
            ({"satellite_id": "assist_satellite.bed"}, "bedroom_light"),
            ({"device_id": "unknown"}, "hall_light"),
            ({"area": "Living Room", "satellite_id": "assist_satellite.bed"}, "lamp"),
        ):
            assert router.states()[light]["on"] is False
            await server.ask(Transcript("turn on the light", context=context))
            assert router.states()[light]["on"] is True
    with pytest.raises(ConfigError, match="no area 'attic'"):
        Offer(router=router, satellites={"one": "attic"})


async def test_a_transcript_comes_back_with_its_other_readings(
    pool: ThreadPoolExecutor, router: Router
) -> None:
    """Home Assistant passes on the text alone; only its second reading means something."""
    final = Final(
        "turn on the lump",
        (),
        0.5,
        (Hypothesis("turn on the lump", 0.5), Hypothesis("turn on the lamp", 0.4)),
    )
    offer = Offer((ScriptedRecognizer([final]),), router=router)
    async with served(pool, offer) as server:
        (event,) = await server.ask(*audio(SILENCE))
        await server.ask(Transcript.from_event(event))
    assert router.states()["lamp"]["on"] is True


async def test_what_was_heard_unsurely_is_asked_about(
    pool: ThreadPoolExecutor, router: Router
) -> None:
    unsure = Final("set a timer for five minutes", (), 0.5)
    offer = Offer((ScriptedRecognizer([unsure]),), router=router)
    async with served(pool, offer) as server:
        (event,) = await server.ask(Transcript("set a timer for six minutes"))
        assert event.data["text"] == "The timer is set for 6 minutes."
        (heard,) = await server.ask(*audio(SILENCE))
        (asked,) = await server.ask(Transcript.from_event(heard))
        assert asked.data["text"].startswith("Did you mean")


async def test_what_requires_somebody_is_refused(pool: ThreadPoolExecutor, tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    requires = "{speaker: [Mia]}"
    file.write_text(f"devices: [{{id: safe, kind: switch, name: safe, requires: {requires}}}]")
    router = await open_skills(file, tmp_path / "state", silent)
    try:
        async with served(pool, Offer(router=router)) as server:
            (event,) = await server.ask(Transcript("turn on the safe"))
        assert "do not know any voices" in event.data["text"]
        assert router.states()["safe"]["on"] is False
    finally:
        await router.close()


def test_readings_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    known, nothing = Heard(), Reading((), 1.0)
    words = (Word("lamp", None, None, 0.3), Word("on", None, None, 0.8))
    others = (Hypothesis("lamp on", 0.6), Hypothesis("lamp off", 0.2))
    known.add(Final("lamp on", words, 0.6, others))
    assert known.reading(" lamp on ") == Reading(("lamp off",), 0.3)
    assert known.reading("lamp off") == nothing
    for number in range(100):
        known.add(Final(f"text {number}", (), 0.9))
    assert known.reading("text 0") == nothing and known.reading("text 99").confidence == 0.9
    monkeypatch.setattr("service.wyoming.heard._LASTS", -1.0)
    known.add(Final("late", (), 0.9))
    assert known.reading("late") == nothing
