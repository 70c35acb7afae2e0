"""What the conversation says on its own account, and the words that stop a ringing timer."""

from __future__ import annotations

from enum import StrEnum

from speech.language import primary


class Phrase(StrEnum):
    """Something to say when there is no reply."""

    NOT_CAUGHT = "not_caught"
    NOT_UNDERSTOOD = "not_understood"
    FAILED = "failed"
    TOO_LONG = "too_long"
    NOT_HEARD_IN = "not_heard_in"
    """With ``language``, in the phrase's own, and ``model``, which to pull for it."""
    ONLY_TYPED = "only_typed"
    """With the same, said in that language."""


_PHRASES = {
    "en": {
        Phrase.NOT_CAUGHT: "I did not catch that.",
        Phrase.NOT_UNDERSTOOD: "Sorry, I did not understand that.",
        Phrase.FAILED: "Sorry, something went wrong.",
        Phrase.TOO_LONG: "Sorry, that takes too long.",
        Phrase.NOT_HEARD_IN: "I cannot hear {language} yet, because no recogniser for it is here. "
        "This gets one: sonorant models pull {model}",
        Phrase.ONLY_TYPED: "But it has to be typed: no recogniser for it is here. "
        "This gets one: sonorant models pull {model}",
    },
    "zh": {
        Phrase.NOT_CAUGHT: "我没听清楚。",
        Phrase.NOT_UNDERSTOOD: "对不起,我不明白。",
        Phrase.FAILED: "对不起,出错了。",
        Phrase.TOO_LONG: "对不起,时间太长了。",
        Phrase.NOT_HEARD_IN: "我还听不懂{language},因为这里没有它的识别模型。"
        "用这个命令下载:sonorant models pull {model}",
        Phrase.ONLY_TYPED: "不过只能打字,因为这里没有中文的识别模型。"
        "用这个命令下载:sonorant models pull {model}",
    },
    "ko": {
        Phrase.NOT_CAUGHT: "잘 못 들었어요.",
        Phrase.NOT_UNDERSTOOD: "죄송해요, 이해하지 못했어요.",
        Phrase.FAILED: "죄송해요, 문제가 생겼어요.",
        Phrase.TOO_LONG: "죄송해요, 너무 오래 걸려요.",
        Phrase.NOT_HEARD_IN: "여기에는 인식 모델이 없어서 아직 {language}로 들을 수 없어요. "
        "이 명령으로 받을 수 있어요: sonorant models pull {model}",
        Phrase.ONLY_TYPED: "하지만 여기에는 인식 모델이 없어서 글로 써야 해요. "
        "이 명령으로 받을 수 있어요: sonorant models pull {model}",
    },
}

_NAMES = {
    "en": {"en": "English", "zh": "Chinese", "ko": "Korean"},
    "zh": {"en": "英语", "zh": "中文", "ko": "韩语"},
    "ko": {"en": "영어", "zh": "중국어", "ko": "한국어"},
}

_STOP = {
    "en": ("stop", "cancel", "quiet", "enough", "silence", "shut up", "turn it off", "okay"),
    "zh": ("停", "别响", "取消", "好了", "关掉"),
    "ko": ("그만", "멈춰", "중지", "꺼", "취소"),
}


def phrase(which: Phrase, language: str) -> tuple[str, str]:
    """The phrase in a language (BCP 47) or, where it lacks one, in English; and the language."""
    spoken = language if primary(language) in _PHRASES else "en"
    return _PHRASES[primary(spoken)][which], spoken


def language_name(language: str, spoken: str) -> str:
    """What a language is called in the one that is spoken (both BCP 47); its tag if unknown."""
    return _NAMES.get(primary(spoken), {}).get(primary(language), language)


def says_stop(text: str, language: str) -> bool:
    """Whether a short text asks for silence while a timer rings."""
    spaced = f" {''.join(c if c.isalnum() else ' ' for c in text.lower())} "
    spaced = " ".join(spaced.split()).join("  ")
    if (own := primary(language)) in ("zh", "ko"):
        return any(word in spaced for word in _STOP[own])
    if spaced.startswith(" okay ") and spaced != " okay ":
        spaced = spaced.removeprefix(" okay")  # "okay, turn on the lamp" is about something else
    return any(f" {word} " in spaced for word in _STOP["en"])
