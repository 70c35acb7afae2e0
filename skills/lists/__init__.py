"""Shopping, to-do and other lists, kept in a small database."""

from __future__ import annotations

from skills.lists.skill import ListSkill

__all__ = ["ListSkill"]
