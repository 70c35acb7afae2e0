"""Reading a time out of words: each language takes away the pieces that it knows.

What is understood completely is a time; what leaves words over is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from skills.normalize import base, normalize
from skills.when.moment import When


@dataclass(slots=True)
class Draft:
    """What the pieces read so far say."""

    delay: int | None = None
    hour: int | None = None
    minute: int = 0
    half: str | None = None
    """``am``, ``pm``, ``night`` (late hours of the evening, or small ones) or ``noon``."""
    ahead: int | None = None
    weekday: int | None = None
    days: set[int] = field(default_factory=set)

    def when(self) -> When | None:
        """The whole, None if it is none or contradicts itself."""
        clock = self.hour is not None
        if (self.delay is None) == (not clock):
            return None
        if self.delay is not None:
            other = self.ahead is not None or self.weekday is not None or self.days or self.half
            return None if other or self.delay <= 0 else When(self.delay)
        hours = self._hours()
        if not hours or not 0 <= self.minute < 60:
            return None
        days = frozenset(self.days)
        return When(None, hours, self.minute, self.ahead, self.weekday, days)

    def _hours(self) -> tuple[int, ...]:
        hour = self.hour or 0
        if not 0 <= hour <= 24:
            return ()
        if hour > 12 or hour == 0:
            return (hour % 24,)
        if self.half == "am":
            return (hour % 12,)
        if self.half == "pm":
            return (hour % 12 + 12,)
        if self.half == "noon":
            return (hour if hour >= 10 else hour + 12,)
        if self.half == "night":
            return (hour % 12 if hour < 5 or hour == 12 else hour + 12,)
        if self.weekday is not None or self.days or (self.ahead or 0) > 0:
            return (hour,)  # as on a clock of 24 hours
        return (hour % 24, (hour + 12) % 24)


_NUMBER = re.compile(r"[\d .]+")
Piece = tuple[re.Pattern[str], Callable[[re.Match[str], Draft], None]]


@dataclass(frozen=True, slots=True)
class Grammar:
    """How one language says times."""

    prepare: Callable[[str], str]
    """Writes number words as digits, where they are numbers."""
    pieces: tuple[Piece, ...]
    fillers: re.Pattern[str]
    """What may be left over."""
    hint: re.Pattern[str]
    """What every time has in it, to be quick with all other sentences."""
    joint: str = " "
    """What stands between two words."""


def parse(text: str, language: str) -> When | None:
    """The time that a text says, None if it says anything else too."""
    grammar = _grammar(language)
    if grammar is None:
        return None
    return _parsed(normalize(text, language), grammar)


@lru_cache(maxsize=256)
def split(text: str, language: str) -> tuple[When, str] | None:
    """The time with which a sentence begins or ends, and the rest of it; None if it has none."""
    grammar = _grammar(language)
    if grammar is None:
        return None
    said = normalize(text, language)
    if not grammar.hint.search(said):
        return None
    words = said.split() if grammar.joint else list(said)
    for count in range(len(words) - 1, 0, -1):
        for time, rest in (
            (words[:count], words[count:]),
            (words[-count:], words[:-count]),
        ):
            when = _parsed(grammar.joint.join(time), grammar)
            if when is not None and _NUMBER.fullmatch(grammar.prepare(grammar.joint.join(time))):
                continue  # "lamp 7" is a lamp
            if when is not None:
                return when, grammar.joint.join(rest)
    return None


def leads(text: str, language: str) -> bool:
    """Whether a sentence begins with a time, which then is that of all that follows."""
    found = split(text, language)
    return found is not None and normalize(text, language).endswith(found[1])


def _parsed(text: str, grammar: Grammar) -> When | None:
    if not grammar.hint.search(text):
        return None
    draft = Draft()
    rest = grammar.prepare(text)
    for pattern, take in grammar.pieces:
        while (found := pattern.search(rest)) is not None:
            take(found, draft)
            rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    if grammar.fillers.sub(" ", rest).strip():
        return None
    return draft.when()


def _grammar(language: str) -> Grammar | None:
    from skills.when import english, korean, mandarin

    grammars: Mapping[str, Grammar] = {
        "en": english.GRAMMAR,
        "zh": mandarin.GRAMMAR,
        "ko": korean.GRAMMAR,
    }
    return grammars.get(base(language))
