"""Telling what the machine's clock shows, in its own time zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from skills.authoring import Call, Reply, SentenceSkill, on
from skills.when import spoken_date, spoken_time


class ClockSkill(SentenceSkill):
    """The time and the date."""

    name = "clock"

    @on("HassGetCurrentTime")
    def time(self, call: Call) -> Reply:
        """What time it is."""
        return call.reply("time", value=spoken_time(datetime.now(), call.language))

    @on("HassGetCurrentDate")
    def date(self, call: Call) -> Reply:
        """What day it is, or will be."""
        day = datetime.now() + timedelta(days=int(call.slots.get("ahead", 0)))
        key = "tomorrow" if call.slots.get("ahead") else "today"
        return call.reply(key, value=spoken_date(day, call.language))
