"""``/v1/voiceprint``, streaming: a claim or a question, then the voice; the decision at its end.

Or enrolling somebody: a sentence to say, the voice, what became of it, until there is enough.
"""

from __future__ import annotations

import time

from service.core import Core
from service.doors.attending import heard
from service.doors.enrolling import enrol
from service.line import Line
from service.messages import Done, End
from service.messages.common import AudioStart
from service.messages.voices import Attempt, Decision, Enrol, Identify, Verify
from service.timing import took
from speech.audio import RATE, Samples
from voiceprint.opening import Voiceprints
from voiceprint.verification import VerificationSettings


async def speak(line: Line, core: Core) -> None:
    """Serve one client."""
    start = await line.first(AudioStart)
    if isinstance(start, Enrol):
        await enrol(line, core, start)
    elif isinstance(start, Attempt):
        await decide(line, core, start)


async def decide(line: Line, core: Core, start: Attempt) -> None:
    """Verify or identify somebody."""
    voiceprints = await core.engines.voiceprints()
    samples, _ = await heard(line, core, voiceprints, start, End)
    began = time.monotonic()
    decision = await line.work(attempt, voiceprints, start, samples)
    took(line, core, decision=time.monotonic() - began)
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
