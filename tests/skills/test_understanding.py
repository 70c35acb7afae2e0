"""The weaker stages, compounds, negation, confirmation, permissions and strict languages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from skills import Reply, Request, Router, Speaker, open_skills
from skills.home import EXAMPLE
from skills.understanding.confirmation import affirms
from skills.understanding.mood import kept
from tests.skills.conversations import YES, silent


@pytest.fixture
async def router(tmp_path: Path) -> AsyncIterator[Router]:
    opened = await open_skills(EXAMPLE, tmp_path, silent, languages=())
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("language", "damaged", "yes", "no"),
    [
        ("en", "turn on teh lights the hall", "Yes, please.", "no"),
        ("zh-CN", "打开走郎的灯", "对", "不是"),
        ("ko", "현관 뷸 켜줘", "네, 맞아요", "아니요"),
    ],
)
async def test_a_guess_acts_only_after_a_yes(
    router: Router, language: str, damaged: str, yes: str, no: str
) -> None:
    for answer in (no, yes):
        asked = await router.answer(Request(damaged, language))
        assert (asked.stage, asked.acted, asked.expects_answer) == ("repaired", False, True)
        assert router.states()["hall_light"]["on"] is False
        done = await router.answer(Request(answer, language))
        assert done.stage == "pending"
        assert router.states()["hall_light"]["on"] is (answer == yes)


async def _kept_locked(router: Router, language: str, damaged: str) -> Reply:
    """The reply to what may unlock a door: it asks for nothing, and a yes to it does nothing."""
    reply = await router.answer(Request(damaged, language))
    assert not reply.acted and reply.follow_up is None
    await router.answer(Request(YES[language], language))
    assert router.states()["front_door"]["locked"] is True
    return reply


@pytest.mark.parametrize(
    ("language", "damaged"),
    [("en", "unlock the front dor"), ("zh-CN", "打开前们"), ("ko", "현간문 열어줘")],
)
async def test_a_lock_is_never_opened_on_a_guess(
    router: Router, language: str, damaged: str
) -> None:
    await _kept_locked(router, language, damaged)


@pytest.mark.parametrize(
    ("language", "damaged"),
    [
        ("en", "turn on teh lmap and unlock the front door"),
        ("en", "unlock the front door and turn on teh lmap"),
        ("zh-CN", "打开台登然后解锁前门"),
        ("ko", "렘프 켜주고 현관문 잠금 풀어줘"),
    ],
)
async def test_a_lock_is_not_opened_beside_a_guess(
    router: Router, language: str, damaged: str
) -> None:
    reply = await _kept_locked(router, language, damaged)
    said = re.search(r"(?:mean: |“)(.+?)(?:, please say|”)", reply.text)
    assert said is not None and (await router.answer(Request(said[1], language))).acted
    assert router.states()["front_door"]["locked"] is False


async def test_nothing_is_done_of_a_compound_that_is_half_understood(router: Router) -> None:
    reply = await router.answer(Request("turn on the lamp and flumm the wuppel"))
    assert not reply.acted
    assert router.states()["lamp"]["on"] is False


async def test_a_compound_that_nobody_answers_is_not_understood(router: Router) -> None:
    router.skills.clear()
    reply = await router.answer(Request("turn on the lamp and turn off the fan"))
    assert reply.stage == "none" and not reply.acted


async def test_what_is_forbidden_stays_forbidden_across_and(router: Router) -> None:
    await router.answer(Request("don't turn on the lamp and unlock the front door"))
    states = router.states()
    assert states["lamp"]["on"] is False and states["front_door"]["locked"] is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no, don't turn on the lamp"),
        ("en", "you must not turn on the lamp"),
        ("en", "you don't have to turn on the lamp"),
        ("en", "there's no need to turn on the lamp"),
        ("en", "don't turn on the lamp and the fan"),
        ("en", "don't turn on the lamp or the fan"),
        ("en", "don't turn on the lamp then unlock the front door"),
        ("zh-CN", "千万别打开台灯"),
        ("zh-CN", "我不想打开台灯"),
        ("zh-CN", "不打开台灯"),
        ("zh-CN", "不解锁前门"),
        ("zh-CN", "不要打开台灯然后解锁前门"),
        ("zh-TW", "別打開台灯"),
        ("zh-TW", "不許解鎖前门"),
        ("zh-HK", "唔好開台灯"),
        ("zh-HK", "唔好解鎖前门"),
        ("zh-HK", "唔使開台灯"),
        ("ko", "절대 램프 켜지 마"),
        ("ko", "램프 켤 필요 없어"),
        ("ko", "현관문 열면 안 돼"),
        ("ko", "현관문 잠금 해제하지 마"),
        ("ko", "현관문 잠금 풀지 마"),
    ],
)
async def test_what_is_forbidden_is_left_alone_and_said_to_be(
    router: Router, language: str, text: str
) -> None:
    before = dict(router.states())
    reply = await router.answer(Request(text, language))
    assert reply.intent == "LeaveAlone" and not reply.acted
    assert dict(router.states()) == before


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "take a note don't forget the keys", "TakeNote"),
        ("en", "tell everyone don't open the front door", "HassBroadcast"),
        ("en", "remind me not to eat at five", "Remind"),
        ("en", "add do not disturb signs to the shopping list", "HassShoppingListAddItem"),
        ("zh-CN", "记一下不要忘了带钥匙", "TakeNote"),
        ("zh-CN", "提醒我五点不要忘记带伞", "Remind"),
        ("zh-CN", "告诉大家不要开门", "HassBroadcast"),
        ("ko", "모두에게 문 열지 말라고 알려줘", "HassBroadcast"),
    ],
)
async def test_what_is_only_quoted_forbids_nothing(
    router: Router, language: str, text: str, intent: str
) -> None:
    reply = await router.answer(Request(text, language))
    assert (reply.intent, reply.acted) == (intent, True)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "don't add milk to the shopping list"),
        ("en", "don't take a note the key is under the mat"),
        ("en", "don't tell everyone dinner is ready"),
        ("en", "in ten minutes don't turn on the lamp"),
        ("zh-CN", "不要把牛奶加到购物清单"),
        ("zh-CN", "别告诉大家吃饭了"),
        ("ko", "장보기 목록에 우유 추가하지 마"),
        ("ko", "모두에게 저녁 먹으라고 알리지 마"),
    ],
)
async def test_what_is_quoted_may_be_forbidden_too(
    router: Router, language: str, text: str
) -> None:
    assert not (await router.answer(Request(text, language))).acted


@pytest.mark.parametrize(
    ("language", "before", "text", "then"),
    [
        ("en", "wake me up at seven", "don't wake me up", "CancelAlarm"),
        ("en", "hello", "turn on do not disturb", "HassTurnOn"),
        ("zh-CN", "你好", "打开勿扰模式", "HassTurnOn"),
        ("zh-CN", "开始打扫", "别扫了", None),
    ],
)
async def test_a_command_may_be_called_by_a_negation(
    tmp_path: Path, language: str, before: str, text: str, then: str | None
) -> None:
    file = tmp_path / "home.yaml"
    file.write_text(
        "devices:\n  - {id: quiet, kind: switch, name: do not disturb,"
        " aliases: {zh-CN: [勿扰模式]}}\n  - {id: robot, kind: vacuum, name: robot}\n",
        encoding="utf-8",
    )
    router = await open_skills(file, tmp_path / "state", silent)
    await router.answer(Request(before, language))
    reply = await router.answer(Request(text, language))
    assert reply.acted and reply.intent == (then or reply.intent)
    forbidding = {"en": "don't turn off do not disturb", "zh-CN": "不要关闭勿扰模式"}[language]
    assert (await router.answer(Request(forbidding, language))).intent == "LeaveAlone"
    await router.close()


async def test_the_context_is_forgotten(router: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skills.memory._CONTEXT_LASTS", -1.0)
    await router.answer(Request("turn on the lamp"))
    assert not (await router.answer(Request("turn it off"))).acted
    assert router.states()["lamp"]["on"] is True


async def test_an_ellipsis_never_moves_a_lock(router: Router) -> None:
    await router.answer(Request("turn on the lamp"))
    await router.answer(Request("and the front door"))
    assert router.states()["front_door"]["locked"] is True


async def test_a_device_asks_who_is_speaking(tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text(
        "devices:\n"
        "  - {id: safe, kind: switch, name: safe, requires: {speaker: [Mia]}}\n"
        "  - {id: lamp, kind: light, name: lamp}\n"
    )
    router = await open_skills(file, tmp_path / "state", silent)
    for speaker, text in (
        (None, "do not know any voices"),
        (Speaker("Ben", 0.99), "Ben may not"),
        (Speaker("Mia", 0.5), "not sure enough"),
    ):
        reply = await router.answer(Request("turn on the safe", speaker=speaker))
        assert not reply.acted and text in reply.text
    assert (await router.answer(Request("turn on the lamp"))).acted
    assert (await router.answer(Request("turn on the safe", speaker=Speaker("Mia", 0.97)))).acted
    await router.close()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Schalte lamp ein"),
        ("fr", "Allume lamp"),
        ("es", "Enciende lamp"),
        ("it", "Accendi lamp"),
        ("nl", "Zet lamp aan"),
        ("sv", "Tänd lamp"),
    ],
)
async def test_other_languages_work_word_for_word(router: Router, language: str, text: str) -> None:
    assert (await router.answer(Request(text, language))).targets == ("lamp",)
    assert router.states()["lamp"]["on"] is True
    assert (await router.answer(Request(text[:-2] + "xq", language))).stage == "none"


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("Yeah, sure.", "en", True),
        ("nope", "en", False),
        ("maybe", "en", None),
        ("好的", "zh", True),
    ],
)
def test_yes_and_no(text: str, language: str, answer: bool | None) -> None:
    assert affirms(text, language) is answer


@pytest.mark.parametrize(
    ("language", "text", "answer", "device", "state"),
    [
        ("en", "turn on teh lmap", "yes", "lamp", {"on": True}),
        ("en", "the bedroom fan", "yes", "bedroom_fan", {"on": True}),
        ("ko", "램프를", "네", "lamp", {"on": True}),
        ("ko", "커피 머신 줘", "네", "coffee_maker", {"on": True}),
        ("ko", "천장등 켜줘", "네", "kitchen_ceiling", {"on": True}),
        ("zh-CN", "客厅窗帘", "是的", "living_room_curtain", {"position": 100}),
    ],
)
async def test_what_lacks_a_verb_or_a_room_is_asked_about(
    router: Router, language: str, text: str, answer: str, device: str, state: dict[str, object]
) -> None:
    reply = await router.answer(Request(text, language))
    assert reply.expects_answer and not reply.acted, reply.text
    assert (await router.answer(Request(answer, language))).acted
    now = router.states()[device]
    assert {key: now[key] for key in state} == state


async def test_a_lock_is_not_moved_because_it_was_named(router: Router) -> None:
    reply = await router.answer(Request("the front door"))
    assert not reply.acted and reply.follow_up is None
    await router.answer(Request("yes"))
    assert router.states()["front_door"]["locked"] is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "turn on the lamp if it rains"),
        ("en", "turn on the lamp unless it is day"),
        ("en", "turn off all the lights except the lamp"),
        ("zh-CN", "如果下雨就打开台灯"),
        ("zh-CN", "除非下雨打开台灯"),
        ("ko", "비가 오면 램프 켜줘"),
        ("ko", "램프 켜줘 아니"),
        ("ko", "이따가 램프 켜줘"),
    ],
)
async def test_a_condition_is_never_taken_for_a_filler(
    router: Router, language: str, text: str
) -> None:
    before = router.states()
    for said in (text, YES[language]):
        assert not (await router.answer(Request(said, language))).acted
    assert router.states() == before


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "um well could you maybe turn on the lamp if you don't mind"),
        ("en", "okay so yeah put the lamp on when you get a chance thanks"),
        ("zh-CN", "嗯那个能不能麻烦你把台灯给打开一下谢谢啦"),
        ("ko", "저기 미안한데 음 램프 좀 그냥 켜 줄래 부탁해요"),
    ],
)
async def test_politeness_and_pauses_say_nothing(router: Router, language: str, text: str) -> None:
    assert (await router.answer(Request(text, language))).acted
    assert router.states()["lamp"]["on"] is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "um could you maybe not turn on the lamp please"),
        ("en", "well don't just turn on the lamp okay"),
        ("zh-CN", "嗯麻烦你别打开台灯好吗"),
        ("ko", "저기 그냥 램프 켜지 마 부탁해요"),
    ],
)
async def test_no_filler_takes_a_negation_along(router: Router, language: str, text: str) -> None:
    assert not (await router.answer(Request(text, language))).acted
    assert router.states()["lamp"]["on"] is False


@pytest.mark.parametrize(
    ("said", "sentence", "language", "kept_"),
    [
        ("is the lamb on", "turn on the lamp", "en", False),
        ("is the lamb on", "is the lamp on", "en", True),
        ("unlock everything", "lock everything", "en", False),
        ("台灯关了吗", "台灯关", "zh-CN", False),
        ("打开台丁", "关闭台灯", "zh-CN", False),
        ("비가 오면 램프 켜줘", "램프 켜줘", "ko", False),
        ("turn on no lamp", "turn on the lamp", "en", False),
        ("stop turning on the lamp", "turn on the lamp", "en", False),
        ("turn on the lamp tonight", "turn on the lamp", "en", False),
        ("unlock the front dor tomorrow", "unlock the front door", "en", False),
        ("turn on everything", "turn out everything", "en", False),
        ("won't you turn on teh lamp", "turn on the lamp", "en", True),
        ("没有打开台灯", "打开台灯", "zh-CN", False),
        ("除台灯都关掉", "台灯关掉", "zh-CN", False),
        ("打开除湿急", "打开除湿机", "zh-CN", True),
        ("清除台灯", "打开台灯", "zh-CN", True),
        ("今晚打开台灯", "打开台灯", "zh-CN", False),
        ("解锁所有门", "锁上所有门", "zh-CN", False),
        ("램프 못 켜", "램프 켜줘", "ko", False),
        ("현간문 잠금 풀어줘", "현관문 잠가줘", "ko", False),
    ],
)
def test_what_a_repair_may_not_lose(said: str, sentence: str, language: str, kept_: bool) -> None:
    assert kept(said, sentence, language) is kept_


async def test_free_text_is_never_found_by_leaving_words_out(router: Router) -> None:
    reply = await router.answer(Request("你还记得我们客厅以前的空调吗", "zh-CN"))
    assert not reply.acted
