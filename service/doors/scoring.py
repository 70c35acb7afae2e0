"""``/v1/pronunciation``: a text, then the reading of it; or a file with the same result."""

from __future__ import annotations

import time

from service.core import Core
from service.inlet import Inlet
from service.line import Line
from service.messages import Code, Done, End, ServiceError
from service.messages.scoring import Assessed, Progress, Read


async def score(line: Line, core: Core) -> None:
    """Serve one client on a websocket."""
    start = await line.first(Read)
    assessor = await core.engines.assessor(start.language)
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
        core.metrics.took("assessment", time.monotonic() - began)
    finally:
        core.metrics.audio.labels("pronunciation").inc(inlet.seconds)
    await line.send(Assessed(assessment=assessment))
    await line.send(Done(audio=inlet.seconds))
