"""Timing and what goes wrong, with scripted parts."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import numpy as np
import pytest

from assistant import events
from assistant.conversation import Conversation
from assistant.settings import BargeIn, ConversationSettings
from assistant.states import TRANSITIONS, IllegalTransitionError, State, check
from skills.contract import Reply, Stage
from speech.errors import BusyError, ConfigError, EngineError
from speech.recognition.contract import Final, Hypothesis
from tests.assistant.parts import (
    BrokenVad,
    Log,
    LoudWake,
    ScriptedRecognizer,
    ScriptedRouter,
    SlowLoudspeaker,
    ToneVoice,
    conversation,
    silence,
    speech,
    wake_word,
)


def test_only_legal_transitions() -> None:
    assert set(TRANSITIONS) == set(State)
    check(State.LISTENING, State.THINKING)
    with pytest.raises(IllegalTransitionError, match=r"idle.*thinking"):
        check(State.IDLE, State.THINKING)


def test_settings_are_checked() -> None:
    with pytest.raises(ConfigError, match="thinking"):
        ConversationSettings(thinking=-1.0)


async def test_a_turn_in_open_mode() -> None:
    heard = Final("hello", alternatives=(Hypothesis("hello", 0.9), Hypothesis("yellow", 0.1)))
    router = ScriptedRouter()
    recognizer = ScriptedRecognizer([heard])
    async with conversation(recognizer=recognizer, router=router, area="kitchen") as talk:
        log = Log(talk)
        await talk.hear(speech(1.0))
        await talk.hear(silence(1.0))
        await talk.finish()
        await asyncio.sleep(0.01)
    assert log.states == ["listening", "thinking", "speaking", "listening"]
    assert (router.asked[0].text, router.asked[0].alternatives) == ("hello", ("yellow",))
    assert router.asked[0].area == "kitchen"
    assert recognizer.closed == 1
    [ended] = log.of(events.SpeechEnded)
    assert ended.end == pytest.approx(1.0, abs=0.1)
    assert ended.at.audio == pytest.approx(1.8, abs=0.15)
    for event in log.events:
        assert json.loads(json.dumps(event.to_dict()))["type"]
    assert log.of(events.Replied)[0].to_dict()["reply"]["text"] == "You said hello."


async def test_blocks_of_any_size_give_the_same() -> None:
    ends = []
    for size in (37, 1600, 100_000):
        async with conversation(Final("hello")) as talk:
            log = Log(talk)
            samples = np.concatenate([silence(0.5), speech(1.0), silence(1.0)])
            for start in range(0, samples.size, size):
                await talk.hear(samples[start : start + size])
            await talk.finish()
            await asyncio.sleep(0.01)
            [ended] = log.of(events.SpeechEnded)
            ends.append(ended.end)
    assert ends == pytest.approx([ends[0]] * 3, abs=0.05)


async def test_no_speech_after_the_wake_word_times_out_on_the_audio_clock() -> None:
    async with conversation(wake=LoudWake()) as talk:
        log = Log(talk)
        await talk.hear(silence(3.0))
        await talk.hear(wake_word())
        await talk.hear(silence(5.7))
        await talk.finish()
        assert str(talk.state) == State.LISTENING.value
        await talk.hear(silence(0.5))
        await talk.finish()
        assert str(talk.state) == State.IDLE.value
        await asyncio.sleep(0.01)
    [late] = log.of(events.TimedOut)
    assert late.waiting_for == "speech" and late.at.audio == pytest.approx(9.1, abs=0.15)


async def test_without_the_wake_word_nothing_is_heard() -> None:
    router = ScriptedRouter()
    async with conversation(Final("hello"), wake=LoudWake(), router=router) as talk:
        await talk.hear(speech(1.0))
        await talk.hear(silence(1.0))
        await talk.finish()
        assert str(talk.state) == State.IDLE.value
    assert not router.asked


async def test_the_wake_word_is_stripped_and_alone_it_waits_for_the_command() -> None:
    router = ScriptedRouter()
    script = (Final("Okay, Naboo."), Final("OK Nabu, turn on the lamp."))
    async with conversation(*script, wake=LoudWake(), router=router) as talk:
        await talk.hear(wake_word())
        for _ in range(2):
            await talk.hear(speech(0.5))
            await talk.hear(silence(1.0))
        await talk.finish()
    assert [request.text for request in router.asked] == ["turn on the lamp."]


async def test_a_question_is_followed_up_without_wake_word() -> None:
    router = ScriptedRouter({"lamp": Reply("Which one?", expects_answer=True)})
    script = (Final("lamp"), Final("the red one"))
    settings = ConversationSettings(wait_for_replies=True)
    async with conversation(*script, wake=LoudWake(), router=router, settings=settings) as talk:
        log = Log(talk)
        await talk.hear(wake_word())
        for _ in range(2):
            await talk.hear(speech(0.5))
            await talk.hear(silence(1.0))
        await talk.finish()
        assert [request.text for request in router.asked] == ["lamp", "the red one"]
        assert str(talk.state) == State.IDLE.value
        await talk.type("lamp")
        await talk.finish()
        assert str(talk.state) == State.LISTENING.value
        await talk.hear(silence(6.5))
        await talk.finish()
        await asyncio.sleep(0.01)
        assert log.of(events.TimedOut)[-1].waiting_for == "answer"


async def test_an_empty_final_is_said_once() -> None:
    voice = ToneVoice()
    settings = ConversationSettings(wait_for_replies=True)
    script = (Final(""), Final(""), Final("hello"), Final(""))
    parts = {"voice": voice, "loudspeaker": None, "settings": settings}
    async with conversation(*script, **parts) as talk:
        log = Log(talk)
        for _ in script:
            await talk.hear(speech(0.5))
            await talk.hear(silence(1.0))
        await talk.finish()
        await asyncio.sleep(0.01)
    said = [event.text for event in log.of(events.ReplyStarted)]
    assert said == ["I did not catch that.", "You said hello.", "I did not catch that."]


async def test_what_is_not_understood_is_said_so() -> None:
    router = ScriptedRouter({"gibberish": Reply("", stage=Stage.NONE)})
    async with conversation(router=router) as talk:
        log = Log(talk)
        await talk.type("gibberish")
        await talk.finish()
        await asyncio.sleep(0.01)
    assert "did not understand" in log.of(events.ReplyStarted)[0].text


@pytest.mark.parametrize("barge_in", [BargeIn.WAKE, BargeIn.SPEECH])
async def test_barge_in_stops_the_reply_at_once(barge_in: BargeIn) -> None:
    loudspeaker = SlowLoudspeaker()
    router = ScriptedRouter()
    wake = LoudWake() if barge_in is BargeIn.WAKE else None
    voice = ToneVoice(tenths=600)  # however slow a machine is, it is stopped before its end
    parts: dict[str, Any] = {"voice": voice, "loudspeaker": loudspeaker, "wake": wake}
    settings = ConversationSettings(barge_in=barge_in)
    async with conversation(Final("stop"), router=router, settings=settings, **parts) as talk:
        log = Log(talk)
        await talk.type("tell me a story")
        await log.until(events.ReplyStarted)
        if wake is not None:
            await talk.hear(wake_word())
        await talk.hear(speech(0.6))
        await log.until(events.ReplyEnded)
        assert log.of(events.ReplyEnded)[0].interrupted
        assert loudspeaker.stopped and loudspeaker.played < 30.0
        voice.tenths = 10
        await talk.hear(silence(1.0))
        await talk.finish()
    assert [request.text for request in router.asked] == ["tell me a story", "stop"]


async def test_barge_in_off_lets_the_reply_end() -> None:
    loudspeaker, router = SlowLoudspeaker(), ScriptedRouter()
    settings = ConversationSettings(barge_in=BargeIn.OFF)
    parts: dict[str, Any] = {"voice": ToneVoice(), "loudspeaker": loudspeaker}
    async with conversation(router=router, settings=settings, wake=LoudWake(), **parts) as talk:
        log = Log(talk)
        await talk.type("hello")
        await log.until(events.ReplyStarted)
        await talk.hear(wake_word())
        await talk.hear(speech(0.5))
        await talk.finish()
    assert not loudspeaker.stopped and loudspeaker.played == pytest.approx(1.0)
    assert len(router.asked) == 1


@pytest.mark.parametrize("where", ["recognition", "skills", "speaking", "hearing"])
async def test_an_engine_that_raises_does_not_end_the_conversation(where: str) -> None:
    broken = RuntimeError("broken")
    script: list[Final | Exception] = [broken if where == "recognition" else Final("one")]
    router = ScriptedRouter({"one": broken} if where == "skills" else {})
    voice = ToneVoice(fails=where == "speaking")
    async with conversation(
        *script,
        Final("two"),
        router=router,
        voice=voice,
        loudspeaker=SlowLoudspeaker(),
        vad=BrokenVad(1) if where == "hearing" else None,
        settings=ConversationSettings(wait_for_replies=True),
    ) as talk:
        log = Log(talk)
        for _ in range(2):
            await talk.hear(speech(0.5))
            await talk.hear(silence(1.0))
        await talk.finish()
        await asyncio.sleep(0.01)
    assert log.of(events.Failed)[0].where == where
    assert router.asked
    if where != "speaking":
        assert voice.said[0] == "Sorry, something went wrong."
        assert voice.said[-1].startswith("You said")


async def test_an_ear_that_has_failed_for_good_says_so() -> None:
    async with conversation(vad=BrokenVad(10_000)) as talk:
        log = Log(talk)
        await talk.hear(speech(5.0))
        await log.until(events.Failed, 2)
        with pytest.raises(EngineError, match="for good"):
            await talk.hear(speech(1.0))


async def test_thinking_times_out() -> None:
    router = ScriptedRouter(takes=5.0)
    async with conversation(router=router, settings=ConversationSettings(thinking=0.1)) as talk:
        log = Log(talk)
        await talk.type("what is the meaning of life")
        await talk.finish()
        await asyncio.sleep(0.01)
    assert log.of(events.TimedOut)[0].waiting_for == "thinking"
    assert "too long" in log.of(events.ReplyStarted)[0].text


async def test_a_slow_partial_delays_neither_audio_nor_endpoint() -> None:
    held = threading.Event()
    recognizer = ScriptedRecognizer([Final("hello")], held=held)
    async with conversation(recognizer=recognizer) as talk:
        log = Log(talk)
        try:
            await talk.hear(speech(2.0))
            await talk.hear(silence(1.0))
            await log.until(events.SpeechEnded, patience=30)
            assert log.of(events.PartialHeard) == []
        finally:
            held.set()
        await talk.finish()
    assert recognizer.fed[0] == pytest.approx(2.25, abs=0.1)


async def test_audio_is_slowed_down_when_the_queue_is_full() -> None:
    held = asyncio.Event()
    router = ScriptedRouter(held=held)
    settings = ConversationSettings(queue=1.0, thinking=300.0)
    async with conversation(router=router, settings=settings) as talk, asyncio.timeout(60):
        await talk.type("hello")
        while not router.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await talk.hear(silence(0.9))
        more = asyncio.create_task(talk.hear(silence(1.0)))
        await asyncio.sleep(0.1)
        assert not more.done()
        held.set()
        await more


async def test_typed_texts_are_bounded() -> None:
    async with conversation(router=ScriptedRouter(held=asyncio.Event())) as talk:
        for number in range(16):
            await talk.type(str(number))
        with pytest.raises(BusyError):
            await talk.type("one too many")


async def test_two_conversations_at_once_share_engines() -> None:
    recognizer = ScriptedRecognizer([], finish_takes=0.05)
    routers = ScriptedRouter(), ScriptedRouter()
    async with (
        conversation(recognizer=recognizer, router=routers[0]) as one,
        conversation(recognizer=recognizer, router=routers[1]) as two,
    ):

        async def go(talk: Conversation) -> None:
            for _ in range(3):
                await talk.hear(speech(0.5))
                await talk.hear(silence(1.0))
            await talk.finish()

        await asyncio.gather(go(one), go(two))
        assert one.id != two.id
    assert [len(router.asked) for router in routers] == [3, 3]


async def test_push_to_talk() -> None:
    router = ScriptedRouter()
    settings = ConversationSettings(push_to_talk=True)
    async with conversation(Final("hello"), router=router, settings=settings) as talk:
        await talk.hear(speech(0.5))
        await talk.finish()
        assert str(talk.state) == State.IDLE.value
        await talk.listen()
        await talk.hear(speech(0.5))
        await talk.finish()
    assert len(router.asked) == 1


async def test_closing_in_the_middle_ends_everything() -> None:
    talk = conversation(voice=ToneVoice(), loudspeaker=SlowLoudspeaker())
    log = Log(talk)
    await talk.type("hello")
    await log.until(events.ReplyStarted)
    await talk.close()
    await talk.close()
    with pytest.raises(EngineError, match="closed"):
        await talk.hear(speech(1.0))
    assert [event async for event in talk.events()] == []
