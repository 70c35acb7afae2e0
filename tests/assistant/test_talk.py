"""The commands ``talk`` and ``demo``, as a person runs them."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--input", "nowhere.wav"], "nowhere.wav: no such file"),
        (["--input", "x.wav", "--area", "moon"], "no area 'moon'"),
        (["--input", "x.wav", "--wake", "sesame"], "sesame"),
        (["--device", "no such device"], "microphone"),
    ],
)
def test_talk_says_what_is_wrong(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["talk", "--mute", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("human", [True, False])
def test_the_demo_turns_on_the_lamp(
    human: bool,
    data: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if not human:
        monkeypatch.delenv("SONORANT_DATA")
    assert main(["demo"]) == 0
    shown = capsys.readouterr().out
    assert ("by a human" if human else "by a synthesised voice") in shown
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
