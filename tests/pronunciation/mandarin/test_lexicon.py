"""The word list: how it is made, parted and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pronunciation.mandarin import words
from pronunciation.mandarin.lexicon import Lexicon
from speech.errors import ModelError, ModelMissingError


def test_the_list_says_only_what_the_characters_do_not() -> None:
    made = words._lines(
        {
            "公园": [["gōng"], ["yuán"]],
            "银行": [["yín"], ["háng"]],
            "东西": [["dōng"], ["xī", "xi"]],
            "一定": [["yí"], ["dìng"]],
            "出来": [["chū", "chu"], ["lái"]],
            "T恤": [["T"], ["xù"]],
            "百年大计": [["bǎi"], ["nián"], ["dà"], ["jì"]],
            "电脑软件工程": [["diàn"], ["nǎo"], ["ruǎn"], ["jiàn"], ["gōng"], ["chéng"]],
        }
    )
    assert made == [
        "一定",
        "东西 dong1 xi1/dong1 xi5",
        "公园",
        "出来",
        "百年大计",
        "银行 yin2 hang2",
    ]


def test_a_missing_or_damaged_word_list_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = tmp_path / "cc_cedict_0.py"
    damaged.write_text("phrases_dict = {\n    '公园': [['gōng'], ['yu", encoding="utf-8")
    with pytest.raises(ModelError, match="cc_cedict_0.py: is damaged .*models pull cc-cedict"):
        words._made(tmp_path)
    monkeypatch.setenv("SONORANT_MODELS", str(tmp_path / "none"))
    with pytest.raises(ModelMissingError, match="run `sonorant models pull cc-cedict`"):
        words.words.__wrapped__()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("研究生命的起源", "研究 生命 的 起源"),
        ("今天天气很好", "今天 天气 很 好"),
        ("去火车站", "去 火车站"),
        ("两个人", "两个 人"),
        ("她唱歌唱得很好", "她 唱歌 唱 得 很 好"),
        ("清清楚楚", "清清楚楚"),
        ("试试看看", "试试 看看"),
    ],
)
def test_texts_are_parted_into_words(text: str, words: str) -> None:
    assert Lexicon().segment(text) == words.split()


def test_the_list_is_made_once_and_again_when_it_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cc-cedict"
    folder.mkdir()

    def write(reading: str) -> None:
        for part, entry in enumerate((f"    '银行': [['yín'], ['{reading}']],", "", "")):
            text = f"phrases_dict = {{\n{entry}\n}}\n\n\ndef load():\n    return {{}}\n"
            (folder / f"cc_cedict_{part}.py").write_text(text, encoding="utf-8")

    def read() -> dict[str, str]:
        words.words.cache_clear()
        return dict(words.words())

    monkeypatch.setenv("SONORANT_MODELS", str(tmp_path))
    try:
        write("háng")
        assert read() == {"银行": "yin2 hang2"}
        write("xíng")
        assert read() == {"银行": "yin2 hang2"}
        (kept,) = folder.glob("*.txt.gz")
        kept.write_bytes(b"no gzip")
        assert read() == {"银行": ""}
        assert len(list(folder.glob("*.txt.gz"))) == 1
    finally:
        words.words.cache_clear()


def test_a_word_of_the_caller_is_a_word() -> None:
    assert Lexicon({"小语种": "xiao3 yu3 zhong3"}).segment("学小语种吧") == ["学", "小语种", "吧"]


def test_every_word_of_a_long_text_is_found_in_time_that_grows_with_it() -> None:
    assert len(Lexicon().segment("我们去公园" * 2000)) == 6000
