"""Everything that is slow to load, loaded once, when it is first needed, and shared by all."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from service.logs import LOGGER
from service.messages import Code, ServiceError
from service.opening import Here, Opening
from service.settings import Settings
from speech.audio import RATE
from speech.errors import EngineError, ModelMissingError, SonorantError
from speech.language import primary

if TYPE_CHECKING:
    from assistant.household import House
    from assistant.practice import Practice
    from pronunciation.contract import Assessor
    from pronunciation.shadowing.comparison import Shadower
    from speech.recognition.contract import Recognizer
    from speech.synthesis.contract import Synthesizer
    from speech.vad import Vad
    from voiceprint.opening import Voiceprints

T = TypeVar("T")


class Engines:
    """The engines of a service. What cannot be loaded is an error each time, and tried again.

    Parameters
    ----------
    opening
        Where those come from that cost most; this process where None.

    Raises
    ------
    ServiceError
        By every method: ``unavailable``; the log has the reason.
    """

    def __init__(self, settings: Settings, opening: Opening | None = None) -> None:
        self._settings = settings
        self._opening = opening or Here()
        self._loaded: dict[str, object] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._stack = AsyncExitStack()

    async def warm_up(self) -> None:
        """Load what is needed at once; raises SonorantError as loading does."""
        await self._once("vad", self._load_vad)
        await self._once(*self._recognition(self._settings.language))
        if self._settings.assistant:
            await self._once("synthesizer", self._load_synthesizer)
            await self._once("home", self._load_house)

    @property
    def loaded(self) -> tuple[str, ...]:
        """What was loaded so far, by name: ``vad``, ``recognizer en`` …"""
        return tuple(self._loaded)

    async def recognizer(self, language: str | None = None) -> Recognizer:
        """The recogniser of a language (BCP 47), or of the service's own."""
        key, load = self._recognition(language or self._settings.language)
        return await self._get(key, load)

    async def vad(self) -> Vad:
        """Voice activity detection."""
        return await self._get("vad", self._load_vad)

    async def synthesizer(self) -> Synthesizer:
        """The voice of replies."""
        return await self._get("synthesizer", self._load_synthesizer)

    async def assessor(self, language: str | None = None) -> Assessor:
        """What scores readings in a language."""
        spoken = primary(language or self._settings.language)

        async def load() -> Assessor:
            assessor = await asyncio.to_thread(self._opening.assessor, spoken)
            self._stack.callback(assessor.close)
            return assessor

        return await self._get(f"assessor {spoken}", load)

    async def shadower(self) -> Shadower:
        """What compares two recordings."""

        async def load() -> Shadower:
            from pronunciation.shadowing.comparison import Shadower

            return await asyncio.to_thread(Shadower)

        return await self._get("shadower", load)

    async def practice(self) -> Practice:
        """The courses, and the household's progress."""

        async def load() -> Practice:
            from assistant.practice import Practice
            from skills import state_path

            try:
                return await asyncio.to_thread(Practice, state_path())
            except OSError as error:
                raise EngineError("the state folder cannot be written") from error

        return await self._get("practice", load)

    async def voiceprints(self) -> Voiceprints:
        """The gallery, and what decides who speaks."""
        return await self._get("voiceprints", self._load_voiceprints)

    async def house(self) -> House:
        """The home and its skills."""
        if not self._settings.assistant:
            raise ServiceError(Code.UNAVAILABLE, "no conversations are served here")
        return await self._get("home", self._load_house)

    async def close(self) -> None:
        """Close all of them, the last that was loaded first."""
        await self._stack.aclose()
        self._loaded.clear()

    async def _get(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        try:
            return await self._once(key, load)
        except (EngineError, ModelMissingError) as error:
            raise ServiceError(Code.UNAVAILABLE, str(error)) from error
        except SonorantError as error:
            LOGGER.error("cannot be loaded: %s", error, extra={"about": {"engine": key}})
            raise ServiceError(
                Code.UNAVAILABLE, f"the {key} cannot be loaded here; the service's log says why"
            ) from error

    async def _once(self, key: str, load: Callable[[], Awaitable[T]]) -> T:
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._loaded:
                self._loaded[key] = await load()
                LOGGER.info("loaded", extra={"about": {"engine": key}})
            loaded: T = self._loaded[key]  # type: ignore[assignment]
            return loaded

    def _recognition(self, language: str) -> tuple[str, Callable[[], Awaitable[Recognizer]]]:
        spoken = primary(language)

        async def load() -> Recognizer:
            ours = spoken == primary(self._settings.language)
            recognizer = await asyncio.to_thread(
                self._opening.recognizer,
                self._settings.engine if ours else "auto",
                spoken,
                self._settings.model if ours else None,
            )
            self._stack.callback(recognizer.close)
            await asyncio.to_thread(_warm, recognizer)
            return recognizer

        return f"recognizer {spoken}", load

    async def _load_vad(self) -> Vad:
        from speech.vad import SileroVad

        return await asyncio.to_thread(SileroVad)

    async def _load_synthesizer(self) -> Synthesizer:
        from speech.synthesis import open_synthesizer

        synthesizer = await asyncio.to_thread(open_synthesizer, voice=self._settings.voice)
        self._stack.callback(synthesizer.close)
        return synthesizer

    async def _load_voiceprints(self) -> Voiceprints:
        from voiceprint.opening import open_voiceprints

        embedder = await asyncio.to_thread(self._opening.embedder)
        opening = open_voiceprints(self._settings.gallery, embedder, vad=await self.vad())
        voiceprints = await asyncio.to_thread(opening.__enter__)
        self._stack.callback(opening.__exit__, None, None, None)
        return voiceprints

    async def _load_house(self) -> House:
        from assistant.household import open_house

        opening = open_house(
            vad=await self.vad(),
            language=self._settings.language,
            home=self._settings.home,
            gallery=self._settings.gallery,
            assessor_of=self.assessor,
            voiceprints=lambda: self._once("voiceprints", self._load_voiceprints),
        )
        return await self._stack.enter_async_context(opening)


def _warm(recognizer: Recognizer) -> None:
    """The first utterance takes longer than others: let it be nobody's."""
    noise = np.random.default_rng(1).normal(0, 0.05, RATE).astype(np.float32)
    stream = recognizer.stream(partials=False)
    try:
        stream.feed(noise)
        stream.finish()
    except SonorantError as error:
        logging.getLogger(__name__).warning("the first utterance failed: %s", error)
    finally:
        stream.close()
