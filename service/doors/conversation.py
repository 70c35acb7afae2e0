"""``/v1/assistant``: a whole conversation. Audio and text up, events and the sound of replies down.

Each connection is one conversation, in its own room, about the one home of the service.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from assistant.conversation import Conversation
from assistant.ear import WakeListener
from assistant.settings import ConversationSettings
from assistant.stream import EventStream
from assistant.trace import Tracer
from service.core import Core
from service.inlet import Inlet
from service.line import Line
from service.logs import log
from service.messages import Code, Done, End, Error, ServiceError, told
from service.messages.conversation import Converse, Listen, TypedText, of_event
from service.timing import took
from skills.package import package_language
from speech.audio import RATE, Samples, to_pcm16
from speech.errors import BusyError
from speech.recognition.contract import Recognizer
from speech.recognition.engines import hears

_LEAD = 0.5
"""Seconds of a reply that are sent before they can have been heard."""
_PIECE = RATE // 10
_STAGES = ("first_partial", "endpoint_wait", "final", "reply", "sound", "answer")


async def converse(line: Line, core: Core) -> None:
    """Serve one client."""
    start = await line.first(Converse)
    language = start.language or core.settings.language
    house = await core.engines.house()
    recognizer = await _recognizer(core, language)
    settings = ConversationSettings(
        barge_in=start.barge_in,
        push_to_talk=start.push_to_talk,
        wait_for_replies=start.wait_for_replies,
    )
    async with AsyncExitStack() as stack:
        conversation = await stack.enter_async_context(
            house.conversation(
                recognizer,
                await core.engines.vad(),
                await core.engines.synthesizer() if start.voice else None,
                Earpiece(line, paced=not start.wait_for_replies) if start.voice else None,
                wake=await line.work(_wake_words, start.wake) if start.wake else None,
                settings=settings,
                language=language,
                recognizer_of=core.engines.recognizer,
                area=start.area,
                pool=line.seat,
            )
        )
        events = conversation.events()
        inlet = Inlet(start)
        telling = asyncio.create_task(_tell(line, core, events))
        hearing = asyncio.create_task(_hear(line, conversation, inlet))
        try:
            await asyncio.wait((telling, hearing), return_when=asyncio.FIRST_COMPLETED)
            if not hearing.done():
                await telling
                raise ServiceError(Code.UNAVAILABLE, "the conversation has failed: start again")
            await hearing
            await conversation.close()  # the events that wait are still told
            await telling
        finally:
            core.metrics.audio.labels("assistant").inc(inlet.seconds)
            await _cancelled(hearing, telling)
    await line.send(Done(audio=inlet.seconds))


async def _recognizer(core: Core, language: str) -> Recognizer | None:
    """What hears a language; None where it can only be typed."""
    try:
        return await core.engines.recognizer(language)
    except ServiceError as error:
        if package_language(language) is None or hears(language):
            raise  # what is there cannot be used: its error says why
        log(logging.WARNING, f"only typed: {error}", language=language)
        return None


class Earpiece:
    """A loudspeaker at the other end of a line.

    Parameters
    ----------
    paced
        Whether sound is sent hardly faster than it is heard, so that a reply lasts here for as
        long as there, and can be interrupted.
    """

    def __init__(self, line: Line, *, paced: bool = True) -> None:
        self._line = line
        self._paced = paced

    async def play(self, chunks: AsyncIterator[Samples]) -> None:
        """Send the chunks; returns when the last can have been heard."""
        heard = time.monotonic()
        async for chunk in chunks:
            for at in range(0, chunk.size, _PIECE):
                piece = chunk[at : at + _PIECE]
                heard = max(heard, time.monotonic())
                await self._line.send_raw(to_pcm16(piece))
                heard += piece.size / RATE
                if self._paced:
                    await asyncio.sleep(max(0.0, heard - time.monotonic() - _LEAD))
        if self._paced:
            await asyncio.sleep(max(0.0, heard - time.monotonic()))

    async def close(self) -> None:
        """Nothing to give back."""


async def _hear(line: Line, conversation: Conversation, inlet: Inlet) -> None:
    """Take what the client says and does, until it ends."""
    while True:
        came = await line.receive()
        try:
            match came:
                case bytes():
                    for samples in inlet.feed(came):
                        await conversation.hear(samples)
                case TypedText():
                    await conversation.type(came.text)
                case Listen():
                    await conversation.listen()
                case End():
                    break
                case _:
                    raise ServiceError(Code.WRONG_STATE, f"{came.TYPE} comes once, first")
        except BusyError as error:
            await line.send(Error.of(told(error), final=False))
    for samples in inlet.finish():
        await conversation.hear(samples)
    await conversation.finish()


async def _tell(line: Line, core: Core, events: EventStream) -> None:
    """Send what happens, and measure it."""
    tracer = Tracer()
    async for event in events:
        await line.send(of_event(event))
        if (trace := tracer.add(event)) is not None:
            taken = {stage: trace.latencies()[stage] for stage in _STAGES}
            took(line, core, **{one: ms / 1000 for one, ms in taken.items() if ms is not None})


def _wake_words(words: tuple[str, ...]) -> WakeListener:
    """Those of the names that come with the service: a client names no file."""
    from assistant.wake import WakeWords, available_words

    known = available_words()
    for word in words:
        if word not in known:
            raise ServiceError(
                Code.BAD_REQUEST,
                f"no wake word is called {word[:40]!r}; there are {', '.join(known)}",
                field="wake",
            )
    return WakeWords(words)


async def _cancelled(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
