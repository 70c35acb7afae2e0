"""The English assessor as a whole: real models on real and on synthetic speech."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pronunciation.english.assessor import EnglishAssessor
from pronunciation.results import Assessment, Reason, WordError
from speech.audio import RATE, Samples, read
from speech.errors import AudioError, ConfigError
from speech.synthesis.espeak import EspeakSynthesizer

TEXT = "The red bus stops at the old bridge"


@pytest.fixture(scope="module")
def assessor() -> Iterator[EnglishAssessor]:
    assessor = EnglishAssessor()
    yield assessor
    assessor.close()


@pytest.fixture(scope="module")
def spoken() -> Samples:
    return say(TEXT)


def say(text: str, language: str = "en") -> Samples:
    synthesizer = EspeakSynthesizer()
    try:
        return np.concatenate([*synthesizer.synthesize(text, language)])
    finally:
        synthesizer.close()


def errors(assessment: Assessment) -> dict[str, WordError]:
    return {word.word: word.error for word in assessment.words}


def total(assessment: Assessment) -> float:
    assert assessment.overall is not None
    return assessment.overall.total


def test_every_word_and_phone_has_scores_and_times(
    assessor: EnglishAssessor, spoken: Samples
) -> None:
    found = assessor.assess(spoken, TEXT, id="bus")
    assert found.assessable
    assert found.reason is None
    assert (found.id, found.language, found.text, found.recognized) == ("bus", "en", TEXT, False)
    assert [word.word for word in found.words] == TEXT.split()
    before = 0.0
    for word in found.words:
        assert word.start is not None and word.end is not None
        assert before <= word.start < word.end <= found.duration
        assert word.phones[0].start == word.start
        assert word.phones[-1].end == word.end
        before = word.end
        for phone in word.phones:
            assert 0 <= phone.accuracy <= 100
            assert phone.start < phone.end
            assert 1 <= len(phone.heard) <= 3
            assert 0 < phone.heard[0].probability <= 1
    assert found.overall is not None and found.rate is not None and found.pitch is not None
    assert 100 < found.rate.words_per_minute < 300
    assert 2 < found.rate.articulation_rate < 8
    assert 60 < (found.pitch.median_hz or 0) < 250
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_same_audio_gives_the_same_result(assessor: EnglishAssessor, spoken: Samples) -> None:
    assert assessor.assess(spoken, TEXT) == assessor.assess(spoken, TEXT)


def test_a_word_that_was_left_out(assessor: EnglishAssessor, spoken: Samples) -> None:
    longer = assessor.assess(spoken, "The red bus always stops at the old bridge")
    assert errors(longer)["always"] is WordError.OMISSION
    assert total(longer) < total(assessor.assess(spoken, TEXT))


def test_words_that_were_added(assessor: EnglishAssessor, spoken: Samples) -> None:
    longer = assessor.assess(say(f"Well yesterday {TEXT.lower()}"), TEXT)
    added = [word for word in longer.words if word.error is WordError.INSERTION]
    assert [word.word.lower() for word in added] == ["well", "yesterday"]
    assert added[0].accuracy is None
    assert total(longer) < total(assessor.assess(spoken, TEXT)) - 5


def test_a_pause_where_none_belongs(assessor: EnglishAssessor) -> None:
    gap = np.zeros(round(0.9 * RATE), np.float32)
    halting = np.concatenate([say("The red bus"), gap, say("stops at the old bridge")])
    found = assessor.assess(halting, TEXT)
    assert errors(found)["stops"] is WordError.UNEXPECTED_BREAK
    (pause,) = [pause for pause in found.pauses if pause.end - pause.start > 0.5]
    assert found.words[pause.before].word == "stops"
    assert not pause.expected
    rested = assessor.assess(halting, "The red bus, stops at the old bridge")
    assert errors(rested)["stops"] is not WordError.UNEXPECTED_BREAK


def test_free_speech_is_recognized_first(assessor: EnglishAssessor, spoken: Samples) -> None:
    found = assessor.assess(spoken, None)
    assert found.assessable
    assert found.recognized
    assert "old bridge" in found.text


def test_the_caller_may_give_pronunciations(assessor: EnglishAssessor, spoken: Samples) -> None:
    found = assessor.assess(spoken, TEXT, pronunciations={"bus": ["B UH1 S"]})
    (bus,) = [word for word in found.words if word.word == "bus"]
    assert [phone.phone for phone in bus.phones] == ["B", "UH1", "S"]
    usual = assessor.assess(spoken, TEXT)
    assert [phone.phone for phone in usual.words[2].phones] == ["B", "AH1", "S"]
    with pytest.raises(ConfigError, match="QQ"):
        assessor.assess(spoken, TEXT, pronunciations={"bus": ["B QQ1 S"]})


def test_pronunciations_go_by_the_word_as_it_is_shown(
    assessor: EnglishAssessor, spoken: Samples
) -> None:
    ways = ["S AA1 S", "K AA1 K", "T AA1 T", "P AA1 P", "B AH1 S"]
    found = assessor.assess(spoken, TEXT, pronunciations={"BUS": ways})
    assert [phone.phone for phone in found.words[2].phones] == ["B", "AH1", "S"]
    found = assessor.assess(spoken, "The red 7 stops", pronunciations={"7": "B AH1 S"})
    assert [phone.phone for phone in found.words[2].phones] == ["B", "AH1", "S"]


def test_a_word_whose_letters_the_recogniser_spells_in_bytes(
    assessor: EnglishAssessor, spoken: Samples
) -> None:
    found = assessor.assess(spoken, "The red bus stops at the ế old bridge")
    assert len(found.words) >= 9


def test_a_text_that_was_broken_off(assessor: EnglishAssessor, spoken: Samples) -> None:
    half = assessor.assess(say("The red bus stops"), TEXT)
    assert total(half) < total(assessor.assess(spoken, TEXT)) - 20
    assert half.overall is not None and half.overall.completeness < 80


def test_audio_of_two_channels_is_refused(assessor: EnglishAssessor) -> None:
    with pytest.raises(AudioError, match="one channel"):
        assessor.assess(np.zeros((RATE, 2), np.float32), TEXT)


def test_figures_are_read_as_words(assessor: EnglishAssessor) -> None:
    found = assessor.assess(say("I have twenty five dogs"), "I have 25 dogs.")
    assert [word.word for word in found.words] == ["I", "have", "25", "dogs"]
    assert len(found.words[2].phones) >= 8


@pytest.mark.parametrize("text", ["", "  ", "!?", "你好"])
def test_a_text_that_is_none(assessor: EnglishAssessor, spoken: Samples, text: str) -> None:
    with pytest.raises(ConfigError):
        assessor.assess(spoken, text)


def noise(seconds: float, loudness: float = 0.1) -> Samples:
    random = np.random.default_rng(7)
    return random.normal(0, loudness, round(seconds * RATE)).astype(np.float32)


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (np.zeros(0, np.float32), Reason.TOO_SHORT),
        (np.zeros(1_000, np.float32), Reason.TOO_SHORT),
        (np.zeros(3 * RATE, np.float32), Reason.SILENCE),
        (np.full(3 * RATE, np.nan, np.float32), Reason.SILENCE),
        (noise(3, 1e-4), Reason.SILENCE),
        (noise(3), Reason.NOISE),
        (np.sign(noise(3)), Reason.CLIPPED),
        (noise(31), Reason.TOO_LONG),
    ],
)
def test_what_cannot_be_assessed(
    assessor: EnglishAssessor, samples: Samples, reason: Reason
) -> None:
    for text in (TEXT, None):
        found = assessor.assess(samples, text)
        assert not found.assessable
        assert found.reason is reason
        assert found.overall is None
        assert found.words == ()


@pytest.mark.parametrize("text", ["Nobody told me about your new garden", "Yes"])
def test_another_text_was_read(assessor: EnglishAssessor, spoken: Samples, text: str) -> None:
    assert assessor.assess(spoken, text).reason is Reason.NOT_READ


@pytest.mark.parametrize(
    ("text", "language"),
    [("아침에 일찍 일어나서 산책을 합니다", "ko"), ("Wir fahren morgen nach München", "de")],
)
def test_another_language(assessor: EnglishAssessor, text: str, language: str) -> None:
    assert assessor.assess(say(text, language), TEXT).reason is Reason.NOT_READ


def test_clipped_speech(assessor: EnglishAssessor, spoken: Samples) -> None:
    loud = np.clip(spoken * 40, -1, 1)
    assert assessor.assess(loud, TEXT).reason is Reason.CLIPPED


def test_progress_while_one_reads(assessor: EnglishAssessor, spoken: Samples) -> None:
    stream = assessor.stream(TEXT, id="live")
    reports = [stream.feed(block) for block in np.array_split(spoken, 40)]
    words = [report.words for report in reports if report is not None]
    assert words == sorted(set(words))
    assert len(words) >= 2
    assert words[-1] <= len(TEXT.split())
    found = stream.finish()
    assert found.id == "live"
    assert found == assessor.assess(spoken, TEXT, id="live")
    with pytest.raises(AudioError, match="30 s"):
        assessor.stream(TEXT).feed(noise(31))


# Real learners.


def learners(data: Path, count: int) -> list[tuple[Samples, str, dict[str, float]]]:
    folder = data / "speechocean762"
    labels = [json.loads(line) for line in (folder / "labels.jsonl").read_text().splitlines()]
    chosen = np.random.default_rng(11).choice(len(labels), count, replace=False)
    return [
        (read(folder / "audio" / f"{label['id']}.opus"), label["text"], label)
        for label in (labels[one] for one in chosen)
    ]


def test_learners_are_ranked_as_experts_rank_them(assessor: EnglishAssessor, data: Path) -> None:
    """A check that all is wired up; how good the scorer is, benchmarks/pronunciation.py says."""
    pairs = [
        (found.overall.total, label["total"])
        for samples, text, label in learners(data, 40)
        for found in [assessor.assess(samples, text)]
        if found.overall is not None
    ]
    assert len(pairs) >= 36
    ours, experts = np.array(pairs).T
    assert np.corrcoef(ours, experts)[0, 1] > 0.75


def test_scores_fall_as_they_should(assessor: EnglishAssessor, data: Path) -> None:
    readings = [one for one in learners(data, 80) if one[2]["total"] >= 8][:12]
    random = np.random.default_rng(3)
    fell = {"another text": 0, "words cut out": 0, "noise": 0, "word added": 0}
    for number, (samples, text, _) in enumerate(readings):
        before = assessor.assess(samples, text)
        assert before.overall is not None
        other = assessor.assess(samples, readings[number - 1][1])
        fell["another text"] += not other.assessable or total(other) < 0.6 * total(before)
        half = assessor.assess(_without_half(samples, before), text)
        fell["words cut out"] += not half.assessable or total(half) < total(before) - 5
        loud = random.normal(0, np.sqrt(np.mean(samples**2)), samples.size)
        noisy = assessor.assess((samples + loud).astype(np.float32), text)
        fell["noise"] += not noisy.assessable or total(noisy) < total(before)
        added = assessor.assess(samples, f"{text} elephants")
        fell["word added"] += not added.assessable or total(added) < total(before)
    for change, count in fell.items():
        assert count >= 0.88 * len(readings), (change, count)


def _without_half(samples: Samples, assessment: Assessment) -> Samples:
    """The recording without the second half of its words."""
    middle = assessment.words[len(assessment.words) // 2].start
    assert middle is not None
    return np.concatenate([samples[: round(middle * RATE)], np.zeros(RATE // 2, np.float32)])


def test_mandarin_is_not_english(assessor: EnglishAssessor, data: Path) -> None:
    for file in sorted((data / "mandarin" / "sentences").glob("*.wav")):
        assert assessor.assess(read(file), TEXT).reason is Reason.NOT_READ
