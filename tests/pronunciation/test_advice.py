"""Advice: the table is whole, and what weighs most is what the learner is told."""

from __future__ import annotations

import itertools
import re
from importlib import resources

import pytest
import yaml

from pronunciation.english.advice import advice_for
from pronunciation.english.phones import PHONES, VOICELESS, ipa, is_vowel
from pronunciation.findings import LANGUAGES
from pronunciation.results import Heard, LexicalStress, Phone, Word, WordError

TABLE = yaml.safe_load(
    (resources.files("pronunciation.english") / "advice.yaml").read_text("utf-8")
)

WORDS = yaml.safe_load((resources.files("pronunciation") / "findings.yaml").read_text("utf-8"))


def phone(name: str, accuracy: float = 95, heard: str | None = None, sure: float = 0.7) -> Phone:
    return Phone(
        name, 0.0, 0.1, accuracy, (Heard(name.rstrip("012") if heard is None else heard, sure),)
    )


def word(spelling: str, *phones: Phone, error: WordError = WordError.MISPRONUNCIATION) -> Word:
    return Word(spelling, 0.0, 0.5, 60, 100, 60, error, phones)


def three(accuracy: float = 30, heard: str = "S") -> Word:
    return word("three", phone("TH", accuracy, heard), phone("R"), phone("IY1"))


def test_every_sound_has_a_hint_of_its_own_and_nothing_is_said_twice_of_one_pair() -> None:
    assert set(TABLE["sounds"]) == set(PHONES)
    for asked, hints in TABLE["sounds"].items():
        heard = [name for names in hints for name in names.split()]
        assert "any" in heard, asked
        assert len(heard) == len(set(heard)), asked
        assert set(heard) - {"any"} <= set(PHONES) - {asked}, asked
    assert sum(len(names.split()) for hints in TABLE["sounds"].values() for names in hints) > 200


def test_every_hint_is_one_sentence_in_both_languages() -> None:
    kinds = [TABLE["places"], TABLE["words"], WORDS, *TABLE["sounds"].values()]
    for hint in itertools.chain.from_iterable(kind.values() for kind in kinds):
        assert set(hint) == set(LANGUAGES)
        assert re.fullmatch(r"[^.?!]+\.", hint["en"]), hint
        assert re.fullmatch(r"[^。？！]+。", hint["zh"]), hint
        assert re.search("[一-鿿]", hint["zh"]) and not re.search("[一-鿿]", hint["en"])


@pytest.mark.parametrize("asked", PHONES)
def test_every_confusion_is_said_in_a_sentence(asked: str) -> None:
    stressed = f"{asked}1" if is_vowel(asked) else asked
    before: list[list[Phone]] = [[], [phone("AH0")]]
    for heard, first in itertools.product([*PHONES, "", "SIL", "XX"], before):
        phones = [*first, phone(stressed, 10, heard)]
        advice = advice_for([word("it", *phones)])
        assert advice is not None
        assert advice.word == "it" and advice.phone == stressed
        assert advice.heard == ("" if heard in {"", "SIL", "XX", asked} else heard)
        for text in advice.text.values():
            assert "it" in text and f"/{ipa(stressed)}/" in text
            assert "{" not in text and "//" not in text
            if advice.heard and "added" not in text and "多了" not in text:
                assert f"/{ipa(heard)}/" in text


def test_what_was_said_instead_and_what_to_do() -> None:
    advice = advice_for([three()])
    assert advice is not None
    assert (advice.word, advice.phone, advice.heard) == ("three", "TH", "S")
    assert advice.text["en"].startswith(
        "In “three”, /θ/ sounded like /s/: bring the tongue forward"
    )
    assert advice.text["zh"].startswith("“three”中的 /θ/ 听起来像 /s/：舌头往前伸")


def test_nothing_is_said_where_nothing_is_wrong() -> None:
    assert advice_for([]) is None
    assert advice_for([word("it", phone("IH1"), phone("T", 60), error=WordError.NONE)]) is None


def test_the_lowest_sound_comes_first_but_what_is_sure_goes_before_what_is_vague() -> None:
    vet = word("vet", phone("V", 10, "W"), phone("EH1"), phone("T"))
    assert (first := advice_for([three(30), vet])) and first.phone == "V"
    vague = word("vet", phone("V", 10, "W", sure=0.2), phone("EH1"), phone("T"))
    assert (first := advice_for([three(30), vague])) and first.phone == "TH"
    assert (only := advice_for([vague])) and only.heard == ""
    assert only.text["en"].startswith("In “vet”, /v/ was not clear: touch the lower lip")


def test_what_happens_often_goes_before_what_happens_once() -> None:
    vet = word("vet", phone("V", 10, "W"), phone("EH1"), phone("T"))
    twice = [three(40), vet, word("thin", phone("TH", 35, "S"), phone("IH1"), phone("N"))]
    assert (advice := advice_for(twice)) and (advice.phone, advice.word) == ("TH", "thin")


@pytest.mark.parametrize(
    ("phones", "said"),
    [
        ([phone("B"), phone("EH1"), phone("D", 20, "T")], "make the vowel before it longer"),
        ([phone("K"), phone("AE1"), phone("T", 20, "")], "small puff of air"),
        (
            [phone("K"), phone("AE1"), phone("T", 20, "AH")],
            "a vowel was added at /t/: end",
        ),
        ([phone("B"), phone("L", 20, "AH"), phone("UW1")], "raise the tip of your tongue"),
        ([phone("S", 20, "AH"), phone("K"), phone("AY1")], "go straight from one consonant"),
        (
            [phone("W"), phone("ER1"), phone("L", 20, ""), phone("D")],
            "two consonants stand",
        ),
        ([phone("D", 20, "T"), phone("AA1"), phone("G")], "let your voice hum before"),
        ([phone("F"), phone("IY1"), phone("L", 20, "OW")], "raise the tip of your tongue"),
        ([phone("S"), phone("IH1"), phone("NG", 20, "N")], "close with the back of it"),
    ],
)
def test_the_place_in_the_word_matters(phones: list[Phone], said: str) -> None:
    advice = advice_for([word("word", *phones)])
    assert advice is not None
    # A dark L said as a vowel is no added vowel: the sound has a hint of its own.
    assert ("raise the tip" if said == "raise the tip of your tongue" else said) in advice.text[
        "en"
    ]


@pytest.mark.parametrize("error", [error for error in WordError if error is not WordError.NONE])
def test_errors_of_whole_words_are_advised_on(error: WordError) -> None:
    advice = advice_for([Word("apple", 0.0, 0.5, 90, 100, 90, error)])
    if error is WordError.MISPRONUNCIATION:
        assert advice is None, "there is no sound to name"
        return
    assert advice is not None
    assert (advice.word, advice.phone, advice.heard) == ("apple", "", "")
    assert all("“apple”" in text for text in advice.text.values())


def test_an_insertion_without_words_is_advised_on_too() -> None:
    advice = advice_for([Word("", 0.0, 0.5, None, None, None, WordError.INSERTION)])
    assert advice is not None and advice.text["en"].startswith("Something was said")


def test_wrong_stress_is_told_by_syllable_unless_it_scored_well() -> None:
    def record(stress: float | None) -> Word:
        return Word("record", 0, 1, 90, stress, 80, WordError.NONE, (), LexicalStress(2, 1))

    assert (advice := advice_for([record(20)]))
    assert "stress syllable 2 instead of syllable 1" in advice.text["en"]
    assert "第 2 个音节，而不是第 1 个" in advice.text["zh"]
    assert advice_for([record(None)]) is not None
    assert advice_for([record(100)]) is None
    right = Word("record", 0, 1, 90, 20, 80, WordError.NONE, (), LexicalStress(2, 2))
    assert advice_for([right]) is None


def test_a_flat_voice_counts_once_and_left_out_words_count_each() -> None:
    flat = [Word(name, 0, 1, 90, 100, 90, WordError.MONOTONE) for name in "abcdefgh"]
    assert (advice := advice_for([*flat, three()])) and advice.phone == "TH"
    left_out = [Word(name, None, None, 0.0, None, 0.0, WordError.OMISSION) for name in "abc"]
    assert (advice := advice_for([*left_out, three()])) and advice.phone == ""


def test_sounds_of_words_that_were_not_said_are_not_advised_on() -> None:
    gone = word("three", phone("TH", 0, "S"), error=WordError.OMISSION)
    assert (advice := advice_for([gone])) and "left out" in advice.text["en"]


def test_words_may_hold_anything() -> None:
    assert (advice := advice_for([word("{0}{hint}", phone("TH", 10, "S"))]))
    assert "“{0}{hint}”" in advice.text["en"]


def test_voiceless_sounds_never_ask_for_voice_in_general() -> None:
    for name in VOICELESS - {"HH"}:
        assert "let your voice" not in TABLE["sounds"][name]["any"]["en"], name
