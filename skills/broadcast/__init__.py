"""Telling everybody at home something, in every room where Sonorant listens."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skills.authoring import Announcement, Call, Reply, SentenceSkill, Tools, on
from skills.replies import spoken
from skills.schedule import LOOK_EVERY, Schedule

_AFTER = 2 * LOOK_EVERY
"""Seconds until a message is said: by then each program that shares the state folder has it."""


@dataclass(frozen=True, slots=True)
class Message:
    """What everybody is told."""

    id: int
    due: float
    text: str
    language: str


class BroadcastSkill(SentenceSkill):
    """Messages to everybody."""

    name = "broadcast"

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._messages = Schedule(tools.folder / "messages.json", _message, self._say)

    async def open(self) -> None:
        """Say what nobody was there to hear."""
        self._messages.open()

    async def close(self) -> None:
        """Stop waiting."""
        await self._messages.close()

    @on("HassBroadcast")
    def broadcast(self, call: Call) -> Reply:
        """Tell everybody."""
        text, due = call.original("message"), time.time() + _AFTER
        self._messages.add(lambda number: Message(number, due, text, call.language))
        return call.reply("told", acted=True, text=text)

    async def _say(self, message: Message) -> None:
        text = self.say("message", message.language, text=message.text)
        await self.tools.announce(Announcement(text, spoken(message.language)))


def _message(item: Mapping[str, Any]) -> Message:
    return Message(int(item["id"]), float(item["due"]), str(item["text"]), str(item["language"]))
