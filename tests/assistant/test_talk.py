"""The commands ``talk`` and ``demo``, as a person runs them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from service.cli import main
from speech.audio import read, write
from speech.synthesis import open_synthesizer


@pytest.fixture(autouse=True)
def _fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONORANT_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("SONORANT_HOME", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of the demo in a voice that is understood."""
    return say("turn on the lamp", tmp_path_factory.mktemp("spoken") / "command.wav")


def say(text: str, file: Path) -> Path:
    with closing(open_synthesizer("espeak-ng", "en-gb-x-rp")) as voice:
        write(file, np.concatenate([*voice.synthesize(text, "en")]))
    return file


def test_talk_plays_a_recording_and_records_the_reply(
    commands: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording, reply = commands / "turn_on_the_lamp.wav", tmp_path / "reply.wav"
    arguments = ["talk", "--input", str(recording), "--output", str(reply), "--json", "--trace"]
    assert main(arguments) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kinds = [record["type"] for record in records]
    assert {"partial_heard", "final_heard", "device_changed", "trace"} <= set(kinds)
    [replied] = [record for record in records if record["type"] == "replied"]
    assert replied["reply"]["acted"] is True and replied["reply"]["targets"] == ["lamp"]
    assert np.abs(read(reply)).max() > 0.05


def test_talk_shows_plain_lines_where_there_is_no_terminal(
    commands: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["talk", "--input", str(commands / "turn_on_the_lamp.wav"), "--mute"]) == 0
    shown = capsys.readouterr().out
    assert "lamp: on" in shown and "Turned on the lamp" in shown
    assert "\x1b" not in shown


def test_a_timer_that_is_over_does_not_swallow_the_command(
    spoken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").mkdir()
    timer = {"id": 1, "seconds": 5, "due": 1, "name": None, "language": "en"}
    (tmp_path / "state" / "timers.json").write_text(json.dumps([timer]))
    began = time.monotonic()
    assert main(["talk", "--input", str(spoken), "--mute"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("timer for 5 seconds is done") < shown.index("lamp: on")
    assert time.monotonic() - began < 55.0  # a ring lasts for 60 s


def test_talk_says_which_wake_words_it_waits_for(
    spoken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--wake", "alexa", "--wake", "okay_nabu"]
    assert main(["talk", "--input", str(spoken), "--mute", *words]) == 0
    assert "wake word: alexa, okay_nabu\n" in capsys.readouterr().out


def program(*arguments: str) -> subprocess.Popen[str]:
    code = (
        "import signal, sys; from service.cli import main\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    return subprocess.Popen(
        [sys.executable, "-u", "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_talk_ends_quietly_when_nobody_reads_it(spoken: Path, form: list[str]) -> None:
    with program("talk", "--input", str(spoken), "--mute", *form) as talk:
        assert talk.stdout is not None and talk.stderr is not None
        talk.stdout.readline()
        talk.stdout.close()
        assert talk.stderr.read() == ""
        assert talk.wait(60) == 1


def test_an_interrupt_in_the_middle_of_a_reply(tmp_path: Path) -> None:
    question = say("what can you do", tmp_path / "question.wav")  # which has a long answer
    reply = str(tmp_path / "reply.wav")
    with program("talk", "--input", str(question), "--real-time", "--output", reply) as talk:
        assert talk.stdout is not None and talk.stderr is not None
        while "sonorant" not in (line := talk.stdout.readline()):
            assert line, "it ended before it replied"
        time.sleep(0.2)
        talk.send_signal(signal.SIGINT)
        assert talk.stderr.read().strip() == ""
        assert talk.wait(60) == 130


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input", "nowhere.wav"], "nowhere.wav: no such file"),
        (["--input", "x.wav", "--area", "moon"], "no area 'moon'"),
        (["--input", "x.wav", "--wake", "sesame"], "sesame"),
        (["--device", "no such device"], "microphone"),
        (["--input", "x.wav", "--output-device", "no such device"], "loudspeaker"),
    ],
)
def test_talk_says_what_is_wrong(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["talk", "--mute", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_the_demo_turns_on_the_lamp_at_a_human_command(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert "by a human" in shown
    assert shown.index("before: off") < shown.index("lamp: on") < shown.index("after: on")


def test_the_demo_understands_its_own_voice_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SONORANT_DATA", raising=False)
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert "by a synthesised voice" in shown
    # The first hypothesis, not one that the router found further down.
    assert "you  Turn on the lamp." in shown
    assert shown.index("before: off") < shown.index("lamp: on") < shown.index("after: on")
    assert "sonorant talk" in shown


def test_the_demo_fails_if_the_lamp_stays_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "commands").mkdir()
    voice = open_synthesizer()
    try:
        said = np.concatenate([*voice.synthesize("what time is it", "en")])
    finally:
        voice.close()
    write(tmp_path / "commands" / "turn_on_the_lamp.wav", said)
    monkeypatch.setenv("SONORANT_DATA", str(tmp_path))
    assert main(["demo"]) == 1
    assert "still off" in capsys.readouterr().out
