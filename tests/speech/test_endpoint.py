"""Where utterances begin and end, by a scripted voice activity and by the real one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from speech.audio import RATE, Samples, read
from speech.endpoint import (
    Endpointer,
    EndpointEvent,
    EndpointSettings,
    SpeechAudio,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)
from speech.errors import ConfigError, ModelError
from speech.models import ModelStore
from speech.vad import WINDOW, SileroVad
from tests.speech.doubles import LoudnessVad

Kind = TypeVar("Kind")

STEP = WINDOW / RATE


def drawn(*parts: tuple[float, float]) -> Samples:
    """Audio of (seconds, loudness) parts, in whole windows."""
    sizes = [(round(seconds / STEP) * WINDOW, loudness) for seconds, loudness in parts]
    return np.concatenate([np.full(size, loudness, np.float32) for size, loudness in sizes])


def events(
    samples: Samples, settings: EndpointSettings | None = None, block: int = 1_000
) -> list[EndpointEvent]:
    endpointer = Endpointer(LoudnessVad(), settings)
    found: list[EndpointEvent] = []
    for start in range(0, samples.size, block):
        found += endpointer.feed(samples[start : start + block])
    return [*found, *endpointer.finish()]


def of_type(found: Sequence[object], kind: type[Kind]) -> list[Kind]:
    return [event for event in found if isinstance(event, kind)]


def speech_audio(found: Sequence[EndpointEvent]) -> Samples:
    return np.concatenate([event.samples for event in of_type(found, SpeechAudio)])


def test_an_utterance_has_preroll_and_ends_after_its_silence() -> None:
    found = events(drawn((1.0, 0.0), (1.0, 0.5), (2.0, 0.0)))
    (started,) = of_type(found, SpeechStarted)
    (ended,) = of_type(found, SpeechEnded)
    assert started.time == pytest.approx(1.0, abs=STEP)
    assert started.audio_start == pytest.approx(0.7, abs=2 * STEP)
    assert ended.end_of_speech == pytest.approx(2.0, abs=STEP)
    assert ended.time - ended.end_of_speech == pytest.approx(0.7, abs=STEP)
    assert not ended.truncated
    assert [type(event) for event in found if not isinstance(event, SpeechAudio)] == [
        SpeechStarted,
        SpeechPaused,
        SpeechEnded,
    ]


@pytest.mark.parametrize("block", [1, 100, 512, 16_000, 64_000])
def test_block_size_makes_no_difference(block: int) -> None:
    samples = drawn((0.5, 0.0), (0.6, 0.5), (0.4, 0.0), (0.5, 0.5), (1.0, 0.0))[:40_000]
    assert speech_audio(events(samples, block=block)).tolist() == (
        speech_audio(events(samples, block=997)).tolist()
    )


def test_a_pause_inside_a_sentence_keeps_it_whole_and_its_silence_is_passed_on() -> None:
    samples = drawn((0.5, 0.0), (1.0, 0.5), (0.5, 0.0), (1.0, 0.4), (1.0, 0.0))
    found = events(samples)
    assert len(of_type(found, SpeechStarted)) == len(of_type(found, SpeechEnded)) == 1
    assert len(of_type(found, SpeechPaused)) == 2
    assert len(of_type(found, SpeechResumed)) == 1
    passed = speech_audio(found)
    assert np.count_nonzero(passed == np.float32(0.4)) == round(1.0 / STEP) * WINDOW
    between = passed[
        np.flatnonzero(passed == 0.5)[-1] : np.flatnonzero(passed == np.float32(0.4))[0]
    ]
    assert between.size / RATE == pytest.approx(0.5, abs=STEP)


def test_silence_after_the_pause_is_held_back() -> None:
    found = events(drawn((0.5, 0.0), (1.0, 0.5), (3.0, 0.0)))
    paused = next(index for index, event in enumerate(found) if isinstance(event, SpeechPaused))
    assert of_type(found[paused:], SpeechAudio) == []


def test_a_click_is_not_speech() -> None:
    assert events(drawn((0.5, 0.0), (0.1, 0.9), (1.0, 0.0), (0.1, 0.9), (1.0, 0.0))) == []


def test_long_speech_is_cut_at_the_maximum_and_loses_nothing() -> None:
    settings = EndpointSettings(maximum_length=5.0)
    samples = drawn((0.5, 0.0), (12.0, 0.5), (1.0, 0.0))
    found = events(samples, settings)
    ends = of_type(found, SpeechEnded)
    assert [end.truncated for end in ends] == [True, True, False]
    heard = np.count_nonzero(speech_audio(found))
    assert heard == np.count_nonzero(samples)


def test_near_the_maximum_a_short_pause_is_enough() -> None:
    settings = EndpointSettings(maximum_length=6.0)
    samples = drawn((0.5, 0.0), (5.0, 0.5), (0.3, 0.0), (2.0, 0.5), (1.0, 0.0))
    ends = of_type(events(samples, settings), SpeechEnded)
    assert ends[0].end_of_speech == pytest.approx(5.5, abs=2 * STEP)
    assert not ends[0].truncated


def test_the_end_of_the_audio_ends_the_utterance() -> None:
    found = events(drawn((0.5, 0.0), (1.0, 0.5)))
    assert len(of_type(found, SpeechEnded)) == 1
    assert np.count_nonzero(speech_audio(found)) == round(1.0 / STEP) * WINDOW


@pytest.mark.parametrize(
    "wrong",
    [
        {"threshold": 1.5},
        {"threshold": 0.1},
        {"trailing_silence": -1.0},
        {"trailing_silence": float("nan")},
        {"pause": 1.0, "trailing_silence": 0.5},
        {"maximum_length": 0.5},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ConfigError):
        EndpointSettings(**wrong)


@pytest.mark.parametrize("content", [b"", b"\x93 not a model" * 100])
def test_a_damaged_model_is_an_error_that_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    store = ModelStore(tmp_path)
    (tmp_path / "silero-vad").mkdir()
    (tmp_path / "silero-vad" / "silero_vad.onnx").write_bytes(content)
    with pytest.raises(ModelError, match="cannot be loaded.*sonorant models verify"):
        SileroVad(store)


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.5, 40.0])
def test_a_recording_at_once_is_heard_as_in_a_stream(
    seconds: float, commands: Path, vad: SileroVad
) -> None:
    samples = np.resize(read(commands / "set_timer.wav"), round(seconds * RATE))
    stream, whole = vad.stream(), samples.size // WINDOW
    expected = [stream.feed(one) for one in samples[: whole * WINDOW].reshape(whole, WINDOW)]
    np.testing.assert_allclose(vad.windows(samples), expected, atol=1e-5)


def test_silence_and_noise_are_no_speech(vad: SileroVad) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 10 * RATE).astype(np.float32)
    for samples in (np.zeros(10 * RATE, np.float32), noise):
        assert list(Endpointer(vad).feed(samples)) == []


def test_human_commands_are_one_utterance_each(commands: Path, vad: SileroVad) -> None:
    for name in ("turn_on_the_lamp", "set_timer", "what_time_is_it", "weather_question"):
        endpointer = Endpointer(vad)
        found = [*endpointer.feed(read(commands / f"{name}.wav")), *endpointer.finish()]
        assert len(of_type(found, SpeechEnded)) == 1, name
