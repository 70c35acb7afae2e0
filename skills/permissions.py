"""Who may: a device or a skill can require a verified speaker, or one of certain people.

In goes what is required and who is speaking, out comes the reason for a refusal, ready to be
said, or None. Who is speaking is told by a :class:`skills.contract.WhoIsSpeaking`.
"""

from __future__ import annotations

from skills.contract import Speaker
from skills.plan import Requirement
from skills.replies import say

__all__ = ["Requirement", "refusal"]


def refusal(requirement: Requirement | None, speaker: Speaker | None, language: str) -> str | None:
    """Why not, as a sentence to say; None if it is allowed.

    >>> refusal(Requirement(("Mia",)), Speaker("Ben", 0.99), "en")
    'Ben may not do that.'
    """
    if requirement is None:
        return None
    if speaker is None:
        return say("who_are_you", language)
    names = {name.casefold() for name in requirement.speakers}
    if names and speaker.name.casefold() not in names:
        return say("not_you", language, name=speaker.name)
    if speaker.probability < requirement.probability:
        return say("not_sure_you", language, name=speaker.name)
    if requirement.live and not speaker.live:
        return say("not_live", language)
    return None
