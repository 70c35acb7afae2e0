"""Several timers, with or without names."""

from __future__ import annotations

from skills.timers.skill import TimerSkill
from skills.timers.timers import Timer, Timers, pending

__all__ = ["Timer", "TimerSkill", "Timers", "pending"]
