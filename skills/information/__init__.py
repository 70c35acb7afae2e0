"""The weather from a configured source, and an encyclopaedia out of the user's own ZIM files."""

from __future__ import annotations

from skills.information.skill import InformationSkill

__all__ = ["InformationSkill"]
