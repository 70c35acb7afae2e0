"""The whole path with real engines on real human commands."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest

from assistant import events
from assistant.household import Household, household
from assistant.loudspeaker import RecordingLoudspeaker, SilentLoudspeaker
from assistant.settings import ConversationSettings
from assistant.sources import play
from assistant.trace import Tracer
from assistant.wake import WakeWords
from skills.home import EXAMPLE
from speech.audio import RATE, Samples, duration, read
from speech.recognition.moonshine import MoonshineRecognizer
from speech.synthesis import Synthesizer, open_synthesizer
from speech.vad import SileroVad
from tests.assistant.parts import Log
from tests.speech.words import spoken_words, transcripts

ACTING = {
    "turn_on_the_lamp.wav": "HassTurnOn",
    "set_timer.wav": "HassStartTimer",
    "what_time_is_it.wav": "HassGetCurrentTime",
    "whats_the_date_today.wav": "HassGetCurrentDate",
}

PAUSES = {"jfk.flac"}
"""Recordings that long pauses cut into utterances."""
MISTAKES = {"jfk.flac": 1}
"""Words that may be wrong: "ask not", alone between two pauses, is heard as "as not"."""


@pytest.fixture(scope="module")
def voice() -> Iterator[Synthesizer]:
    synthesizer = open_synthesizer()
    yield synthesizer
    synthesizer.close()


@asynccontextmanager
async def at_home(
    moonshine: MoonshineRecognizer,
    vad: SileroVad,
    voice: Synthesizer,
    state: Path,
    wake: WakeWords | None = None,
) -> AsyncIterator[tuple[Household, Log]]:
    settings = ConversationSettings(wait_for_replies=True)
    async with household(
        moonshine,
        vad,
        voice,
        SilentLoudspeaker(),
        home=EXAMPLE,
        state=state,
        wake=wake,
        settings=settings,
    ) as home:
        yield home, Log(home.conversation)


async def test_all_recordings_are_understood_and_commands_act(
    commands: Path,
    moonshine: MoonshineRecognizer,
    vad: SileroVad,
    voice: Synthesizer,
    tmp_path: Path,
) -> None:
    said = transcripts(commands)
    async with at_home(moonshine, vad, voice, tmp_path) as (home, log):
        for name, transcript in said.items():
            before = len(log.events)
            await play(home.conversation, [commands / name])
            await asyncio.sleep(0.01)
            new = log.events[before:]
            texts = [e.text for e in new if isinstance(e, events.FinalHeard)]
            replies = [e.reply for e in new if isinstance(e, events.Replied)]
            # Digit by digit: "90210" was said as "nine oh two one oh".
            heard = re.sub(r"(?<=\d)(?=\d)", " ", " ".join(texts)) if "vosk" in name else texts[0]
            heard = " ".join(texts) if name in PAUSES else heard
            wrong = mistakes(spoken_words(transcript), spoken_words(heard))
            assert wrong <= MISTAKES.get(name, 0), f"{name}: {heard}"
            assert replies and all(reply.text for reply in replies), name
            if name in ACTING:
                assert [reply.intent for reply in replies] == [ACTING[name]]
        assert home.router.states()["lamp"]["on"] is True
    assert len(said) == 9
    assert not log.of(events.Failed)


async def test_several_recordings_one_after_the_other_in_real_order(
    commands: Path,
    moonshine: MoonshineRecognizer,
    vad: SileroVad,
    voice: Synthesizer,
    tmp_path: Path,
) -> None:
    names = ["what_time_is_it.wav", "turn_on_the_lamp.wav"]
    async with at_home(moonshine, vad, voice, tmp_path) as (home, log):
        # Without a pause for replies between them: the conversation itself has to wait.
        for name in names:
            await home.conversation.hear(np.append(read(commands / name), np.zeros(RATE)))
        await home.conversation.finish()
        await asyncio.sleep(0.01)
    intents = [event.reply.intent for event in log.of(events.Replied)]
    assert intents == [ACTING[name] for name in names]


async def test_wake_word_and_command_in_one_breath(
    moonshine: MoonshineRecognizer, vad: SileroVad, voice: Synthesizer, tmp_path: Path
) -> None:
    audio = np.concatenate([*voice.synthesize("Okay Nabu, turn on the lamp", "en")])
    async with at_home(moonshine, vad, voice, tmp_path, WakeWords()) as (home, log):
        lead = np.zeros(RATE, np.float32)
        await home.conversation.hear(np.concatenate([lead, audio, lead]))
        await home.conversation.finish()
        await asyncio.sleep(0.01)
        assert log.of(events.WakeHeard), "the wake word was not heard"
        [final] = log.of(events.FinalHeard)
        assert "nab" not in final.text.lower()
        assert home.router.states()["lamp"]["on"] is True
        assert home.conversation.state == "idle"


@pytest.mark.parametrize("gap", [0.75, 0.85, 0.95])
async def test_what_was_said_before_the_wake_word_is_not_obeyed(
    gap: float, moonshine: MoonshineRecognizer, vad: SileroVad, tmp_path: Path
) -> None:
    # Too far apart for one utterance, near enough to be heard again with the wake word.
    with closing(open_synthesizer("espeak-ng", "en-us")) as other:
        yes = trimmed(np.concatenate([*other.synthesize("Yes.", "en")]))
    with closing(open_synthesizer("espeak-ng", "en-gb")) as voice:
        command = np.concatenate([*voice.synthesize("okay nabu, what time is it", "en")])
        async with at_home(moonshine, vad, voice, tmp_path, WakeWords()) as (home, log):
            lead, pause = np.zeros(RATE, np.float32), np.zeros(round(gap * RATE), np.float32)
            await home.conversation.hear(np.concatenate([lead, yes, pause, command, lead]))
            async with asyncio.timeout(60.0):
                await home.conversation.finish()
            await asyncio.sleep(0.01)
    [final] = log.of(events.FinalHeard)
    assert "yes" not in final.text.lower()
    assert [event.reply.intent for event in log.of(events.Replied)] == ["HassGetCurrentTime"]


def mistakes(said: list[str], heard: list[str]) -> int:
    """Words that are wrong, missing or too many."""
    changes = SequenceMatcher(None, said, heard, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for kind, a, b, c, d in changes if kind != "equal")


def trimmed(samples: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    return samples[loud[0] : loud[-1]]


async def test_a_trace_says_where_the_time_went(
    commands: Path,
    moonshine: MoonshineRecognizer,
    vad: SileroVad,
    voice: Synthesizer,
    tmp_path: Path,
) -> None:
    tracer = Tracer()
    async with at_home(moonshine, vad, voice, tmp_path) as (home, log):
        await play(home.conversation, [commands / "turn_on_the_lamp.wav"])
        await asyncio.sleep(0.01)
    [trace] = [done for event in log.events if (done := tracer.add(event))]
    latencies = trace.latencies()
    assert all(value is not None and value >= 0 for value in latencies.values()), latencies
    assert 500 < (latencies["endpoint_wait"] or 0) < 900


async def test_replies_are_recorded(tmp_path: Path, voice: Synthesizer) -> None:
    loudspeaker = RecordingLoudspeaker(tmp_path / "reply.wav")

    async def chunks() -> AsyncIterator[np.ndarray]:
        for chunk in voice.synthesize("hello there", "en"):
            yield chunk

    await loudspeaker.play(chunks())
    await loudspeaker.close()
    assert (duration(tmp_path / "reply.wav") or 0) > 0.5
    assert np.abs(read(tmp_path / "reply.wav")).max() > 0.05
