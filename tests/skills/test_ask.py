"""``sonorant ask``, run as a person runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

KEYS = ["text", "language", "stage", "intent", "slots", "targets", "acted", "reply"]


CODE = (
    "import argparse, signal, sys\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)  # however we were started\n"
    "from skills.cli import add_commands\n"
    "from speech.errors import SonorantError\n"
    "parser = argparse.ArgumentParser()\n"
    "add_commands(parser.add_subparsers(required=True))\n"
    "args = parser.parse_args()\n"
    "try: sys.exit(args.run(args))\n"
    "except SonorantError as error: print(error, file=sys.stderr); sys.exit(2)\n"
    "except KeyboardInterrupt: sys.exit(130)\n"
)


def program(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "SONORANT_STATE": str(folder / "state"),
        "XDG_CONFIG_HOME": str(folder),
        "PYTHONUTF8": "1",
    }
    environment.pop("SONORANT_HOME", None)
    return subprocess.Popen(
        [sys.executable, "-c", CODE, "ask", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="surrogateescape",
        env=environment,
    )


def ask(folder: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    with program(folder, *arguments) as running:
        out, err = running.communicate(typed, timeout=60)
    return subprocess.CompletedProcess(arguments, running.returncode, out, err)


def test_lines_go_on_in_the_language_that_was_asked_for(tmp_path: Path) -> None:
    typed = "speak Chinese\n打开台灯\n说英语\nturn off the lamp"
    done = ask(tmp_path, "-", "--json", typed=typed)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["language"] for line in lines] == ["en", "zh-CN", "zh-CN", "en"]
    assert [line["reply"] for line in lines][1::2] == ["已打开台灯。", "Turned off the lamp."]


def test_json_lines_of_a_whole_talk(tmp_path: Path) -> None:
    done = ask(tmp_path, "-", "--json", typed="Turn on the lamp.\n\nthis is a test\nhelp")
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [list(line) for line in lines] == [KEYS] * 3
    assert lines[0] == {
        "text": "Turn on the lamp.",
        "language": "en",
        "stage": "strict",
        "intent": "HassTurnOn",
        "slots": {"name": "lamp"},
        "targets": ["lamp"],
        "acted": True,
        "reply": "Turned on the lamp.",
    }
    assert [line["stage"] for line in lines] == ["strict", "none", "skill"]


def test_one_sentence(tmp_path: Path) -> None:
    assert ask(tmp_path, "turn on the lamp").stdout == "Turned on the lamp.\n"
    assert ask(tmp_path, "is", "the", "lamp", "on").stdout == "Yes, on.\n"
    assert ask(tmp_path, "打开台灯", "--language", "zh-CN").stdout == "已打开台灯。\n"
    assert ask(tmp_path, "turn on the lights", "--area", "kitchen").returncode == 0
    assert ask(tmp_path, "this is a test").returncode == 1


def test_several_sentences_or_the_words_of_one(tmp_path: Path) -> None:
    def said(*arguments: str) -> tuple[list[str], int]:
        done = ask(tmp_path, "--json", *arguments)
        return [json.loads(line)["text"] for line in done.stdout.splitlines()], done.returncode

    two = ("turn on the lamp", "turn off the lamp")
    assert said(*two) == (list(two), 0)
    assert said("nothing like this", "turn off the lamp") == (["nothing like this", two[1]], 1)
    assert said("turn", "on", "the lamp") == (["turn on the lamp"], 0)


def test_questions_are_answered_line_by_line(tmp_path: Path) -> None:
    done = ask(tmp_path, "-", typed="\ufeffturn on the light\nin the kitchen\n\udcff\n")
    asked, turned_on, nonsense = done.stdout.splitlines()
    assert asked == "In which room?" and turned_on.startswith("Turned on the kitchen")
    assert "did not understand" in nonsense


def test_it_is_said_who_rings_a_timer_that_runs_on(tmp_path: Path) -> None:
    assert "`sonorant ask -`" in ask(tmp_path, "set a timer for ten minutes").stderr
    assert ask(tmp_path, "cancel all timers").stderr == ""
    typed = "set a timer for ten minutes\ncancel the timer"
    assert ask(tmp_path, "-", typed=typed).stderr == ""


def test_an_interrupt_ends_it_while_nobody_types(tmp_path: Path) -> None:
    with program(tmp_path, "-") as running:
        assert running.stdin is not None and running.stdout is not None
        running.stdin.write("help\n")
        running.stdin.flush()
        assert running.stdout.readline().startswith("You can say")
        running.send_signal(signal.SIGINT)
        try:
            assert running.wait(5) == 130
        finally:
            running.kill()
        assert running.stderr is not None and running.stderr.read() == ""


def test_mistakes_are_explained(tmp_path: Path) -> None:
    home = tmp_path / "home.yaml"
    home.write_text("devices:\n  - {id: x, kind: boat, name: y}\n")
    wrong = ask(tmp_path, "help", "--home", str(home))
    assert wrong.returncode == 2
    assert f"{home}:2: kind 'boat'" in wrong.stderr
    nowhere = ask(tmp_path, "help", "--area", "moon")
    assert nowhere.returncode == 2
    assert "living_room" in nowhere.stderr
    nobody = ask(tmp_path, "help", "--language", "xx")
    assert nobody.returncode == 2
    assert "de-CH" in nobody.stderr and "zh-CN" in nobody.stderr
    (tmp_path / "state").rename(tmp_path / "gone")
    (tmp_path / "state").write_text("")
    assert "SONORANT_STATE" in ask(tmp_path, "help").stderr


def test_the_home_of_the_configuration_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "sonorant").mkdir()
    (tmp_path / "sonorant" / "home.yaml").write_text(
        "devices:\n  - {id: x, kind: light, name: chandelier}\n"
    )
    assert ask(tmp_path, "turn on the chandelier").stdout == "Turned on the chandelier.\n"
