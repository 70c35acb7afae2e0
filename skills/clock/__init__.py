"""The time and the date."""

from __future__ import annotations

from skills.clock.skill import ClockSkill

__all__ = ["ClockSkill"]
