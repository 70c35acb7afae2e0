"""Commands for later: "in ten minutes turn off the heater", "every day at ten lock the door"."""

from __future__ import annotations

from skills.later.skill import LaterSkill

__all__ = ["LaterSkill"]
