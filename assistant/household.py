"""A conversation with everything it needs, opened in order and closed in reverse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.conversation import Conversation
from assistant.ear import WakeListener
from assistant.examiner import PronunciationExaminer
from assistant.known_voices import KnownVoices
from assistant.loudspeaker import Loudspeaker
from assistant.settings import ConversationSettings
from assistant.sharing import SharedLoudspeaker
from skills import open_skills
from skills.contract import Announcement
from skills.router import Router
from speech.errors import BusyError, ConfigError
from speech.recognition.contract import Recognizer
from speech.synthesis.contract import Synthesizer
from speech.vad import Vad


@dataclass(frozen=True, slots=True)
class Household:
    """A conversation, and the router that answers it."""

    conversation: Conversation
    router: Router


@asynccontextmanager
async def household(
    recognizer: Recognizer,
    vad: Vad,
    synthesizer: Synthesizer | None,
    loudspeaker: Loudspeaker | None,
    *,
    wake: WakeListener | None = None,
    settings: ConversationSettings | None = None,
    language: str = "en",
    area: str | None = None,
    home: Path | None = None,
    state: Path | None = None,
    gallery: str | None = None,
) -> AsyncIterator[Household]:
    """Open the skills of a home and a conversation about it.

    Parameters
    ----------
    home, state
        As in :func:`skills.open_skills`; the engines stay open at the end.
    gallery
        As in :func:`assistant.speakers.open_speakers`; opened now where the home or a skill
        requires a known speaker, else when somebody asks who is speaking, as a lesson does.

    Raises
    ------
    ConfigError
        The home file is wrong, or it has no such area; or the gallery of voices is needed, and
        it or its key is missing.
    """
    early: list[Announcement] = []  # a timer may have run out while nobody was here
    conversation: Conversation | None = None

    async def announce(announcement: Announcement) -> None:
        if conversation is None:
            early.append(announcement)
        else:
            await conversation.announce(announcement)

    shared = None if loudspeaker is None else SharedLoudspeaker(loudspeaker)
    async with AsyncExitStack() as stack:
        examiner = PronunciationExaminer()
        stack.push_async_callback(examiner.close)
        router = await open_skills(
            home, state, announce, languages=(language,), music=shared, examiner=examiner
        )
        stack.push_async_callback(router.close)
        if area is not None and area not in router.home.areas:
            known = ", ".join(router.home.areas) or "none"
            raise ConfigError(f"the home has no area {area!r}; there are {known}")
        if router.demanding:
            # Late, because a database and an embedding are slow to load and seldom needed.
            from assistant.speakers import open_speakers

            router.who = await stack.enter_async_context(open_speakers(gallery, vad=vad))
        else:
            voices = KnownVoices(gallery, vad)
            stack.push_async_callback(voices.close)
            router.who = voices
        conversation = await stack.enter_async_context(
            Conversation(
                recognizer,
                vad,
                router,
                synthesizer,
                shared,
                wake=wake,
                settings=settings,
                language=language,
                area=area,
                voices=True,
            )
        )
        stack.callback(router.subscribe(conversation.device_changed))
        for announcement in early:
            try:
                await conversation.announce(announcement)
            except BusyError:
                break
        yield Household(conversation, router)
