"""Amounts that people say in words: halves, quarters and spans, as the templates count them.

"Half an hour" is 30 minutes, "a quarter" of the light 25 percent, 二十四度半 is 24.5度.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from skills.normalize import base

Change = Callable[[re.Match[str]], str]

_ONES = "one two three four five six seven eight nine ten eleven twelve".split()
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH: Mapping[str, int] = {
    "a": 1,
    "an": 1,
    **{word: n for n, word in enumerate((*_ONES, *_TEENS), 1)},
    **{word: 10 * n for n, word in enumerate(_TENS, 2)},
}
_EN = rf"(?:\d+|(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[:9])}))?|{'|'.join(_ONES + _TEENS)})"
_HAN = "零一二三四五六七八九"
_ZH = r"(?:\d+|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
_SINO = "영일이삼사오육칠팔구"
_KO = r"(?:\d+|[이삼사오육칠팔구]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구])"
_NATIVE = {"한": 1, "두": 2, "세": 3, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8}
_NATIVE |= {"아홉": 9, "열": 10, "열한": 11, "열두": 12}


def counted(text: str, language: str) -> str:
    """A normalised sentence with such amounts in figures.

    >>> counted("set a timer for an hour and a half", "en")
    'set a timer for 1 hour 30 minutes'
    >>> counted("空调调到二十四度半", "zh-CN")
    '空调调到24.5度'
    """
    for pattern, change in _CHANGES.get(base(language), ()):
        text = pattern.sub(change, text)
    return text


def _english(text: str) -> int:
    return int(text) if text.isdigit() else sum(_ENGLISH[word] for word in re.split("[ -]", text))


def _by_tens(digits: str, ten: str) -> Callable[[str], int]:
    """Reads numbers below a hundred, such as 二十四."""

    def read(text: str) -> int:
        if text.isdigit():
            return int(text)
        tens, is_ten, ones = text.replace("两", "二").partition(ten)
        if not is_ten:
            return digits.index(text.replace("两", "二"))
        return 10 * (digits.index(tens) if tens else 1) + (digits.index(ones) if ones else 0)

    return read


_mandarin = _by_tens(_HAN, "十")
_korean = _by_tens(_SINO, "십")


def _is(instead: str) -> Change:
    return lambda hit: instead


def _with(read: Callable[[str], int], instead: str) -> Change:
    """Fills in the number of the match."""
    return lambda hit: instead.format(read(hit["n"]))


_CHANGES: Mapping[str, tuple[tuple[re.Pattern[str], Change], ...]] = {
    tag: tuple((re.compile(pattern), change) for pattern, change in changes)
    for tag, changes in {
        "en": (
            (r"\bthree[ -]quarters of an hour\b", _is("45 minutes")),
            (r"\b(?:a )?quarter of an hour\b", _is("15 minutes")),
            (r"\b(?:a )?half (?:an |a )?hour\b", _is("30 minutes")),
            (r"\bhalf a minute\b", _is("30 seconds")),
            (r"\ban hour and a half\b", _is("1 hour 30 minutes")),
            (r"\ban hour and a quarter\b", _is("1 hour 15 minutes")),
            (rf"\b(?P<n>{_EN}) and a half hours?\b", _with(_english, "{} hours 30 minutes")),
            (rf"\b(?P<n>{_EN}) hours? and a half\b", _with(_english, "{} hours 30 minutes")),
            (rf"\b(?P<n>{_EN}) and a half minutes?\b", _with(_english, "{} minutes 30 seconds")),
            (rf"\b(?P<n>{_EN}) minutes? and a half\b", _with(_english, "{} minutes 30 seconds")),
            (r"\ba minute and a half\b", _is("1 minute 30 seconds")),
            (r"\ban hour\b", _is("1 hour")),
            (r"(?<=for )a minute\b", _is("1 minute")),
            (r"\ba couple of (?=minutes|hours|degrees)", _is("2 ")),
            (rf"\b(?P<n>{_EN}) (?:and a half|point five)\b", _with(_english, "{}.5")),
            (
                r"(?:(?<=to )|(?<=at )|(?<=on )|(?<=by ))(?:about |around |roughly )?"
                r"(?:one |a )?half(?: way|way)?(?! ?\w)",
                _is("50 percent"),
            ),
            (r"\b(?:about |around |roughly )?three[ -]quarters(?! ?past)\b", _is("75 percent")),
            (r"\b(?:about |around |roughly )?(?:a|one) quarter\b(?! past)", _is("25 percent")),
            (r"\b(?:about |around |roughly )?two[ -]thirds\b", _is("67 percent")),
            (r"\b(?:about |around |roughly )?(?:a|one) third\b", _is("33 percent")),
        ),
        "zh": (
            (rf"(?P<n>{_ZH})个半(?:小时|钟头)", _with(_mandarin, "{}小时30分钟")),
            (r"半个?(?:小时|钟头)", _is("30分钟")),
            (r"一刻钟", _is("15分钟")),
            (r"三刻钟", _is("45分钟")),
            (rf"(?P<n>{_ZH})分半钟?", _with(_mandarin, "{}分30秒")),
            (rf"(?P<n>{_ZH})(?:度半|点五度)", _with(_mandarin, "{}.5度")),
            (r"四分之一", _is("百分之25")),
            (r"四分之三", _is("百分之75")),
            (r"三分之一", _is("百分之33")),
            (r"三分之二", _is("百分之67")),
            (r"(?<=[到成为])一半", _is("百分之50")),
        ),
        "ko": (
            (rf"(?P<n>{_KO}) ?점 ?오 ?도", _with(_korean, "{}.5도")),
            (rf"(?P<n>{_KO}) ?도 반", _with(_korean, "{}.5도")),
            (
                rf"(?<![가-힣])(?P<n>{'|'.join(reversed(_NATIVE))}) ?시간(?= |짜리|$|으)",
                lambda hit: f"{_NATIVE[hit['n']]}시간",
            ),
            (r"(?<=\d시간) ?반", _is(" 30분")),
            (r"(?:사분의|4분의) ?(?:일|1)", _is("25퍼센트")),
            (r"(?:사분의|4분의) ?(?:삼|3)", _is("75퍼센트")),
            (r"(?:삼분의|3분의) ?(?:일|1)", _is("33퍼센트")),
            (r"(?:삼분의|3분의) ?(?:이|2)", _is("67퍼센트")),
        ),
    }.items()
}
