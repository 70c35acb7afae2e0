"""Mandarin at the doors of the service, spoken by people and heard by Whisper."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from service.client import connect
from service.messages import Done, End, Message
from service.messages.conversation import Converse, FinalHeard, Replied
from service.messages.recognition import FinalText, PartialText, Recognize
from skills.home import EXAMPLE
from speech.audio import RATE, Samples, read
from tests.service.conftest import Running, running

SILENCE = np.zeros(RATE, np.float32)


@pytest.fixture(scope="module")
def home(folder: Path, whisper_base: Path) -> Iterator[Running]:
    """A service with the example home, on a machine that has Whisper."""
    (folder / "models" / "whisper-base").symlink_to(whisper_base)
    with running(assistant=True, home=EXAMPLE) as started:
        yield started


async def talk(home: Running, door: str, start: Message, samples: Samples) -> list[Message]:
    """All that the service says of a recording."""
    async with asyncio.timeout(100), connect(home.http, door) as line:
        await line.send(start)
        await line.send_audio(np.concatenate([SILENCE, samples, SILENCE, SILENCE]))
        await line.send(End())
        return [message async for message in line if not isinstance(message, bytes)]


async def test_a_sentence_is_recognised_as_it_is_said(home: Running, data: Path) -> None:
    samples = read(data / "mandarin" / "sentences" / "asr_example.wav")
    came = await talk(home, "recognize", Recognize(language="zh-CN"), samples)
    finals = [message for message in came if isinstance(message, FinalText)]
    assert any(isinstance(message, PartialText) for message in came)
    assert [final.text[:7] for final in finals] == ["欢迎大家来体验"]
    words = finals[0].words
    assert words and "".join(word.word for word in words) == finals[0].text
    assert 1 < (words[0].start or 0) < (words[-1].end or 0) < 2 + samples.size / RATE
    assert home.core.engines.loaded.count("recognizer zh") == 1


async def test_a_conversation_is_held_in_it(home: Running, data: Path) -> None:
    words = [read(data / "mandarin" / "words_tan" / f"cmn-{one}.mp3") for one in ("今天", "天气")]
    start = Converse(language="zh-CN", wait_for_replies=True)
    came = await talk(home, "assistant", start, np.concatenate(words))
    (heard,) = (message for message in came if isinstance(message, FinalHeard))
    (replied,) = (message for message in came if isinstance(message, Replied))
    assert heard.text == "今天天气" and isinstance(came[-1], Done)
    assert replied.reply.language == "zh-CN" and "天气" in replied.reply.text
