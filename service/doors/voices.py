"""``/v1/voiceprint``, streaming: a claim or a question, then the voice; the decision at its end."""

from __future__ import annotations

import time

import numpy as np

from service.core import Core
from service.inlet import Inlet
from service.line import Line
from service.messages import Code, Done, End, ServiceError
from service.messages.voices import Attempt, Decision, Heard, Identify, Verify
from speech.audio import RATE, Samples
from voiceprint.opening import Voiceprints
from voiceprint.verification import VerificationSettings

_EVERY = 1.0
"""Seconds of audio between two reports of its quality."""
_LONGEST = 60.0
"""Seconds that an attempt may last, as everywhere in :mod:`voiceprint`."""


async def decide(line: Line, core: Core) -> None:
    """Serve one client."""
    start = await line.first(Attempt)
    voiceprints = await core.engines.voiceprints()
    inlet = Inlet(start)
    pieces: list[Samples] = []
    told = 0.0
    try:
        while True:
            came = await line.receive(core.settings.idle)
            if isinstance(came, End):
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
    samples = np.concatenate([np.zeros(0, np.float32), *pieces])
    began = time.monotonic()
    decision = await line.work(attempt, voiceprints, start, samples)
    core.metrics.took("decision", time.monotonic() - began)
    await line.send(decision)
    await line.send(Done(audio=samples.size / RATE))


def attempt(voiceprints: Voiceprints, start: Attempt, samples: Samples) -> Decision:
    """Decide, and record it; raises as the voiceprint wing does."""
    assert isinstance(start, Verify | Identify)
    if isinstance(start, Identify):
        found = voiceprints.identifier.identify(
            samples, start.purpose, group=start.group, count=start.count, door=start.door
        )
        return Decision.of(found.decision, found)
    settings = VerificationSettings(start.purpose, live=start.live)
    return Decision.of(
        voiceprints.verifier.verify(
            start.person, samples, settings, challenge=start.challenge, door=start.door
        )
    )
