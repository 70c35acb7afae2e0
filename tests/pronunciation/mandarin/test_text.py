"""Reading Chinese texts: words, readings, sandhi, figures; the list is in ``readings.tsv``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pronunciation.mandarin.pinyin import split
from pronunciation.mandarin.text import read_text
from speech.errors import ConfigError

LINES = (Path(__file__).parent / "readings.tsv").read_text("utf-8").splitlines()
READINGS = [line.split("\t") for line in LINES if not line.startswith("#")]


def reading(text: str, pronunciations: dict[str, str | list[str]] | None = None) -> str:
    """What may be heard: tones of a syllable after each other, readings parted by bars."""
    written: list[str] = []
    for word in read_text(text, pronunciations):
        for ways in word.syllables:
            tones: dict[str, list[str]] = {}
            for way in ways:
                plain = way.syllable.plain.replace("ü", "v")
                tones.setdefault(plain, []).append(str(way.surface))
            said = (name + "/".join(dict.fromkeys(found)) for name, found in tones.items())
            written.append("|".join(said))
        written.append(",_" if word.break_after else "_")
    return " ".join(written).removesuffix("_").strip()


@pytest.mark.parametrize(("text", "expected"), READINGS, ids=[text for text, _ in READINGS])
def test_every_text_of_the_list_is_read_as_it_should_be(text: str, expected: str) -> None:
    assert reading(text) == expected


def test_the_list_is_long_enough_to_mean_something() -> None:
    assert len(READINGS) >= 400


def test_syllables_keep_the_tone_of_the_dictionary_beside_the_one_to_be_heard() -> None:
    (word,) = read_text("你好")
    first, second = (ways[0] for ways in word.syllables)
    assert (first.syllable.tone, first.surface) == (3, 2)
    assert (second.syllable.tone, second.surface) == (3, 3)
    assert [way.tone for ways in word.ways for way in ways] == [2, 3]


def test_characters_stay_as_the_text_has_them() -> None:
    words = read_text("銀行的小鳥兒")
    assert [word.shown for word in words] == ["銀行", "的", "小", "鳥兒"]
    hanzi = [ways[0].syllable.hanzi for word in words for ways in word.syllables]
    assert hanzi == ["銀", "行", "的", "小", "鳥兒"]
    assert words[-1].syllables[0][0].syllable.erhua


def test_a_figure_is_one_word_with_the_characters_that_are_read() -> None:
    (word, *_) = read_text("25%的人")
    assert word.shown == "25%"
    assert "".join(ways[0].syllable.hanzi for ways in word.syllables) == "百分之二十五"


def test_the_caller_knows_better() -> None:
    assert reading("重", {"重": "chong2"}) == "chong2"
    assert reading("很重的书", {"重": "chóng"}) == "hen3 _ chong2 _ de5 _ shu1"
    assert reading("会计", {"会计": ["huì jì", "kuai4ji4"]}) == "hui4|kuai4 ji4"
    assert reading("我用WiFi", {"WiFi": "wai1 fei4"}) == ("wo3 _ yong4 _ wai1 fei4")
    assert reading("单田芳", {"单田芳": "shan4tian2fang1"}) == "shan4 tian2 fang1"
    assert reading("花儿", {"花儿": "huar1"}) == "huar1"
    assert reading("單先生", {"單": "shan4"}) == "shan4 _ xian1 sheng5"
    assert reading("銀行", {"銀行": "yin2 xing2"}) == "yin2 xing2"
    assert reading("乾隆", {"乾": "gan1"}) == "gan1 long2"


@pytest.mark.parametrize(
    ("pronunciations", "message"),
    [
        ({"重": "chong"}, "tones of 'chong' are missing"),
        ({"重": "xyz3"}, "'xyz3' is no pinyin"),
        ({"重": " "}, "pronunciation of '重' is empty"),
        ({"银行": "yin2"}, "1 syllables for 2 characters"),
    ],
)
def test_a_pronunciation_that_is_none_is_refused(
    pronunciations: dict[str, str | list[str]], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        read_text("重", pronunciations)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("我爱hello", "'hello'"),
        ("ni hao", "tones of 'ni' are missing"),
        ("你好 안녕", "--language ko"),
        ("привет", "not Mandarin"),
        ("\U0003fffd", "no reading"),
    ],
)
def test_what_cannot_be_read_in_mandarin_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        read_text(text)


@pytest.mark.parametrize("text", ["", "  \n", "。，！", "😀 …"])
def test_nothing_to_read_is_no_word(text: str) -> None:
    assert read_text(text) == ()


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("好，好。", [",", "."]),
        ("好……好！？", ["...", "?"]),
        ("“好”，他说：“走！”", [",", "", ":", "!"]),
        ("好 好", ["", ""]),
        ("好——好", ["-", ""]),
        ("好、好;好", [",", ";", ""]),
    ],
)
def test_punctuation_asks_for_pauses(text: str, marks: list[str]) -> None:
    words = read_text(text)
    assert [word.mark for word in words] == marks
    assert [word.break_after for word in words] == [bool(mark) for mark in marks]


@pytest.mark.parametrize(
    ("word", "syllables"),
    [
        ("Běijīng", "běi jīng"),
        ("fāngàn", "fān gàn"),
        ("fāng'àn", "fāng àn"),
        ("xī'ān", "xī ān"),
        ("xiān", "xiān"),
        ("nǚér", "nǚ ér"),
        ("xian1sheng", "xiān sheng"),
        ("yi4dian3r5", "yì diǎnr"),
        ("tiān'ānmén", "tiān ān mén"),
        ("lu:4se4", "lǜ sè"),
        ("zhuangr4", "zhuàngr"),
    ],
)
def test_words_of_pinyin_are_parted(word: str, syllables: str) -> None:
    assert " ".join(one.pinyin for one in split(word)) == syllables
