"""The embedded English recogniser on human voices, and on what is no voice at all."""

from __future__ import annotations

import threading
from pathlib import Path
from time import sleep

import numpy as np
import pytest

from speech.audio import RATE, Samples, read
from speech.errors import EngineError, ModelError
from speech.models import ModelStore
from speech.recognition import Partial, Recognizer
from speech.recognition.beam import Beam, StepDecoder
from speech.recognition.moonshine import MoonshineRecognizer, digits_apart
from tests.speech.sounds import SOUNDS
from tests.speech.words import spoken_words, transcripts


def recognize(
    recognizer: Recognizer, samples: Samples, block: int = 1_600
) -> tuple[list[str], str]:
    stream = recognizer.stream()
    partials: list[str] = []
    for start in range(0, samples.size, block):
        partial = stream.feed(samples[start : start + block])
        if isinstance(partial, Partial):
            partials.append(partial.text)
    return partials, stream.finish().text


def test_every_human_command_is_understood(commands: Path, moonshine: MoonshineRecognizer) -> None:
    for name, said in transcripts(commands).items():
        if name == "vosk_test.wav":
            continue  # a string of fifteen digits: see below
        partials, final = recognize(moonshine, read(commands / name))
        assert spoken_words(final) == spoken_words(said), name
        assert partials, name


def test_a_digit_string_keeps_its_digits(commands: Path, moonshine: MoonshineRecognizer) -> None:
    said = spoken_words(transcripts(commands)["vosk_test.wav"])
    heard = spoken_words(recognize(moonshine, read(commands / "vosk_test.wav"))[1])
    assert len(heard) == len(said)
    assert sum(a != b for a, b in zip(heard, said, strict=True)) <= 1


@pytest.mark.parametrize(
    ("written", "apart"),
    [
        ("1-0-0-0-1. 9-0-2-1-0", "1 0 0 0 1. 9 0 2 1 0"),
        ("Dial 1-8-0, please.", "Dial 1 8 0, please."),
        ("10001 90210", "10001 90210"),
        ("Call 555-1234 on 2024-05-06.", "Call 555-1234 on 2024-05-06."),
        ("4-5 people, channel A-1-2-3", "4-5 people, channel A-1-2-3"),
    ],
)
def test_digits_said_one_by_one_are_written_apart(written: str, apart: str) -> None:
    assert digits_apart(written) == apart


def test_final_partials_words_and_alternatives_write_digits_alike(
    commands: Path, moonshine: MoonshineRecognizer
) -> None:
    stream = moonshine.stream()
    samples = read(commands / "vosk_test.wav")
    fed = [stream.feed(samples[start : start + 1_600]) for start in range(0, samples.size, 1_600)]
    final = stream.finish()
    texts = [partial.text for partial in fed if partial]
    texts += [final.text, *(other.text for other in final.alternatives)]
    assert not any("0-0-" in text for text in texts)
    assert [word.word for word in final.words] == final.text.split()


def test_a_final_below_the_gate_is_empty(commands: Path, moonshine: MoonshineRecognizer) -> None:
    samples = read(commands / "turn_on_the_lamp.wav")
    stream = moonshine.stream()
    stream.feed(samples)
    confidence = stream.finish().confidence or 0
    assert 0.5 < confidence < 0.99
    strict = MoonshineRecognizer(ModelStore().path("moonshine-tiny-en"), gate=0.99).stream()
    strict.feed(samples)
    final = strict.finish()
    assert (final.text, final.words, final.confidence) == ("", (), 0.0)


def test_the_final_has_words_confidences_and_different_alternatives(
    commands: Path, moonshine: MoonshineRecognizer
) -> None:
    stream = moonshine.stream()
    stream.feed(read(commands / "turn_on_the_lamp.wav"))
    final = stream.finish()
    assert [word.word for word in final.words] == final.text.split()
    assert all(0 < (word.confidence or 0) <= 1 for word in final.words)
    assert final.alternatives[0].text == final.text
    read_alike = [tuple(spoken_words(other.text)) for other in final.alternatives]
    assert len(set(read_alike)) == len(read_alike) > 1


def test_working_ahead_changes_nothing(commands: Path, moonshine: MoonshineRecognizer) -> None:
    samples = read(commands / "set_timer.wav")
    plain = moonshine.stream()
    plain.feed(samples)
    ahead = moonshine.stream()
    ahead.feed(samples[: RATE // 2])
    ahead.anticipate()  # thrown away, since more audio comes
    ahead.feed(samples[RATE // 2 :])
    ahead.anticipate()
    assert ahead.finish() == plain.finish()


def test_without_partials_none_is_computed(commands: Path, moonshine: MoonshineRecognizer) -> None:
    stream = moonshine.stream(partials=False)
    assert stream.feed(read(commands / "jfk.flac")) is None
    assert "ask not" in stream.finish().text


@pytest.mark.parametrize(("taken", "least", "most"), [(0.0, 8, 20), (0.4, 2, 4)])
def test_on_a_slow_machine_partials_come_less_often(
    moonshine: MoonshineRecognizer,
    monkeypatch: pytest.MonkeyPatch,
    taken: float,
    least: int,
    most: int,
) -> None:
    calls: list[int] = []

    def slow(decoder: StepDecoder, limit: int) -> Beam:
        calls.append(limit)
        sleep(taken)
        return Beam()

    monkeypatch.setattr("speech.recognition.moonshine.greedy_search", slow)
    stream = moonshine.stream()
    for _ in range(60):
        stream.feed(np.zeros(RATE // 10, np.float32))
    assert least <= len(calls) <= most


@pytest.mark.parametrize("seconds", [0.0, 0.05, 0.14, 0.5, 3.0, 20.0])
@pytest.mark.parametrize("kind", sorted(SOUNDS))
def test_what_is_not_speech_comes_out_empty(
    moonshine: MoonshineRecognizer, kind: str, seconds: float
) -> None:
    assert recognize(moonshine, SOUNDS[kind](seconds).astype(np.float32))[1] == ""


def test_threads_share_one_model(commands: Path, moonshine: MoonshineRecognizer) -> None:
    names = ("turn_on_the_lamp", "set_timer", "what_time_is_it", "play_the_beatles")
    recordings = {name: read(commands / f"{name}.wav") for name in names}
    alone = {name: recognize(moonshine, samples)[1] for name, samples in recordings.items()}
    together: dict[str, str] = {}

    def work(name: str) -> None:
        together[name] = recognize(moonshine, recordings[name])[1]

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == alone


def test_an_utterance_has_a_maximum_length(moonshine: MoonshineRecognizer) -> None:
    stream = moonshine.stream(partials=False)
    stream.feed(np.zeros(29 * RATE, np.float32))
    with pytest.raises(EngineError, match="longer than the 30 s"):
        stream.feed(np.zeros(2 * RATE, np.float32))


def test_a_stream_ends_once(moonshine: MoonshineRecognizer) -> None:
    stream = moonshine.stream()
    stream.close()
    stream.close()
    with pytest.raises(EngineError, match="is over"):
        stream.feed(np.zeros(100, np.float32))
    with pytest.raises(EngineError, match="is over"):
        stream.finish()


def test_a_folder_without_the_model_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.bin").write_bytes(b"\x01a")
    with pytest.raises(ModelError, match="lacks encoder_model.ort, decoder_model_merged.ort"):
        MoonshineRecognizer(tmp_path)
    for name in ("encoder_model.ort", "decoder_model_merged.ort"):
        (tmp_path / name).write_bytes(b"not a model")
    with pytest.raises(ModelError, match="cannot be loaded.*sonorant models verify"):
        MoonshineRecognizer(tmp_path)


@pytest.mark.parametrize("kept", [0, 1_000, 100_003])
def test_a_damaged_vocabulary_is_an_error_at_once(tmp_path: Path, kept: int) -> None:
    folder = ModelStore().path("moonshine-tiny-en")
    for name in ("encoder_model.ort", "decoder_model_merged.ort"):
        (tmp_path / name).symlink_to(folder / name)
    (tmp_path / "tokenizer.bin").write_bytes((folder / "tokenizer.bin").read_bytes()[:kept])
    with pytest.raises(ModelError, match="damaged.*sonorant models verify"):
        MoonshineRecognizer(tmp_path)
