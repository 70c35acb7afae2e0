"""One reading of language tags for every engine and skill."""

from __future__ import annotations

import pytest

from assistant.phrases import Phrase, phrase, says_stop
from service.cli import main
from speech.errors import ConfigError
from speech.language import alike, canonical, primary
from speech.models import load_catalogue
from speech.recognition.engines import open_recognizer
from speech.synthesis.espeak import EspeakSynthesizer


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("en", "en"),
        ("EN", "en"),
        ("en_US", "en-US"),
        (" en-us\n", "en-US"),
        ("zh_hans_cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("ca-ES-valencia", "ca-ES-valencia"),
        ("fil", "fil"),
    ],
)
def test_tags_are_read_however_they_are_written(written: str, meant: str) -> None:
    assert canonical(written) == meant
    assert primary(written) == meant.split("-")[0]


def test_mandarin_is_chinese() -> None:
    assert (primary("cmn"), primary("cmn-Hans")) == ("zh", "zh")
    assert alike("cmn", "zh") and alike("zh-CN", "cmn") and not alike("cmn-TW", "zh-CN")


@pytest.mark.parametrize("tag", ["", "e", "-en", "en-", "en--us", "english please", "中文"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(ConfigError, match="is no language; write it as in en"):
        canonical(tag)


def test_a_language_is_like_its_kinds() -> None:
    assert alike("en", "en_GB")
    assert alike("EN-us", "en")
    assert not alike("en-US", "en-GB")
    assert not alike("en", "es")


def test_engines_and_models_take_any_spelling() -> None:
    assert open_recognizer("moonshine", "en_US").name == "moonshine tiny-en"
    espeak = EspeakSynthesizer()
    assert espeak.speaks("zh_CN")
    assert espeak.speaks("EN_gb")
    catalogue = load_catalogue()
    assert catalogue.select("vosk", "ZH_cn") == catalogue.select("vosk", "zh-CN") != ()


def test_the_conversation_takes_any_spelling() -> None:
    assert phrase(Phrase.FAILED, "ZH_cn") == (phrase(Phrase.FAILED, "zh")[0], "ZH_cn")
    assert says_stop("停", "zh_CN")


def test_commands_take_any_spelling(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "请打开台灯吧", "--language", "zh_CN"]) == 0
    underscored = capsys.readouterr().out
    assert main(["ask", "请打开台灯吧", "--language", "zh-cn"]) == 0
    assert capsys.readouterr().out == underscored
    assert main(["ask", "hello", "--language", "?"]) == 2
    assert "'?' is no language" in capsys.readouterr().err
