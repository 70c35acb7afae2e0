"""A timer that rings, and what is said while it does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from assistant import events
from assistant.loudspeaker import SilentLoudspeaker
from assistant.phrases import says_stop
from assistant.settings import ConversationSettings
from assistant.states import State
from skills.contract import Announcement
from speech.recognition.contract import Final
from tests.assistant.parts import (
    Log,
    LoudWake,
    ScriptedRecognizer,
    ScriptedRouter,
    SlowLoudspeaker,
    ToneVoice,
    conversation,
    silence,
    speech,
)


@pytest.mark.parametrize("how", ["said", "typed"])
async def test_a_timer_rings_until_stop(how: str) -> None:
    loudspeaker, voice = SlowLoudspeaker(), ToneVoice()
    settings = ConversationSettings(ring_pause=0.05)
    router = ScriptedRouter()
    parts: dict[str, Any] = {"voice": voice, "loudspeaker": loudspeaker, "settings": settings}
    parts |= {"wake": LoudWake(), "router": router}
    async with conversation(Final("hm"), Final("Stop!"), **parts) as talk:
        log = Log(talk)
        await talk.announce(Announcement("Your timer is done.", rings=True))
        await log.until(events.ReplyStarted)
        assert str(talk.state) == State.SPEAKING.value and loudspeaker.played > 1.0
        if how == "typed":
            await talk.type("stop")
        else:
            for _ in range(2):
                await talk.hear(speech(0.5))
                await talk.hear(silence(1.0))
        await talk.finish()
        assert str(talk.state) == State.IDLE.value
        await asyncio.sleep(0.01)
    assert log.of(events.Announced)[0].rings
    assert loudspeaker.stopped
    # What is said without the wake word, as "hm" is, neither ends the ring nor is a command.
    assert [request.text for request in router.asked] == (["stop"] if how == "typed" else [])
    assert [event.text for event in log.of(events.FinalHeard)] == [
        "stop" if how == "typed" else "Stop!"
    ]


async def test_a_ring_ends_by_itself_and_an_announcement_waits_its_turn() -> None:
    voice = ToneVoice()
    settings = ConversationSettings(ringing=0.3)
    parts: dict[str, Any] = {"voice": voice, "loudspeaker": SlowLoudspeaker()}
    async with conversation(settings=settings, **parts) as talk:
        await talk.announce(Announcement("Ring.", rings=True))
        await talk.announce(Announcement("Soup is ready."))
        await talk.finish()
        assert str(talk.state) == State.LISTENING.value
    assert voice.said == ["Soup is ready."]


async def test_a_command_ends_the_ring_where_no_wake_word_is_needed() -> None:
    router, loudspeaker = ScriptedRouter(), SlowLoudspeaker()
    parts: dict[str, Any] = {"voice": ToneVoice(), "loudspeaker": loudspeaker, "router": router}
    echo = Final("Your timer is gone.")
    async with conversation(echo, Final("turn on the lamp"), **parts) as talk:
        log = Log(talk)
        await talk.announce(Announcement("Your timer is done.", rings=True))
        await log.until(events.ReplyStarted)
        await talk.hear(speech(0.5))  # that is the ring itself, out of the loudspeaker
        await talk.hear(silence(1.0))
        await log.until(events.SpeechEnded)
        await asyncio.sleep(0.05)
        assert str(talk.state) == State.SPEAKING.value and not router.asked
        await talk.hear(speech(0.5))
        await talk.hear(silence(1.0))
        await log.until(events.Replied)
        assert loudspeaker.stopped
        await talk.finish()
        await asyncio.sleep(0.01)
    assert [request.text for request in router.asked] == ["turn on the lamp"]
    assert [event.text for event in log.of(events.FinalHeard)] == ["turn on the lamp"]


async def test_where_audio_waits_it_rings_once() -> None:
    voice, router = ToneVoice(), ScriptedRouter()
    settings = ConversationSettings(wait_for_replies=True)
    parts: dict[str, Any] = {"voice": voice, "loudspeaker": SilentLoudspeaker(), "router": router}
    async with conversation(Final("lamp"), settings=settings, **parts) as talk:
        await talk.announce(Announcement("Ring.", rings=True))
        await talk.hear(speech(0.5))
        await talk.hear(silence(1.0))
        async with asyncio.timeout(60.0):
            await talk.finish()
    assert voice.said == ["Ring.", "You said lamp."]


async def test_stop_is_not_lost_when_somebody_speaks_on() -> None:
    recognizer = ScriptedRecognizer([Final("Stop!"), Final("hm")], finish_takes=0.3)
    parts: dict[str, Any] = {"voice": ToneVoice(), "loudspeaker": SlowLoudspeaker()}
    async with conversation(recognizer=recognizer, wake=LoudWake(), **parts) as talk:
        log = Log(talk)
        await talk.announce(Announcement("Your timer is done.", rings=True))
        await log.until(events.ReplyStarted)
        await talk.hear(speech(0.5))
        await talk.hear(silence(0.9))
        await talk.hear(speech(2.0))
        await log.until(events.ReplyEnded, patience=30.0)  # it would ring for 60 s
        assert str(talk.state) == State.IDLE.value
        assert [event.text for event in log.of(events.FinalHeard)] == ["Stop!"]


@pytest.mark.parametrize(
    ("text", "language", "stops"),
    [
        ("Stop!", "en", True),
        ("Okay.", "en", True),
        ("okay, stop", "en", True),
        ("Okay, turn on the lamp.", "en", False),
        ("unstoppable", "en", False),
        ("停下", "zh-CN", True),
        ("그만해", "ko", True),
        ("", "en", False),
    ],
)
def test_what_stops_a_ring(text: str, language: str, stops: bool) -> None:
    assert says_stop(text, language) is stops
