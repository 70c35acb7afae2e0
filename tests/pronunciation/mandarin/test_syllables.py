import pytest

from pronunciation.mandarin.syllables import (
    FINALS,
    INITIALS,
    SYLLABLES,
    TONES,
    Syllable,
    is_syllable,
    parse,
)
from speech.errors import ConfigError


def test_the_inventory_is_that_of_the_standard() -> None:
    assert len(INITIALS) == len(set(INITIALS)) == 22
    assert 400 <= len(SYLLABLES) <= 420
    used = set(SYLLABLES.values())
    assert len(used) == len(SYLLABLES), "two spellings of one syllable"
    assert {initial for initial, _ in used} == set(INITIALS)
    assert {final for _, final in used} == set(FINALS)
    for (
        spelling
    ) in "yi wu yu you wei wen weng yuan yun yong liu gui lun lü nüe ju xue zi shi er".split():
        assert spelling in SYLLABLES


@pytest.mark.parametrize(
    ("written", "parts", "marked"),
    [
        ("zhong1", ("zh", "ong", 1), "zhōng"),
        ("zhōng", ("zh", "ong", 1), "zhōng"),
        ("ZI4", ("z", "ii", 4), "zì"),
        ("shi2", ("sh", "iii", 2), "shí"),
        ("ji3", ("j", "i", 3), "jǐ"),
        ("liu2", ("l", "iou", 2), "liú"),
        ("gui4", ("g", "uei", 4), "guì"),
        ("you3", ("", "iou", 3), "yǒu"),
        ("wen2", ("", "uen", 2), "wén"),
        ("yuan2", ("", "van", 2), "yuán"),
        ("xue2", ("x", "ve", 2), "xué"),
        ("lv4", ("l", "v", 4), "lǜ"),
        ("lü4", ("l", "v", 4), "lǜ"),
        ("lu:4", ("l", "v", 4), "lǜ"),
        ("lve4", ("l", "ve", 4), "lüè"),
        ("nue4", ("n", "ve", 4), "nüè"),
        ("jv2", ("j", "v", 2), "jú"),
        ("nü", ("n", "v", 5), "nü"),
        ("ma0", ("m", "a", 5), "ma"),
        ("r", ("", "er", 5), "er"),
    ],
)
def test_pinyin_is_read_and_written(written: str, parts: tuple[str, str, int], marked: str) -> None:
    syllable = parse(written)
    assert (syllable.initial, syllable.final, syllable.tone) == parts
    assert syllable.pinyin == marked


def test_an_r_at_the_end_is_erhua() -> None:
    assert parse("huar1") == parse("huār") == Syllable("h", "ua", 1, erhua=True)
    assert parse("huar1").pinyin == "huār"
    assert not parse("er2").erhua


def test_every_syllable_in_every_tone_comes_back_from_either_spelling() -> None:
    for plain in SYLLABLES:
        for tone in TONES:
            syllable = parse(f"{plain}{tone}")
            assert syllable == parse(syllable.pinyin) == parse(syllable.numbered)


@pytest.mark.parametrize("wrong", ["", "zho1", "zhong6", "zhōng1", "hello", "v", "a12", "1", "花"])
def test_what_is_no_syllable_is_refused_by_name(wrong: str) -> None:
    assert not is_syllable(wrong)
    with pytest.raises(ConfigError, match=f"{wrong!r} is no syllable"):
        parse(wrong)
