"""A home that is talked to: its skills are opened once, each microphone has its conversation."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Executor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.conversation import Conversation
from assistant.ear import WakeListener
from assistant.examiner import AssessorOf, PronunciationExaminer
from assistant.interpreter import RecognizerOf
from assistant.known_voices import KnownVoices
from assistant.loudspeaker import Loudspeaker
from assistant.settings import ConversationSettings
from assistant.sharing import SharedLoudspeaker
from skills import open_skills
from skills.contract import Announcement
from skills.media import MusicOutput
from skills.router import Router
from speech.errors import BusyError, ConfigError
from speech.recognition.contract import Recognizer
from speech.synthesis.contract import Synthesizer
from speech.vad import Vad

if TYPE_CHECKING:
    from voiceprint.opening import Voiceprints

_EARLY = 16  # announcements that are kept until somebody is there to hear them


class House:
    """The skills of a home, and the conversations about it; made by :func:`open_house`.

    What a skill announces is said in all of them.
    """

    def __init__(self, router: Router, rooms: Rooms) -> None:
        self.router = router
        self._rooms = rooms

    @asynccontextmanager
    async def conversation(
        self,
        recognizer: Recognizer | None,
        vad: Vad,
        synthesizer: Synthesizer | None,
        loudspeaker: Loudspeaker | None,
        *,
        wake: WakeListener | None = None,
        settings: ConversationSettings | None = None,
        language: str = "en",
        recognizer_of: RecognizerOf | None = None,
        area: str | None = None,
        pool: Executor | None = None,
    ) -> AsyncIterator[Conversation]:
        """Talk about the home; parameters as in :class:`assistant.conversation.Conversation`.

        Raises
        ------
        ConfigError
            The home has no such area.
        """
        areas = self.router.home.areas
        if area is not None and area not in areas:
            known = ", ".join(areas) or "none"
            raise ConfigError(f"the home has no area {area!r}; there are {known}")
        async with Conversation(
            recognizer,
            vad,
            self.router,
            synthesizer,
            loudspeaker,
            wake=wake,
            settings=settings,
            language=language,
            recognizer_of=recognizer_of,
            area=area,
            voices=self.router.who is not None,
            pool=pool,
        ) as conversation:
            leave = self.router.subscribe(conversation.device_changed)
            await self._rooms.enter(conversation)
            try:
                yield conversation
            finally:
                leave()
                self._rooms.leave(conversation)


class Rooms:
    """Where announcements are heard: in every conversation, or in the next one if there is none."""

    def __init__(self) -> None:
        self._conversations: list[Conversation] = []
        self._early: deque[Announcement] = deque(maxlen=_EARLY)

    async def announce(self, announcement: Announcement) -> None:
        """Say it everywhere; where too much waits to be said already it is left out."""
        if not self._conversations:
            self._early.append(announcement)
        busy: BusyError | None = None
        for conversation in tuple(self._conversations):
            try:
                await conversation.announce(announcement)
            except BusyError as error:
                busy = error
        if busy is not None and len(self._conversations) == 1:
            raise busy

    async def enter(self, conversation: Conversation) -> None:
        """Announce there too, first what nobody heard yet."""
        self._conversations.append(conversation)
        with suppress(BusyError):
            while self._early:
                await conversation.announce(self._early[0])
                self._early.popleft()

    def leave(self, conversation: Conversation) -> None:
        """Announce there no more."""
        self._conversations.remove(conversation)


@asynccontextmanager
async def open_house(
    *,
    vad: Vad | None = None,
    language: str = "en",
    home: Path | None = None,
    state: Path | None = None,
    gallery: str | None = None,
    music: MusicOutput | None = None,
    assessor_of: AssessorOf | None = None,
    voiceprints: Callable[[], Awaitable[Voiceprints]] | None = None,
) -> AsyncIterator[House]:
    """Open the skills of a home.

    Parameters
    ----------
    vad
        Shared with what recognises speakers; the embedded one where None.
    home, state, music
        As in :func:`skills.open_skills`.
    gallery
        As in :func:`assistant.speakers.open_speakers`; opened now where the home or a skill
        requires a known speaker, else when somebody asks who is speaking, as a lesson does.
    assessor_of
        Scorers for lessons that others use too; the lessons' own where None.
    voiceprints
        Those of the gallery that others use too, as in :func:`assistant.speakers.open_speakers`.

    Raises
    ------
    ConfigError
        The home file is wrong; or the gallery of voices is needed, and it or its key is missing.
    """
    rooms = Rooms()
    async with AsyncExitStack() as stack:
        examiner = PronunciationExaminer(assessor_of)
        stack.push_async_callback(examiner.close)
        router = await open_skills(
            home, state, rooms.announce, languages=(language,), music=music, examiner=examiner
        )
        stack.push_async_callback(router.close)
        if router.demanding:
            # Late, because a database and an embedding are slow to load and seldom needed.
            from assistant.speakers import open_speakers

            opening = open_speakers(gallery, vad=vad, shared=voiceprints)
            router.who = await stack.enter_async_context(opening)
        else:
            voices = KnownVoices(gallery, vad, voiceprints)
            stack.push_async_callback(voices.close)
            router.who = voices
        yield House(router, rooms)


@dataclass(frozen=True, slots=True)
class Household:
    """A conversation, and the router that answers it."""

    conversation: Conversation
    router: Router


@asynccontextmanager
async def household(
    recognizer: Recognizer | None,
    vad: Vad,
    synthesizer: Synthesizer | None,
    loudspeaker: Loudspeaker | None,
    *,
    wake: WakeListener | None = None,
    settings: ConversationSettings | None = None,
    language: str = "en",
    recognizer_of: RecognizerOf | None = None,
    area: str | None = None,
    home: Path | None = None,
    state: Path | None = None,
    gallery: str | None = None,
) -> AsyncIterator[Household]:
    """Open a home for one conversation; music is heard on its loudspeaker.

    Parameters
    ----------
    home, state, gallery
        As in :func:`open_house`; the engines stay open at the end.

    Raises
    ------
    ConfigError
        As in :func:`open_house`, or the home has no such area.
    """
    shared = None if loudspeaker is None else SharedLoudspeaker(loudspeaker)
    async with (
        open_house(
            vad=vad, language=language, home=home, state=state, gallery=gallery, music=shared
        ) as house,
        house.conversation(
            recognizer,
            vad,
            synthesizer,
            shared,
            wake=wake,
            settings=settings,
            language=language,
            recognizer_of=recognizer_of,
            area=area,
        ) as conversation,
    ):
        yield Household(conversation, house.router)
