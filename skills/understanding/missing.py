"""What a sentence was that lacks its verb ("the bedroom lamp") or the room of a device.

Nothing in it is wrong, so that with what is missing put in it is matched word for word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from skills.backends import Backend, BackendError
from skills.contract import Request
from skills.devices.choosing import targets
from skills.devices.wishes import Wish, asks, wish
from skills.home import Home
from skills.intents import CUT_OFF, Matcher
from skills.matches import Match
from skills.normalize import base, normalize
from skills.package import package_language
from skills.understanding.guessing import Guess

_SCORE = 0.9
_MOST = 8
_COMMANDS: Mapping[str, tuple[str, ...]] = {
    "en": ("turn on the {}", "turn off the {}", "open the {}", "close the {}"),
    "zh": ("打开{}", "关闭{}"),
    "ko": ("{} 켜줘", "{} 꺼줘", "{} 열어줘", "{} 닫아줘"),
}
_AROUND = {
    # What a name keeps when its verb is lost.
    "en": re.compile(r"^(?:(?:turn|switch|put) )?(?:(?:the|my|a) )?(?P<name>.+)$"),
    "zh": re.compile(r"^[把将]?(?P<name>.+)$"),
    "ko": re.compile(r"^(?P<name>.+?)(?:을|를|은|는|이|가)?(?: 줘)?$"),
}


class Missing:
    """Puts verbs and rooms into the sentences of a home."""

    def __init__(self, home: Home, matcher: Matcher, backend: Backend) -> None:
        self._home = home
        self._matcher = matcher
        self._backend = backend

    async def guesses(self, request: Request) -> list[Guess]:
        """The whole sentences; several only if they are about several devices."""
        tag = package_language(request.language)
        if tag is None or base(tag) not in _COMMANDS:
            return []
        text = normalize(request.text, tag)
        if base(tag) == "en" and CUT_OFF.match(text):
            # The small word is lost more easily than a verb would be.
            asked = f"is {text}"
            match = await self._matcher.match(replace(request, text=asked, context=None))
            return [] if match is None else [Guess(asked, match, _SCORE)]
        found: dict[str, Guess] = {}
        senseless = set()
        for one in self._matcher.names(tag).lengthened(text, rooms=True)[:_MOST]:
            if one.like in senseless:
                continue
            match = await self._matcher.match(replace(request, text=one.text, context=None))
            if match is None:
                senseless.add(one.like)
            elif match.names == (one.id,) and match.doubt is None:
                found.setdefault(one.id, Guess(one.text, match, _SCORE))
        return list(found.values()) or await self._commands(text, tag, request)

    async def _commands(self, text: str, tag: str, request: Request) -> list[Guess]:
        """What can be done with a device of which only the name was said."""
        around = _AROUND[base(tag)].match(text)
        name = "" if around is None else around["name"]
        if name not in {known.text for known in self._matcher.names(tag).all}:
            return []
        first: Guess | None = None
        for command in _COMMANDS[base(tag)]:
            whole = command.format(name)
            match = await self._matcher.match(replace(request, text=whole, context=None))
            if match is None or not match.names or not asks(match):
                continue
            first = first or Guess(whole, match, _SCORE)
            if self.moves(match, request):
                return [Guess(whole, match, _SCORE)]
        return [] if first is None else [first]

    def moves(self, match: Match, request: Request) -> bool:
        """Whether a command would change anything: what is on is not to be switched on.

        A question, or what is no matter of a device, always may.
        """
        if not asks(match):
            return True
        devices = targets(self._home, match, request)
        for device in () if isinstance(devices, str) else devices:
            try:
                state = self._backend.state(device.id)
                wanted = wish(match, device, partial(self._backend.state, device.id))
            except BackendError:
                continue
            if isinstance(wanted, Wish):
                changes = wanted.changes.items()
                if not changes or any(state.get(key) != value for key, value in changes):
                    return True
        return False
