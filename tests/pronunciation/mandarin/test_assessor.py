"""From what the judge says to the assessment: scores, errors, advice, gates, progress."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import pronunciation
from pronunciation.contract import Progress
from pronunciation.mandarin.advice import advice_for, hints_for, name_of
from pronunciation.mandarin.assessor import MandarinAssessor
from pronunciation.mandarin.syllables import FINALS, INITIALS, letters
from pronunciation.results import Assessment, Overall, Reason, WordError
from speech.audio import RATE, Samples
from speech.errors import AudioError, ConfigError, EngineError
from speech.synthesis.espeak import EspeakSynthesizer
from tests.pronunciation.mandarin.scripted import ScriptedJudge, ScriptedRecognizer

TEXT = "你好，我想买水果。"
SYLLABLES = 7


def spoken(seconds: float = 3.0) -> Samples:
    """Any speech; what counts here is what the judge says of it."""
    synthesizer = EspeakSynthesizer()
    try:
        samples = np.concatenate([*synthesizer.synthesize(TEXT * 3, "zh")])
    finally:
        synthesizer.close()
    return samples[: round(seconds * RATE)]


@pytest.fixture(scope="module")
def speech() -> Samples:
    return spoken()


def assessed(speech: Samples, text: str = TEXT, **judge: object) -> Assessment:
    return MandarinAssessor(ScriptedJudge(**judge)).assess(speech, text, id="a")  # type: ignore[arg-type]


def overall(assessment: Assessment) -> Overall:
    assert assessment.overall is not None
    return assessment.overall


def test_a_good_reading_has_every_score_and_no_advice(speech: Samples) -> None:
    found = assessed(speech)
    assert (found.id, found.language, found.assessable, found.reason) == ("a", "zh", True, None)
    assert [word.word for word in found.words] == ["你好", "我", "想", "买", "水果"]
    assert {word.error for word in found.words[2:]} == {WordError.NONE}
    assert all(word.phones == () and word.stress is None for word in found.words)
    scores = overall(found)
    assert scores.accuracy == scores.tone == 95.0
    assert scores.completeness == 100.0
    assert scores.total > 85
    first, second = found.words[0].syllables
    assert (first.hanzi, first.pinyin, first.initial.expected, first.final.expected) == (
        "你", "nǐ", "n", "i",
    )  # fmt: skip
    assert (first.tone.expected, first.tone.surface) == ("3", "2")
    assert (second.tone.expected, second.tone.surface) == ("3", "3")
    assert found.rate is not None and found.rate.syllables_per_minute == pytest.approx(240, abs=1)
    assert found.pitch is not None
    assert len(first.contour) == pytest.approx(0.25 / found.pitch.step, abs=1)
    json.dumps(found.to_dict(), allow_nan=False, ensure_ascii=False)
    assert assessed(speech, pauses={2: 0.4}).advice is None


def test_a_wrong_tone_costs_the_tone_and_not_the_sounds(speech: Samples) -> None:
    found = assessed(speech, wrong={1: {"tone": "4"}})
    good = assessed(speech)
    assert overall(found).tone is not None and overall(good).tone is not None
    assert overall(found).tone < overall(good).tone  # type: ignore[operator]
    assert overall(found).accuracy == overall(good).accuracy
    assert overall(found).total < overall(good).total
    word = found.words[0]
    assert word.error is WordError.MISPRONUNCIATION
    syllable = word.syllables[1]
    assert syllable.tone.accuracy == 10.0 and syllable.accuracy < 50
    assert syllable.tone.heard[0].phone == "4"
    assert found.advice is not None
    assert (found.advice.word, found.advice.phone, found.advice.heard) == ("你好", "3", "4")
    assert "hǎo" in found.advice.text["en"] and "第4声" in found.advice.text["zh"]


def test_a_neutral_tone_counts_for_nothing(speech: Samples) -> None:
    found = assessed(speech, "我的", wrong={0: {"tone": "4"}, 1: {"initial": "t"}})
    assert overall(found).tone == 10.0
    [said], [light] = (word.syllables for word in found.words)
    assert said.tone.is_judged and not light.tone.is_judged
    assert light.accuracy == pytest.approx(((10 + 95) / 2 + 10) / 2, abs=0.1)
    assert overall(assessed(speech, "吗")).tone == 100.0


def test_a_wrong_sound_costs_the_sounds_and_not_the_tone(speech: Samples) -> None:
    found = assessed(speech, wrong={5: {"initial": "s", "final": "ei"}})
    assert overall(found).accuracy < overall(assessed(speech)).accuracy
    assert overall(found).tone == overall(assessed(speech)).tone
    assert found.words[-1].error is WordError.MISPRONUNCIATION
    assert found.advice is not None and found.advice.word == "水果"


def test_the_same_mistake_twice_weighs_more_than_another_once(speech: Samples) -> None:
    found = assessed(speech, wrong={0: {"initial": "l"}, 2: {"tone": "1"}, 3: {"tone": "1"}})
    assert found.advice is not None
    assert found.advice.heard in ("1", "l")
    tones = {one.tone.surface for word in found.words[1:3] for one in word.syllables}
    assert tones == {"2"}, "both are the same mistake"
    assert (found.advice.phone, found.advice.heard) == ("2", "1")


def test_advice_says_what_sandhi_makes_of_a_tone(speech: Samples) -> None:
    found = assessed(speech, wrong={0: {"tone": "3"}})
    assert found.advice is not None
    assert "(nǐ, here ní), tone 2 sounded like tone 3" in found.advice.text["en"]
    assert "（nǐ，这里读 ní）中的 第2声 听起来像 第3声" in found.advice.text["zh"]


@pytest.mark.parametrize(
    ("wrong", "english", "chinese"),
    [
        (
            {0: {"tone": "3"}},
            "In “你好”, the tone of “你” sounded like tone 3, not tone 2: ",
            "“你好”里，“你”的声调听起来像第3声，应该是第2声：",
        ),
        (
            {3: {"initial": "n"}},
            "The beginning of “想” sounded like the beginning of “拿”: ",
            "“想”的声母听起来像“拿”的声母：",
        ),
        (
            {5: {"final": "iii"}},
            "In “水果”, the ending of “水” sounded like the ending of “吃”: ",
            "“水果”里，“水”的韵母听起来像“吃”的韵母：",
        ),
    ],
)
def test_advice_for_the_ear_names_sounds_by_characters(
    speech: Samples, wrong: dict[int, dict[str, str]], english: str, chinese: str
) -> None:
    advice = advice_for(assessed(speech, wrong=wrong).words, aloud=True)
    assert advice is not None
    assert advice.text["en"].startswith(english) and advice.text["zh"].startswith(chinese)


def test_words_that_were_left_out_are_omissions(speech: Samples) -> None:
    found = assessed(speech, missing=frozenset({5, 6}))
    assert found.words[-1].error is WordError.OMISSION
    assert found.words[-1].total == 0.0 and found.words[-1].start is None
    assert overall(found).completeness == pytest.approx(100 * 5 / 7, abs=0.1)
    assert overall(found).total < overall(assessed(speech)).total * 0.8


def test_pauses_are_where_they_are_and_judged_by_the_punctuation(speech: Samples) -> None:
    found = assessed(speech, pauses={2: 0.4, 5: 0.8})
    assert [(pause.before, pause.expected) for pause in found.pauses] == [(1, True), (4, False)]
    assert found.words[4].error is WordError.UNEXPECTED_BREAK
    assert found.words[1].error is WordError.NONE
    assert overall(found).fluency < overall(assessed(speech, pauses={2: 0.4})).fluency
    assert overall(found).prosody < overall(assessed(speech, pauses={2: 0.4})).prosody
    full = assessed(speech, "你好。我想买水果")
    assert full.words[1].error is WordError.MISSING_BREAK


def test_the_way_that_was_taken_is_the_one_that_is_told(speech: Samples) -> None:
    found = assessed(speech, "谁", chosen={0: 1})
    assert found.words[0].syllables[0].pinyin == "shuí"


def test_what_was_not_read_has_no_scores(speech: Samples) -> None:
    found = assessed(speech, read=False)
    assert (found.assessable, found.reason, found.overall) == (False, Reason.NOT_READ, None)
    nothing = assessed(speech, missing=frozenset(range(SYLLABLES)))
    assert nothing.reason is Reason.NOT_READ


def test_no_speech_has_no_scores(speech: Samples) -> None:
    assessor = MandarinAssessor(ScriptedJudge())
    noise = np.random.default_rng(5).normal(0, 0.05, 2 * RATE).astype(np.float32)
    for samples, reason in (
        (np.zeros(2 * RATE, np.float32), Reason.SILENCE),
        (noise, Reason.NOISE),
        (speech[:1000], Reason.TOO_SHORT),
        (np.tile(speech, 12), Reason.TOO_LONG),
    ):
        assert assessor.assess(samples, TEXT).reason is reason
    with pytest.raises(AudioError, match="one channel"):
        assessor.assess(np.zeros((2, RATE), np.float32), TEXT)


def test_free_speech_needs_a_recogniser_and_the_error_says_so(speech: Samples) -> None:
    with pytest.raises(ConfigError, match="needs a recogniser.*pip install"):
        MandarinAssessor(ScriptedJudge()).assess(speech, None)


def test_a_recogniser_is_a_witness(speech: Samples) -> None:
    def with_witness(heard: str, **judge: object) -> Assessment:
        recognizer = ScriptedRecognizer(heard)
        assessor = MandarinAssessor(ScriptedJudge(**judge), recognizer=recognizer)  # type: ignore[arg-type]
        return assessor.assess(speech, TEXT)

    assert with_witness("今天 天气 真 好 啊").reason is Reason.NOT_READ
    assert with_witness("您 好 我 想 买 水 过").assessable, "by sound, not by character"
    assert with_witness("嗯").assessable, "too little to say anything"
    assert with_witness("hello world").assessable
    doubted = with_witness("你好 我 想 水果", doubtful=frozenset({4}))
    assert doubted.words[3].error is WordError.OMISSION
    assert with_witness("你好 我 想 水果").words[3].error is not WordError.OMISSION
    heard = with_witness("你好 我 想 买 水果", doubtful=frozenset({4}))
    assert heard.words[3].error is not WordError.OMISSION


def test_of_a_recording_that_breaks_off_what_was_read_is_judged(speech: Samples) -> None:
    def broken_off(heard: str) -> Assessment:
        assessor = MandarinAssessor(ScriptedJudge(said=4), recognizer=ScriptedRecognizer(heard))
        return assessor.assess(speech, TEXT)

    found = broken_off("你好 我 想")
    assert [word.error is WordError.OMISSION for word in found.words] == [False] * 3 + [True] * 2
    assert overall(found).completeness == pytest.approx(100 * 4 / 7, abs=0.1)
    assert overall(found).accuracy == 95.0
    end = broken_off("想 买 水果")
    assert [word.error is WordError.OMISSION for word in end.words] == [True] * 2 + [False] * 3
    for heard in ("", "你好", "你好我们今天去看电影", "你好我想买水果"):
        assert broken_off(heard).reason is Reason.NOT_READ, heard


def test_another_language_is_no_reading(speech: Samples) -> None:
    everything: dict[int, dict[str, str]] = {at: {"initial": "", "final": "ê"} for at in range(7)}
    english = ScriptedRecognizer("Welcome to our house")
    found = MandarinAssessor(ScriptedJudge(wrong=everything), recognizer=english)
    assert found.assess(speech, TEXT).reason is Reason.NOT_READ
    assert found.assess(speech, None).reason is Reason.NOT_READ
    right = MandarinAssessor(ScriptedJudge(), recognizer=english)
    assert right.assess(speech, TEXT).assessable, "the judge knows better"
    mixed = MandarinAssessor(ScriptedJudge(), recognizer=ScriptedRecognizer("我 用 iPhone"))
    assert mixed.assess(speech, None).text == "我用"
    marks = MandarinAssessor(
        ScriptedJudge(), recognizer=ScriptedRecognizer("Hello， how are you？")
    )
    assert marks.assess(speech, None).reason is Reason.NOT_READ


def test_free_speech_is_recognised_first(speech: Samples) -> None:
    assessor = MandarinAssessor(ScriptedJudge(), recognizer=ScriptedRecognizer("你好 我 想 买"))
    found = assessor.assess(speech, None)
    assert (found.text, found.recognized, len(found.words)) == ("你好我想买", True, 4)
    silent = MandarinAssessor(ScriptedJudge(), recognizer=ScriptedRecognizer(""))
    assert silent.assess(speech, None).reason is Reason.NOISE


@pytest.mark.parametrize("text", ["", "。", "hello"])
def test_a_text_without_mandarin_is_refused(speech: Samples, text: str) -> None:
    with pytest.raises(ConfigError):
        MandarinAssessor(ScriptedJudge()).assess(speech, text)


def test_a_stream_tells_how_far_the_learner_is(speech: Samples) -> None:
    stream = MandarinAssessor(ScriptedJudge()).stream(TEXT, id="s")
    heard: list[Progress] = []
    for at in range(0, speech.size, RATE // 4):
        if progress := stream.feed(speech[at : at + RATE // 4]):
            heard.append(progress)
    assert heard and heard[-1].words == 5
    assert [each.words for each in heard] == sorted({each.words for each in heard})
    assert stream.finish().id == "s"
    with pytest.raises(AudioError, match="more than 30 s"):
        stream.feed(np.zeros(31 * RATE, np.float32))


def test_a_language_that_cannot_be_assessed_is_named() -> None:
    with pytest.raises(EngineError, match="there is en, zh"):
        pronunciation.open_assessor("ko")


def test_every_part_has_hints_in_both_languages() -> None:
    sounds = {"initial": INITIALS, "final": [*map(letters, FINALS)], "tone": list("12345")}
    count = 0
    for kind, names in sounds.items():
        for name in names:
            hints = hints_for(kind, name)
            assert "any" in hints, (kind, name)
            count += len(hints)
            known = (
                {*INITIALS} if kind == "initial" else {*FINALS} if kind == "final" else {*"12345"}
            )
            assert set(hints) - {"any"} <= known - {name}, (kind, name)
            for hint in hints.values():
                assert set(hint) == {"en", "zh"}
                assert re.search("[一-鿿]", hint["zh"]) and not re.search("[一-鿿]", hint["en"])
                assert hint["en"].endswith((".", ".”", "”.", "!”")) and hint["zh"].endswith(
                    ("。", "。”")
                )
            assert name_of(kind, name, "en") and name_of(kind, name, "zh")
    assert count >= 240
