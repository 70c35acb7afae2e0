"""The router's own questions: "Did you mean ...?" and "Which one?", and what answers to them do.

Whoever answers has it done: where something requires who speaks, it is the voice of the answer
that counts, not the one that was misheard.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from skills.choices import choose
from skills.contract import Reply, Request, Stage
from skills.devices.words import listed
from skills.home import Device, Home
from skills.joining import joined
from skills.reference import ellipsis
from skills.replies import either, say
from skills.understanding.confirmation import affirms, correction, names_instead
from skills.understanding.guessing import Guess
from skills.understanding.parting import Part, left_by

Reaction = Callable[[Request], Awaitable[Reply | None]]


@dataclass(frozen=True, slots=True)
class Answering:
    """What the router does with an answer."""

    carried_out: Reaction
    """One command, by the skills; finds out who speaks where that is required."""
    understood: Reaction
    """Whatever else may have been said, if it is understood word for word."""


def together(cut: Sequence[Part], language: str) -> str:
    """The parts of a sentence that are to be done, as one sentence."""
    return say("and_then", language).join(part.text for part in cut if not part.forbidden)


class OwnQuestion:
    """A question about a request that was not understood for sure.

    It is a :data:`skills.contract.FollowUp`.
    """

    def __init__(self, answering: Answering, request: Request) -> None:
        self._answering = answering
        # The voice is not kept until a question is answered.
        self._request = replace(request, audio=None, alternatives=())

    async def __call__(self, answer: Request) -> Reply | None:
        """Do what the answer says; None if it is none."""
        raise NotImplementedError

    def _said_by(self, answer: Request, text: str, *, guessed: bool) -> Request:
        """What was asked about, as a command of whoever answers."""
        return replace(
            self._request,
            text=text,
            audio=answer.audio,
            speaker=answer.speaker,
            unknown=answer.unknown,
            guessed=self._request.guessed or guessed,
        )


class DidYouMean(OwnQuestion):
    """ "Did you mean ...?", and what a yes, a no or a correction does.

    Parameters
    ----------
    cut
        The parts of what is asked about.
    guesses
        What those of them mean that are in doubt.
    """

    def __init__(
        self,
        answering: Answering,
        request: Request,
        cut: Sequence[Part],
        guesses: Sequence[Guess],
    ) -> None:
        super().__init__(answering, request)
        self._cut = [part for part in cut if not part.forbidden]
        self._first = guesses[0]

    @property
    def reply(self) -> Reply:
        """The question."""
        language = self._request.language
        sentence = together(self._cut, language)
        return Reply(
            say("did_you_mean", language, sentence=sentence),
            self._first.match.intent,
            self._first.match.slots,
            expects_answer=True,
            stage=Stage.REPAIRED,
            follow_up=self,
        )

    async def __call__(self, answer: Request) -> Reply | None:
        """Do what was asked about after a yes, or what is said instead."""
        said = affirms(answer.text, answer.language)
        if said is None:
            return await self._corrected(answer)
        if not said:
            return Reply(say("then_not", answer.language), stage=Stage.PENDING)
        replies = []
        for part in self._cut:
            command = self._said_by(answer, part.text, guessed=part.guess is not None)
            reply = await self._answering.carried_out(replace(command, context=None))
            if reply is not None:
                replies.append(reply)
        return joined(replies, answer.language) if replies else None

    async def _corrected(self, answer: Request) -> Reply | None:
        """What "no, the bedroom lamp" says instead of the guess."""
        rest = correction(answer.text, answer.language)
        if rest is None or affirms(rest, answer.language):  # "no, yes" is neither
            return None
        # "No, unlock it" may be what was heard of "don't": sensitive devices want it said alone.
        answer = replace(answer, alternatives=(), guessed=True)
        reply = await self._answering.understood(replace(answer, text=rest))
        if reply is None and names_instead(answer.text, answer.language):
            text = ellipsis(rest, answer.language)
            context = left_by(self._first.match)
            reply = await self._answering.understood(replace(answer, text=text, context=context))
        return None if reply is None or reply.stage is Stage.NONE else reply


class WhichOne(OwnQuestion):
    """Which of several devices is meant, each with the guess that names it."""

    def __init__(
        self, answering: Answering, home: Home, request: Request, guesses: Sequence[Guess]
    ) -> None:
        super().__init__(answering, request)
        self._home = home
        self._guesses = {guess.match.names[0]: guess for guess in guesses}
        self._devices = [home.devices[device_id] for device_id in self._guesses]
        self._intent = guesses[0].match.intent

    @property
    def reply(self) -> Reply:
        """The question."""
        language = self._request.language
        things = listed(self._devices, language, either(language))
        text = say("which_one", language, things=things)
        return Reply(text, self._intent, expects_answer=True, stage=Stage.REPAIRED, follow_up=self)

    async def __call__(self, answer: Request) -> Reply | None:
        """Do with the device that is named what the sentence says."""
        named = {device.id: self._names_of(device, answer.language) for device in self._devices}
        chosen = choose(answer.text, answer.language, named)
        if chosen is None:
            return None
        command = self._said_by(answer, self._guesses[chosen].text, guessed=True)
        return await self._answering.carried_out(command)

    def _names_of(self, device: Device, language: str) -> list[str]:
        """What an answer may call a device: by its names, or by its room."""
        area = self._home.areas.get(device.area or "")
        return [*device.names(language), *(() if area is None else area.names(language))]
