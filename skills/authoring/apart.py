"""A skill of somebody else in a thread of its own, so that it can hold up only itself.

It runs in its own event loop. What takes too long is given up; while it still blocks its thread
the skill apologises at once. What it is given (the matcher, the announcements) goes back to the
event loop of the assistant.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from skills.authoring.skill import SentenceSkill, Tools
from skills.authoring.words import Words
from skills.contract import (
    Announcement,
    FollowUp,
    OnceKnown,
    Reply,
    Request,
    Skill,
    Speaker,
    Stage,
    Unknown,
)
from skills.matches import Match
from skills.package import Sentences
from skills.replies import say, spoken
from speech.errors import ConfigError

_LOGGER = logging.getLogger(__name__)
_T = TypeVar("_T")
_OPENING = 10.0
"""Seconds that a skill may take to be imported and opened, or to close."""
_PATIENCE = 10.0

Opener = Callable[[Tools], Skill]


class Apart:
    """A :class:`Skill` that passes everything on to one in another thread.

    Parameters
    ----------
    name
        Of its entry point; its intents are called ``name.Intent``, so that two skills may use
        the same word for theirs.
    load
        Imports the skill and returns what opens it.
    """

    def __init__(self, name: str, load: Callable[[], Opener]) -> None:
        self.name = name
        self.skill: Skill | None = None
        """The skill itself once it is open."""
        self._load = load
        self._loop = asyncio.new_event_loop()
        self._free = threading.Event()
        self._free.set()
        self._examples: dict[str, tuple[str, ...]] = {}
        self._thread = threading.Thread(target=self._run, name=f"skill {name}", daemon=True)

    @property
    def demanding(self) -> bool:
        """Whether what it does depends on who is speaking."""
        return bool(getattr(self.skill, "demanding", False))

    @property
    def patience(self) -> float:
        """Seconds that the router waits: a little more than the skill may take itself."""
        return self._limit + 1.0

    async def open(self, tools: Tools) -> None:
        """Import and open the skill; raises whatever it raises, TimeoutError if it hangs."""
        self._thread.start()
        own = _given(tools, asyncio.get_running_loop(), self.name)

        async def opening() -> Skill:
            skill = self._load()(own)
            for needed in ("examples", "answer", "close"):
                if not callable(getattr(skill, needed, None)):
                    raise ConfigError(f"{skill!r} is no skill: it has no method {needed}")
            if hasattr(skill, "requires") and not isinstance(skill, SentenceSkill):
                raise ConfigError(
                    f"{skill!r}: only a SentenceSkill or FunctionSkill has `requires`; another sets"
                    " `demanding = True` and returns refusal(Requirement(...), request, "
                    "self.answer), unless that is None, before it acts"
                )
            for language in ("en", "zh-CN", "ko"):
                self._examples[language] = tuple(skill.examples(language))
            return skill

        self.skill = await self._there(opening(), _OPENING)
        if isinstance(self.skill, SentenceSkill):
            await self._there(self.skill.open(), _OPENING)

    def examples(self, language: str) -> tuple[str, ...]:
        """Those that it gave when it was opened."""
        return self._examples.get(spoken(language), ())

    async def answer(self, request: Request) -> Reply | None:
        """Have the skill answer in its own thread; apologises where it cannot."""
        return await self._excused(self.attempt, request)

    async def attempt(self, request: Request) -> Reply | None:
        """The same, but raises what the skill raises, TimeoutError if it takes too long."""
        skill = self.skill
        if skill is None:
            return None
        if isinstance(skill, SentenceSkill):
            call = await skill.understood(request)
            return None if call is None else await self._answered(skill.handle(call))
        if not self._free.is_set():
            return None  # nobody knows whether the request is for it: the others must not wait
        return await self._answered(skill.answer(request))

    async def close(self) -> None:
        """Close the skill and end its thread; one that hangs ends with the program."""
        try:
            if self.skill is not None:
                await self._there(self.skill.close(), _OPENING)
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            await asyncio.to_thread(self._thread.join, 1.0)

    @property
    def _limit(self) -> float:
        return float(getattr(self.skill, "patience", _PATIENCE))

    async def _excused(self, answer: FollowUp, request: Request) -> Reply | None:
        try:
            return await answer(request)
        except TimeoutError:
            _LOGGER.warning("the skill %s takes too long and is given up", self.name)
            return Reply(say("too_slow", request.language), stage=Stage.SKILL)
        except Exception:
            _LOGGER.exception("the skill %s failed", self.name)
            return Reply(say("sorry", request.language), stage=Stage.SKILL)

    async def _answered(self, answering: Coroutine[Any, Any, Reply | None]) -> Reply | None:
        reply: object = await self._there(answering, self._limit)
        if reply is None:
            return None
        if not isinstance(reply, Reply):
            raise TypeError(f"{reply!r} is no Reply")
        follow_up, once_known = reply.follow_up, reply.once_known
        return replace(
            reply,
            follow_up=None if follow_up is None else self._following(follow_up),
            once_known=None if once_known is None else self._going_on(once_known),
        )

    def _following(self, follow_up: FollowUp) -> FollowUp:
        async def there(request: Request) -> Reply | None:
            return await self._answered(_asked(follow_up, request))

        return partial(self._excused, there)

    def _going_on(self, once_known: OnceKnown) -> OnceKnown:
        async def there(found: Speaker | Unknown) -> Reply | None:
            return await self._answered(_told(once_known, found))

        return there

    async def _there(self, coroutine: Coroutine[Any, Any, _T], limit: float) -> _T:
        """What a coroutine returns in the skill's own thread; raises TimeoutError."""
        if not self._free.is_set():
            coroutine.close()
            raise TimeoutError("the skill still blocks its thread")
        future = asyncio.run_coroutine_threadsafe(_staying(coroutine), self._loop)
        try:
            async with asyncio.timeout(limit):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            self._free.clear()
            self._loop.call_soon_threadsafe(self._free.set)  # runs once nothing blocks it
            raise

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            for task in (left := asyncio.all_tasks(self._loop)):
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self._loop.close()


async def _staying(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """A skill that exits ends its answer, not the event loop."""
    try:
        return await coroutine
    except (SystemExit, KeyboardInterrupt) as error:
        raise RuntimeError(f"the skill wants to end the program: {error!r}") from error


async def _asked(follow_up: FollowUp, request: Request) -> Reply | None:
    return await follow_up(request)


async def _told(once_known: OnceKnown, found: Speaker | Unknown) -> Reply | None:
    return await once_known(found)


def _given(tools: Tools, home_loop: asyncio.AbstractEventLoop, name: str) -> Tools:
    async def back(awaitable: Awaitable[_T]) -> _T:
        async def run() -> _T:
            return await awaitable

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), home_loop))

    async def announce(announcement: Announcement) -> None:
        await back(tools.announce(announcement))

    async def perform(request: Request) -> Reply:
        return await back(tools.perform(request))

    return replace(
        tools,
        matcher=_OwnIntents(tools, name, home_loop),
        announce=announce,
        perform=perform,
    )


class _OwnIntents:
    """The matcher as a skill of somebody else sees it: its own intents and lists carry its name."""

    def __init__(self, tools: Tools, name: str, home_loop: asyncio.AbstractEventLoop) -> None:
        self._matcher = tools.matcher
        self._prefix = f"{name}."
        self._home_loop = home_loop

    def add(self, sentences: Sentences, lists: Mapping[str, Any] | None = None) -> None:
        mistakes = list(Words(sentences, lists or {}).mistakes())
        if mistakes:
            raise ConfigError("; ".join(mistakes))
        own = lists or {}
        renamed = {
            language: {
                self._prefix + intent: [self._block(block, own) for block in blocks]
                for intent, blocks in intents.items()
            }
            for language, intents in sentences.items()
        }
        self._matcher.add(renamed, {self._prefix + name: value for name, value in own.items()})

    async def match(self, request: Request) -> Match | None:
        if asyncio.get_running_loop() is self._home_loop:
            match = await self._matcher.match(request)
        else:
            there = asyncio.run_coroutine_threadsafe(self._matched(request), self._home_loop)
            match = await asyncio.wrap_future(there)
        if match is None:
            return None
        return replace(match, intent=match.intent.removeprefix(self._prefix))

    def _block(self, block: Mapping[str, Any], own: Mapping[str, Any]) -> Mapping[str, Any]:
        """The block with ``{cups}`` as ``{coffee.cups:cups}``."""

        def rename(found: re.Match[str]) -> str:
            name, slot = found.groups()
            return f"{{{self._prefix}{name}:{slot or name}}}" if name in own else found[0]

        return {
            **block,
            "sentences": [re.sub(r"\{(\w+)(?::(\w+))?\}", rename, t) for t in block["sentences"]],
        }

    async def _matched(self, request: Request) -> Match | None:
        return await self._matcher.match(request)
