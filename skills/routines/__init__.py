"""Routines: several commands under one sentence, as ``routines.yaml`` has them."""

from __future__ import annotations

from skills.routines.skill import RoutineSkill

__all__ = ["RoutineSkill"]
