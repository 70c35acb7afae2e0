"""Times in Mandarin: 每个工作日早上六点半, 一个半小时后, 今晚十点."""

from __future__ import annotations

import re

from skills.when.east import Words
from skills.when.parsing import Draft, Grammar, Piece

_WEEK = {**{c: n for n, c in enumerate("一二三四五六日")}, "天": 6}
_WEEK |= {str(n + 1): n for n in range(7)}
_NIGHTS = {"今早": (0, "am"), "今晚": (0, "night"), "明早": (1, "am"), "明晚": (1, "night")}
_WORDS = Words(
    digits={c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0},
    ten="十",
    units={"小时": 3600, "钟头": 3600, "刻": 900, "分": 60, "秒": 1},
    half="半",
    length=r"(?:半个?(?:小时|钟头|分钟)|\d+个?半?(?:小时|钟头)|\d+(?:分钟?|秒钟?)半?|\d+刻钟)",
    halves={
        **dict.fromkeys(("凌晨", "清晨", "早上", "早晨", "上午"), "am"),
        **{"中午": "noon", "下午": "pm", "傍晚": "pm"},
        **dict.fromkeys(("晚上", "夜里", "半夜", "深夜"), "night"),
    },
    ahead={"今天": 0, "明天": 1, "后天": 2, "大后天": 3},
    weekdays=("工作日", "平日"),
    weekend=("周末",),
)


def _prepare(text: str) -> str:
    """Numbers up to 99 in digits, except in the names of the days of the week."""
    text = re.sub(
        r"(?<=周|期|拜)[一二三四五六日天](?:[、和到至]?[一二三四五六日天](?!点|个))*", _days, text
    )
    return re.sub(
        r"[零〇一二两三四五六七八九十]+", lambda found: str(_WORDS.number(found[0])), text
    )


def _days(found: re.Match[str]) -> str:
    return "".join(f"<{_WEEK[c]}>" if c in _WEEK else c for c in found[0])


def _repeat(found: re.Match[str], draft: Draft) -> None:
    said = found[0]
    named = [int(n) for n in re.findall(r"<(\d)>", said)]
    through = re.search("[到至]", said) is not None
    _WORDS.take_repeat(said, named, draft, through=through)
    for word, half in (("早", "am"), ("晚", "night")):
        if said.endswith(word):
            draft.half = half


def _weekday(found: re.Match[str], draft: Draft) -> None:
    draft.weekday = int(found[1])


def _night(found: re.Match[str], draft: Draft) -> None:
    draft.ahead, draft.half = _NIGHTS[found[0]]


def _clock(found: re.Match[str], draft: Draft) -> None:
    hour, half, quarters, minutes, colon = found.groups()
    draft.hour = int(hour)
    draft.minute = 30 if half else 15 * int(quarters) if quarters else int(minutes or colon or 0)


def _pieces() -> tuple[Piece, ...]:
    week = r"(?:周|星期|礼拜)"
    return tuple(
        (re.compile(pattern), take)
        for pattern, take in (
            (
                rf"(?:再?过)?{_WORDS.length}(?:零?{_WORDS.length})*(?:之后|以后|过后|后)",
                _WORDS.take_delay,
            ),
            (rf"再?过{_WORDS.length}(?:零?{_WORDS.length})*", _WORDS.take_delay),
            (rf"每个?{week}<\d>(?:[、和到至]*{week}?<\d>)*", _repeat),
            (rf"{week}<\d>(?:[到至]){week}?<\d>", _repeat),
            (r"每个?(?:天|日|早上?(?=\d)|晚上?(?=\d)|工作日|平日|周末)|工作日|平日|周末", _repeat),
            (rf"(?:下个?|这个?|本)?{week}<(\d)>", _weekday),
            (r"大后天|今天|明天|后天", _WORDS.take_ahead),
            ("|".join(_NIGHTS), _night),
            ("|".join(_WORDS.halves), _WORDS.take_half),
            (
                r"(\d{1,2})(?:点钟?(?:(半)|(\d)刻|零?(\d{1,2})分?)?|[:：](\d\d))整?",
                _clock,
            ),
        )
    )


GRAMMAR = Grammar(
    prepare=_prepare,
    pieces=_pieces(),
    fillers=re.compile(r"在|于|的|时候|时|钟|整|都"),
    hint=re.compile(r"点|[:：]|小时|钟头|分钟|秒|刻钟"),
    joint="",
)
