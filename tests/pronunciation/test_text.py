"""Reference texts as people paste them: what is said, where to pause, and the sentence again."""

from __future__ import annotations

import random

import pytest

from pronunciation.english.lexicon import plain
from pronunciation.english.text import as_sentence, read_text, sentence_parts
from speech.errors import ConfigError


def spoken(text: str) -> str:
    return " ".join(said for word in read_text(text) for said in word.spoken)


def shown(text: str) -> list[str]:
    return [word.shown for word in read_text(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("25", "twenty five"),
        ("0", "zero"),
        ("-5", "minus five"),
        ("3.14", "three point one four"),
        ("1,000,000", "one million"),
        ("007", "zero zero seven"),
        ("12345678901234", "one two three four five six seven eight nine zero one two three four"),
        ("1999", "nineteen ninety nine"),
        ("1906", "nineteen oh six"),
        ("2005", "two thousand five"),
        ("in the 1990s", "in the nineteen nineties"),
        ("the ’80s", "the eighties"),
        ("1990–2000", "nineteen ninety to two thousand"),
        ("5-10 days", "five to ten days"),
        ("555-1234", "five five five one two three four"),
        ("1st 2nd 3rd 21st", "first second third twenty first"),
        ("1/2 3/4", "one half three quarters"),
        ("3½ hours", "three and a half hours"),
        ("24/7", "twenty four seven"),
        ("10:30", "ten thirty"),
        ("10:05", "ten oh five"),
        ("10:00", "ten o'clock"),
        ("10:00 a.m.", "ten a.m."),
        ("at 7pm", "at seven p.m."),
        ("10 am", "ten a.m."),
        ("14:30", "fourteen thirty"),
        ("$3.50", "three dollars and fifty cents"),
        ("$1", "one dollar"),
        ("$0.99", "ninety nine cents"),
        ("£5 or 5€", "five pounds or five euros"),
        ("$5 million", "five million dollars"),
        ("$3m", "three million dollars"),
        ("3%", "three percent"),
        ("20°C", "twenty degrees celsius"),
        ("1km, 5 km", "one kilometer five kilometers"),
        ("100 km/h", "one hundred kilometers per hour"),
        ("I am 5 m tall", "i am five meters tall"),
        ("MP3", "m p three"),
        ("A4", "a. four"),
        ("5G", "five g"),
        ("COVID-19", "covid nineteen"),
        ("version 1.2.3", "version one point two point three"),
        ("#1", "number one"),
        ("2+2=4", "two plus two equals four"),
    ],
)
def test_figures(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dr. Lee and Mr. Fox", "doctor lee and mister fox"),
        ("Mr Fox", "mister fox"),
        ("e.g. this, i.e. that", "for example this that is that"),
        ("cats vs. dogs etc.", "cats versus dogs et cetera"),
        ("Main St. in St. Louis", "main street in saint louis"),
        ("No. 5", "number five"),
        ("Jan. 5", "january five"),
        ("U.S.A.", "u.s.a."),
        ("A. B. Lee", "a. b lee"),
        ("salt & pepper", "salt and pepper"),
        ("R&D", "r and d"),
        ("C++", "c plus plus"),
        ("me@example.com", "me at example dot com"),
        ("and/or", "and or"),
        ("BBC", "bbc"),
    ],
)
def test_abbreviations_and_signs(text: str, said: str) -> None:
    assert spoken(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It’s ‘fine’", "it's fine"),
        ("“Yes,” she said (twice) [sic]", "yes she said twice sic"),
        ("the dogs' bowls", "the dogs' bowls"),
        ("'the dogs' he said", "the dogs he said"),
        ("’Tis runnin’ 'em", "'tis runnin' 'em"),
        ("Rock 'n' roll", "rock 'n roll"),
        ("well-known e-mail", "well-known e-mail"),
        ("café naïve Zürich", "cafe naive zurich"),
        ("hello \t  world\n🙂 ™", "hello world"),
        ("one—two--three - four", "one two three four"),
        ("_very_ *good*", "very good"),
        ("Hello,world.Next", "hello world next"),
        ("Hello，world。", "hello world"),
        ("I'M SURE", "i'm sure"),
    ],
)
def test_what_is_around_words(text: str, said: str) -> None:
    assert spoken(text) == said


def test_shown_is_what_stands_in_the_text() -> None:
    text = "“Dr. Lee’s 3½ (big) 10–20 U.S.A. café!”"
    assert shown(text) == ["Dr.", "Lee’s", "3", "½", "big", "10–20", "U.S.A.", "café"]
    assert all(part in text for part in shown(text))


@pytest.mark.parametrize(
    ("text", "pauses"),
    [
        ("One, two; three: four", [1, 1, 1, 0]),
        ("One. Two? Three!", [1, 1, 1]),
        ("One — two -- three - four – five…", [1, 1, 1, 1, 1]),
        ("“One,” two (three) four-five", [1, 0, 0, 0]),
        ("One , two .", [1, 1]),
        ("Dr. Lee is e.g. here", [0, 0, 0, 0, 0]),
        ("J. K. Lee", [0, 0, 0]),
        ("At 10 a.m. we go", [0, 0, 0, 0, 0]),
        ("In the U.S.A. He", [0, 0, 1, 0]),
        ("Smith & Co.", [0, 0, 1]),
        ("etc., and", [1, 0]),
        ("No. I mean no.", [1, 0, 0, 1]),
        ("10:30, then 3.5", [1, 0, 0]),
    ],
)
def test_punctuation_asks_for_pauses(text: str, pauses: list[int]) -> None:
    assert [int(word.break_after) for word in read_text(text)] == pauses


@pytest.mark.parametrize("text", ["", "  \n", "...", "🙂 — !", "$", "(*)", "'", "-"])
def test_no_word_no_answer(text: str) -> None:
    assert read_text(text) == ()
    assert as_sentence(()) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("你好", "holds '你好'.*--language zh"),
        ("say 你好 to me", "--language zh"),
        ("안녕하세요", "--language ko"),
        ("こんにちは世界", "--language ja"),
        ("привет", "is not English"),
    ],
)
def test_other_scripts_are_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_text(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("YELL THE VERY SAME THING", "Yell the very same thing."),
        ("I'M SURE I CAN, TOO", "I'm sure I can, too."),
        ("I’m fine", "I'm fine."),
        ("i think i'm ok", "I think I'm ok."),
        ("hello, Mr. Fox! how are you?", "Hello, Mr. Fox! How are you?"),
        ("The BBC in the U.S.A.", "The BBC in the U.S.A."),
        ("well , that is it ,", "Well, that is it."),
        ("Wait — what; no: yes…", "Wait, what; no: yes."),
        ("25 apples & $3.50", "Twenty five apples and three dollars and fifty cents."),
        ("$5 million, 5 km", "Five million dollars, five kilometers."),
        ("an A4 page", "An A four page."),
        ("I", "I."),
    ],
)
def test_as_sentence(text: str, sentence: str) -> None:
    words = read_text(text)
    assert as_sentence(words) == sentence
    assert " ".join(sentence_parts(words)) == sentence
    assert len(sentence_parts(words)) == len(words)


def test_any_text_can_be_read() -> None:
    pieces = [*"abXY.,:;!?'’\"()-–—…/&@#$€%°+=_0159½²é🙂 ", "U.S.", "St.", "$5", "million", " 3 "]
    chance = random.Random(0)
    for _ in range(1_000):
        text = "".join(chance.choices(pieces, k=chance.randint(1, 25)))
        words = read_text(text)
        for word in words:
            assert word.shown and word.spoken, text
            assert word.break_after == bool(word.mark), text
            assert all(plain(said) for said in word.spoken), text
        assert not words or as_sentence(words)[-1] in ".?!", text
