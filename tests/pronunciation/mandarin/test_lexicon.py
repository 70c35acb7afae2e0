"""The word list: how it is made, parted and read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pronunciation.mandarin import words
from pronunciation.mandarin.lexicon import Lexicon


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
    made = []

    def phrases() -> dict[str, list[list[str]]]:
        made.append(tmp_path)
        return {"银行": [["yín"], ["háng"]]}

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(words, "_phrases", phrases)
    try:
        for damage in (None, None, b"no gzip"):
            if damage is not None:
                (kept,) = tmp_path.rglob("*.txt.gz")
                kept.write_bytes(damage)
            words.words.cache_clear()
            assert words.words() == {"银行": "yin2 hang2"}
        assert len(made) == 2 and list(tmp_path.rglob("*.txt.gz")) == [kept]
    finally:
        words.words.cache_clear()


def test_a_word_of_the_caller_is_a_word() -> None:
    assert Lexicon({"小语种": "xiao3 yu3 zhong3"}).segment("学小语种吧") == ["学", "小语种", "吧"]


def test_every_word_of_a_long_text_is_found_in_time_that_grows_with_it() -> None:
    assert len(Lexicon().segment("我们去公园" * 2000)) == 6000
