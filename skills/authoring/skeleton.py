"""The skeleton that ``sonorant skills new NAME`` writes: a package that works and passes its test.

In goes a name, out comes a folder with a skill in three languages to make one's own.
"""

from __future__ import annotations

import keyword
import re
from pathlib import Path

from speech.errors import ConfigError

_FILES = {
    "pyproject.toml": """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "sonorant-@dashed@"
version = "0.1.0"
description = "A skill for Sonorant"
requires-python = ">=3.11"
dependencies = ["sonorant"]

[project.optional-dependencies]
dev = ["pytest>=8.3"]

[project.entry-points."sonorant.skills"]
@name@ = "@package@:@class@"

[tool.setuptools]
packages = ["@package@"]

[tool.setuptools.package-data]
@package@ = ["*.yaml"]
""",
    "README.md": """\
# sonorant-@dashed@

A skill for [Sonorant](https://pypi.org/project/sonorant/). Begin with `@package@/sentences.yaml`
(what it understands) and `@package@/__init__.py` (what it does).

    pip install -e '.[dev]'
    sonorant skills check @name@
    pytest
    sonorant ask "roll two dice"
""",
    "@package@/__init__.py": '''\
"""A skill that rolls dice: make it yours."""

from __future__ import annotations

import random

from skills.authoring import Call, Reply, SentenceSkill, enumerated, on


class @class@(SentenceSkill):
    """Rolls dice."""

    name = "@name@"

    @on("Roll")
    async def roll(self, call: Call) -> Reply:
        """Roll as many dice as were asked for."""
        count = int(call.slots.get("dice", 1))
        rolled = [str(random.randint(1, 6)) for _ in range(count)]
        return call.reply("rolled", dice=enumerated(rolled, call.language))
''',
    "@package@/sentences.yaml": """\
# What the skill understands, by language: (one|another), [left out or not], {a list}.
# Chinese templates hold no spaces.
lists:
  dice: {range: {from: 1, to: 6}}
# Each must be understood: help says them, and `sonorant skills check` tries them.
examples:
  en: ["roll two dice", "roll a die"]
  zh-CN: ["掷两个骰子", "掷骰子"]
  ko: ["주사위 두 개 굴려 줘", "주사위 굴려 줘"]
en:
  Roll:
    - sentences: ["(roll|throw) (a die|the dice)", "(roll|throw) {dice} dice"]
zh-CN:
  Roll:
    - sentences: ["(掷|扔|投)[一下|个]骰子", "(掷|扔|投){dice}(个|颗)骰子"]
ko:
  Roll:
    - sentences:
        - "주사위[를] (굴려|던져)[ ](줘|주세요)"
        - "주사위 {dice}[ ]개[를] (굴려|던져)[ ](줘|주세요)"
""",
    "@package@/replies.yaml": """\
# What it says back. In Korean, {dice:를} adds the particle that fits.
en:
  rolled: "I rolled {dice}."
zh-CN:
  rolled: "掷出了{dice}。"
ko:
  rolled: "{dice} 나왔어요."
""",
    "tests/test_@name@.py": '''\
"""The skill as a person meets it: sentences in, replies out."""

from __future__ import annotations

from pathlib import Path

from @package@ import @class@
from skills.authoring.testing import answers


def test_it_rolls_as_many_dice_as_were_asked_for(tmp_path: Path) -> None:
    for text, language, count in (
        ("roll a die", "en", 1),
        ("Please roll three dice.", "en", 3),
        ("掷两个骰子", "zh-CN", 2),
        ("주사위 두 개 굴려 줘", "ko", 2),
    ):
        reply = answers(@class@, text, folder=tmp_path, language=language)
        assert reply.intent == "Roll"
        assert sum(character in "123456" for character in reply.text) == count


def test_what_is_not_its_business_it_leaves_to_others(tmp_path: Path) -> None:
    assert answers(@class@, "roll up the blinds", folder=tmp_path).intent != "Roll"
''',
}


def write_skeleton(name: str, into: Path) -> Path:
    """Write a skill's package into a new folder ``sonorant-NAME``, and return that.

    Raises
    ------
    ConfigError
        The name is no lower-case Python name, or there is such a folder already.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise ConfigError(
            f"a skill cannot be called {name!r}: small letters, digits and _, as in shower_radio"
        )
    folder = into / f"sonorant-{name.replace('_', '-')}"
    words = {
        "name": name,
        "dashed": name.replace("_", "-"),
        "package": f"sonorant_{name}",
        "class": "".join(part.capitalize() for part in name.split("_")) + "Skill",
    }
    try:
        folder.mkdir(parents=True)
        for path, text in _FILES.items():
            file = folder / _filled(path, words)
            file.parent.mkdir(exist_ok=True)
            file.write_text(_filled(text, words), encoding="utf-8")
    except FileExistsError as error:
        raise ConfigError(f"{folder}: is there already; choose another name") from error
    return folder


def _filled(text: str, words: dict[str, str]) -> str:
    return re.sub(r"@(\w+)@", lambda found: words[found[1]], text)
