"""Talks to a router with real storage, as a person types."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from skills import Announcement, Reply, Request, Router, open_skills
from skills.home import EXAMPLE

YES = {"en": "yes", "zh-CN": "是的", "ko": "네"}


class Talk:
    """A router, what it announces, and the last reply."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.announced: list[Announcement] = []
        self._heard = asyncio.Event()
        self.router: Router
        self.reply: Reply

    async def __call__(self, text: str, language: str | None = None) -> str:
        """Say something; returns the answer."""
        self.reply = await self.router.answer(Request(text, language or self.language))
        return self.reply.text

    async def announcement(self, count: int = 1, seconds: float = 30) -> str:
        """The text of the announcement of that number, as soon as it comes."""
        async with asyncio.timeout(seconds):
            while len(self.announced) < count:
                self._heard.clear()
                await self._heard.wait()
        return self.announced[count - 1].text

    async def until(self, device: str, seconds: float = 30, **state: object) -> None:
        """Wait until a device is in a state, whoever changes it."""
        for _ in range(int(seconds / 0.02)):  # another program may do it, which nobody is told of
            now = self.router.states()[device]
            if all(now[key] == value for key, value in state.items()):
                return
            await asyncio.sleep(0.02)
        raise AssertionError(f"{device} is {dict(now)}, not {state}")

    async def _announce(self, announcement: Announcement) -> None:
        self.announced.append(announcement)
        self._heard.set()


async def silent(announcement: Announcement) -> None:
    """Nothing is expected to ring."""


@asynccontextmanager
async def talk(state: Path, language: str = "en", home: Path = EXAMPLE) -> AsyncIterator[Talk]:
    """Open the skills of a home, by default the example, on a state folder."""
    talking = Talk(language)
    talking.router = await open_skills(home, state, talking._announce, languages=())
    try:
        yield talking
    finally:
        await talking.router.close()
