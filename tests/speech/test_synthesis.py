"""Real voices: that they speak, stream, stop at once and bear any text."""

from __future__ import annotations

import time
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from service.cli import main
from speech import audio
from speech.errors import EngineError, EngineMissingError, ModelError
from speech.models import ModelStore
from speech.recognition.moonshine import MoonshineRecognizer
from speech.synthesis import open_synthesizer
from speech.synthesis.espeak import EspeakSynthesizer
from speech.synthesis.piper import PiperSynthesizer
from tests.speech.words import spoken_words


@pytest.fixture(scope="module")
def espeak() -> EspeakSynthesizer:
    return EspeakSynthesizer()


def test_what_is_said_is_understood(moonshine: MoonshineRecognizer) -> None:
    spoken = np.concatenate([*EspeakSynthesizer("en-gb").synthesize("What time is it?")])
    stream = moonshine.stream()
    stream.feed(spoken)
    assert spoken_words(stream.finish().text) == ["what", "time", "is", "it"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The lamp is on."),
        ("zh-CN", "灯已经打开了。"),
        ("ko", "불을 켰습니다."),
        ("de", "Guten Morgen."),
    ],
)
def test_languages(espeak: EspeakSynthesizer, language: str, text: str) -> None:
    assert espeak.speaks(language)
    samples = np.concatenate([*espeak.synthesize(text, language)])
    assert samples.dtype == np.float32
    assert 0.3 < samples.size / audio.RATE < 4
    assert -30 < audio.level(samples) < -10


def test_all_of_mandarin_is_said_in_it(espeak: EspeakSynthesizer) -> None:
    words = ["银行在哪儿", "一会儿", "漂亮的花兒", "没事儿吧", "男兒", "孙女儿", "在哪儿5号"]
    words += ["兄弟", "熊2只", "英雄", "貧窮", "炯炯"]
    assert not [said for said in espeak.phonemes(words, "zh-CN") if "(en)" in said]
    light, *full = espeak.phonemes(["花儿", "女儿", "新生儿", "患儿", "幸运儿", "侄兒"], "cmn")
    assert light.endswith("ər1_"), light
    assert all(said.endswith("ərɜ_") for said in full), full


def test_every_language_that_is_named_is_spoken(espeak: EspeakSynthesizer) -> None:
    assert {"en", "en-GB", "zh", "cmn", "ko", "yue"} <= set(espeak.languages)
    assert all(espeak.speaks(tag) for tag in espeak.languages)
    assert EspeakSynthesizer("en-gb+f3").languages == ("en-GB",)


def test_unknown_languages_and_voices_are_refused(espeak: EspeakSynthesizer) -> None:
    assert not espeak.speaks("tlh")
    with pytest.raises(EngineError, match="has no voice for 'tlh'"):
        list(espeak.synthesize("Qapla", "tlh"))
    with pytest.raises(EngineError, match="near it are .*en-gb"):
        EspeakSynthesizer("en-gbb")
    with pytest.raises(EngineError, match="no synthesiser is called"):
        open_synthesizer("hal9000")


@pytest.mark.parametrize(
    "text",
    ["--help", "[[h@'loU]] <speak>a</speak>", "a\0b\x07c", "🎉 party 🎉", "%s %n", "\udcff oh"],
)
def test_any_text_is_safe(espeak: EspeakSynthesizer, text: str) -> None:
    assert np.concatenate([*espeak.synthesize(text)]).size > 0


@pytest.mark.parametrize("text", ["", " \n", "...", "🎉"])
def test_nothing_to_say_is_silence(espeak: EspeakSynthesizer, text: str) -> None:
    assert list(espeak.synthesize(text)) == []


@pytest.mark.timeout(20)  # left alone, the program speaks for minutes
def test_long_text_streams_and_stops_at_once(espeak: EspeakSynthesizer) -> None:
    speech = espeak.synthesize("All work and no play makes Jack a dull boy. " * 2_000)
    first = next(iter(speech))
    assert 0 < first.size < audio.RATE
    began = time.perf_counter()
    assert isinstance(speech, Generator)
    speech.close()
    assert time.perf_counter() - began < 1.0


def test_a_deep_folder_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import espeakng_loader

    deep = tmp_path.joinpath(*["a-rather-long-name-of-a-folder"] * 6)
    deep.mkdir(parents=True)
    (deep / "data").symlink_to(espeakng_loader.get_data_path())
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: str(deep / "data"))
    synthesizer = EspeakSynthesizer()
    assert np.concatenate([*synthesizer.synthesize("hello")]).size > 0
    synthesizer.close()


def test_speak_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.wav"
    assert main(["speak", "Good morning", "--output", str(file)]) == 0
    assert audio.read(file).size > audio.RATE / 2
    assert main(["speak", "--list-voices"]) == 0
    assert "en-gb\n" in capsys.readouterr().out
    assert main(["speak", " "]) == 2
    assert "nothing to say" in capsys.readouterr().err


@pytest.mark.skipif(find_spec("piper") is not None, reason="Piper is installed")
def test_without_piper_the_error_says_how_to_get_it() -> None:
    with pytest.raises(EngineMissingError, match=r"pip install 'sonorant\[piper\]'"):
        PiperSynthesizer("en_US-joe-medium")


@pytest.mark.skipif(
    find_spec("piper") is None, reason="Piper is not installed: pip install 'sonorant[piper]'"
)
class TestPiper:
    def test_it_speaks(self, moonshine: MoonshineRecognizer) -> None:
        if not ModelStore().installed(kind="piper"):
            pytest.skip("no voice: sonorant models pull en_US-joe-medium")
        piper = open_synthesizer("auto", "en_US-joe-medium")
        assert piper.name == "piper en_US-joe-medium"
        assert piper.speaks("en-GB")
        assert not piper.speaks("zh-CN")
        stream = moonshine.stream()
        stream.feed(np.concatenate([*piper.synthesize("Turn on the kitchen lights.\nPlease.")]))
        assert spoken_words(stream.finish().text)[:5] == ["turn", "on", "the", "kitchen", "lights"]
        with pytest.raises(EngineError, match="speaks en-US, not 'zh-CN'"):
            list(piper.synthesize("你好", "zh-CN"))

    def test_what_is_no_voice_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="holds no Piper voice"):
            PiperSynthesizer(str(tmp_path))
        (tmp_path / "voice.onnx").touch()
        with pytest.raises(ModelError, match="does not describe a Piper voice"):
            PiperSynthesizer(str(tmp_path))
