"""A skill as its own sentences and a handler for each intent: a class, or decorated functions.

>>> coffee = FunctionSkill("coffee", __file__)
>>> @coffee.on("BrewCoffee")
... async def brew(call: Call) -> Reply:
...     return call.reply("brewing", acted=True, cups=call.slots["cups"])
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from skills.authoring.words import Words
from skills.authoring.writing import as_written
from skills.contract import Announce, FollowUp, Reply, Request, SlotValue, Stage
from skills.home import Home
from skills.matches import Match
from skills.package import Sentences
from skills.permissions import Requirement, refusal
from skills.replies import Replies, spoken

Answer = Reply | str | None
Handler = Callable[["Call"], Awaitable[Answer] | Answer]
_H = TypeVar("_H", bound=Callable[..., Any])


class Matching(Protocol):
    """What a skill needs of the matcher."""

    def add(self, sentences: Sentences, lists: Mapping[str, Any] | None = None) -> None:
        """Match these sentences too."""
        ...

    async def match(self, request: Request) -> Match | None:
        """Which sentence a request is."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What a skill is given when it is opened."""

    home: Home
    matcher: Matching
    folder: Path
    """Of its own, where what it keeps may lie; it exists."""
    announce: Announce
    """Says something later, on the skill's own account, and may ring."""
    perform: Callable[[Request], Awaitable[Reply]]
    """Has a command carried out as if somebody had just said it."""


@dataclass(frozen=True, slots=True)
class Call:
    """One sentence that a skill's handler has to answer."""

    request: Request
    match: Match
    tools: Tools
    replies: Replies

    @property
    def language(self) -> str:
        """The language of the request, BCP 47."""
        return self.request.language

    @property
    def slots(self) -> Mapping[str, SlotValue]:
        """What stood where the template has braces."""
        return self.match.slots

    def text(self, slot: str) -> str:
        """What stood in a slot, as text; empty where the sentence lacks it."""
        return str(self.slots.get(slot, "")).strip()

    def original(self, slot: str) -> str:
        """The same as it was written, with capitals and commas, where it can be found there."""
        return as_written(self.text(slot), self.request.text, self.language)

    def say(self, key: str, **values: object) -> str:
        """A sentence of ``replies.yaml`` in the language of the request."""
        return self.replies.say(key, self.language, **values)

    def phrase(self, key: str, **values: object) -> str:
        """The same as a part of a sentence, without a capital."""
        return self.replies.phrase(key, self.language, **values)

    def reply(self, key: str, *, acted: bool = False, **values: object) -> Reply:
        """The answer that says a sentence of ``replies.yaml``."""
        return self.answer(self.say(key, **values), acted=acted)

    def answer(self, text: str, *, acted: bool = False) -> Reply:
        """The answer that says a text of one's own, in the language of :func:`spoken`."""
        intent = self.match.intent
        stage = Stage.STRICT if intent.startswith("Hass") else Stage.SKILL
        slots = dict(self.slots)
        return Reply(text, intent, slots, acted=acted, stage=stage, language=spoken(self.language))

    def again(self, request: Request) -> Call:
        """The same call as a later request goes on with it, perhaps in another language."""
        return replace(self, request=request)

    def ask(self, follow_up: FollowUp, key: str, **values: object) -> Reply:
        """A question; ``follow_up`` gets what is said next, and returns None for no answer."""
        reply = self.answer(self.say(key, **values))
        return replace(reply, expects_answer=True, follow_up=follow_up)


@dataclass(frozen=True, slots=True)
class Handling:
    """What answers an intent, and who has to be speaking for that."""

    handler: Handler
    requires: Requirement | None = None


def on(*intents: str, requires: Requirement | None = None) -> Callable[[_H], _H]:
    """Mark a method of a :class:`SentenceSkill` as the handler of intents.

    It takes a :class:`Call` and returns a :class:`Reply`, a text to say, or None to leave the
    sentence to the next skill; it may be ``async`` or not.

    Parameters
    ----------
    requires
        Who has to be speaking; anybody else is told why not, and the method is not called.
    """
    _check(requires)

    def mark(method: _H) -> _H:
        method.__dict__.setdefault("_intents", {}).update(dict.fromkeys(intents, requires))
        return method

    return mark


class SentenceSkill:
    """Base of a skill that has its sentences in ``sentences.yaml`` beside its module."""

    name: str
    """A short word for logs and help; also of its folder."""
    patience: float = 10.0
    """Seconds that an answer may take before it is given up."""
    requires: Requirement | None = None
    """Who has to be speaking for whatever it does, beside what a handler requires itself."""

    def __init__(self, tools: Tools) -> None:
        _check(self.requires)
        self.tools = tools
        self.words = self._words()
        tools.matcher.add(self.words.sentences, self.words.lists)
        self._replies = self.words.replies
        self._handlers = dict(self._handling())

    @property
    def waiting(self) -> int:
        """How many things it will do or say by itself, if the program goes on."""
        return 0

    @property
    def intents(self) -> frozenset[str]:
        """Those that it has handlers for."""
        return frozenset(self._handlers)

    @property
    def demanding(self) -> bool:
        """Whether anything depends on who is speaking."""
        return any(self.requirements(intent) for intent in self._handlers)

    def requirements(self, intent: str) -> tuple[Requirement, ...]:
        """What the speaker has to be for an intent to be answered: all of it."""
        return tuple(filter(None, (self.requires, self._handlers[intent].requires)))

    def examples(self, language: str) -> tuple[str, ...]:
        """Those of ``sentences.yaml``."""
        return self.words.examples.get(spoken(language), ())

    async def answer(self, request: Request) -> Reply | None:
        """Hand a sentence to its handler."""
        call = await self.understood(request)
        return None if call is None else await self.handle(call)

    async def understood(self, request: Request) -> Call | None:
        """The call that a request is, None if it is not for this skill."""
        match = await self.tools.matcher.match(request)
        if match is None or match.intent not in self._handlers:
            return None
        return Call(request, match, self.tools, self._replies)

    async def handle(self, call: Call) -> Reply | None:
        """Have a call answered; who may not is told so, as is what the system refuses."""
        refused = self._refused(call, lambda known: self.handle(call.again(known)))
        if refused is not None:
            return refused
        try:
            answer = self._handlers[call.match.intent].handler(call)
            if inspect.isawaitable(answer):
                answer = await answer
        except TimeoutError:  # an OSError too, but the router's to tell
            raise
        except OSError as error:
            return call.reply("failed", reason=error)
        return call.answer(answer) if isinstance(answer, str) else self._guarded(call, answer)

    def say(self, key: str, language: str, **values: object) -> str:
        """A sentence of ``replies.yaml``, for what is said outside of a call."""
        return self._replies.say(key, language, **values)

    async def open(self) -> None:
        """Begin what has to run meanwhile; called once all skills are there."""

    async def close(self) -> None:
        """Stop it again, and save what has to last."""

    def _words(self) -> Words:
        return Words.beside(Path(inspect.getfile(type(self))).parent)

    def _handling(self) -> Mapping[str, Handling]:
        methods = inspect.getmembers(self, lambda member: hasattr(member, "_intents"))
        return {
            intent: Handling(method, requires)
            for _, method in methods
            for intent, requires in method._intents.items()
        }

    def _refused(self, call: Call, again: FollowUp) -> Reply | None:
        refused = refusal(self.requirements(call.match.intent), call.request, again)
        if refused is None:
            return None
        return replace(call.answer(refused.text), once_known=refused.once_known)

    def _guarded(self, call: Call, reply: Reply | None) -> Reply | None:
        """A reply whose question only those can answer who may have the call answered."""
        if reply is None or reply.follow_up is None or not self.requirements(call.match.intent):
            return reply
        ask = reply.follow_up

        async def follow_up(request: Request) -> Reply | None:
            again = call.again(request)
            refused = self._refused(again, follow_up)
            if refused is None:
                return self._guarded(again, await ask(request))
            if await self.tools.matcher.match(request) is not None:
                return None  # a command of its own
            # The question stays open for whom it was put to.
            return replace(refused, follow_up=follow_up)

        return replace(reply, follow_up=follow_up)


class FunctionSkill:
    """A skill out of functions; the entry point names it as it would a class.

    Parameters
    ----------
    name
        As in :class:`SentenceSkill`.
    beside
        The file that its YAML files lie beside: ``__file__``.
    requires
        As in :class:`SentenceSkill`.
    """

    def __init__(
        self, name: str, beside: str | Path, *, requires: Requirement | None = None
    ) -> None:
        self.name = name
        self.requires = requires
        self._folder = Path(beside).parent
        self._functions: dict[str, Handling] = {}

    def on(self, *intents: str, requires: Requirement | None = None) -> Callable[[_H], _H]:
        """Make a function the handler of intents, as :func:`on` does for methods."""
        _check(requires)

        def mark(function: _H) -> _H:
            self._functions.update(dict.fromkeys(intents, Handling(function, requires)))
            return function

        return mark

    def __call__(self, tools: Tools) -> SentenceSkill:
        """Open the skill."""
        return _Functions(self, self._folder, self._functions, tools)


class _Functions(SentenceSkill):
    def __init__(
        self, skill: FunctionSkill, folder: Path, functions: Mapping[str, Handling], tools: Tools
    ) -> None:
        self.name = skill.name
        self.requires = skill.requires
        self._folder = folder
        self._functions = functions
        super().__init__(tools)

    def _words(self) -> Words:
        return Words.beside(self._folder)

    def _handling(self) -> Mapping[str, Handling]:
        return self._functions


def _check(requires: object) -> None:
    """A wrong one must not pass for none: whoever reads it trusts that it is enforced."""
    if requires is not None and not isinstance(requires, Requirement):
        raise TypeError(f"requires={requires!r}: write it as in Requirement(('Mia',))")
