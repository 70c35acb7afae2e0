"""Writing a skill: the skeleton is built, installed and talked to; `check` finds what is wrong."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli import main
from skills import Request, open_skills
from skills.authoring.words import Words
from skills.home import EXAMPLE
from speech.errors import ConfigError
from tests.skills.conversations import silent
from tests.skills.plugins import Packages
from tests.skills.test_plugins import CLASS, REPLIES, SENTENCES


def test_the_skeleton_is_installed_and_talked_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["skills", "new", "shower_radio", "--into", str(tmp_path)]) == 0
    folder = tmp_path / "sonorant-shower-radio"
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{Path.cwd()}:{folder}", "PATH": ""},
    )
    assert tested.returncode == 0 and "2 passed" in tested.stdout, tested.stdout
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    pip += ["--no-build-isolation", "--target", str(site), str(folder)]
    subprocess.run(pip, check=True)
    monkeypatch.syspath_prepend(str(site))
    asyncio.run(talk_about_dice(tmp_path / "state"))


async def talk_about_dice(state: Path) -> None:
    router = await open_skills(EXAMPLE, state, silent, languages=())
    for text, language in (("Roll two dice", "en"), ("掷骰子", "zh-CN"), ("주사위 굴려 줘", "ko")):
        reply = await router.answer(Request(text, language))
        assert reply.intent == "Roll" and any(c in "123456" for c in reply.text)
    assert "roll two dice" in (await router.answer(Request("help"))).text
    await router.close()


def test_it_is_listed_and_all_right(packages: Packages, capsys: pytest.CaptureFixture[str]) -> None:
    install_coffee(packages)
    assert main(["skills", "list"]) == 0
    listed = capsys.readouterr().out
    assert "coffee         installed  make two cups of coffee" in listed
    assert "lists          built in   add milk to the shopping list" in listed
    assert main(["skills", "check"]) == 0
    assert "coffee: no mistakes" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["Shower", "shower-radio", "class", "", "../x", "1st"])
def test_names_that_cannot_be(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["skills", "new", name, "--into", str(tmp_path)]) == 2
    assert "cannot be called" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["skills", "new", "dice", "--into", str(tmp_path)]) == 0
    file = tmp_path / "sonorant-dice" / "sonorant_dice" / "__init__.py"
    file.write_text("# mine")
    assert main(["skills", "new", "dice", "--into", str(tmp_path)]) == 2
    assert "is there already" in capsys.readouterr().err and file.read_text() == "# mine"


def install_coffee(packages: Packages, *changes: tuple[str, str]) -> None:
    """The coffee skill of the other tests, complete, with some text replaced."""
    texts = {
        "skill_py": CLASS,
        "sentences_yaml": SENTENCES.replace(
            "[make two cups of coffee]",
            "[make two cups of coffee]\n  zh-CN: [煮三杯咖啡]\n  ko: [커피 두 잔 내려줘]",
        )
        .replace('咖啡"]', '咖啡"]\n  Ask:\n    - sentences: ["煮咖啡"]')
        .replace('(줘|주세요)"]', '(줘|주세요)"]\n  Ask:\n    - sentences: ["커피 내려줘"]'),
        "replies_yaml": REPLIES,
    }
    for old, new in changes:
        assert any(old in text for text in texts.values())
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    packages.install("coffee_skill", {"coffee": "skill:Coffee"}, **texts)


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('"make coffee"', '"turn on the lamp"', "understood as HassTurnOn"),
        ('"make coffee"', '"make (coffee"', "not a template"),
        ('"make coffee"', '"make {coffee}"', "no list {coffee}"),
        ('"make coffee"', '"make <coffee>"', "no rule <coffee>"),
        ('"make coffee"', '"(what|which) day is it"', "understood as HassGetCurrentDate"),
        ('"煮咖啡"', '"煮 咖啡"', "hold no spaces"),
        ("  cups: {range", "  brightness: {range", "that there is already"),
        ("[make two cups of coffee]", "[make forty cups of coffee]", "not understood"),
        ("zh-CN:\n  Brew", "zh-XX:\n  Brew", "knows no such language"),
        ("几杯？", "{几杯", "cannot be filled in"),
        (', how_many: "몇 잔이요?"', "", "no reply 'how_many'"),
        (
            '"brewing", acted=True, cups=call.slots',
            '"brew", acted=True, cups=call.slots',
            "KeyError",
        ),
        ('@on("Ask")', '@on("Sip")', "nothing answers them"),
        ('@on("Ask")', '@on("Sip")', "there are no sentences for it"),
        ("(self.tools", "1 / 0; (self.tools", "ZeroDivisionError"),
        (
            '@on("Ask")',
            'requires = Requirement(("Mia",))\n    @on("Ask", requires=Requirement(("Ben",)))',
            "Ask: nobody may, since only for Mia (90% sure) and only for Ben (90% sure)",
        ),
        ("class Coffee", "import no_such_module\nclass Coffee", "no_such_module"),
        ('  Ask:\n    - sentences: ["make coffee"]', "  Ask: make coffee", "blocks"),
    ],
)
def test_what_is_wrong_is_found(
    packages: Packages,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    finding: str,
) -> None:
    install_coffee(packages, (old, new))
    assert main(["skills", "check", "coffee"]) == 1
    assert finding in capsys.readouterr().out


def test_what_requires_a_speaker_is_listed_and_tried_by_one_who_may(
    packages: Packages, capsys: pytest.CaptureFixture[str]
) -> None:
    only_mia = ('@on("Brew")', '@on("Brew", requires=Requirement(("Mia",), live=True))')
    install_coffee(packages, only_mia)
    assert main(["skills", "check", "coffee"]) == 0
    out = capsys.readouterr().out
    assert "no mistakes" in out and "note: Brew: only for Mia (90% sure, no recording)" in out


@pytest.mark.parametrize("where", ['@on("Ask", requires={})', 'requires = {}\n    @on("Ask")'])
@pytest.mark.parametrize(
    ("requires", "reason"),
    [
        ("'Mia'", "write it as in Requirement"),
        ("Requirement('Mia')", "a tuple of names"),
        ("Requirement(probability=90)", "0 to 1"),
    ],
)
def test_a_wrong_requirement_never_passes_for_none(
    packages: Packages, capsys: pytest.CaptureFixture[str], where: str, requires: str, reason: str
) -> None:
    install_coffee(packages, ('@on("Ask")', where.format(requires)))
    assert main(["skills", "check", "coffee"]) == 1
    assert reason in capsys.readouterr().out


def test_a_skill_that_takes_from_others_is_found(
    packages: Packages, capsys: pytest.CaptureFixture[str]
) -> None:
    install_coffee(packages)
    packages.install(
        "greedy_skill",
        {"greedy": "skill:greedy"},
        skill_py="from skills.authoring import FunctionSkill\n"
        "greedy = FunctionSkill('greedy', __file__)\n"
        "@greedy.on('Make')\ndef make(call): return 'no'\n",
        sentences_yaml='en: {Make: [{sentences: ["make two cups of coffee"]}]}\n'
        "examples: {en: [make two cups of coffee]}",
    )
    assert main(["skills", "check", "--dry"]) == 1
    out = capsys.readouterr().out
    assert "make two cups of coffee" in out and "note: ko" in out


def test_what_is_not_installed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["skills", "check", "tea"]) == 2
    assert "no skill 'tea' is installed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1, 2]", "expected"),
        ("en: {Brew: 7}", "expected a list"),
        ("on: {}", "in quotes"),
        ("a: [", "not YAML"),
        ("examples: 3", "expected"),
    ],
)
def test_files_of_the_wrong_shape_are_told(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "sentences.yaml").write_text(text)
    with pytest.raises(ConfigError, match=rf"sentences\.yaml.*{reason}"):
        Words.beside(tmp_path)
