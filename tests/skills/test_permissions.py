"""Who may: skills of others, routines and delayed commands, each told by the voice that asks."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from skills import Request
from skills.contract import Challenge, Speaker, Unknown, Unproven
from skills.home import EXAMPLE
from tests.skills.conversations import Talk, talk
from tests.skills.plugins import Packages

MIA, BEN = Speaker("Mia", 0.99, True), Speaker("Ben", 0.99, True)
COFFEE = """
from skills.authoring import Call, FunctionSkill, Reply, Request, Requirement

coffee = FunctionSkill("coffee", __file__)

@coffee.on("Brew", requires=Requirement(("Mia",)))
def brew(call: Call) -> Reply:
    return call.answer("Coming.", acted=True)

@coffee.on("Ask", requires=Requirement())
def ask(call: Call) -> Reply:
    async def follow_up(request: Request) -> Reply | None:
        return call.answer(f"{request.text} it is.", acted=True)
    return call.ask(follow_up, "how_many")

@coffee.on("Smell")
def smell(call: Call) -> str:
    return "Good."

"""
GRINDER = """
from skills.authoring import Call, FunctionSkill, Reply, Requirement

grinder = FunctionSkill("grinder", __file__, requires=Requirement(live=True))

@grinder.on("Grind", requires=Requirement(("Mia",)))
def grind(call: Call) -> Reply:
    return call.answer("Grinding.", acted=True)
"""
SENTENCES = """
en:
  Brew: [{sentences: [make coffee]}]
  Ask: [{sentences: [make tea]}]
  Smell: [{sentences: [how is the coffee]}]
zh-CN:
  Brew: [{sentences: [煮咖啡]}]
"""
HOME = """
areas:
  - {id: hall, name: hall}
devices:
  - {id: door, kind: lock, name: front door, area: hall, requires: {speaker: [Mia]}}
  - {id: lamp, kind: light, name: lamp, area: hall}
"""
ROUTINES = """
arrival:
  say: {en: [I am home]}
  do: [turn on the lamp, unlock the front door]
"""


class Voices:
    """Says things in a voice; the skills find out by themselves who it is.

    Nobody can prove anything here: for that see ``test_proof.py``.
    """

    def __init__(self, say: Talk) -> None:
        self.talk = say
        self._speaking: Speaker | None = None
        say.router.who = self

    async def __call__(self, speaker: Speaker | None, text: str, language: str = "en") -> str:
        self._speaking = speaker
        return await self.talk(text, language)

    async def who(self, request: Request, door: str) -> Speaker | Unknown:
        return self._speaking or Unknown.STRANGER

    async def challenge(self, request: Request, door: str) -> Challenge | None:
        return None

    async def proven(self, challenge: Challenge, answer: Request, door: str) -> Unproven:
        raise AssertionError("nobody was asked")


@asynccontextmanager
async def voices(state: Path, home: Path = EXAMPLE) -> AsyncIterator[Voices]:
    async with talk(state, home=home) as say:
        yield Voices(say)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "routines.yaml").write_text(ROUTINES)
    (folder / "home.yaml").write_text(HOME)
    return folder / "home.yaml"


@pytest.fixture
def coffee(packages: Packages) -> None:
    packages.install(
        "coffee_skill",
        {"coffee": "skill:coffee"},
        skill_py=COFFEE,
        sentences_yaml=SENTENCES,
        replies_yaml="en: {how_many: 'How many cups?'}",
    )
    packages.install(
        "grinder_skill",
        {"grinder": "skill:grinder"},
        skill_py=GRINDER,
        sentences_yaml="en: {Grind: [{sentences: [grind the beans]}]}",
    )


@pytest.mark.usefixtures("coffee")
async def test_a_skill_of_others_may_require_who_speaks(tmp_path: Path) -> None:
    async with voices(tmp_path) as say:
        for speaker, reason in (
            (None, "I do not recognise your voice, so I may not do that."),
            (BEN, "Ben may not do that."),
            (Speaker("Mia", 0.6), "I am not sure enough that you are Mia, so I may not do that."),
        ):
            assert await say(speaker, "make coffee") == reason
            assert say.talk.reply.intent == "Brew" and not say.talk.reply.acted
            assert await say(speaker, "how is the coffee") == "Good."
        assert await say(BEN, "煮咖啡", "zh-CN") == "Ben没有这个权限。"
        assert await say(MIA, "make coffee") == "Coming." and say.talk.reply.acted


@pytest.mark.usefixtures("coffee")
async def test_what_a_skill_and_its_handler_require_holds_both(tmp_path: Path) -> None:
    async with voices(tmp_path) as say:
        assert "not a recording" in await say(replace(MIA, live=None), "grind the beans")
        assert await say(BEN, "grind the beans") == "Ben may not do that."
        assert await say(MIA, "grind the beans") == "Grinding."


@pytest.mark.usefixtures("coffee")
async def test_a_question_is_answered_only_by_those_who_may(tmp_path: Path) -> None:
    async with voices(tmp_path) as say:
        assert await say(BEN, "make tea") == "How many cups?"
        assert "recognise your voice" in await say(None, "five")
        assert not say.talk.reply.acted
        assert await say(MIA, "two") == "two it is."
        await say(BEN, "make tea")
        assert await say(None, "turn on the lamp") == "Turned on the lamp."


async def test_a_plain_skill_with_requires_is_not_opened(
    tmp_path: Path, packages: Packages, caplog: pytest.LogCaptureFixture
) -> None:
    packages.install(
        "plain_skill",
        {"plain": "skill:Plain", "asking": "skill:Asking"},
        skill_py="from skills.authoring import Reply, Requirement, refusal\n"
        "class Asking:\n"
        "    demanding = True\n"
        "    def __init__(self, tools): pass\n"
        "    def examples(self, language): return ('open up',)\n"
        "    async def answer(self, request):\n"
        "        if request.text != 'open up': return None\n"
        "        refused = refusal(Requirement(), request, self.answer)\n"
        "        return refused or Reply('Open.', acted=True)\n"
        "    async def close(self): pass\n"
        "class Plain(Asking):\n"
        "    requires = Requirement()\n",
    )
    async with voices(tmp_path) as say:
        assert "only a SentenceSkill or FunctionSkill has `requires`" in caplog.text
        assert "recognise your voice" in await say(None, "open up")
        assert await say(BEN, "open up") == "Open."


def rewrite(file: Path, text: str) -> None:
    file.write_text(text)


def hasten(state: Path) -> None:
    """Let what is planned be due, between two runs."""
    file = state / "planned.json"
    plans = json.loads(file.read_text())
    assert plans
    file.write_text(json.dumps([{**plan, "due": time.time()} for plan in plans]))


@pytest.mark.parametrize(
    ("speaker", "reason"), [(None, "I do not recognise your voice"), (BEN, "Ben may not do that.")]
)
async def test_a_delayed_command_is_that_of_who_gave_it(
    home: Path, tmp_path: Path, speaker: Speaker | None, reason: str
) -> None:
    async with voices(tmp_path / "state", home) as say:
        answer = await say(speaker, "in one second unlock the front door")
        assert reason in answer and not say.talk.reply.acted
        assert await say(MIA, "what have you planned") == "Nothing is planned."
    rewrite(home, HOME.replace(", requires: {speaker: [Mia]}", ""))
    async with voices(tmp_path / "state", home) as say:
        await say(speaker, "in one hour unlock the front door")
        assert say.talk.reply.acted
    hasten(tmp_path / "state")
    rewrite(home, HOME)  # who may is looked at again when it is carried out
    async with voices(tmp_path / "state", home) as say:
        await say(MIA, "is the front door locked")  # who speaks meanwhile does not matter
        # Nobody asked then who it was.
        assert "but: I do not recognise your voice" in await say.talk.announcement()
        assert say.talk.router.states()["door"]["locked"] is True


async def test_a_delayed_command_is_still_hers_after_a_restart(home: Path, tmp_path: Path) -> None:
    async with voices(tmp_path / "state", home) as say:
        await say(MIA, "in one hour unlock the front door")
    hasten(tmp_path / "state")
    async with voices(tmp_path / "state", home) as say:
        await say(BEN, "turn on the lamp")
        await say.talk.until("lamp", on=True)
        await say.talk.until("door", locked=False)
        assert say.talk.announced == []


async def test_a_routine_unlocks_only_to_those_who_may(home: Path, tmp_path: Path) -> None:
    async with voices(tmp_path / "state", home) as say:
        answer = await say(BEN, "I am home")
        assert answer == 'Done: arrival. "unlock the front door": Ben may not do that.'
        states = say.talk.router.states()
        assert states["door"]["locked"] is True and states["lamp"]["on"] is True
        assert await say(MIA, "I am home") == "Done: arrival."
        assert say.talk.router.states()["door"]["locked"] is False


async def test_a_delayed_routine_is_that_of_who_gave_it(home: Path, tmp_path: Path) -> None:
    async with voices(tmp_path / "state", home) as say:
        await say(BEN, "in one second start the arrival routine")
        await say.talk.until("lamp", on=True)
        assert say.talk.router.states()["door"]["locked"] is True
