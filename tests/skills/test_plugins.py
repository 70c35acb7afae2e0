"""Skills of others: found by their entry points, and unable to hold up anybody else."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from skills import Request, Router, open_skills
from skills.home import EXAMPLE
from tests.skills.conversations import silent
from tests.skills.plugins import Packages

SENTENCES = """
lists:
  cups: {range: {from: 1, to: 9}}
examples:
  en: [make two cups of coffee]
en:
  Brew:
    - sentences: ["(make|brew) {cups} cup[s] of coffee"]
  Ask:
    - sentences: ["make coffee"]
zh-CN:
  Brew:
    - sentences: ["(煮|冲){cups}杯咖啡"]
ko:
  Brew:
    - sentences: ["커피 {cups}[ ]잔 (내려|끓여)[ ](줘|주세요)"]
"""
REPLIES = """
en: {brewing: "{cups} cups, coming.", how_many: "How many cups?"}
zh-CN: {brewing: "好的，{cups}杯。", how_many: "几杯？"}
ko: {brewing: "{cups}잔 내릴게요.", how_many: "몇 잔이요?"}
"""
CLASS = """
from skills.authoring import Call, Reply, Request, Requirement, SentenceSkill, on

class Coffee(SentenceSkill):
    name = "coffee"

    @on("Brew")
    async def brew(self, call: Call) -> Reply:
        (self.tools.folder / "cups").write_text(str(call.slots["cups"]))
        return call.reply("brewing", acted=True, cups=call.slots["cups"])

    @on("Ask")
    def how_many(self, call: Call) -> Reply:
        async def follow_up(request: Request) -> Reply | None:
            if not request.text.isdecimal():
                return None
            return call.reply("brewing", acted=True, cups=request.text)
        return call.ask(follow_up, "how_many")
"""
FUNCTIONS = """
from skills.authoring import Call, FunctionSkill, Reply

tea = FunctionSkill("tea", __file__)

@tea.on("Brew")
def brew(call: Call) -> str:
    return f"Tea in {call.tools.home.areas['kitchen'].name}."
"""


async def start(tmp_path: Path) -> Router:
    return await open_skills(EXAMPLE, tmp_path / "state", silent, languages=("en",))


async def test_a_class_with_sentences_in_three_languages(
    tmp_path: Path, packages: Packages
) -> None:
    packages.install(
        "coffee_skill",
        {"coffee": "skill:Coffee"},
        skill_py=CLASS,
        sentences_yaml=SENTENCES,
        replies_yaml=REPLIES,
    )
    router = await start(tmp_path)
    for text, language, answer in (
        ("Make two cups of coffee, please.", "en", "2 cups, coming."),
        ("帮我煮三杯咖啡", "zh-CN", "好的，3杯。"),
        ("커피 두 잔 내려줘", "ko", "2잔 내릴게요."),
    ):
        reply = await router.answer(Request(text, language))
        assert (reply.text, reply.intent, reply.language) == (answer, "Brew", language)
        assert reply.acted and reply.stage == "skill"
    assert (tmp_path / "state" / "skills" / "coffee" / "cups").read_text() == "2"
    reply = await router.answer(Request("make coffee"))
    assert reply.text == "How many cups?" and reply.expects_answer
    assert (await router.answer(Request("4"))).text == "4 cups, coming."
    assert "make two cups" in (await router.answer(Request("help"))).text
    await router.close()


async def test_decorated_functions_and_the_same_words_in_two_skills(
    tmp_path: Path, packages: Packages
) -> None:
    packages.install(
        "tea_skill",
        {"tea": "skill:tea"},
        skill_py=FUNCTIONS,
        sentences_yaml="lists: {cups: {values: [green]}}\n"
        "en: {Brew: [{sentences: ['{cups} tea']}]}",
    )
    packages.install(
        "coffee_skill",
        {"coffee": "skill:Coffee"},
        skill_py=CLASS,
        sentences_yaml=SENTENCES,
        replies_yaml=REPLIES,
    )
    router = await start(tmp_path)
    assert (await router.answer(Request("green tea"))).text == "Tea in kitchen."
    assert "coming" in (await router.answer(Request("make one cup of coffee"))).text
    await router.close()


@pytest.mark.parametrize("waits", ["await asyncio.sleep(60)", "time.sleep(4)"])
async def test_a_slow_skill_is_given_up_and_holds_up_nobody(
    tmp_path: Path, packages: Packages, waits: str
) -> None:
    packages.install(
        "slow_skill",
        {"slow": "skill:slow"},
        skill_py="import asyncio, time\n"
        "from skills.authoring import Call, FunctionSkill, SentenceSkill\n"
        "SentenceSkill.patience = 0.2\n"
        "slow = FunctionSkill('slow', __file__)\n"
        "@slow.on('Wait')\n"
        f"async def wait(call: Call) -> str:\n    {waits}\n    return 'late'\n",
        sentences_yaml='en: {Wait: [{sentences: ["wait for it"]}]}',
    )
    router = await start(tmp_path)
    began = time.monotonic()
    waiting = asyncio.create_task(router.answer(Request("wait for it")))
    await asyncio.sleep(0.05)
    assert (await router.answer(Request("turn on the lamp"))).acted
    assert time.monotonic() - began < 0.2  # not held up meanwhile
    reply = await waiting
    assert "too long" in reply.text and not reply.acted
    assert time.monotonic() - began < 2
    assert "too long" in (await router.answer(Request("wait for it"))).text
    assert (await router.answer(Request("turn off the lamp"))).acted
    await router.close()


async def test_a_skill_that_raises_apologises_and_goes_on(
    tmp_path: Path, packages: Packages
) -> None:
    packages.install(
        "wild_skill",
        {"wild": "skill:wild"},
        skill_py="from skills.authoring import FunctionSkill\n"
        "wild = FunctionSkill('wild', __file__)\n"
        "@wild.on('Fall')\ndef fall(call): raise SystemExit(3)\n"
        "@wild.on('Lie')\ndef lie(call): return 7\n"
        "@wild.on('Mumble')\ndef mumble(call): return call.reply('unknown')\n",
        sentences_yaml="en:\n"
        '  Fall: [{sentences: ["fall down"]}]\n'
        '  Lie: [{sentences: ["tell a lie"]}]\n'
        '  Mumble: [{sentences: ["mumble"]}]\n',
    )
    router = await start(tmp_path)
    for text in ("fall down", "tell a lie", "mumble", "fall down"):
        assert "Sorry" in (await router.answer(Request(text))).text
    assert (await router.answer(Request("turn on the lamp"))).acted
    await router.close()


async def test_plain_skills_are_asked_and_broken_ones_are_left_out(
    tmp_path: Path, packages: Packages, caplog: pytest.LogCaptureFixture
) -> None:
    packages.install(
        "moon_skill",
        {
            "moon": "skill:Moon",
            "lost": "skill:broken",
            "nothing": "skill:missing",
            "number": "skill:number",
            "greedy": "skill:greedy",
            "typo": "skill:typo",
        },
        skill_py="from skills import Reply\n"
        "class Moon:\n"
        "    def __init__(self, tools): pass\n"
        "    def examples(self, language): return ('howl',)\n"
        "    async def answer(self, request):\n"
        "        return Reply('Awoo.', 'Howl') if request.text == 'howl' else None\n"
        "    async def close(self): pass\n"
        "def broken(tools): raise RuntimeError('no moon tonight')\n"
        "def number(tools): return 7\n"
        "def greedy(tools):\n"
        "    blocks = [{'sentences': ['[well] {all}']}]\n"
        "    tools.matcher.add({'en': {'All': blocks}}, {'all': {'wildcard': True}})\n"
        "    return Moon(tools)\n"
        "def typo(tools):\n"
        "    tools.matcher.add({'en': {'Howl': [{'sentences': ['howl (at']}]}})\n",
    )
    router = await start(tmp_path)
    assert (await router.answer(Request("howl"))).text == "Awoo."
    assert (await router.answer(Request("turn on the lamp"))).acted
    assert (await router.answer(Request("a sentence of no meaning"))).stage == "none"
    await router.close()
    for name, reason in (
        ("lost", "no moon tonight"),
        ("nothing", "missing"),
        ("number", "no method examples"),
        ("greedy", "matches whatever is said"),
        ("typo", "not a template"),
    ):
        line = next(r.message for r in caplog.records if f"the skill {name} cannot" in r.message)
        assert reason in line
