"""Who answers a request: a cascade from the surest to the weakest.

First what the last reply asked, then the skills, on each hypothesis of the recogniser in turn and
on the parts of a compound sentence. What nobody understood is guessed, and the guess is asked
about. Only what was understood word for word acts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from skills.agenda import Agenda
from skills.backends import Backend, Listener, State
from skills.contract import (
    Context,
    FollowUp,
    Reply,
    Request,
    Skill,
    Stage,
    WhoIsSpeaking,
)
from skills.devices.danger import dangerous
from skills.doubting import Doubting, say_exactly
from skills.guarding import PATIENCE, guarded
from skills.home import Home
from skills.intents import Matcher
from skills.joining import joined
from skills.memory import Memories
from skills.negation import forbidden, is_meant, without_negation
from skills.normalize import normalize
from skills.proof import ProofQuestion, asked_for_proof, door, found_out
from skills.questions import Answering, DidYouMean, OwnQuestion, WhichOne, together
from skills.replies import say, spoken
from skills.understanding.confirmation import calls_off, declines
from skills.understanding.guessing import Guess, Guesser
from skills.understanding.missing import Missing
from skills.understanding.nearest import NEAR, nearest
from skills.understanding.parting import Part, parts
from skills.understanding.repair import SURE
from skills.when import leads

if TYPE_CHECKING:
    from skills.routines import RoutineSkill

_LOGGER = logging.getLogger(__name__)
_MOST_ALTERNATIVES = 5
_MOST_GUESSED = 2
"""Alternatives that are repaired; the others are too unlikely for the time."""


class Router:
    """A home that can be talked to; made by :func:`skills.open_skills`."""

    def __init__(self, home: Home, matcher: Matcher, backend: Backend) -> None:
        self.home = home
        self.backend = backend
        """Whose states the devices have."""
        self.skills: list[Skill] = []
        """In the order in which they are asked."""
        self.memories = Memories()
        """What each talk was about, by :attr:`skills.contract.Request.talk`."""
        self.who: WhoIsSpeaking | None = None
        """Asked where a request was refused for want of knowing who is speaking."""
        self.excuse: FollowUp | None = None
        """Asked what a request may have been that nobody understood, and why it cannot be done."""
        self.agenda = Agenda()
        """What is going to happen by itself."""
        self.routines: RoutineSkill | None = None
        """The routines, for those who start them with a button."""
        self._matcher = matcher
        self._guesser = Guesser(matcher)
        self._missing = Missing(home, matcher, backend)
        self._answering = Answering(self._carried_out, self._understood)
        self._doubting = Doubting(home, matcher, self._guesser, self._answering)

    async def warm_up(self, language: str) -> None:
        """Load what a language needs, so that the first answer is not slow."""
        if await self._matcher.warm_up(language):
            await self._guesser.warm_up(language)
            nothing = Request("turn on teh light", language)
            await self._understood(nothing) or await self._guessed(nothing)

    async def answer(self, request: Request) -> Reply:
        """Act on a request, or say that it was not understood. Never raises for a bad request."""
        request = self._completed(request)
        memory = self.memories.of(request.talk)
        asked = memory.question is not None  # since then, by somebody else
        held = None if asked else await self._held(request)
        reply = held or await self._understood(request) or await self._judged(request)
        if reply is None and asked:
            reply = held = await self._held(request)
        reply = reply or await self._guessed(request)
        if self.who is not None:
            reply = await asked_for_proof(self.who, request, reply, door(self.home, reply))
        if held is not None or reply.holds:
            memory.floor = reply.follow_up if reply.holds else None
        elif memory.floor is not None:
            reply = replace(reply, expects_answer=not reply.ends)
        if reply.stage is not Stage.NONE:
            memory.question = None if reply.holds else reply.follow_up
        reply = replace(reply, language=reply.language or spoken(request.language))
        if reply.text and reply.intent != "Repeat":
            memory.last = reply
        return reply

    async def commands(self, request: Request) -> bool:
        """Whether a request commands something, word for word and leaving no doubt."""
        attempt = replace(request, alternatives=())
        if await parts(self._matcher, attempt):
            return True
        match = await self._matcher.match(attempt)
        return match is not None and match.doubt is None and not match.free

    async def perform(self, request: Request) -> Reply:
        """Carry out a command that a skill has kept, beside the talk: no question is kept."""
        attempt = replace(request, alternatives=())
        cut = await parts(self._matcher, attempt) or [Part(attempt.text)]
        done = [
            await self._ask(replace(attempt, text=part.text)) for part in cut if not part.forbidden
        ]
        replies = [reply for reply in done if reply is not None]
        return joined(replies, request.language) if replies else self._not_understood(request, [])

    def states(self) -> Mapping[str, State]:
        """The state of every device, by id."""
        return self.backend.states()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Hear of every change of a state; call the result to hear no more."""
        return self.backend.subscribe(listener)

    async def close(self) -> None:
        """Stop all skills, then the backend."""
        for skill in self.skills:
            try:
                await skill.close()
            except Exception:
                _LOGGER.exception("the skill %s did not close", skill.name)
        await self.backend.close()

    @property
    def demanding(self) -> bool:
        """Whether anything depends on who is speaking."""
        devices = self.home.devices.values()
        return any(device.requires is not None for device in devices) or any(
            getattr(skill, "demanding", False) for skill in self.skills
        )

    def _completed(self, request: Request) -> Request:
        """The request with what the talk before adds to it."""
        if request.context is not None:
            return request
        return replace(request, context=self.memories.of(request.talk).context)

    async def _held(self, request: Request) -> Reply | None:
        """The reply of what has the floor."""
        floor = self.memories.of(request.talk).floor
        if floor is None:
            return None
        reply = await self._known("that has the floor", floor, request, PATIENCE)
        if reply is None:
            return None
        return replace(reply, stage=Stage.PENDING, understood=request.text)

    async def _understood(self, request: Request) -> Reply | None:
        """The reply to the first hypothesis that is understood word for word."""
        others = [text for text in request.alternatives if text != request.text]
        for text in (request.text, *others[:_MOST_ALTERNATIVES]):
            guessed = request.guessed or text is not request.text
            attempt = replace(request, text=text, alternatives=(), guessed=guessed)
            # "In ten minutes turn off the lamp and lock the door": both are for later.
            cut = [] if leads(text, request.language) else await parts(self._matcher, attempt)
            if cut:
                return replace(await self._in_turn(attempt, cut), understood=text)
            if await self._negated(attempt):
                # Another hypothesis may have lost the "don't": nothing is done on it.
                reply = await self._forbidden(attempt) or await self._answered(attempt)
                reply = reply or self._declined(attempt, forbids=True)
                reply = reply or self._not_understood(request, [])
                return replace(reply, understood=text)
            reply = await self._answered(attempt)
            reply = (
                reply
                or await self._doubting.question(attempt, [Part(text)])
                or await self._ask(attempt)
            )
            if reply is not None:
                if reply.stage is not Stage.REPAIRED:
                    await self._remember(attempt, reply)
                return replace(reply, understood=text)
            # Another hypothesis may have lost the "not" here, too.
            if (reply := self._declined(attempt)) is not None:
                return replace(reply, understood=text)
        return None

    async def _in_turn(self, request: Request, cut: Sequence[Part]) -> Reply:
        """Act on each part of a compound sentence, and say all that came of it."""
        doubt = await self._doubting.question(request, cut)
        if doubt is not None:
            return doubt
        replies: list[Reply] = []
        for part in cut:
            attempt = replace(request, text=part.text, context=None)
            if part.forbidden:
                replies.append(Reply(say("left_alone", request.language), "LeaveAlone"))
                continue
            reply = await self._carried_out(attempt)
            if reply is not None:
                replies.append(reply)
        if not replies:
            return self._not_understood(request, [])
        whole = joined(replies, request.language)
        if len(replies) > 1 and whole.targets and whole.intent is not None:
            # "Them" is all of it.
            context = Context(whole.intent, targets=whole.targets)
            self.memories.of(request.talk).context = context
        return whole

    async def _guessed(self, request: Request) -> Reply:
        """Ask whether it was the likeliest guess, or say that nothing was understood."""
        others = [text for text in request.alternatives if text != request.text]
        request = replace(request, alternatives=tuple(others[:_MOST_GUESSED]))
        cut = await parts(self._matcher, request, guess=self._guesser.guesses)
        if cut:
            guesses = [part.guess for part in cut if part.guess is not None]
        else:
            guesses = await self._missing.guesses(request)
            if len(guesses) > 1:
                return WhichOne(self._answering, self.home, request, guesses).reply
            guesses = guesses or await self._guesser.guesses(request)
            guesses.sort(key=lambda one: (-one.score, not self._missing.moves(one.match, request)))
            cut = [Part(guess.text, guess=guess) for guess in guesses[:1]]
        sure = guesses[: len(cut)]
        if not sure or min(guess.score for guess in sure) < SURE:
            near = any(guess.score > NEAR for guess in guesses)
            excuse = self.excuse and not near and await self.excuse(request)
            return excuse or self._not_understood(request, guesses)
        for guess in sure:
            if dangerous(self.home, guess.match, request):
                return say_exactly(request, guess.match, guess.text)
        for part in cut:
            # Beside a guess a lock does not move either: a yes to it may be to the other half.
            exact = part.guess is None and not part.forbidden
            match = await self._matcher.match(replace(request, text=part.text)) if exact else None
            if match is not None and dangerous(self.home, match, request):
                return say_exactly(request, match, together(cut, request.language))
        return DidYouMean(self._answering, request, cut, sure).reply

    async def _carried_out(self, request: Request) -> Reply | None:
        """The reply of the skills to one command, which is then what the talk is about."""
        request = self._completed(request)
        reply = await self._ask(request)
        if reply is not None:
            await self._remember(request, reply)
        return reply

    async def _remember(self, request: Request, reply: Reply) -> None:
        """Keep what was talked about, for what is said next."""
        if reply.intent is None or not (reply.targets or "area" in reply.slots):
            return
        match = await self._matcher.match(request)
        response = match.response if match is not None and match.intent == reply.intent else ""
        context = Context(reply.intent, reply.slots, reply.targets, response or "default")
        self.memories.of(request.talk).context = context

    async def _answered(self, request: Request) -> Reply | None:
        """The reply to what answers the question that was asked last."""
        follow_up = self.memories.of(request.talk).question
        if follow_up is None:
            return None
        # The router's own questions have the skills find out who answers.
        ask = guarded if isinstance(follow_up, OwnQuestion) else self._known
        reply = await ask("that asked a question", follow_up, request, PATIENCE)
        return None if reply is None else replace(reply, stage=Stage.PENDING)

    def _declined(self, request: Request, *, forbids: bool = False) -> Reply | None:
        """The reply to what is a no to the question that was asked last: "not the kitchen"."""
        question = self.memories.of(request.talk).question
        if question is None or isinstance(question, ProofQuestion):
            return None
        no = calls_off(request.text, request.language)
        if not (no or forbids or declines(request.text, request.language)):
            return None
        if no or isinstance(question, OwnQuestion):
            return Reply(say("then_not", request.language), stage=Stage.PENDING)
        return self._not_understood(request, [])  # the bedroom may still be told

    async def _judged(self, request: Request) -> Reply | None:
        """The reply to what means nothing: the answer to a challenge is seldom heard right."""
        follow_up = self.memories.of(request.talk).question
        if not isinstance(follow_up, ProofQuestion):
            return None
        reply = await guarded("that asked for a proof", follow_up.judge, request)
        return None if reply is None else replace(reply, stage=Stage.PENDING)

    async def _ask(self, request: Request) -> Reply | None:
        for skill in self.skills:
            patience = getattr(skill, "patience", PATIENCE)
            reply = await self._known(skill.name, skill.answer, request, patience)
            if reply is not None:
                return reply
        return None

    async def _known(
        self, name: str, answer: FollowUp, request: Request, patience: float
    ) -> Reply | None:
        """The answer, once it is known who speaks where it depends on that."""
        reply = await guarded(name, answer, request, patience)
        if reply is None or reply.once_known is None:
            return reply
        if request.speaker is not None or request.unknown is not None:
            return reply
        once_known = reply.once_known
        found = await found_out(self.who, request, door(self.home, reply))
        return await guarded(name, lambda _: once_known(found), request, patience)

    async def _negated(self, request: Request) -> bool:
        text = normalize(request.text, request.language)
        if without_negation(text, request.language) is None:
            return False
        return not is_meant(text, request.language, await self._matcher.match(request))

    async def _forbidden(self, request: Request) -> Reply | None:
        """ "Don't turn on the lamp" does nothing, and says so."""
        text = normalize(request.text, request.language)
        positive = without_negation(text, request.language)
        if not positive:
            return None
        for command in forbidden(positive, request.language):
            attempt = replace(request, text=command)
            match = await self._matcher.match(attempt)
            told = match is not None and match.intent.startswith("HassGet")
            if not told and (match is not None or await parts(self._matcher, attempt)):
                return Reply(say("left_alone", request.language), "LeaveAlone")
        return None

    def _not_understood(self, request: Request, guesses: Sequence[Guess]) -> Reply:
        examples = [e for skill in self.skills for e in skill.examples(request.language)]
        return nearest(request, guesses, examples)
