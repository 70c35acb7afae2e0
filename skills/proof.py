"""Who is speaking is found out, and proven where that is not enough.

What was refused for want of it says so in :attr:`skills.contract.Reply.once_known`. First the
voice that said it is looked at; if that does not do, its speaker is asked to say random words,
and the answer to that question has it done. A voice is only ever looked at for something that
requires it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace

from skills.contract import (
    Challenge,
    OnceKnown,
    Reply,
    Request,
    Speaker,
    Unknown,
    Unproven,
    WhoIsSpeaking,
)
from skills.home import Home
from skills.replies import say, spoken
from skills.understanding.confirmation import affirms

_LOGGER = logging.getLogger(__name__)
_PATIENCE = 15.0
"""Seconds that looking at a voice may take."""
_CHANCES = 3
"""How often a speaker is asked whose answers are too short or too noisy."""


def door(home: Home, reply: Reply) -> str:
    """What a refused request was about, for the record: names of devices, else the intent."""
    names = [home.devices[device].name for device in reply.targets if device in home.devices]
    return ", ".join(names) or reply.intent or ""


async def found_out(who: WhoIsSpeaking | None, request: Request, door: str) -> Speaker | Unknown:
    """Who says a request. Never raises, and never takes longer than ``_PATIENCE``."""
    if who is None:
        return Unknown.NOBODY_KNOWN
    try:
        async with asyncio.timeout(_PATIENCE):
            return await who.who(request, door)
    except Exception:
        _LOGGER.exception("who is speaking could not be found out")
        return Unknown.FAILED


async def asked_for_proof(
    who: WhoIsSpeaking, request: Request, reply: Reply, door: str, chances: int = _CHANCES
) -> Reply:
    """The question that goes with a refusal that a proof can turn; the refusal if there is none."""
    if reply.once_known is None or reply.expects_answer:
        return reply
    try:
        async with asyncio.timeout(_PATIENCE):
            challenge = await who.challenge(request, door)
    except Exception:
        _LOGGER.exception("nobody can be asked for a proof")
        challenge = None
    if challenge is None:
        return replace(reply, once_known=None)
    language = request.language
    # Said word by word: with commas a voice does not run them together.
    question = say("prove", language, phrase=", ".join(challenge.phrase.split()))
    if reply.acted:
        question = reply.text + ("" if spoken(language) == "zh-CN" else " ") + question
    return replace(
        reply,
        text=question,
        expects_answer=True,
        unanswered=say("unproven_unanswered", language),
        follow_up=ProofQuestion(who, challenge, reply, door, chances - 1),
        once_known=None,
    )


def all_once_known(replies: Sequence[Reply]) -> list[OnceKnown]:
    """What is still to be done of several requests once it is known who speaks."""
    return [reply.once_known for reply in replies if reply.once_known is not None]


class ProofQuestion:
    """A challenge that was put as a question, and what to do once it is answered.

    It is a :data:`skills.contract.FollowUp`.

    Parameters
    ----------
    refused
        What was refused.
    chances
        How often another challenge may follow an answer that was too short or too noisy.
    """

    def __init__(
        self, who: WhoIsSpeaking, challenge: Challenge, refused: Reply, door: str, chances: int
    ) -> None:
        self._who = who
        self._challenge = challenge
        self._refused = refused
        self._door = door
        self._chances = chances
        self._answered = False

    async def __call__(self, answer: Request) -> Reply | None:
        """Judge what sounds like an answer, by its text; None if it does not."""
        if affirms(answer.text, answer.language) is False:
            self._answered = True
            return Reply(say("then_not", answer.language), self._refused.intent)
        return await self.judge(answer) if self._resembles(answer.text) else None

    async def judge(self, answer: Request) -> Reply | None:
        """Do what was asked for if the answer proves who speaks, once; else say why not."""
        if self._answered:
            return None
        if answer.audio is None:
            return self._reply("unproven_unheard", answer.language, follow_up=True)
        self._answered = True
        found = await self._proven(answer)
        if isinstance(found, Speaker):
            assert self._refused.once_known is not None
            reply = await self._refused.once_known(found)
            return None if reply is None else replace(reply, once_known=None)
        if found in (Unproven.UNCLEAR, Unproven.TOO_SHORT) and self._chances:
            again = await asked_for_proof(
                self._who, answer, self._refused, self._door, self._chances
            )
            if again.expects_answer:
                why = say(f"unproven_{found}", answer.language)
                return replace(again, text=f"{why} {again.text}")
        return self._reply(f"unproven_{found}", answer.language)

    async def _proven(self, answer: Request) -> Speaker | Unproven:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._who.proven(self._challenge, answer, self._door)
        except Exception:
            _LOGGER.exception("an answer could not be checked")
            return Unproven.FAILED

    def _resembles(self, text: str) -> bool:
        """Whether at least half of what was said are words of challenges, or figures."""
        words = re.findall(r"\d|[^\W\d_]+", text.lower())
        alike = [word for word in words if word.isdigit() or word in self._challenge.vocabulary]
        return len(alike) > 1 and 2 * len(alike) >= len(words)

    def _reply(self, key: str, language: str, *, follow_up: bool = False) -> Reply:
        reply = Reply(
            say(key, language),
            self._refused.intent,
            self._refused.slots,
            self._refused.targets,
            expects_answer=follow_up,
        )
        # A question that only those may answer who are known stays open.
        return replace(reply, follow_up=self if follow_up else self._refused.follow_up)
