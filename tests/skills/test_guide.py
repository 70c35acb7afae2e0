"""Every example of docs/skills.md does what the guide says."""

from __future__ import annotations

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from skills.home import EXAMPLE
from skills.routines.file import read_routines
from tests.skills.conversations import talk

GUIDE = Path(__file__).parents[2] / "docs" / "skills.md"
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), flags=re.DOTALL)


def blocks(language: str, holding: str) -> list[str]:
    found = [text for kind, text in BLOCKS if kind == language and holding in text]
    assert found, holding
    return found


def test_a_class_and_functions_pass_the_test_of_the_guide(tmp_path: Path) -> None:
    (sentences,), (replies,) = blocks("yaml", "Brew:"), blocks("yaml", "brewing:")
    (test,) = blocks("python", "answers")
    forms = blocks("python", "@on(") + blocks("python", "FunctionSkill")
    assert len(forms) == 2
    for number, code in enumerate(forms):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "sentences.yaml").write_text(sentences, "utf-8")
        (folder / "replies.yaml").write_text(replies, "utf-8")
        named = "" if "class Coffee" in code else "\nCoffee = coffee\n"
        (folder / "guide.py").write_text(code + named + test.replace("\n\n\n", "\n\n"), "utf-8")
        names = runpy.run_path(str(folder / "guide.py"))
        if "class Coffee" in code:
            # A class finds its files beside its module, so that the module must be known.
            program = f"import guide, pathlib; guide.test_it_brews(pathlib.Path({str(folder)!r}))"
            subprocess.run([sys.executable, "-c", program], cwd=folder, check=True, env=path())
        else:
            names["test_it_brews"](folder)


def path() -> dict[str, str]:
    return {"PYTHONPATH": str(GUIDE.parents[1]), "PYTHONDONTWRITEBYTECODE": "1"}


def test_the_lists_are_those_of_the_matcher() -> None:
    (sentences,) = blocks("yaml", "Brew:")
    assert set(yaml.safe_load(sentences)["lists"]) == {"cups", "roast", "wish"}


async def test_the_routine_runs(tmp_path: Path) -> None:
    (text,) = blocks("yaml", "good night:")
    home = Path(shutil.copy(EXAMPLE, tmp_path / "home.yaml"))
    home.with_name("routines.yaml").write_text(text, "utf-8")
    assert len(read_routines(home.with_name("routines.yaml"))) == 1
    async with talk(tmp_path, home=home) as say:
        assert await say("good night") == "Sleep well."
        assert "7:00 AM" in await say("which alarms are set")


async def test_the_sentences_of_the_table_are_understood(tmp_path: Path) -> None:
    table = re.findall(r"^\| \w+ \|(.*?)\|", GUIDE.read_text("utf-8"), flags=re.MULTILINE)
    said = [text for row in table for text in re.findall(r'"(.*?)"', row)]
    assert len(said) > 12
    async with talk(tmp_path) as say:
        for text in said:
            await say(text)
            assert say.reply.stage != "none" and "cannot" not in say.reply.text, text
