"""Figures in a Chinese text, read out: ``2024年`` is 二零二四年, ``2024个`` 两千零二十四个."""

from __future__ import annotations

import re
from collections.abc import Callable

ONE = "幺"
"""A one of a telephone number, which is said *yāo*, seldom *yī*."""

_DIGITS = "零一二三四五六七八九"
_POWERS = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_LONGEST = 16  # digits of a number that is counted; what is longer is read digit by digit
_MOBILE = re.compile(r"1[3-9]\d{9}")
_SPELT = 7  # digits from which on a number without separators is that of a telephone

_CURRENCIES = {"¥": "元", "￥": "元", "$": "美元", "＄": "美元", "€": "欧元", "£": "英镑"}
_UNITS = {
    "km/h": "公里每小时", "m/s": "米每秒", "km²": "平方公里", "m²": "平方米", "m³": "立方米",
    "㎡": "平方米", "km": "公里", "cm": "厘米", "mm": "毫米", "kg": "公斤", "mg": "毫克",
    "ml": "毫升", "min": "分钟", "℃": "摄氏度", "°C": "摄氏度", "℉": "华氏度", "°F": "华氏度",
    "°": "度", "m": "米", "g": "克", "L": "升", "l": "升", "h": "小时", "s": "秒",
}  # fmt: skip
_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_COUNTED = (
    "万亿千个只本张块天年点次位件条斤米公小种口双杯瓶周星倍元人家名把台辆头匹座份遍克升岁美欧英分秒"
)
"""First characters of what is counted with 两, not 二."""

_RULES: list[tuple[str, Callable[[re.Match[str]], str]]] = [
    (r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)", lambda m: _date(m[1], m[2], m[3])),
    (r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?(?!\d)", lambda m: _time(m[1], m[2], m[3])),
    (r"(\d{4})[-–～~](\d{4})(?=\s*年)", lambda m: f"{digits(m[1])}到{digits(m[2])}"),
    (r"\d{3,4}(?:-\d{3,8})+", lambda m: _telephone(m[0].replace("-", ""))),
    (r"\d{4}(?=\s*年)", lambda m: digits(m[0])),
    (rf"({_NUMBER})\s*[%％]", lambda m: "百分之" + number(m[1])),
    (rf"({_NUMBER})\s*‰", lambda m: "千分之" + number(m[1])),
    (r"(\d+)/(\d+)", lambda m: f"{number(m[2])}分之{number(m[1])}"),
    (rf"([¥￥$＄€£])\s*({_NUMBER})", lambda m: _counted(m[2], _CURRENCIES[m[1]])),
    (rf"({_NUMBER})\s*({_UNIT})(?![A-Za-z])", lambda m: _counted(m[1], _UNITS[m[2]])),
    (rf"({_NUMBER})(?=\s*[{_COUNTED}])", lambda m: _counted(m[1], "")),
    (_NUMBER, lambda m: number(m[0])),
]
_FIGURES = re.compile(
    r"(?P<sign>(?<![\w%％])[-−－])?(?:" + "|".join(f"(?:{rule})" for rule, _ in _RULES) + ")"
)
_RANGE = re.compile(r"\s*[-~～–—－](?=\s*[¥￥$＄€£]?\d)")


def figures(text: str, at: int) -> tuple[str, str] | None:
    """The figure that begins at a place, and the hanzi that are read for it; None for no figure.

    A range, as in ``3-5天`` or ``8:00～9:30``, is one figure.
    """
    found = _figure(text, at)
    if found is None:
        return None
    end, said = found
    while (dash := _RANGE.match(text, end)) and (after := _figure(text, dash.end())):
        end, said = after[0], f"{said}到{after[1]}"
    return text[at:end], said


def number(written: str) -> str:
    """A number as it is counted, or digit by digit where it is none to be counted."""
    whole, point, decimals = written.replace(",", "").partition(".")
    spelt = len(whole) > _LONGEST or (len(whole) > 1 and whole[0] == "0")
    if len(whole) >= _SPELT and not _round(written):
        said = _telephone(whole)
    else:
        said = digits(whole) if spelt else cardinal(int(whole))
    return f"{said}点{digits(decimals)}" if point else said


def digits(written: str) -> str:
    """Digit by digit: ``2024`` is 二零二四."""
    return "".join(_DIGITS[int(digit)] for digit in written)


def _telephone(written: str) -> str:
    """The digits of a telephone number, its ones as :data:`ONE`."""
    return digits(written).replace("一", ONE)


def cardinal(value: int) -> str:
    """A whole number below 10^16 as it is counted: 105 is 一百零五, 12 is 十二, 2000 两千."""
    if value == 0:
        return "零"
    said, gap = "", False
    for place in range(len(_GROUPS) - 1, -1, -1):
        group = value // 10 ** (4 * place) % 10_000
        if group == 0:
            gap = bool(said)
            continue
        if said and (gap or group < 1000):
            said += "零"
        name = _GROUPS[place]
        if place == 3 and value // 10**8 % 10_000:
            name = "万"  # 万 of the 亿 that follows
        said += ("两" if group == 2 and place else _group(group)) + name
        gap = False
    return said[1:] if said.startswith("一十") else said


def _group(value: int) -> str:
    """Up to four digits."""
    said = ""
    for power in range(3, -1, -1):
        digit = value // 10**power % 10
        if digit:
            name = "两" if digit == 2 and power == 3 else _DIGITS[digit]
            said += name + _POWERS[power]
        elif said and not said.endswith("零") and value % 10**power:
            said += "零"
    return said


def _figure(text: str, at: int) -> tuple[int, str] | None:
    found = _FIGURES.match(text, at)
    if found is None:
        return None
    start = at + len(found["sign"] or "")
    for rule, read in _RULES:
        if match := re.compile(rule).match(text, start):
            return match.end(), ("负" if found["sign"] else "") + read(match)
    return None


def _counted(written: str, unit: str) -> str:
    """A number before what it counts: two are 两."""
    return ("两" if written == "2" else number(written)) + unit


def _round(written: str) -> bool:
    """Whether a long number is meant to be counted: it has separators, or ends with zeros, as of
    mobile telephones few do.
    """
    whole = written.partition(".")[0]
    return "," in written or whole.endswith("0000" if _MOBILE.fullmatch(whole) else "000")


def _date(year: str, month: str, day: str) -> str:
    return f"{digits(year)}年{cardinal(int(month))}月{cardinal(int(day))}日"


def _time(hour: str, minute: str, second: str | None) -> str:
    said = ("两" if int(hour) == 2 else cardinal(int(hour))) + "点"
    if int(minute) or second:
        said += _two(minute) + "分"
    return said + (_two(second) + "秒" if second and int(second) else "")


def _two(written: str) -> str:
    """Two digits of a clock: ``05`` is 零五."""
    return ("零" if written[0] == "0" and int(written) else "") + cardinal(int(written))
