"""The talk around a proof of who speaks: what is asked, and what every kind of answer leads to.

Who speaks is scripted here; with real voices it is in ``tests/assistant/test_speakers.py``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from skills import Reply, Request
from skills.contract import Challenge, Speaker, Unknown, Unproven
from speech.audio import Samples
from tests.skills.conversations import Talk, talk
from tests.skills.plugins import Packages

HOME = """
areas:
  - {id: hall, name: hall}
devices:
  - id: door
    kind: lock
    name: front door
    area: hall
    aliases: {zh-CN: [前门], ko: [현관문]}
    requires: {speaker: [Mia], live: true}
  - {id: safe, kind: lock, name: safe, area: hall, requires: {speaker: any}}
  - {id: lamp, kind: light, name: lamp, area: hall}
  - {id: sign, kind: light, name: neon sign, area: hall, requires: {speaker: [Mia]}}
  - {id: fountain, kind: light, name: neon fountain, area: hall, requires: {speaker: [Mia]}}
"""
VOICE = np.zeros(160, np.float32)
DIGITS = frozenset("zero one two three four five six seven eight nine".split())
UNLOCK = {"en": "unlock the front door", "zh-CN": "解锁前门", "ko": "현관문 잠금 해제해줘"}
MIA = Speaker("Mia", 0.97)
PROVEN = Speaker("Mia", 0.99, live=True)


@dataclass
class Doorman:
    """Knows what it is told to know, and notes what it was asked."""

    found: Speaker | Unknown = MIA
    answer: Speaker | Unproven = PROVEN
    asked: list[str] = field(default_factory=list)
    heard: list[Samples | None] = field(default_factory=list)
    challenges: int = 0

    async def who(self, request: Request, door: str) -> Speaker | Unknown:
        self.asked.append(door)
        self.heard.append(request.audio)
        return self.found

    async def challenge(self, request: Request, door: str) -> Challenge | None:
        self.challenges += 1
        return Challenge(str(self.challenges), "seven three nine one four", DIGITS)

    async def proven(self, challenge: Challenge, answer: Request, door: str) -> Speaker | Unproven:
        self.asked.append(f"{door} {challenge.id}")
        return self.answer


@dataclass
class Spoken:
    """Says things aloud."""

    talk: Talk
    doorman: Doorman

    async def __call__(
        self, text: str, language: str = "en", *, typed: bool = False, voice: Samples = VOICE
    ) -> Reply:
        audio = None if typed else voice
        return await self.talk.router.answer(Request(text, language, audio=audio))

    @property
    def locked(self) -> object:
        return self.talk.router.states()["door"]["locked"]


@pytest.fixture
async def say(tmp_path: Path) -> AsyncIterator[Spoken]:
    home = tmp_path / "home.yaml"
    home.write_text(HOME, encoding="utf-8")
    (tmp_path / "routines.yaml").write_text(
        "arrival:\n  say: {en: [I am home]}\n  do: [turn on the lamp, unlock the front door]\n"
    )
    async with talk(tmp_path / "state", home=home) as talking:
        doorman = Doorman()
        talking.router.who = doorman
        yield Spoken(talking, doorman)


async def test_the_answer_has_the_command_done_once(say: Spoken) -> None:
    reply = await say(UNLOCK["en"])
    assert reply.text == "To be sure that it is you, please say: seven, three, nine, one, four."
    assert reply.expects_answer and reply.unanswered and say.locked
    assert (await say("say that again")).text == reply.text
    assert (await say("7-3-9-1-4")).text == "Unlocked the front door." and not say.locked
    say.doorman.asked.clear()
    for again in ("7-3-9-1-4", "say that again", "seven three nine one four"):
        await say(again)
    assert say.doorman.asked == []


@pytest.mark.parametrize(
    ("language", "asked", "cancel", "cancelled", "unanswered"),
    [
        ("en", "To be sure", "never mind", "I do nothing", "no answer"),
        ("zh-CN", "用英语说", "算了", "什么都不做", "没有听到"),
        ("ko", "영어로", "취소", "하지 않을게요", "대답을 듣지 못해서"),
    ],
)
async def test_it_is_asked_and_cancelled_in_each_language(
    say: Spoken, language: str, asked: str, cancel: str, cancelled: str, unanswered: str
) -> None:
    reply = await say(UNLOCK[language], language)
    assert asked in reply.text and unanswered in reply.unanswered and reply.language == language
    assert cancelled in (await say(cancel, language)).text
    await say("7 3 9 1 4", language)
    assert say.locked and say.doorman.asked == ["front door"]


@pytest.mark.parametrize("language", ["en", "zh-CN", "ko"])
async def test_each_failure_is_said(say: Spoken, language: str) -> None:
    told = set()
    for say.doorman.answer in Unproven:
        await say(UNLOCK[language], language)
        reply = await say("7 3 9 1 4", language)
        told.add(reply.text)
        assert not reply.acted and say.locked
        await say("7 3 9 1 4", language)
    for say.doorman.found in Unknown:
        reply = await say(UNLOCK[language], language)
        assert reply.expects_answer == (say.doorman.found is Unknown.UNCLEAR)
        told.add(reply.text)
    assert len(told) == len(Unproven) + len(Unknown) and say.locked


async def test_a_new_command_instead_is_carried_out_and_ends_the_question(say: Spoken) -> None:
    await say(UNLOCK["en"])
    assert (await say("turn on the lamp")).text == "Turned on the lamp."
    await say("7 3 9 1 4")
    assert say.locked and say.doorman.asked == ["front door"]


async def test_what_was_misheard_is_judged_by_its_sound(say: Spoken) -> None:
    for heard in ("heaven free mine", "", "turn seven nine"):
        await say(UNLOCK["en"])
        assert (await say(heard)).acted and not say.locked
        await say("lock the front door")
        assert (await say("7 3 9 1 4")).acted and say.locked


async def test_an_answer_has_to_be_said(say: Spoken) -> None:
    await say(UNLOCK["en"])
    reply = await say("7 3 9 1 4", typed=True)
    assert reply.text == "I have to hear you say it." and reply.expects_answer and say.locked
    assert (await say("7 3 9 1 4")).acted


@pytest.mark.parametrize("why", [Unproven.UNCLEAR, Unproven.TOO_SHORT])
async def test_what_cannot_be_heard_is_asked_three_times(say: Spoken, why: Unproven) -> None:
    say.doorman.answer = why
    await say(UNLOCK["en"])
    assert [(await say("seven nine")).expects_answer for _ in range(4)] == [
        True,
        True,
        False,
        False,
    ]
    assert say.doorman.challenges == 3


async def test_a_proof_of_somebody_who_may_not_opens_nothing(say: Spoken) -> None:
    say.doorman.found, say.doorman.answer = Unknown.UNCLEAR, Speaker("Ben", 0.99, live=True)
    await say(UNLOCK["en"])
    assert (await say("7 3 9 1 4")).text == "Ben may not do that." and say.locked
    say.doorman.answer = Speaker("Mia", 0.6, live=True)
    await say(UNLOCK["en"])
    reply = await say("7 3 9 1 4")
    assert "not sure enough" in reply.text and not reply.expects_answer and say.locked


async def test_parts_that_need_no_proof_are_not_done_again(say: Spoken) -> None:
    reply = await say("turn on the lamp and unlock the front door")
    assert reply.text.startswith("Turned on the lamp.") and reply.text.endswith("four.")
    await say("7 3 9 1 4")
    assert not say.locked
    assert say.talk.router.states()["lamp"]["on"] is True


async def test_a_yes_is_proven_like_the_command_that_it_completes(say: Spoken) -> None:
    assert (await say("open the front door")).text == "Shall I unlock the front door?"
    assert say.doorman.asked == []  # nobody's voice is looked at for a question
    reply = await say("yes")
    assert reply.text.startswith("To be sure") and say.locked
    assert (await say("7 3 9 1 4")).acted and not say.locked


async def test_all_doors_are_locked_after_one_question(say: Spoken) -> None:
    for lock in ("door", "safe"):
        await say.talk.router.backend.set(lock, {"locked": False})
    assert (await say("lock up")).text.startswith("Shall I lock")
    assert (await say("yes")).text.startswith("To be sure")
    assert (await say("7 3 9 1 4")).acted and say.locked


async def test_a_command_for_later_is_proven_when_it_is_given(say: Spoken) -> None:
    reply = await say("in one second unlock the front door")
    assert reply.expects_answer and reply.text.startswith("To be sure")
    assert (await say("7 3 9 1 4")).text.startswith("All right, in 1 second")
    await say.talk.until("door", locked=False)
    assert say.doorman.asked == ["front door", "front door 1"]


async def test_a_routine_asks_for_no_proof_but_says_what_it_may_not(say: Spoken) -> None:
    reply = await say("I am home")
    assert "not a recording" in reply.text and not reply.expects_answer
    assert say.talk.router.states()["lamp"]["on"] is True and say.locked
    say.doorman.found = PROVEN
    await say("I am home")
    assert not say.locked


@pytest.mark.parametrize(
    ("said", "question", "answer"),
    [
        ("turn on the neon sihn", "Did you mean: turn on the neon sign?", "yes"),
        ("turn on the neon", "Which one", "the neon sign"),
    ],
)
async def test_who_confirms_a_guess_has_to_be_one_who_may(
    say: Spoken, said: str, question: str, answer: str
) -> None:
    def lit() -> object:
        return say.talk.router.states()["sign"]["on"]

    confirming = np.ones(160, np.float32)
    assert question in (await say(said)).text and say.doorman.asked == []
    say.doorman.found = Speaker("Ben", 0.99)
    assert (await say(answer, voice=confirming)).text == "Ben may not do that." and lit() is False
    assert say.doorman.asked == ["neon sign"] and say.doorman.heard[0] is confirming
    # Who says only "yes" seldom says enough to be known by it.
    await say(said)
    say.doorman.found = Unknown.UNCLEAR
    assert (await say(answer)).text.startswith("To be sure that it is you") and lit() is False
    assert say.doorman.asked == ["neon sign"] * 2
    assert (await say("7 3 9 1 4")).acted and lit() is True


class Broken(Doorman):
    """Fails at all it is asked, or only at what comes after the challenge."""

    async def who(self, request: Request, door: str) -> Speaker | Unknown:
        if self.challenges:
            raise RuntimeError("no gallery")
        return await super().who(request, door)

    async def proven(self, challenge: Challenge, answer: Request, door: str) -> Speaker | Unproven:
        raise RuntimeError("no gallery")


async def test_a_doorman_that_fails_opens_nothing(say: Spoken) -> None:
    say.talk.router.who = Broken()
    await say(UNLOCK["en"])
    assert "could not check" in (await say("7 3 9 1 4")).text
    assert "cannot find out who" in (await say(UNLOCK["en"])).text
    assert say.locked


async def test_skills_of_others_ask_for_a_proof_too(tmp_path: Path, packages: Packages) -> None:
    packages.install(
        "vault_skill",
        {"vault": "skill:vault", "plain": "skill:Plain"},
        skill_py="from skills.authoring import *\n"
        'vault = FunctionSkill("vault", __file__, requires=Requirement(("Mia",), live=True))\n'
        '@vault.on("Pay")\n'
        "def pay(call):\n"
        "    async def follow_up(request):\n"
        "        return call.answer('Paid ' + request.text + '.', acted=True)\n"
        "    return call.ask(follow_up, 'how_much')\n"
        "class Plain:\n"
        "    name = 'plain'\n"
        "    demanding = True\n"
        "    def __init__(self, tools): pass\n"
        "    def examples(self, language): return ()\n"
        "    async def answer(self, request):\n"
        "        if request.text != 'open sesame': return None\n"
        "        refused = refusal(Requirement(live=True), request, self.answer)\n"
        "        return refused or Reply('Open.', acted=True)\n"
        "    async def close(self): pass\n",
        sentences_yaml="en: {Pay: [{sentences: [pay the milk]}]}",
        replies_yaml="en: {how_much: 'How much?'}",
    )
    async with talk(tmp_path) as talking:
        doorman = talking.router.who = Doorman()
        say = Spoken(talking, doorman)
        assert (await say("open sesame")).expects_answer
        assert (await say("7 3 9 1 4")).text == "Open."
        assert (await say("pay the milk")).expects_answer
        assert (await say("7 3 9 1 4")).text == "How much?"
        # Whoever answers the question has to be the same again.
        doorman.found = Speaker("Ben", 0.99)
        assert (await say("two")).text == "Ben may not do that."
        doorman.found = PROVEN
        assert (await say("two")).text == "Paid two."
        assert "Pay" in doorman.asked
