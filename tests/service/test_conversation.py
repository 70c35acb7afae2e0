"""Whole conversations over the wire: speech, text, sound, interruption, rooms."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from service.client import ClientLine, connect
from service.messages import Code, Done, End, Error, Message, ServiceError
from service.messages.conversation import (
    Converse,
    DeviceChanged,
    Failed,
    FinalHeard,
    LanguageChanged,
    Listen,
    PartialHeard,
    Replied,
    ReplyEnded,
    ReplyStarted,
    SpeechEnded,
    SpeechStarted,
    StateChanged,
    TypedText,
    UtteranceDone,
    WakeHeard,
)
from skills.home import EXAMPLE
from speech.audio import RATE, Samples, from_pcm16, read
from speech.vad import SileroVad
from tests.service.conftest import Running, running
from voiceprint.opening import open_voiceprints

M = TypeVar("M", bound=Message)
SILENCE = np.zeros(RATE, np.float32)


@pytest.fixture(scope="module")
def home(folder: Path) -> Iterator[Running]:
    """A service with the example home."""
    with running(assistant=True, home=EXAMPLE) as started:
        yield started


class Talk:
    """A conversation, and what was said and heard in it."""

    def __init__(self, line: ClientLine) -> None:
        self.line = line
        self.came: list[Message] = []
        self.sound: list[Samples] = []

    async def until(self, kind: type[M]) -> M:
        async with asyncio.timeout(100):
            while (message := await self.line.receive()) is not None:
                if isinstance(message, bytes):
                    self.sound.append(from_pcm16(message))
                else:
                    self.came.append(message)
                    if isinstance(message, kind):
                        return message
        raise AssertionError(f"no {kind.__name__} among {self.came}")

    def of(self, kind: type[M]) -> list[M]:
        return [message for message in self.came if isinstance(message, kind)]

    @property
    def seconds(self) -> float:
        return sum(sound.size for sound in self.sound) / RATE


@asynccontextmanager
async def talking(home: Running, **start: Any) -> AsyncIterator[Talk]:
    async with connect(home.http, "assistant") as line:
        await line.send(Converse(**start))
        yield Talk(line)


async def test_a_command_is_heard_done_and_answered_aloud(home: Running, lamp: Samples) -> None:
    async with talking(home, wait_for_replies=True, area="bedroom") as talk:
        await talk.line.send_audio(np.concatenate([lamp, SILENCE]))
        await talk.line.send(End())
        done = await talk.until(Done)
    assert done.audio == pytest.approx((lamp.size + SILENCE.size) / RATE)
    (started,), (ended,) = talk.of(SpeechStarted), talk.of(SpeechEnded)
    (final,) = talk.of(FinalHeard)
    assert talk.of(PartialHeard) and started.start < ended.end
    assert final.text.lower().startswith("turn on the lamp") and not final.typed
    assert final.confidence and final.utterance == started.utterance
    (replied,) = talk.of(Replied)
    assert replied.reply.acted and replied.reply.targets == ("lamp",)
    assert replied.reply.text == talk.of(ReplyStarted)[0].text
    assert DeviceChanged.TYPE in [message.TYPE for message in talk.came]
    assert talk.of(UtteranceDone) and 0.5 < talk.seconds < 5
    assert np.abs(np.concatenate(talk.sound)).max() > 0.05
    measures = home.core.metrics.text().decode()
    for stage in ("final", "reply", "answer", "work", "queue"):
        assert f'sonorant_stage_seconds_count{{stage="{stage}"}}' in measures


async def test_typed_text_and_a_button(home: Running) -> None:
    async with talking(home, push_to_talk=True, voice=False) as talk:
        await talk.line.send(TypedText(text="turn off the lamp"))
        assert (await talk.until(Replied)).reply.acted
        await talk.until(UtteranceDone)
        assert talk.of(FinalHeard)[0].typed and not talk.sound
        await talk.line.send(Listen())
        assert (await talk.until(WakeHeard)).word == ""
        assert (await talk.until(StateChanged)).after == "listening"


async def test_the_language_is_changed_by_typing(home: Running) -> None:
    async with talking(home, push_to_talk=True) as talk:
        await talk.line.send(TypedText(text="说中文"))
        changed = await talk.until(LanguageChanged)
        assert (changed.language, changed.heard) == ("zh-CN", False)
        assert "models pull whisper-base" in (await talk.until(ReplyStarted)).text
        await talk.line.send(TypedText(text="打开台灯"))
        await talk.until(Replied)
        await talk.until(UtteranceDone)
        assert talk.of(Replied)[-1].reply.text == "已打开台灯。" and talk.seconds > 0.5
        await talk.line.send(TypedText(text="说英语"))
        assert (await talk.until(LanguageChanged)).heard


async def test_a_start_in_a_language_that_is_not_heard_is_typed(
    home: Running, lamp: Samples
) -> None:
    pull = "models pull whisper-base"
    async with talking(home, language="zh-CN", wait_for_replies=True) as talk:
        changed = await talk.until(LanguageChanged)
        assert (changed.language, changed.heard) == ("zh-CN", False)
        await talk.line.send(TypedText(text="打开台灯"))
        assert (await talk.until(Replied)).reply.text == "已打开台灯。"
        await talk.until(UtteranceDone)
        # Who speaks is told what is missing, once in a row.
        await talk.line.send_audio(np.concatenate([lamp, SILENCE, lamp, SILENCE]))
        await talk.line.send(End())
        await talk.until(Done)
    assert all(pull in one.message for one in talk.of(Failed)) and len(talk.of(Failed)) >= 2
    (told,) = (one for one in talk.of(ReplyStarted) if pull in one.text)
    assert told.text.startswith("我还听不懂中文")
    async with talking(home, language="zh-CN", wait_for_replies=True) as talk:
        await talk.line.send(TypedText(text="说英语"))
        while not (await talk.until(LanguageChanged)).heard:
            pass
        await talk.until(UtteranceDone)
        await talk.line.send_audio(np.concatenate([lamp, SILENCE]))
        assert "turned on the lamp" in (await talk.until(Replied)).reply.text.lower()


async def test_a_lesson_is_scored_by_the_scorer_of_the_service(home: Running) -> None:
    async with talking(home, push_to_talk=True, voice=False) as talk:
        await talk.line.send(TypedText(text="start an English lesson"))
        assert (await talk.until(Replied)).reply.holds
        async with asyncio.timeout(120):
            while "assessor en" not in home.core.engines.loaded:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_typing_interrupts_a_reply_and_its_sound(home: Running) -> None:
    async with talking(home, push_to_talk=True) as talk:
        await talk.line.send(TypedText(text="help"))
        await talk.until(ReplyStarted)
        await talk.line.send(TypedText(text="turn on the lamp"))
        assert (await talk.until(ReplyEnded)).interrupted
        heard = talk.seconds
        await talk.until(Replied)
        assert talk.seconds - heard < 0.3, "nothing more of the first reply is sent"
        assert not (await talk.until(ReplyEnded)).interrupted
        assert talk.seconds > heard


async def test_a_reply_is_sent_no_faster_than_it_is_heard(home: Running) -> None:
    async with talking(home, push_to_talk=True) as talk:
        await talk.line.send(TypedText(text="turn on the lamp"))
        begun = await talk.until(ReplyStarted)
        ended = await talk.until(ReplyEnded)
        assert ended.monotonic - begun.monotonic >= 0.9 * talk.seconds > 0.5


async def test_rooms_hear_of_each_others_devices_and_keep_their_own_talk(home: Running) -> None:
    async with (
        talking(home, push_to_talk=True, voice=False, area="kitchen") as kitchen,
        talking(home, push_to_talk=True, voice=False, area="bedroom") as bedroom,
    ):
        await kitchen.line.send(TypedText(text="turn on the lights"))
        (replied,) = [await kitchen.until(Replied)]
        assert replied.reply.targets and all("kitchen" in one for one in replied.reply.targets)
        changed = await bedroom.until(DeviceChanged)
        assert changed.device in replied.reply.targets and changed.state["on"] is True
        await bedroom.line.send(TypedText(text="turn it off"))
        assert not (await bedroom.until(Replied)).reply.acted


async def test_wake_words_are_names_never_files(home: Running, tmp_path: Path) -> None:
    for word in ("nobody", str(tmp_path / "model.json")):
        async with talking(home, wake=(word,)) as talk:
            with pytest.raises(ServiceError, match="no wake word") as caught:
                await talk.until(Done)
            assert caught.value.code is Code.BAD_REQUEST and caught.value.field == "wake"
    async with talking(home, wake=("okay_nabu",), voice=False) as talk:
        await talk.line.send(TypedText(text="turn on the lamp"))
        await talk.until(UtteranceDone)
        assert talk.of(StateChanged)[0].after == "listening"


@pytest.mark.parametrize(
    ("start", "code"),
    [({"area": "nowhere"}, Code.BAD_REQUEST), ({"language": "xx"}, Code.UNAVAILABLE)],
)
async def test_what_cannot_be_talked_about(home: Running, start: Any, code: Code) -> None:
    async with talking(home, **start) as talk:
        with pytest.raises(ServiceError) as caught:
            await talk.until(Done)
        assert caught.value.code is code


async def test_too_much_typing_is_told_and_does_no_harm(home: Running) -> None:
    async with talking(home, push_to_talk=True, voice=False) as talk:
        for _ in range(400):
            await talk.line.send(TypedText(text="what time is it"))
        error = await talk.until(Error)
        assert error.code is Code.BUSY and not error.final and error.retry_after
        await talk.until(Replied)
    await home.empty()


async def test_where_no_conversations_are_served(service: Running) -> None:
    async with talking(service) as talk:
        with pytest.raises(ServiceError, match="no conversations") as caught:
            await talk.until(Done)
    assert caught.value.code is Code.UNAVAILABLE


async def test_what_requires_a_voice_asks_who_speaks(
    folder: Path, data: Path, tmp_path: Path, vad: SileroVad, lamp: Samples
) -> None:
    labels = (data / "speechocean762" / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    first = json.loads(labels[0])["speaker"]
    names = [label["id"] for label in map(json.loads, labels) if label["speaker"] == first]
    with open_voiceprints(vad=vad) as voiceprints:
        enrolment = voiceprints.enrolment()
        for name in names:
            if not enrolment.complete:
                enrolment.add(read(data / "speechocean762" / "audio" / f"{name}.opus"))
        voiceprints.enrol("Mia", enrolment)
    plan = tmp_path / "home.yaml"
    plan.write_text("devices:\n  - {id: lamp, kind: light, name: lamp, requires: {speaker: any}}\n")
    with running(assistant=True, home=plan) as house:
        async with talking(house, wait_for_replies=True, voice=False) as talk:
            await talk.line.send(TypedText(text="turn on the lamp"))
            assert not (await talk.until(Replied)).reply.acted
            await talk.line.send_audio(np.concatenate([lamp, SILENCE]))
            await talk.line.send(End())
            await talk.until(Done)
        spoken = talk.of(Replied)[-1].reply
        assert not spoken.acted and "voice" in spoken.text, spoken
        with open_voiceprints(vad=vad) as voiceprints:
            attempts = [entry for entry in voiceprints.gallery.audit() if entry.door]
            assert {entry.door for entry in attempts} == {"lamp"}
            voiceprints.gallery.delete(voiceprints.gallery.person("Mia"))
