"""Lessons by voice: courses, a learner's progress, and the exchange itself."""

from __future__ import annotations

from skills.lesson.skill import LessonSkill

__all__ = ["LessonSkill"]
