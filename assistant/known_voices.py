"""Who is speaking, for a home in which nothing requires it: the voices are opened when first asked.

So a lesson can be its learner's own, and a home that needs no voices starts without them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from skills.contract import Challenge, Request, Speaker, Unknown, Unproven
from speech.errors import SonorantError
from speech.vad import Vad

if TYPE_CHECKING:
    from assistant.speakers import VoiceprintSpeakers
    from voiceprint.opening import Voiceprints

_LOGGER = logging.getLogger(__name__)


class KnownVoices:
    """See :class:`skills.contract.WhoIsSpeaking`. Close it when done.

    Parameters
    ----------
    gallery, vad, shared
        As in :func:`assistant.speakers.open_speakers`.
    """

    def __init__(
        self,
        gallery: str | None,
        vad: Vad | None,
        shared: Callable[[], Awaitable[Voiceprints]] | None = None,
    ) -> None:
        self._gallery = gallery
        self._vad = vad
        self._shared = shared
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._opened = False
        self._speakers: VoiceprintSpeakers | None = None
        self._missing = Unknown.NOBODY_KNOWN

    async def who(self, request: Request, door: str) -> Speaker | Unknown:
        """The speaker, or why that is not known."""
        if request.audio is None:
            return Unknown.UNHEARD
        speakers = await self._open()
        return self._missing if speakers is None else await speakers.who(request, door)

    async def challenge(self, request: Request, door: str) -> Challenge | None:
        """What whoever made the request can be asked to say as a proof."""
        speakers = await self._open()
        return None if speakers is None else await speakers.challenge(request, door)

    async def proven(self, challenge: Challenge, answer: Request, door: str) -> Speaker | Unproven:
        """Who answered a challenge, or why the answer is no proof."""
        speakers = await self._open()
        if speakers is None:
            return Unproven.FAILED
        return await speakers.proven(challenge, answer, door)

    async def close(self) -> None:
        """Close the gallery, if it was opened."""
        await self._stack.aclose()

    async def _open(self) -> VoiceprintSpeakers | None:
        async with self._opening:
            if not self._opened:
                self._opened = True
                try:
                    self._speakers = await self._found()
                except SonorantError as error:
                    self._missing = Unknown.FAILED
                    _LOGGER.warning("voices cannot be recognised: %s", error)
        return self._speakers

    async def _found(self) -> VoiceprintSpeakers | None:
        """The voices; None where nobody was ever enrolled."""
        # Late, because a database and an embedding are slow to load and seldom needed.
        from assistant.speakers import open_speakers
        from voiceprint.gallery import gallery_file

        file = gallery_file(self._gallery)
        if file is not None and not file.exists():
            return None
        opening = open_speakers(self._gallery, vad=self._vad, shared=self._shared)
        return await self._stack.enter_async_context(opening)
