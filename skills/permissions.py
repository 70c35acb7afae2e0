"""Who may: a device or a skill can require a verified speaker, or one of certain people.

In goes what is required and what is known of who is speaking, out comes a refusal, ready to be
said, or None. Who is speaking is told by a :class:`skills.contract.WhoIsSpeaking`; the router asks
it when something was refused for want of that, and asks the speaker for a proof where it is not
enough (:mod:`skills.proof`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skills.contract import FollowUp, OnceKnown, Reply, Request, Speaker, Unknown
from skills.plan import Requirement
from skills.replies import say

__all__ = ["Requirement", "once_known", "refusal"]


def refusal(
    requirement: Requirement | Sequence[Requirement] | None, request: Request, again: FollowUp
) -> Reply | None:
    """Why not, as something to say; None if it is allowed.

    Return what you get, at least its ``text`` and ``once_known``: the router then finds out who
    is speaking, and calls ``again``.

    Parameters
    ----------
    requirement
        What the speaker has to be; where there are several, all of it.
    again
        Called with the same request once more is known of its speaker.

    >>> async def again(request): ...
    >>> request = Request("open the safe", speaker=Speaker("Ben", 0.99))
    >>> refusal(Requirement(("Mia",)), request, again).text
    'Ben may not do that.'
    """
    several = (requirement,) if isinstance(requirement, Requirement) else requirement or ()
    for one in several:
        reason, provable = _refused(one, request)
        if reason:
            return Reply(reason, once_known=once_known(request, again) if provable else None)
    return None


def once_known(request: Request, again: FollowUp) -> OnceKnown:
    """Calls ``again`` with the request and what is then known of its speaker."""
    request = replace(request, audio=None)  # it is not kept until a question is answered

    async def go_on(found: Speaker | Unknown) -> Reply | None:
        if isinstance(found, Speaker):
            return await again(replace(request, speaker=found, unknown=None))
        return await again(replace(request, speaker=None, unknown=found))

    return go_on


def _refused(requirement: Requirement, request: Request) -> tuple[str, bool]:
    """The reason, empty if there is none; and whether to know more could turn it."""
    speaker, language = request.speaker, request.language
    if speaker is None:
        reason = say(f"unknown_{request.unknown or Unknown.STRANGER}", language)
        return reason, request.unknown in (None, Unknown.UNCLEAR)
    names = {name.casefold() for name in requirement.speakers}
    if names and speaker.name.casefold() not in names:
        return say("not_you", language, name=speaker.name), False
    if speaker.probability < requirement.probability:
        return say("not_sure_you", language, name=speaker.name), True
    if requirement.live and not speaker.live:
        return say("not_live", language), True
    return "", False
