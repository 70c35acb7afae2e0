"""Which skill has a request: they are asked in order, on the best hypothesis first.

A question that a reply asked is kept, and what is said next is first tried as its answer.
Further stages (repair of damaged sentences) belong between the skills and the honest "I did not
understand" of :meth:`Router.answer`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from skills.backends import Backend, Listener, State
from skills.contract import FollowUp, Reply, Request, Skill, Stage
from skills.home import Home
from skills.intents import Matcher
from skills.negation import without_negation
from skills.normalize import MOST_CHARACTERS, normalize
from skills.replies import say, spoken

_LOGGER = logging.getLogger(__name__)
_MOST_ALTERNATIVES = 5
_QUESTION_LASTS = 60.0  # seconds
_PATIENCE = 20.0
"""Seconds that a skill may take that does not say how long in an attribute ``patience``."""


class Router:
    """A home that can be talked to; made by :func:`skills.open_skills`."""

    def __init__(self, home: Home, matcher: Matcher, backend: Backend) -> None:
        self.home = home
        self.skills: list[Skill] = []
        """In the order in which they are asked."""
        self.last: Reply | None = None
        """The latest reply that said something."""
        self._question: tuple[FollowUp, float] | None = None  # and until when it may be answered
        self._matcher = matcher
        self._backend = backend

    async def warm_up(self, language: str) -> None:
        """Load what a language needs, so that the first answer is not slow."""
        if await self._matcher.warm_up(language):
            await self._matcher.match(Request("turn on the light", language))

    async def answer(self, request: Request) -> Reply:
        """Act on a request, or say that it was not understood. Never raises for a bad request."""
        reply = await self._first_understood(request)
        if reply is None:
            reply = self._not_understood(request)
        else:
            expires = time.monotonic() + _QUESTION_LASTS
            self._question = None if reply.follow_up is None else (reply.follow_up, expires)
        reply = replace(reply, language=reply.language or spoken(request.language))
        if reply.text and reply.intent != "Repeat":
            self.last = reply
        return reply

    async def perform(self, request: Request) -> Reply:
        """Carry out a command that a skill has kept, beside the talk: no question is kept."""
        return await self._ask(request) or self._not_understood(request)

    def states(self) -> Mapping[str, State]:
        """The state of every device, by id."""
        return self._backend.states()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change of a state; call the result to hear no more."""
        return self._backend.subscribe(listener)

    async def close(self) -> None:
        """Stop all skills, then the backend."""
        for skill in self.skills:
            try:
                await skill.close()
            except Exception:
                _LOGGER.exception("the skill %s did not close", skill.name)
        await self._backend.close()

    async def _first_understood(self, request: Request) -> Reply | None:
        others = [text for text in request.alternatives if text != request.text]
        for text in (request.text, *others[:_MOST_ALTERNATIVES]):
            guessed = request.guessed or text is not request.text
            attempt = replace(request, text=text, alternatives=(), guessed=guessed)
            if self._negated(attempt):
                # Another hypothesis may have lost the "don't": nothing is done on it.
                reply = await self._forbidden(attempt)
                return None if reply is None else replace(reply, understood=text)
            reply = await self._answered(attempt) or await self._ask(attempt)
            if reply is not None:
                return replace(reply, understood=text)
        return None

    async def _answered(self, request: Request) -> Reply | None:
        """The reply to what answers the question that was asked last."""
        if self._question is None:
            return None
        follow_up, expires = self._question
        if time.monotonic() > expires:
            return None
        return await self._guarded("that asked a question", follow_up, request)

    async def _ask(self, request: Request) -> Reply | None:
        for skill in self.skills:
            patience = getattr(skill, "patience", _PATIENCE)
            reply = await self._guarded(skill.name, skill.answer, request, patience)
            if reply is not None:
                return reply
        return None

    async def _guarded(
        self, name: str, answer: FollowUp, request: Request, patience: float = _PATIENCE
    ) -> Reply | None:
        try:
            async with asyncio.timeout(patience):
                return await answer(request)
        except TimeoutError:
            _LOGGER.warning("the skill %s takes too long and is given up", name)
            return Reply(say("too_slow", request.language), stage=Stage.SKILL)
        except Exception:
            _LOGGER.exception("the skill %s failed", name)
            return Reply(say("sorry", request.language), stage=Stage.SKILL)

    def _negated(self, request: Request) -> bool:
        text = normalize(request.text, request.language)
        return without_negation(text, request.language) is not None

    async def _forbidden(self, request: Request) -> Reply | None:
        """ "Don't turn on the lamp" does nothing, and says so."""
        text = normalize(request.text, request.language)
        positive = without_negation(text, request.language)
        if not positive:
            return None
        match = await self._matcher.match(replace(request, text=positive))
        if match is None or match.intent.startswith("HassGet"):
            return None
        return Reply(say("left_alone", request.language), "LeaveAlone")

    def _not_understood(self, request: Request) -> Reply:
        language = request.language
        said = normalize(request.text[:MOST_CHARACTERS], language)
        examples: Sequence[str] = [e for skill in self.skills for e in skill.examples(language)]
        if not examples:
            return Reply(say("not_understood_bare", language), stage=Stage.NONE)
        nearest = max(examples, key=lambda e: SequenceMatcher(None, said, e.casefold()).ratio())
        text = say("not_understood", language, example=nearest)
        return Reply(text, stage=Stage.NONE)
