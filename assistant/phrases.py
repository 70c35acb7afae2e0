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


_PHRASES = {
    "en": {
        Phrase.NOT_CAUGHT: "I did not catch that.",
        Phrase.NOT_UNDERSTOOD: "Sorry, I did not understand that.",
        Phrase.FAILED: "Sorry, something went wrong.",
        Phrase.TOO_LONG: "Sorry, that takes too long.",
    },
    "zh": {
        Phrase.NOT_CAUGHT: "我没听清楚。",
        Phrase.NOT_UNDERSTOOD: "对不起,我不明白。",
        Phrase.FAILED: "对不起,出错了。",
        Phrase.TOO_LONG: "对不起,时间太长了。",
    },
    "ko": {
        Phrase.NOT_CAUGHT: "잘 못 들었어요.",
        Phrase.NOT_UNDERSTOOD: "죄송해요, 이해하지 못했어요.",
        Phrase.FAILED: "죄송해요, 문제가 생겼어요.",
        Phrase.TOO_LONG: "죄송해요, 너무 오래 걸려요.",
    },
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


def says_stop(text: str, language: str) -> bool:
    """Whether a short text asks for silence while a timer rings."""
    spaced = f" {''.join(c if c.isalnum() else ' ' for c in text.lower())} "
    spaced = " ".join(spaced.split()).join("  ")
    if (own := primary(language)) in ("zh", "ko"):
        return any(word in spaced for word in _STOP[own])
    if spaced.startswith(" okay ") and spaced != " okay ":
        spaced = spaced.removeprefix(" okay")  # "okay, turn on the lamp" is about something else
    return any(f" {word} " in spaced for word in _STOP["en"])
