"""Text in, action and reply out: the home, its devices, and the skills one can ask for.

>>> router = await open_skills(None, None, announce)                    # doctest: +SKIP
>>> (await router.answer(Request("turn on the lamp"))).text             # doctest: +SKIP
'Turned on the lamp.'
"""

from __future__ import annotations

from skills.contract import (
    Announce,
    Announcement,
    Reply,
    Request,
    Skill,
    SlotValue,
    Speaker,
    Stage,
    WhoIsSpeaking,
)
from skills.opening import home_path, open_skills, state_path
from skills.router import Router

__all__ = [
    "Announce",
    "Announcement",
    "Reply",
    "Request",
    "Router",
    "Skill",
    "SlotValue",
    "Speaker",
    "Stage",
    "WhoIsSpeaking",
    "home_path",
    "open_skills",
    "state_path",
]
