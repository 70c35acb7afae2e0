"""Whether a sentence that makes sense may be what a microphone left of another one.

A whole sentence can be a piece of a longer one: "switch the bedroom lamp off" of "switch the
bedroom desk lamp off", 前门锁了 of 前门锁了吗. Who typed it means it. What was heard, with some
word unsure, is asked about; so is whatever stands beside a remark, typed or heard. Sensitive
devices never move on what is doubtful in itself.
"""

from __future__ import annotations

from dataclasses import replace

from skills.contract import Request
from skills.devices.choosing import EVERYTHING, targets
from skills.devices.wishes import asks
from skills.home import Home
from skills.intents import Matcher
from skills.matches import Doubt, Match
from skills.normalize import base, normalize
from skills.package import package_language

SURE_WORD = 0.9
"""How sure, 0-1, the recogniser must be of every word, for a doubtful sentence to act."""
_MOST_LONGER = 8
"""Longer sentences that are tried; a house with more such names has been asked about by then."""
_NUMBERS = ("brightness", "position", "percentage", "volume_level", "seconds", "minutes")
_LOST_TENS = 10
"""A number below this may be what is left of a longer one."""
_TEENS = range(13, 20)
"""Recognisers write "sixteen" for "sixty"; the opposite is rare."""


class Doubts:
    """Doubts about what was matched in a home."""

    def __init__(self, home: Home, matcher: Matcher) -> None:
        self._home = home
        self._matcher = matcher

    async def about(self, match: Match, request: Request) -> bool:
        """Whether to ask before acting on a request.

        What was typed is meant. What stands beside a remark is always asked about: the remark may
        be a condition, a quotation or a change of mind in words that nobody foresaw.
        """
        if match.doubt is Doubt.BESIDE and not match.intent.startswith("HassGet"):
            return True
        if request.confidence is None or request.confidence >= SURE_WORD:
            return False
        numbers = [number for slot in _NUMBERS if (number := _number(match, slot)) >= 0]
        teens = _TEENS if base(request.language) == "en" else ()
        lost = any(request.guessed or n < _LOST_TENS or n in teens for n in numbers)
        if not asks(match):
            told = match.doubt is Doubt.PIECE and not match.intent.startswith("HassGet")
            return told or (lost and match.intent == "HassStartTimer")
        piece = match.doubt is Doubt.PIECE or self._everywhere(match, request)
        return piece or lost or await self.one_of_several(match, request) is not None

    def _everywhere(self, match: Match, request: Request) -> bool:
        """Whether several rooms are meant since none is named.

        "Turn everything off" may be left of "turn everything off in the kitchen".
        """
        if match.slots.get("domain") == EVERYTHING:
            return True
        meant = targets(self._home, match, request)
        if isinstance(meant, str) or {"name", "area", "floor", "extent"} & match.slots.keys():
            return False
        return len({device.area for device in meant}) > 1

    async def one_of_several(self, match: Match, request: Request) -> str | None:
        """Where no device is named, the sentence with one word more that names another one."""
        tag = package_language(request.language)
        meant = targets(self._home, match, request)
        named = "name" in match.slots or "extent" in match.slots
        if tag is None or named or isinstance(meant, str):
            return None
        text = normalize(request.text, tag)
        senseless = set()
        for one in self._matcher.names(tag).lengthened(text)[:_MOST_LONGER]:
            if one.like in senseless or [device.id for device in meant] == [one.id]:
                continue
            found = await self._matcher.match(replace(request, text=one.text, context=None))
            if found is not None and found.names and asks(found):
                return one.text
            senseless.add(one.like)
        return None


def _number(match: Match, slot: str) -> float:
    value = match.slots.get(slot)
    return -1 if value is None or isinstance(value, str) else value
