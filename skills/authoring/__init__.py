"""What a skill is written with, Sonorant's own and those of third parties.

See ``docs/skills.md``; ``sonorant skills new NAME`` writes one to begin with.
"""

from __future__ import annotations

from skills.authoring.skill import Call, FunctionSkill, SentenceSkill, Tools, on
from skills.contract import Announcement, Reply, Request, Skill, Speaker
from skills.permissions import Requirement, refusal
from skills.replies import enumerated

__all__ = [
    "Announcement",
    "Call",
    "FunctionSkill",
    "Reply",
    "Request",
    "Requirement",
    "SentenceSkill",
    "Skill",
    "Speaker",
    "Tools",
    "enumerated",
    "on",
    "refusal",
]
