"""Times in Korean: 평일 아침 여섯 시 반, 한 시간 반 뒤, 오늘 밤 열 시."""

from __future__ import annotations

import re

from skills.when.east import Words
from skills.when.parsing import Draft, Grammar, Piece

_DAYS = "월화수목금토일"
_NATIVE = {
    **{"열두": 12, "열한": 11, "열": 10, "아홉": 9, "여덟": 8, "일곱": 7, "여섯": 6, "다섯": 5},
    **{"네": 4, "세": 3, "두": 2, "한": 1, "스무": 20},
}
_WORDS = Words(
    digits={c: n for n, c in enumerate("영일이삼사오육칠팔구")} | {"공": 0},
    ten="십",
    units={"시간": 3600, "분": 60, "초": 1},
    half="반",
    length=r"(?:\d+ ?(?:시간(?: ?반)?|분|초)|반 ?시간)",
    halves={
        **{"오전": "am", "새벽": "am", "아침": "am"},
        **{"오후": "pm", "저녁": "pm", "낮": "noon", "점심": "noon", "밤": "night"},
    },
    ahead={"오늘": 0, "내일": 1, "모레": 2, "글피": 3},
    weekdays=("평일",),
    weekend=("주말",),
)


def _prepare(text: str) -> str:
    native = "|".join(_NATIVE)
    text = re.sub(rf"({native}) ?(?=시)", lambda found: f"{_NATIVE[found[1]]}", text)
    return re.sub(
        r"([영공일이삼사오육칠팔구십]+) ?(?=시|분|초)",
        lambda found: str(_WORDS.number(found[1])),
        text,
    )


def _repeat(found: re.Match[str], draft: Draft) -> None:
    said = found[0]
    named = [_DAYS.index(c) for c in re.findall(rf"([{_DAYS}])요일", said)]
    _WORDS.take_repeat(said, named, draft, through="부터" in said)


def _weekday(found: re.Match[str], draft: Draft) -> None:
    draft.weekday = _DAYS.index(found[1])


def _clock(found: re.Match[str], draft: Draft) -> None:
    hour, half, minutes, colon = found.groups()
    draft.hour = int(hour)
    draft.minute = 30 if half else int(minutes or colon or 0)


def _named_clock(found: re.Match[str], draft: Draft) -> None:
    draft.hour, draft.half = (12, "pm") if found[0] == "정오" else (0, "am")


def _pieces() -> tuple[Piece, ...]:
    day = rf"[{_DAYS}]요일"
    return tuple(
        (re.compile(pattern), take)
        for pattern, take in (
            (
                rf"(?:지금부터 )?{_WORDS.length}(?: ?{_WORDS.length})* ?(?:뒤|후|있다가|이따가?)",
                _WORDS.take_delay,
            ),
            (rf"매주 ?{day}(?:(?:[과와]|이랑|하고|,)? ?{day})*(?:마다)?", _repeat),
            (rf"{day}(?:부터|에서) ?{day}(?:까지)?|{day}(?:(?:과|하고)? ?{day})*마다", _repeat),
            (r"매일|날마다|(?:매주 ?)?(?:평일|주말)(?:마다)?", _repeat),
            (rf"(?:다음 ?주 |이번 ?주 )?([{_DAYS}])요일", _weekday),
            (r"오늘|내일|모레|글피", _WORDS.take_ahead),
            ("|".join(_WORDS.halves), _WORDS.take_half),
            (r"정오|자정", _named_clock),
            (r"(\d{1,2})(?:시(?!간)(?: ?(?:(반)|(\d{1,2}) ?분))?|:(\d\d))", _clock),
        )
    )


GRAMMAR = Grammar(
    prepare=_prepare,
    pieces=_pieces(),
    fillers=re.compile(r"(?:에는?|으?로|마다|쯤|정각|정도)(?=\s|$)"),
    hint=re.compile(r"시|분|초|:\d|정오|자정"),
)
