"""Replies on their way to the loudspeaker: one at a time, in the right voice, and given back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from assistant import events
from assistant.loudspeaker import Loudspeaker, RecordingLoudspeaker
from assistant.voice import Voice
from skills.contract import Reply, Stage
from speech.audio import Samples
from tests.assistant.parts import (
    Log,
    ScriptedRouter,
    SlowLoudspeaker,
    ToneVoice,
    conversation,
    speech,
)


class ClosedVoice(ToneVoice):
    """Notes in which language it speaks, and whether it was told that nobody listens."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = 0
        self.spoken: list[str] = []

    def synthesize(
        self, text: str, language: str = "en", *, pace: float = 1.0
    ) -> Iterator[Samples]:
        self.spoken.append(language)
        try:
            yield from super().synthesize(text, language, pace=pace)
        finally:
            self.closed += 1


@pytest.mark.parametrize("recorded", [False, True])
async def test_closing_in_the_middle_of_a_reply_ends_the_voice(
    recorded: bool, tmp_path: Path
) -> None:
    loudspeaker: Loudspeaker = SlowLoudspeaker()
    if recorded:
        loudspeaker = RecordingLoudspeaker(tmp_path / "reply.wav", loudspeaker)
    voice = ClosedVoice()
    talk = conversation(voice=voice, loudspeaker=loudspeaker)
    log = Log(talk)
    await talk.type("hello")
    await log.until(events.ReplyStarted)
    await asyncio.sleep(0.15)
    await talk.close()
    assert voice.closed == 1
    await loudspeaker.close()


async def test_a_voice_is_closed_even_after_its_pool() -> None:
    class Abandons:
        chunks: AsyncIterator[Samples]

        async def play(self, chunks: AsyncIterator[Samples]) -> None:
            await anext(chunks)
            pool.shutdown()

        async def close(self) -> None:
            pass

    pool, synthesizer = ThreadPoolExecutor(1), ClosedVoice()
    await Voice(synthesizer, Abandons(), pool).say("hello", "en", lambda: None)
    assert synthesizer.closed == 1


async def test_one_sound_begins_only_when_the_one_before_has_ended() -> None:
    class SlowToStop:
        playing = overlapped = False

        async def play(self, chunks: AsyncIterator[Samples]) -> None:
            self.overlapped |= self.playing
            self.playing = True
            try:
                await asyncio.sleep(0.5)
            finally:
                await asyncio.sleep(0.2)  # as a device does that is in the middle of a block
                self.playing = False

        async def close(self) -> None:
            pass

    loudspeaker, router = SlowToStop(), ScriptedRouter()
    async with conversation(voice=ToneVoice(), loudspeaker=loudspeaker, router=router) as talk:
        await talk.type("one")
        async with asyncio.timeout(60):
            while not loudspeaker.playing:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await talk.type("two")
        await talk.finish()
    assert len(router.asked) == 2
    assert not loudspeaker.overlapped


async def test_a_voice_speaks_the_language_of_the_reply() -> None:
    voice = ClosedVoice()
    replies: dict[str, Reply | Exception] = {
        "uhr": Reply("It is noon.", language="en"),
        "licht": Reply("Das Licht ist an."),
        "blah": Reply("", stage=Stage.NONE),  # the conversation's own words, in English
    }
    parts = {"voice": voice, "loudspeaker": SlowLoudspeaker(), "router": ScriptedRouter(replies)}
    async with conversation(language="de", **parts) as talk:
        for text in replies:
            await talk.type(text)
            await talk.finish()
    assert voice.spoken == ["en", "de", "en"]


async def test_a_listener_that_leaves_is_forgotten() -> None:
    async with conversation() as talk:
        leaving, staying = talk.events(), talk.events()
        leaving.close()
        leaving.close()
        await talk.type("hello")
        await talk.finish()
    assert [event async for event in leaving] == []
    assert any([isinstance(event, events.Replied) async for event in staying])


async def test_without_a_voice_a_reply_is_only_shown() -> None:
    shown: list[bool] = []
    with ThreadPoolExecutor(1) as pool:
        voice = Voice(None, SlowLoudspeaker(), pool)
        await voice.say("hello", "en", lambda: shown.append(True))
        await voice.play(speech(0.1))
    assert shown == [True]
