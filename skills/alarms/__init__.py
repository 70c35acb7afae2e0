"""Alarms and reminders: at a time of day, once or on some days of the week."""

from __future__ import annotations

from skills.alarms.alarm import pending
from skills.alarms.skill import AlarmSkill

__all__ = ["AlarmSkill", "pending"]
