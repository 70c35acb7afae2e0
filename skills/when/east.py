"""What Mandarin and Korean times share: tables of words of the same shape, read alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skills.when.moment import EVERY_DAY, WEEKDAYS, WEEKEND
from skills.when.parsing import Draft


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language; its methods are what pieces of a grammar do."""

    digits: Mapping[str, int]
    ten: str
    units: Mapping[str, int]
    """Units of time to their seconds."""
    half: str
    """The word for half of a unit."""
    length: str
    """The pattern of one length of time."""
    halves: Mapping[str, str]
    """Parts of the day to :attr:`Draft.half`."""
    ahead: Mapping[str, int]
    """Today, tomorrow and so on to the days from today."""
    weekdays: tuple[str, ...]
    weekend: tuple[str, ...]

    def number(self, text: str) -> int:
        """The value of number words up to 99, or of digits that are said one by one."""
        if self.ten in text:
            tens, _, ones = text.partition(self.ten)
            return 10 * self.digits.get(tens, 1) + self.digits.get(ones[-1:], 0)
        return int("".join(str(self.digits[c]) for c in text))

    def take_delay(self, found: re.Match[str], draft: Draft) -> None:
        """One length of time after the other."""
        seconds = 0.0
        for part in re.findall(self.length, found[0]):
            count = re.match(r"\d+", part)
            unit = next(size for name, size in self.units.items() if name in part)
            seconds += unit * (int(count[0]) if count else 0) + unit / 2 * (self.half in part)
        draft.delay = round(seconds) + (draft.delay or 0)

    def take_repeat(self, said: str, named: Sequence[int], draft: Draft, *, through: bool) -> None:
        """The days on which it repeats: those that are named, or what they are called together."""
        if len(named) == 2 and through and named[0] < named[1]:
            draft.days |= set(range(named[0], named[1] + 1))
        elif named:
            draft.days |= set(named)
        elif any(word in said for word in self.weekdays):
            draft.days |= WEEKDAYS
        elif any(word in said for word in self.weekend):
            draft.days |= WEEKEND
        else:
            draft.days |= EVERY_DAY

    def take_ahead(self, found: re.Match[str], draft: Draft) -> None:
        """Today, tomorrow."""
        draft.ahead = self.ahead[found[0]]

    def take_half(self, found: re.Match[str], draft: Draft) -> None:
        """The part of the day."""
        draft.half = self.halves[found[0]]
