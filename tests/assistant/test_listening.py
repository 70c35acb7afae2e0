"""What is attended to, and that nothing that was said to us gets lost."""

from __future__ import annotations

import asyncio
import resource
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from assistant import events
from assistant.ear import Ear, WakeNoticed
from assistant.hearing import Hearing
from assistant.settings import ConversationSettings
from speech.audio import Samples
from speech.endpoint import EndpointSettings
from speech.recognition.contract import Final
from tests.assistant.parts import (
    BrokenVad,
    Log,
    LoudnessVad,
    LoudWake,
    ScriptedRecognizer,
    ScriptedRouter,
    conversation,
    silence,
    speech,
    wake_word,
)


@pytest.mark.parametrize("between", [[], [speech(0.4)]])
async def test_what_was_said_before_the_wake_word_is_not_heard(between: list[Samples]) -> None:
    recognizer, router = ScriptedRecognizer([Final("lamp on")]), ScriptedRouter()
    async with conversation(recognizer=recognizer, router=router, wake=LoudWake()) as talk:
        log = Log(talk)
        before = [silence(1.0), speech(0.4), silence(0.8), *between]
        await talk.hear(np.concatenate([*before, wake_word(), silence(0.2), speech(0.6)]))
        await talk.hear(silence(1.0))
        async with asyncio.timeout(60.0):
            await talk.finish()
        await asyncio.sleep(0.01)
    assert [request.text for request in router.asked] == ["lamp on"]
    # With a word before it in the same breath, the utterance begins there: see ``heard``.
    [started] = log.of(events.SpeechStarted)
    assert started.start == pytest.approx(2.2 if between else 2.5, abs=0.1)
    assert len(recognizer.fed) == 1


@pytest.mark.parametrize(("languages", "start"), [({"en"}, 2.2), ({"zh"}, 2.8)])
async def test_who_cannot_spell_the_wake_word_hears_only_what_follows_it(
    languages: set[str], start: float
) -> None:
    recognizer = ScriptedRecognizer([Final("开灯")], languages=frozenset(languages))
    async with conversation(recognizer=recognizer, wake=LoudWake()) as talk:
        log = Log(talk)
        await talk.hear(np.concatenate([silence(2.2), speech(0.5), wake_word(), speech(0.6)]))
        await talk.hear(silence(1.0))
        await talk.finish()
        await log.until(events.SpeechStarted)
    [started] = log.of(events.SpeechStarted)
    assert started.start == pytest.approx(start, abs=0.11)


async def test_speech_right_after_an_endpoint_does_not_replace_the_utterance() -> None:
    # Wherever in a slice of audio the endpoint falls, and speech begins again behind it.
    endpoint = EndpointSettings(minimum_speech=0.03)
    settings = ConversationSettings(thinking=60.0, endpoint=endpoint)
    for offset in np.arange(0.0, 0.1, 0.01):
        router = ScriptedRouter()
        async with conversation(Final("hello"), router=router, settings=settings) as talk:
            log = Log(talk)
            twice = [speech(0.5), silence(0.75), speech(0.5), silence(1.0)]
            await talk.hear(np.concatenate([silence(offset), *twice]))
            await talk.finish()
            await asyncio.sleep(0.01)
        assert router.asked[0].text == "hello" and not log.of(events.TimedOut)
        started, final = log.of(events.SpeechStarted)[0], log.of(events.FinalHeard)[0]
        assert final.at.utterance == started.at.utterance


async def test_failures_are_counted_in_a_row_only() -> None:
    vad = BrokenVad(0)
    async with conversation(vad=vad) as talk:
        log = Log(talk)
        for _ in range(3):
            vad.times = 3
            await talk.hear(silence(0.6))
            await talk.finish()
            assert vad.times == 0
        await asyncio.sleep(0.01)
    assert {event.where for event in log.of(events.Failed)} == {"hearing"}


def test_a_wake_word_does_not_begin_before_and_end_after_a_turn() -> None:
    class TwoHalves:
        heard = 0

        def feed(self, samples: Samples) -> Sequence[WakeNoticed]:
            self.heard += 1
            return [WakeNoticed("okay_nabu")] if self.heard == 2 else []

        def reset(self) -> None:
            self.heard = 0

    ear = Ear(LoudnessVad(), EndpointSettings(), TwoHalves())
    half = wake_word()
    assert ear.feed(half, wake=True, speech=False) == []
    assert ear.feed(silence(1.0), wake=False, speech=True) == []
    assert ear.feed(half, wake=True, speech=False) == []
    assert ear.feed(half, wake=True, speech=False) == [WakeNoticed("okay_nabu")]


async def test_what_is_anticipated_is_the_whole_utterance() -> None:
    held = threading.Event()
    recognizer = ScriptedRecognizer([Final("hello")], held=held)
    finals: list[Final | Exception] = []

    async def until(happened: Callable[[], bool]) -> None:
        for _ in range(6000):
            if happened():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not happen")

    with ThreadPoolExecutor(1) as pool:
        hearing = Hearing(recognizer, pool, lambda *_: None, lambda _, final: finals.append(final))
        try:
            hearing.feed(speech(0.5))
            await until(lambda: recognizer.fed == [0.5])
            hearing.anticipate()
            hearing.feed(speech(0.5))  # the speaker goes on while the recogniser is still busy
        finally:
            held.set()
        await until(lambda: recognizer.fed == [1.0])
        await asyncio.sleep(0.1)
        assert recognizer.anticipated == 0
        hearing.anticipate()
        await until(lambda: recognizer.anticipated == 1)
        hearing.finish()
        await hearing.task
    assert finals == [Final("hello")]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("wake", "minutes"), [(None, 180), (LoudWake(), 10)])
async def test_three_hours_of_silence_with_a_scripted_vad_in_bounded_memory(
    wake: LoudWake | None, minutes: int
) -> None:
    minute = silence(60.0)
    async with conversation(wake=wake) as talk:
        stream = talk.events()
        await talk.hear(minute)
        await talk.finish()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(minutes - 1):
            await talk.hear(minute)
        await talk.finish()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        assert talk.audio_time == pytest.approx(60.0 * minutes)
        stream.close()
    assert [event async for event in stream if isinstance(event, events.Failed)] == []
    assert grown < 20_000  # kilobytes; the audio of ten minutes alone would be 38,000
