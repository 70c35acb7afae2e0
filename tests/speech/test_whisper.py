"""Whisper base on human Mandarin, and on what is no voice at all."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from speech.audio import RATE, Samples, read
from speech.errors import EngineError, EngineMissingError, ModelError
from speech.models import ModelStore
from speech.recognition import Final, Recognizer
from speech.recognition.engines import open_recognizer, recommended, unheard
from speech.recognition.whisper import WhisperRecognizer
from tests.speech.sounds import SOUNDS
from tests.speech.words import spoken_words

WORDS = ("公平", "取消", "公用电话", "中文", "天气", "今天", "操劳", "推选")


def recognize(recognizer: Recognizer, samples: Samples, block: int = 1_600) -> Final:
    stream = recognizer.stream()
    for start in range(0, samples.size, block):
        stream.feed(samples[start : start + block])
    return stream.finish()


def word(data: Path, said: str) -> Samples:
    return read(data / "mandarin" / "words_tan" / f"cmn-{said}.mp3")


def sentence(data: Path) -> Samples:
    """欢迎大家来体验达摩院推出的语音识别模型."""
    return read(data / "mandarin" / "sentences" / "asr_example.wav")


def test_words_of_a_native_are_understood(data: Path, whisper: WhisperRecognizer) -> None:
    heard = [recognize(whisper, word(data, said)).text for said in WORDS]
    assert sum(a == b for a, b in zip(heard, WORDS, strict=True)) >= len(WORDS) - 1, heard


def test_a_sentence_has_partials_words_times_and_alternatives(
    data: Path, whisper: WhisperRecognizer
) -> None:
    samples = sentence(data)
    stream = whisper.stream()
    partial = stream.feed(samples[: 3 * RATE])
    assert partial and partial.text.startswith("欢迎大家来")
    stream.feed(samples[3 * RATE :])
    final = stream.finish()
    assert final.text.startswith("欢迎大家来体验") and final.text.endswith("识别模型")
    assert "".join(one.word for one in final.words) == final.text
    times = [time for one in final.words for time in (one.start, one.end) if time is not None]
    assert (
        len(times) == 2 * len(final.words)
        and times == sorted(times)
        and 4 < times[-1] <= samples.size / RATE
    )
    assert all(0 < (one.confidence or 0) <= 1 for one in final.words)
    texts = [other.text for other in final.alternatives]
    assert texts[0] == final.text and len(set(texts)) == len(texts) > 1


def test_traditional_characters_and_spaces_do_not_come_out(
    data: Path, whisper: WhisperRecognizer
) -> None:
    samples = read(data / "mandarin" / "sentences" / "BAC009S0724W0121.wav")
    final = recognize(whisper, samples)
    for text in (final.text, *(other.text for other in final.alternatives)):
        assert text.startswith("广州市") and " " not in text, text


def test_working_ahead_changes_nothing(data: Path, whisper: WhisperRecognizer) -> None:
    samples = sentence(data)
    plain = whisper.stream(partials=False)
    plain.feed(samples)
    ahead = whisper.stream(partials=False)
    ahead.feed(samples[: RATE // 2])
    ahead.anticipate()  # thrown away, since more audio comes
    ahead.feed(samples[RATE // 2 :])
    ahead.anticipate()
    assert ahead.finish() == plain.finish()


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.5, 3.0, 20.0])
@pytest.mark.parametrize("kind", sorted(SOUNDS))
def test_what_is_not_speech_comes_out_empty(
    whisper: WhisperRecognizer, kind: str, seconds: float
) -> None:
    samples: npt.NDArray[np.float32] = SOUNDS[kind](seconds).astype(np.float32)
    assert recognize(whisper, samples).text == ""


def test_other_languages_share_the_model(
    commands: Path, whisper_base: Path, whisper: WhisperRecognizer, korean: WhisperRecognizer
) -> None:
    english = WhisperRecognizer(whisper_base, language="en-GB")
    assert english.network is korean.network is whisper.network
    heard = recognize(english, read(commands / "set_timer.wav")).text
    assert heard.lower().startswith("set a timer for")
    assert english.capabilities.languages == frozenset({"en"}) and english.name == "whisper base"


@pytest.fixture(scope="module")
def korean(whisper_base: Path) -> WhisperRecognizer:
    return WhisperRecognizer(whisper_base, language="ko-KR")


def test_threads_share_one_model(data: Path, whisper: WhisperRecognizer) -> None:
    alone = {said: recognize(whisper, word(data, said)).text for said in WORDS[:3]}
    together: dict[str, str] = {}

    def work(said: str) -> None:
        together[said] = recognize(whisper, word(data, said)).text

    threads = [threading.Thread(target=work, args=(said,)) for said in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_an_utterance_has_a_maximum_length(data: Path, whisper: WhisperRecognizer) -> None:
    long = np.concatenate([sentence(data), np.zeros(30 * RATE, np.float32)])[: 30 * RATE]
    assert recognize(whisper, long, block=long.size).text.startswith("欢迎大家")
    stream = whisper.stream(partials=False)
    stream.feed(np.zeros(29 * RATE, np.float32))
    with pytest.raises(EngineError, match=r"longer than the 30 s that whisper base takes"):
        stream.feed(np.zeros(2 * RATE, np.float32))


def test_all_sentences_of_an_utterance_are_heard(data: Path, whisper: WhisperRecognizer) -> None:
    other = read(data / "mandarin" / "sentences" / "BAC009S0724W0121.wav")
    several = np.concatenate([sentence(data), other] * 2)
    final = recognize(whisper, several, block=several.size)
    assert final.text.count("欢迎大家来体验") == final.text.count("分析") == 2


@pytest.mark.parametrize("pause", [0.0, 0.6])
def test_a_brief_command_is_heard_once(commands: Path, whisper_base: Path, pause: float) -> None:
    english = WhisperRecognizer(whisper_base, language="en")
    for name in ("what_time_is_it", "turn_on_the_lamp"):
        samples = read(commands / f"{name}.wav")
        loud = np.flatnonzero(np.abs(samples) > 0.05 * np.abs(samples).max())
        cut = samples[max(0, loud[0] - 3_000) : loud[-1] + 1_600]
        final = recognize(english, np.concatenate([cut, np.zeros(round(pause * RATE), np.float32)]))
        assert spoken_words(final.text) == name.split("_")
        assert len(final.words) == 4


def test_auto_takes_it_where_there_is_nothing_for_the_language(
    whisper_base: Path, tmp_path: Path
) -> None:
    assert open_recognizer("auto", "zh-TW").name == "whisper base"
    assert open_recognizer("auto", "en").name == "moonshine tiny-en"
    named = open_recognizer("auto", "th", model=str(whisper_base))
    assert named.name == "whisper base" and named.capabilities.languages == frozenset({"th"})
    empty = ModelStore(tmp_path)
    assert recommended("zh-CN", empty) == recommended("th", empty) == "whisper-base"
    with pytest.raises(EngineError, match=r"models pull whisper-base`.* --language zh`: Vosk's"):
        open_recognizer("auto", "zh-CN", store=empty)


def test_a_language_that_it_does_not_know_is_named(whisper_base: Path) -> None:
    with pytest.raises(EngineError, match="does not know the language 'xx'"):
        WhisperRecognizer(whisper_base, language="xx")


def test_a_folder_without_the_model_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"lacks config.json, vocabulary.txt"):
        WhisperRecognizer(tmp_path, language="zh")


def test_a_damaged_model_is_an_error_at_once(tmp_path: Path, whisper_base: Path) -> None:
    for name in ("config.json", "vocabulary.txt"):
        (tmp_path / name).symlink_to(whisper_base / name)
    (tmp_path / "model.bin").write_bytes((whisper_base / "model.bin").read_bytes()[:1_000_000])
    with pytest.raises(ModelError, match=r"cannot be loaded"):
        WhisperRecognizer(tmp_path, language="zh")
    (tmp_path / "vocabulary.txt").unlink()
    (tmp_path / "vocabulary.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"vocabulary is damaged"):
        WhisperRecognizer(tmp_path, language="zh")


def test_without_its_runtime_it_is_said_how_to_get_it(
    whisper_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ctranslate2", None)
    with pytest.raises(EngineMissingError, match=r"pip install 'sonorant\[whisper\]'"):
        WhisperRecognizer(whisper_base, language="zh", threads=2)


def test_without_its_library_it_is_said_what_to_install(
    monkeypatch: pytest.MonkeyPatch, whisper_base: Path
) -> None:
    assert whisper_base.is_dir()
    monkeypatch.setattr("speech.recognition.engines.find_spec", lambda name: None)
    assert "pip install 'sonorant[whisper]'" in str(unheard("zh-CN"))
