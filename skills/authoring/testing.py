"""For the tests of a skill: what it answers, among all of Sonorant's own skills."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from skills.authoring.apart import Opener
from skills.contract import Announcement, Reply, Request, Speaker
from skills.home import EXAMPLE
from skills.opening import open_skills


def answers(
    skill: Opener,
    *texts: str,
    folder: Path,
    language: str = "en",
    home: Path = EXAMPLE,
    speaker: Speaker | None = None,
) -> Reply:
    """What is answered to the last of the texts, said one after the other.

    Parameters
    ----------
    skill
        A :class:`~skills.authoring.SentenceSkill` class, or what else an entry point may name.
        It need not be installed.
    folder
        Where everything that is remembered lies; pytest's ``tmp_path``.
    home
        A ``home.yaml``; the example home where it is left out.
    speaker
        Who says it; None for somebody unknown.
    """

    async def talk() -> Reply:
        plugin = _Plugin(str(getattr(skill, "name", "skill")), skill)
        router = await open_skills(home, folder, _nobody, languages=(), plugins=[plugin])
        try:
            for text in texts:
                reply = await router.answer(Request(text, language, speaker=speaker))
            return reply
        finally:
            await router.close()

    if not texts:
        raise ValueError("nothing is said")
    return asyncio.run(talk())


@dataclass(frozen=True, slots=True)
class _Plugin:
    name: str
    opener: Opener

    def load(self) -> Opener:
        return self.opener


async def _nobody(announcement: Announcement) -> None:
    """Nobody listens to announcements here."""
