"""Asking for another language, in each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.skills.conversations import talk

ASKED = {
    "en": {
        "zh-CN": [
            "Speak Chinese, please.",
            "let's talk in Mandarin",
            "说中文",
            "讲中文",
            "请说中文吧",
            "请用中文说",
            "중국어로 말해",
        ],
        "ko": ["switch to Korean", "answer me in Korean", "한국어로 말해 줘", "说韩语"],
    },
    "zh-CN": {
        "en": [
            "请说英语",
            "讲英文吧",
            "我们用英语聊天",
            "换成英语",
            "Speak English.",
            "영어로 말해",
        ],
        "ko": ["说韩语", "한국어로 말해"],
    },
    "ko": {
        "en": ["영어로 말해 주세요", "영어 로 말 해 주세요", "speak English", "说英语"],
        "zh-CN": ["중국어로 바꿔 줘", "중국어로 얘기하자", "说中文"],
    },
}
NOW = {
    "en": "All right, let's speak English.",
    "zh-CN": "好的，我们说中文。",
    "ko": "네, 한국어로 말할게요.",
}


@pytest.mark.parametrize("language", ASKED)
async def test_the_talk_goes_on_in_the_language_that_was_asked_for(
    tmp_path: Path, language: str
) -> None:
    async with talk(tmp_path, language) as say:
        for wanted, sentences in ASKED[language].items():
            for sentence in sentences:
                assert await say(sentence) == NOW[wanted], sentence
                assert (say.reply.goes_on_in, say.reply.language) == (wanted, wanted)


@pytest.mark.parametrize(
    ("language", "sentence", "answer"),
    [
        ("en", "speak English", "We are speaking English."),
        ("zh-CN", "说中文", "我们正说着中文呢。"),
        ("ko", "한국어로 말해", "지금 한국어로 말하고 있어요."),
        ("en", "speak French", "I speak English, Chinese and Korean"),
        ("en", "do you speak Chinese?", "I speak English, Chinese and Korean"),
        ("zh-CN", "你会说英语吗", "我会说英语、中文和韩语"),
        ("zh-CN", "不要说英语", "好的，我什么都不动。"),
        ("ko", "어떤 언어를 할 수 있어요?", "저는 영어, 중국어, 한국어를 해요"),
        ("en", "don't speak Chinese", "All right, I leave it as it is."),
        ("en", "peak Chinese", "Did you mean: speak chinese?"),
    ],
)
async def test_what_changes_nothing(
    tmp_path: Path, language: str, sentence: str, answer: str
) -> None:
    async with talk(tmp_path, language) as say:
        assert (await say(sentence)).startswith(answer)
        assert say.reply.goes_on_in is None


async def test_a_command_beside_it_is_done_too(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        await say("turn on the lamp and speak Chinese")
        assert say.router.states()["lamp"]["on"] is True
        assert say.reply.goes_on_in == "zh-CN"


async def test_a_guess_that_is_confirmed_goes_on_in_it(tmp_path: Path) -> None:
    async with talk(tmp_path) as say:
        await say("peak Chinese")
        assert await say("yes") == NOW["zh-CN"]
        assert say.reply.goes_on_in == "zh-CN"


@pytest.mark.parametrize(
    ("heard", "answer"),
    [
        ("지금 몇 시 야", "지금은 "),
        ("오늘 며칠 이 야", "오늘은 "),
        ("거실 불 을 켜 주세요", "램프를 켰어요."),
    ],
)
async def test_korean_is_understood_as_a_recogniser_of_morphemes_writes_it(
    tmp_path: Path, heard: str, answer: str
) -> None:
    async with talk(tmp_path, "ko") as say:
        assert (await say(heard)).startswith(answer)
