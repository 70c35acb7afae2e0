"""Figures as an American reads them aloud: ``$3.50``, ``1st``, ``1999``, ``10:30``, ``3%``."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unicode_rbnf import FormatPurpose, RbnfEngine

Words = tuple[str, ...]

SCALES = ("hundred", "thousand", "million", "billion", "trillion")
"""Words that stand between an amount and its currency: $5 million."""

UNITS = {
    "km": "kilometers", "m": "meters", "cm": "centimeters", "mm": "millimeters", "kg": "kilograms",
    "g": "grams", "mg": "milligrams", "l": "liters", "ml": "milliliters", "ft": "feet",
    "lb": "pounds", "lbs": "pounds", "oz": "ounces", "km/h": "kilometers per hour",
    "kph": "kilometers per hour", "mph": "miles per hour", "m/s": "meters per second",
    "min": "minutes", "mins": "minutes", "sec": "seconds", "hr": "hours", "hrs": "hours",
    "hz": "hertz", "khz": "kilohertz", "mhz": "megahertz", "ghz": "gigahertz",
    "kb": "kilobytes", "mb": "megabytes", "gb": "gigabytes", "tb": "terabytes", "kw": "kilowatts",
    "°": "degrees", "°c": "degrees celsius", "°f": "degrees fahrenheit", "%": "percent",
}  # fmt: skip
"""What may follow a figure, in lower case, and how it is read after anything but one."""

_SINGULAR = {"feet": "foot", "hertz": "hertz", "percent": "percent"}
_CURRENCIES = {
    "$": ("dollar", "dollars", "cent", "cents"),
    "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"),
    "¥": ("yen", "yen", "", ""),
    "₩": ("won", "won", "", ""),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}
_SUFFIXES = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion"}
_SIGNS = {"+": "plus", "-": "minus", "&": "and", "=": "equals", "×": "times", "@": "at"}

_WHOLE = r"\d{1,3}(?:,\d{3})+|\d+"
_NUMBER = rf"(?:{_WHOLE})(?:\.\d+)?|\.\d+"
_LONGEST = 12  # digits of a number that is read as a number, not digit by digit


def read_figures(token: str, following: str = "") -> Words:
    """What a token with digits sounds like, in lower-case words; words without digits unchanged.

    Parameters
    ----------
    token
        Lower case, without the punctuation around it.
    following
        The token after it, lower case: ``am`` and ``million`` change what is read before them.
    """
    for pattern, read in _READERS:
        if match := pattern.fullmatch(token):
            words = read(match, following)
            if words:
                return words
    return _piecewise(token)


def letter(sign: str) -> str:
    """The name of a letter, where ``a`` alone would be the article."""
    return "a." if sign == "a" else sign


def currency_after(token: str, following: str) -> Words:
    """The currency of ``$5`` where it is read after the next word, as in ``$5 million``."""
    owed = bool(token) and token[0] in _CURRENCIES and following in SCALES
    return (_CURRENCIES[token[0]][1],) if owed else ()


def unit(token: str, figure: str) -> Words:
    """A unit that stands by itself after a figure, as in ``5 km``; nothing if it is none."""
    return _unit(UNITS[token], figure) if token in UNITS else ()


def _cardinal(figure: str) -> Words:
    """A number with commas and a decimal point; too long or with a leading zero, its digits."""
    whole, point, decimals = figure.replace(",", "").partition(".")
    if len(whole) > _LONGEST or (len(whole) > 1 and whole[0] == "0"):
        words = _digits(whole)
    else:
        words = _spell(int(whole or "0"), "CARDINAL")
    return (*words, "point", *_digits(decimals)) if point and decimals else words


def _year_or_number(figure: str) -> Words:
    """Four digits from 1100 to 2099 are a year as a rule."""
    if re.fullmatch(r"1[1-9]\d\d|20\d\d", figure):
        return _spell(int(figure), "YEAR")
    return _cardinal(figure)


def _digits(figure: str) -> Words:
    return tuple(word for digit in figure for word in _spell(int(digit), "CARDINAL"))


def _spell(number: int, purpose: str) -> Words:
    engine, purposes = _engine()
    text = engine.format_number(number, purposes[purpose]).text
    return tuple(text.replace("-", " ").split())


@functools.cache
def _engine() -> tuple[RbnfEngine, type[FormatPurpose]]:
    """The rules of Unicode's CLDR; loading them takes a fifth of a second."""
    from unicode_rbnf import FormatPurpose, RbnfEngine

    return RbnfEngine.for_language("en"), FormatPurpose


def _plural(word: str) -> str:
    if word.endswith("y"):
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith("x") else f"{word}s"


def _unit(name: str, figure: str) -> Words:
    first, *rest = name.split()
    if figure.lstrip("-+$") == "1":
        first = _SINGULAR.get(first, first.removesuffix("s"))
    return (first, *rest)


def _number(match: re.Match[str], following: str) -> Words:
    sign = {"-": ("minus",), "+": ("plus",), "#": ("number",)}.get(match[1], ())
    return (*sign, *_year_or_number(match[2]))


def _measure(match: re.Match[str], following: str) -> Words:
    if match[3] not in UNITS or re.fullmatch(r"[2-6]g", match[0]):  # 5g is a network
        return ()
    sign = ("minus",) if match[1] else ()
    return (*sign, *_cardinal(match[2]), *_unit(UNITS[match[3]], match[2]))


def _ordinal(match: re.Match[str], following: str) -> Words:
    figure = match[1].replace(",", "")
    return _spell(int(figure), "ORDINAL") if len(figure) <= _LONGEST else ()


def _decade(match: re.Match[str], following: str) -> Words:
    words = _year_or_number(match[1])
    return (*words[:-1], _plural(words[-1]))


def _money(match: re.Match[str], following: str) -> Words:
    sign, symbol, figure, suffix = match["sign"], match["symbol"], match["figure"], match["suffix"]
    one, many, cent, cents = _CURRENCIES[symbol]
    minus: Words = ("minus",) if sign else ()
    whole, point, decimals = figure.partition(".")
    if suffix:
        return (*minus, *_cardinal(figure), _SUFFIXES[suffix], many)
    if following in SCALES:  # $5 million: the currency comes after the scale
        return (*minus, *_cardinal(figure))
    if not point or not cent or len(decimals) != 2:
        return (*minus, *_cardinal(figure), one if figure == "1" else many)
    small = (*_cardinal(str(int(decimals))), cent if decimals == "01" else cents)
    large = (*_cardinal(whole), one if whole == "1" else many)
    if decimals == "00":
        return (*minus, *large)
    return (*minus, *small) if whole in ("", "0") else (*minus, *large, "and", *small)


def _time(match: re.Match[str], following: str) -> Words:
    hour, minute, half = int(match["hour"]), match["minute"], match["half"]
    if hour > 24 or (minute and int(minute) > 59):
        return ()
    words = _cardinal(str(hour))
    if minute == "00":
        named = half or following.replace(".", "") in ("am", "pm")
        words = words if named else (*words, "o'clock") if 0 < hour < 13 else (*words, "hundred")
    elif minute:
        words = (*words, *(("oh",) if minute[0] == "0" else ()), *_cardinal(str(int(minute))))
    return (*words, f"{half[0]}.m.") if half else words


def _fraction(match: re.Match[str], following: str) -> Words:
    upper, lower = int(match[1]), int(match[2])
    if not 0 < upper < lower <= 100 or (lower > 10 and lower % 4):
        return ()
    named = {2: "half", 4: "quarter"}.get(lower)
    *words, last = (named,) if named else _spell(lower, "ORDINAL")
    plural = {"half": "halves"}.get(last, _plural(last))
    return (*_cardinal(match[1]), *words, last if upper == 1 else plural)


def _range(match: re.Match[str], following: str) -> Words:
    first, last = match[1], match[2]
    if len(first) == 3 and len(last) == 4:  # a telephone number
        return (*_digits(first), *_digits(last))
    return (*_year_or_number(first), "to", *_year_or_number(last))


def _piecewise(token: str) -> Words:
    """Anything else: figures, words and signs one after another, as in ``mp3`` and ``covid-19``."""
    words: list[str] = []
    for piece in re.findall(
        rf"\d+(?:\.\d+){{2,}}|{_NUMBER}|[a-z']+|[{re.escape(''.join(_SIGNS))}%°]", token
    ):
        if piece.count(".") > 1:  # a version
            words += " point ".join(" ".join(_cardinal(part)) for part in piece.split(".")).split()
        elif piece[0].isdigit() or piece[0] == ".":
            words += _year_or_number(piece)
        elif piece[0].isalpha() or piece[0] == "'":
            letters = piece.strip("'")
            words += [letters] if len(letters) > 3 else map(letter, letters.replace("'", ""))
        elif piece in UNITS:
            words.append(UNITS[piece])
        elif piece != "-":  # inside a token a hyphen is silent
            words.append(_SIGNS[piece])
    return tuple(words)


_SYMBOLS = f"[{''.join(_CURRENCIES)}]"
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], Words]], ...] = (
    (re.compile(rf"([-+#]?)({_NUMBER})"), _number),
    (re.compile(rf"(-?)({_NUMBER})([a-z/°%]+)"), _measure),
    (re.compile(rf"({_WHOLE})(?:st|nd|rd|th)"), _ordinal),
    (re.compile(r"'?((?:1\d|20)?\d0)'?s"), _decade),
    (
        re.compile(
            rf"(?P<sign>-?)(?:us|hk|a|c)?(?P<symbol>{_SYMBOLS})(?P<figure>{_NUMBER})"
            rf"(?P<suffix>{'|'.join(_SUFFIXES)})?"
        ),
        _money,
    ),
    (
        re.compile(rf"(?P<sign>-?)(?P<figure>{_NUMBER})(?P<suffix>)(?P<symbol>{_SYMBOLS})"),
        _money,
    ),
    (
        re.compile(r"(?P<hour>\d\d?):(?P<minute>\d\d)(?P<half>[ap]\.?m\.?)?"),
        _time,
    ),
    (re.compile(r"(?P<hour>\d\d?)(?P<minute>)(?P<half>[ap]\.?m\.?)"), _time),
    (re.compile(r"(\d+)/(\d+)"), _fraction),
    (re.compile(r"(\d+)[-–](\d+)"), _range),
)
