"""``/v1/pronunciation``: a text, then the reading of it; or a file with the same result."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from assistant.practice import Practice
from pronunciation import Assessment
from service.core import Core
from service.inlet import Inlet
from service.line import Line
from service.messages import Code, Done, End, ServiceError
from service.messages.lessons import Standing
from service.messages.scoring import Assessed, Progress, Read
from service.timing import took


async def score(line: Line, core: Core) -> None:
    """Serve one client on a websocket."""
    start = await line.first(Read)
    assessor = await core.engines.assessor(start.language)
    practice = await practised(core, line.work, start)
    stream = await line.work(
        assessor.stream, start.text, id=start.id, pronunciations=start.pronunciations
    )
    inlet = Inlet(start)
    try:
        while True:
            came = await line.receive(core.settings.idle)
            if isinstance(came, End):
                break
            if not isinstance(came, bytes):
                raise ServiceError(Code.WRONG_STATE, f"{came.TYPE} comes once, first")
            for samples in inlet.feed(came):
                progress = await line.work(stream.feed, samples)
                if progress is not None:
                    await line.send(Progress(words=progress.words, time=progress.time))
        for samples in inlet.finish():
            await line.work(stream.feed, samples)
        began = time.monotonic()
        assessment = await line.work(stream.finish)
        took(line, core, assessment=time.monotonic() - began)
    finally:
        core.metrics.audio.labels("pronunciation").inc(inlet.seconds)
    standing = await recorded(practice, line.work, start, assessment)
    await line.send(Assessed(assessment=assessment, standing=standing))
    await line.send(Done(audio=inlet.seconds))


Work = Callable[..., Awaitable[Any]]
"""Does CPU work when it is the client's turn."""


async def practised(core: Core, work: Work, start: Read) -> Practice | None:
    """Where the attempt is kept, if it is to be; raises ServiceError if no course has the text."""
    if not start.record:
        return None
    practice = await core.engines.practice()
    with kept():
        await work(practice.item, start.text, start.language or core.settings.language)
    return practice


async def recorded(
    practice: Practice | None, work: Work, start: Read, assessment: Assessment
) -> Standing | None:
    """Keep an attempt; what is then known of the item."""
    if practice is None:
        return None
    with kept():
        language = start.language or assessment.language
        return Standing.of(await work(practice.attempt, start.text, language, assessment))


@contextmanager
def kept() -> Iterator[None]:
    """Tell a client where progress cannot be kept."""
    try:
        yield
    except OSError as error:
        raise ServiceError(
            Code.UNAVAILABLE, "the progress of lessons cannot be read or written here"
        ) from error
