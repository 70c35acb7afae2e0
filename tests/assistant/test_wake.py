"""Wake words in synthetic voices, and their absence in human ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.wake import Wake, WakeWords, after_wake_word, available_words
from speech.audio import RATE, Samples, read
from speech.errors import EngineError
from speech.synthesis.espeak import EspeakSynthesizer

SILENCE = np.zeros(RATE, np.float32)


@pytest.fixture(scope="module")
def nabu() -> Samples:
    spoken = EspeakSynthesizer("en-gb").synthesize("okay nabu, turn on the lamp")
    return np.concatenate([SILENCE, *spoken, SILENCE])


def test_each_word_is_heard_and_no_other() -> None:
    listening = WakeWords(("okay_nabu", "alexa", "hey_mycroft"))
    voice = EspeakSynthesizer("en-gb")
    for word in listening.words:
        listening.reset()
        spoken = voice.synthesize(f"{word.replace('_', ' ')}, what time is it")
        heard = listening.feed(np.concatenate([SILENCE, *spoken, SILENCE]))
        assert [wake.word for wake in heard] == [word]


@pytest.mark.parametrize("block", [1, 160, 1_000, RATE])
def test_block_size_makes_no_difference(nabu: Samples, block: int) -> None:
    samples = nabu[: 5 * RATE // 2]
    listening = WakeWords()
    heard: list[Wake] = []
    for start in range(0, samples.size, block):
        heard += listening.feed(samples[start : start + block])
    (whole,) = WakeWords().feed(samples)
    assert heard == [whole]
    assert 1.2 < whole.time < 2.2


def test_a_word_heard_is_not_heard_again_at_once(nabu: Samples) -> None:
    twice = np.concatenate([nabu, nabu])
    apart = nabu.size / RATE
    assert len(WakeWords(refractory=apart - 0.5).feed(twice)) == 2
    assert len(WakeWords(refractory=apart + 0.5).feed(twice)) == 1


def test_noise_silence_and_nonsense_wake_nobody() -> None:
    listening = WakeWords(available_words())
    noise = np.random.default_rng(2).normal(0, 0.2, 10 * RATE).astype(np.float32)
    nothing = np.full(RATE, np.nan, np.float32)
    for samples in (np.zeros(10 * RATE, np.float32), noise, nothing, 5 * noise):
        assert listening.feed(samples) == ()


def test_human_commands_wake_nobody(commands: Path) -> None:
    listening = WakeWords(available_words())
    for file in sorted([*commands.glob("*.wav"), *commands.glob("*.flac")]):
        assert listening.feed(read(file)) == (), file.name


def test_what_is_no_wake_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="there are alexa, hey_jarvis, hey_mycroft, okay_nabu"):
        WakeWords(("computer",))
    with pytest.raises(EngineError, match="is not a microWakeWord model"):
        WakeWords((str(tmp_path / "mine.json"),))
    with pytest.raises(EngineError, match="at least one"):
        WakeWords(())
    with pytest.raises(EngineError, match="between 0 and 1"):
        WakeWords(threshold=7.0)


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("Okay Nabu, turn on the lamp.", "okay_nabu", "turn on the lamp."),
        ("OK Naboo turn on the lamp.", "okay_nabu", "turn on the lamp."),
        ("Okamu, turn on the lamp.", "okay_nabu", "turn on the lamp."),
        ("Haymicroft, what time is it?", "hey_mycroft", "what time is it?"),
        ("Alexa.", "alexa", ""),
        ("Yes. Okay, Harmu. Turn on the lamp.", "okay_nabu", "Turn on the lamp."),
        ("Turn it off. Alexa, what time is it?", "alexa", "what time is it?"),
        ("Alexa, call Alexa.", "alexa", "call Alexa."),
        ("Turn on the lamp.", "okay_nabu", None),
        ("Okay, turn on the lamp.", "okay_nabu", None),
        ("Turn it off now, okay?", "okay_nabu", None),
        ("Election results", "alexa", None),
        ("", "alexa", None),
    ],
)
def test_the_wake_word_is_taken_off_the_sentence(text: str, word: str, rest: str | None) -> None:
    assert after_wake_word(text, word) == rest
