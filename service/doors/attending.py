"""A voice while it speaks: the client is told how good what came so far is."""

from __future__ import annotations

import numpy as np

from service.core import Core
from service.inlet import Inlet
from service.line import Line
from service.messages import Code, Message, ServiceError
from service.messages.common import AudioStart
from service.messages.voices import Heard
from speech.audio import Samples
from voiceprint.opening import Voiceprints

_EVERY = 1.0
"""Seconds of audio between two reports of its quality."""
_LONGEST = 60.0
"""Seconds that an attempt may last, as everywhere in :mod:`voiceprint`."""


async def heard(
    line: Line, core: Core, voiceprints: Voiceprints, start: AudioStart, *ends: type[Message]
) -> tuple[Samples, Message]:
    """What is said until one of ``ends``, and which of them came."""
    inlet = Inlet(start)
    pieces: list[Samples] = []
    told = 0.0
    try:
        while True:
            came = await line.receive(core.settings.idle)
            if isinstance(came, ends):
                break
            if not isinstance(came, bytes):
                raise ServiceError(Code.WRONG_STATE, f"{came.TYPE} comes once, first")
            pieces += inlet.feed(came)
            if inlet.seconds > _LONGEST:
                raise ServiceError(Code.TOO_LARGE, f"an attempt lasts {_LONGEST:.0f} s at most")
            if inlet.seconds - told >= _EVERY:
                told = inlet.seconds
                quality = await line.work(voiceprints.ear.quality, np.concatenate(pieces))
                await line.send(Heard(quality=quality))
        pieces += inlet.finish()
    finally:
        core.metrics.audio.labels("voiceprint").inc(inlet.seconds)
    return np.concatenate([np.zeros(0, np.float32), *pieces]), came
