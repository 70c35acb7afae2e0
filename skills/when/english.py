"""Times in English: "every weekday at half past six", "in an hour and a half", "tonight at ten"."""

from __future__ import annotations

import re

from skills.when.moment import EVERY_DAY, WEEKDAYS, WEEKEND
from skills.when.parsing import Draft, Grammar, Piece

_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_ONES = "zero one two three four five six seven eight nine".split()
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50}
_NUMBERS = {word: n for n, word in enumerate([*_ONES, *_TEENS])}
_WORDS = re.compile(
    rf"\b(?:({'|'.join(_TENS)})(?:[ -]({'|'.join(_ONES[1:])}))?|({'|'.join([*_ONES, *_TEENS])}))\b"
)
_DAY = "|".join(_DAYS)
_UNITS = {"hour": 3600, "minute": 60, "second": 1}
_LENGTH = (
    r"(?:half an? (?:hour|minute)|(?:a )?quarter of an hour"
    r"|(?:\d+|an?)(?: and a half)? (?:hour|minute|second)s?(?: and a half)?)"
)


def _prepare(text: str) -> str:
    def digits(found: re.Match[str]) -> str:
        tens, ones, small = found.groups()
        return str(_NUMBERS[small] if small else _TENS[tens] + _NUMBERS.get(ones or "zero", 0))

    text = text.replace("-", " ")
    return _WORDS.sub(digits, re.sub(r"\b(min|sec|hr)s?\b", _unshortened, text))


def _unshortened(found: re.Match[str]) -> str:
    return {"min": "minute", "sec": "second", "hr": "hour"}[found[1]] + "s"


def _delay(found: re.Match[str], draft: Draft) -> None:
    seconds = 0.0
    for part in re.findall(_LENGTH, found[0]):
        unit = next(size for name, size in _UNITS.items() if name in part)
        if part.startswith("half"):
            seconds += unit / 2
        elif "quarter" in part:
            seconds += 900
        else:
            count = re.match(r"\d+", part)
            seconds += unit * (int(count[0]) if count else 1) + unit / 2 * ("half" in part)
    draft.delay = round(seconds) + (draft.delay or 0)


def _repeat(found: re.Match[str], draft: Draft) -> None:
    said = found[0]
    if "weekday" in said or "workday" in said or "working day" in said:
        draft.days |= WEEKDAYS
    elif "weekend" in said:
        draft.days |= WEEKEND
    elif named := re.findall(_DAY, said):
        first, last = _DAYS.index(named[0]), _DAYS.index(named[-1])
        through = re.search(r"through|until| to ", said) is not None and first < last
        draft.days |= set(range(first, last + 1)) if through else {_DAYS.index(n) for n in named}
    else:
        draft.days |= EVERY_DAY
        draft.half = draft.half or _half(said)


def _day(found: re.Match[str], draft: Draft) -> None:
    said = found[0]
    if "after tomorrow" in said:
        draft.ahead = 2
    elif "tomorrow" in said:
        draft.ahead = 1
    elif named := re.search(_DAY, said):
        draft.weekday = _DAYS.index(named[0])
    else:
        draft.ahead = 0
        draft.half = draft.half or _half(said)


def _half(said: str) -> str | None:
    if "morning" in said:
        return "am"
    if "afternoon" in said or "evening" in said:
        return "pm"
    return "night" if "night" in said else None


def _part_of_day(found: re.Match[str], draft: Draft) -> None:
    draft.half = _half(found[0])


def _relative_clock(found: re.Match[str], draft: Draft) -> None:
    amount, side, hour = found.groups()
    minutes = {"half": 30, "quarter": 15}.get(amount) or int(amount)
    before = side in ("to", "of", "before", "till")
    draft.hour = int(hour) - before
    if draft.hour == 0:
        draft.hour = 12
    draft.minute = 60 - minutes if before else minutes


def _clock(found: re.Match[str], draft: Draft) -> None:
    hour, minute, half = found.groups()
    draft.hour, draft.minute = int(hour), int(minute or 0)
    if half:
        draft.half = half[0] + "m"


def _named_clock(found: re.Match[str], draft: Draft) -> None:
    draft.hour = 0 if "midnight" in found[0] else 12
    draft.half = "am" if "midnight" in found[0] else "pm"


def _pieces() -> tuple[Piece, ...]:
    days = rf"(?:{_DAY})s?(?:(?: and| through| until| to|) (?:{_DAY})s?)*"
    return tuple(
        (re.compile(pattern), take)
        for pattern, take in (
            (rf"\b(?:in|after) {_LENGTH}(?:(?: and)? {_LENGTH})*", _delay),
            (rf"\b{_LENGTH}(?:(?: and)? {_LENGTH})* (?:from now|from|later)\b", _delay),
            (
                r"\b(?:(?:on |every |each )?(?:weekdays?|workdays?|working days?|weekends?)"
                r"|every ?day|each day|daily|every (?:morning|afternoon|evening|night))\b",
                _repeat,
            ),
            (rf"\b(?:every|each) {days}|\b(?:on )?(?:{_DAY})s(?: and (?:{_DAY})s)*\b", _repeat),
            (rf"\b(?:{_DAY}) (?:through|until|to) (?:{_DAY})\b", _repeat),
            (r"\b(?:the )?day after tomorrow\b", _day),
            (r"\btomorrow\b|\btoday\b|\btonight\b|\bthis (?:morning|afternoon|evening)\b", _day),
            (rf"\b(?:on |next |this )*(?:{_DAY})\b", _day),
            (r"\b(?:in the |at )?(?:morning|afternoon|evening|night)\b", _part_of_day),
            (r"\b(?:noon|midday|midnight)\b", _named_clock),
            (
                r"\b(?:a )?(half|quarter|\d{1,2})(?: minutes?)? "
                r"(past|after|to|of|before|till) (\d{1,2})\b(?: o'?clock)?",
                _relative_clock,
            ),
            (
                r"\b(\d{1,2})(?:[:. ](\d\d))?(?: ?o'?clock)?(?: ?([ap]) ?\.?m\b\.?)?(?![\d:%])",
                _clock,
            ),
        )
    )


GRAMMAR = Grammar(
    prepare=_prepare,
    pieces=_pieces(),
    fillers=re.compile(r"\b(?:at|on|for|by|around|about|o'?clock|[ap]m)\b"),
    hint=re.compile(
        rf"\d|\b(?:{'|'.join([*_ONES, *_TEENS, *_TENS])})\b|noon|midday|midnight|hour|minute"
    ),
)
