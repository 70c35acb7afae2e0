"""A household talked to in Mandarin by a person: heard by Whisper, understood, done, answered.

The commands are joined out of words that a native read one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import numpy as np
import pytest

from assistant import events
from assistant.household import Household, household
from assistant.loudspeaker import Loudspeaker, RecordingLoudspeaker, SilentLoudspeaker
from assistant.recognizers import Recognizers
from assistant.settings import ConversationSettings
from skills.home import EXAMPLE
from speech.audio import RATE, Samples, read
from speech.recognition import Recognizer
from speech.recognition.moonshine import MoonshineRecognizer
from speech.recognition.whisper import WhisperRecognizer
from speech.synthesis.espeak import EspeakSynthesizer
from speech.vad import SileroVad
from tests.assistant.parts import Log, silence


@pytest.fixture(scope="module")
def espeak() -> Iterator[EspeakSynthesizer]:
    voice = EspeakSynthesizer()
    yield voice
    voice.close()


def said(data: Path, *words: str) -> Samples:
    """Words of the native, without the silence around each."""
    spoken = []
    for word in words:
        samples = read(data / "mandarin" / "words_tan" / f"cmn-{word}.mp3")
        loud = np.flatnonzero(np.abs(samples) > 0.03 * np.abs(samples).max())
        spoken.append(samples[max(0, loud[0] - 400) : loud[-1] + 400])
    return np.concatenate([silence(0.5), *spoken, silence(1.5)])


def at_home(
    state: Path,
    recognizer: Recognizer,
    vad: SileroVad,
    voice: EspeakSynthesizer,
    loudspeaker: Loudspeaker,
    language: str,
    recognizers: Recognizers | None = None,
) -> AbstractAsyncContextManager[Household]:
    return household(
        recognizer,
        vad,
        voice,
        loudspeaker,
        home=EXAMPLE,
        state=state,
        settings=ConversationSettings(wait_for_replies=True, thinking=300.0),  # a busy machine
        language=language,
        recognizer_of=None if recognizers is None else recognizers.of,
    )


async def test_a_person_talks_to_a_household_in_mandarin(
    tmp_path: Path,
    data: Path,
    whisper: WhisperRecognizer,
    vad: SileroVad,
    espeak: EspeakSynthesizer,
) -> None:
    file = tmp_path / "replies.wav"
    loudspeaker = RecordingLoudspeaker(str(file), SilentLoudspeaker())
    async with at_home(tmp_path, whisper, vad, espeak, loudspeaker, "zh-CN") as home:
        log = Log(home.conversation)
        assert home.router.states()["kitchen_ceiling"]["on"] is False
        for words in (("请", "开", "厨房", "的", "灯"), ("是",), ("今天", "几", "号")):
            await home.conversation.hear(said(data, *words))
            await home.conversation.finish()
        assert home.router.states()["kitchen_ceiling"]["on"] is True
    await loudspeaker.close()
    assert [one.text for one in log.of(events.FinalHeard)] == ["请开厨房的灯", "是", "今天几号"]
    asked, done, date = (one.reply for one in log.of(events.Replied))
    assert asked.text.startswith("你是说“请开厨房的灯”吗？") and not asked.acted, "it is not sure"
    assert done.text == "已打开厨房吸顶灯和操作台灯。" and done.acted
    assert date.intent == "HassGetCurrentDate" and date.language == "zh-CN"
    mandarin = sum(sum(map(len, espeak.synthesize(one.text, "cmn"))) for one in (asked, done, date))
    assert read(file).size == pytest.approx(mandarin, abs=RATE // 4)


async def test_asked_in_english_for_chinese_it_hears_a_person_speak_it(
    tmp_path: Path,
    data: Path,
    moonshine: MoonshineRecognizer,
    whisper: WhisperRecognizer,
    vad: SileroVad,
    espeak: EspeakSynthesizer,
) -> None:
    quiet = SilentLoudspeaker()
    recognizers = Recognizers("en", moonshine)
    async with at_home(tmp_path, moonshine, vad, espeak, quiet, "en", recognizers) as home:
        log = Log(home.conversation)
        speak_chinese = [silence(0.5), *espeak.synthesize("Speak Chinese.", "en"), silence(1.5)]
        await home.conversation.hear(np.concatenate(speak_chinese))
        await home.conversation.finish()
        for words in (("今天", "几", "号"), ("说", "英语")):
            await home.conversation.hear(said(data, *words))
            await home.conversation.finish()
    assert (await recognizers.of("zh")).name == "whisper base"
    assert [one.text for one in log.of(events.FinalHeard)] == [
        "Speak Chinese.",
        "今天几号",
        "说英语",
    ]
    replies = [one.reply for one in log.of(events.Replied)]
    assert replies[0].text == "好的，我们说中文。"
    assert replies[1].intent == "HassGetCurrentDate" and replies[1].text.startswith("今天是")
    assert replies[2].text == "All right, let's speak English."
    assert [(one.language, one.heard) for one in log.of(events.LanguageChanged)] == [
        ("zh-CN", True),
        ("en", True),
    ]
