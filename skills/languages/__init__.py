"""The language that a talk is in."""

from __future__ import annotations

from skills.languages.skill import LanguageSkill

__all__ = ["LanguageSkill"]
