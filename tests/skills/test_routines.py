"""Routines out of a YAML file, and messages and notes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from skills.home import EXAMPLE
from speech.errors import ConfigError
from tests.skills.conversations import talk

ROUTINES = """
good night:
  say: {en: [good night, time for bed], zh-CN: [晚安], ko: [잘 자]}
  do: [turn off all the lights, lock the front door]
  reply: {en: [Sleep well.], zh-CN: [好梦。], ko: [안녕히 주무세요.]}
movie:
  do: [把台灯亮度调到百分之二十, 关上窗帘]
  language: zh-CN
  say: {en: [movie time]}
loop:
  do: [loop the loop, fly to the moon]
  say: {en: [loop the loop]}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "routines.yaml").write_text(ROUTINES, "utf-8")
    return Path(shutil.copy(EXAMPLE, tmp_path / "config" / "home.yaml"))


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("Good night!", "en", "Sleep well."),
        ("start the good night routine", "en", "Sleep well."),
        ("晚安", "zh-CN", "好梦。"),
        ("잘 자", "ko", "안녕히 주무세요."),
    ],
)
async def test_good_night(
    home: Path, tmp_path: Path, text: str, language: str, answer: str
) -> None:
    async with talk(tmp_path, language, home) as say:
        await say("turn on the lamp", "en")
        await say("unlock the front door", "en")
        assert await say(text) == answer
        assert say.reply.intent == "RunRoutine" and say.reply.acted
        assert say.router.states()["lamp"]["on"] is False
        assert say.router.states()["front_door"]["locked"] is True
        assert "lamp" in say.reply.targets and "front_door" in say.reply.targets


async def test_commands_in_another_language_and_one_that_goes_in_circles(
    home: Path, tmp_path: Path
) -> None:
    async with talk(tmp_path, home=home) as say:
        assert await say("movie time") == "Done: movie."
        assert say.router.states()["lamp"]["brightness"] == 20
        told = await say("loop the loop")
        assert '"fly to the moon": I did not understand' in told and not say.reply.acted
        assert "good night, movie time" in await say("what routines do I have")


async def test_what_a_routine_asks_is_answered(home: Path, tmp_path: Path) -> None:
    home.with_name("routines.yaml").write_text(
        "up:\n  say: {en: [rise and shine]}\n"
        "  do: [turn on the lamp, is the front door locked]\n"
        "look:\n  say: {en: [look around]}\n  do: [is the lamp on]\n"
        "ask:\n  say: {en: [light please]}\n  do: [turn on the light]\n"
    )
    async with talk(tmp_path, home=home) as say:
        assert await say("rise and shine") == "Done: up. Yes, locked."
        assert await say("look around") == "Yes, on."
        assert await say("light please") == '"turn on the light": In which room?'


async def test_the_file_may_be_edited_meanwhile(home: Path, tmp_path: Path) -> None:
    file = home.with_name("routines.yaml")
    async with talk(tmp_path, home=home) as say:
        file.write_text("up:\n  say: {en: [rise and shine]}\n  do: [turn on the lamp]\n")
        assert await say("rise and shine") == "Done: up."
        file.write_text("up: [")
        os.utime(file, (1, 1))
        assert await say("rise and shine") == "Done: up."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a:\n  say: {en: [a]}", r"routines\.yaml:2: the routine 'a' does nothing"),
        ("a:\n  do: [x]\n  sya: {}", r"routines\.yaml:3: unknown key 'sya'"),
        ("a: [", "not YAML"),
    ],
)
async def test_mistakes_have_an_address(home: Path, tmp_path: Path, text: str, reason: str) -> None:
    home.with_name("routines.yaml").write_text(text)
    with pytest.raises(ConfigError, match=reason):
        async with talk(tmp_path, home=home):
            pass


@pytest.mark.parametrize(
    ("text", "language", "told", "said"),
    [
        (
            "Tell everyone dinner is ready.",
            "en",
            "I tell everyone: dinner is ready.",
            "Attention please: dinner is ready.",
        ),
        ("告诉大家吃饭了", "zh-CN", "好的，告诉大家：吃饭了。", "请注意：吃饭了。"),
        (
            "모두에게 저녁 먹으라고 알려 줘",
            "ko",
            "모두에게 전할게요: 저녁 먹으라고.",
            "알려 드려요: 저녁 먹으라고.",
        ),
    ],
)
async def test_everybody_is_told(
    tmp_path: Path, text: str, language: str, told: str, said: str
) -> None:
    async with talk(tmp_path, language) as here, talk(tmp_path) as there:
        assert await here(text) == told
        assert await here.announcement() == said
        assert await there.announcement() == said


@pytest.mark.parametrize(
    ("take", "read", "language", "note"),
    [
        ("Take a note that the key is under Bob's mat.", "read my notes", "en", "the key is under"),
        ("记一下钥匙在垫子下面", "读一下我的笔记", "zh-CN", "钥匙在垫子下面"),
        ("열쇠는 매트 아래 있다고 메모해 줘", "메모 읽어 줘", "ko", "열쇠는 매트 아래 있다고"),
    ],
)
async def test_notes(tmp_path: Path, take: str, read: str, language: str, note: str) -> None:
    async with talk(tmp_path, language) as say:
        assert note in await say(take) and say.reply.acted
    async with talk(tmp_path, language) as say:
        assert note in await say(read)
        await say(
            {"en": "delete the last note", "ko": "메모 다 지워 줘"}.get(language, "删除所有笔记")
        )
        assert say.reply.acted
        assert note not in await say(read)
