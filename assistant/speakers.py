"""Who is speaking, by voiceprints: what the skills ask as a :class:`skills.contract.WhoIsSpeaking`.

The voice of a command is identified among all who are enrolled, which also finds out whether it is
a recording of what was said before. Where that is not enough, random digits are
asked for, of the person identified or, where the command was too short to tell, of whoever
answers; the answer is verified together with its words. Everything runs in a thread of its own,
and every attempt is in the audit log of the gallery with what it was for. A check that nobody
waited for to its end opens nothing; if it would have, the log says that it came too late.
"""

from __future__ import annotations

import asyncio
import logging
import os
import weakref
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from skills.contract import Challenge, Request, Speaker, Unknown, Unproven
from speech.audio import Samples
from speech.errors import ConfigError
from speech.vad import Vad
from voiceprint.attempts import entry
from voiceprint.challenges import TTL
from voiceprint.contract import Decision, Outcome, Purpose, Reason
from voiceprint.gallery import AuditAction, AuditEntry, gallery_file
from voiceprint.liveness.challenge import Kind, vocabulary
from voiceprint.opening import Voiceprints, open_voiceprints
from voiceprint.verification import VerificationSettings

_LOGGER = logging.getLogger(__name__)
T = TypeVar("T")

PERHAPS = 0.1
"""From this probability on a voice that was not accepted may still be a known one, and is asked
for a proof; below it belongs to a stranger, who is not. How often either is wrong is measured by
``benchmarks/voiceprint.py``."""

_KEPT = 256  # talks whose latest utterance is kept in mind, and challenges that may be answered

_TOO_LATE = "the check took too long: nothing was opened"
"""In the audit log, the reason that follows the acceptance of a voice that came to nothing."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """The utterance that was looked at last."""

    audio: weakref.ref[Samples]
    found: Speaker | Unknown
    decision: Decision


class VoiceprintSpeakers:
    """Recognises who is speaking. Close it when done; the voiceprints stay open.

    Parameters
    ----------
    purpose
        How strict to be.
    ttl
        For how long the question for digits may be answered.
    """

    def __init__(
        self,
        voiceprints: Voiceprints,
        purpose: Purpose = Purpose.STANDARD,
        ttl: timedelta = TTL,
    ) -> None:
        self._voiceprints = voiceprints
        self._purpose = purpose
        self._ttl = ttl
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="speakers")
        self._heard: OrderedDict[str, _Heard] = OrderedDict()  # by talk
        self._asked: OrderedDict[str, str | None] = OrderedDict()  # challenges, and of whom

    async def who(self, request: Request, door: str) -> Speaker | Unknown:
        """Who says a request.

        Raises
        ------
        GalleryError
            The gallery cannot be read, or the attempt cannot be recorded.
        """
        audio = request.audio
        if audio is None:
            return Unknown.UNHEARD
        return await self._apart(lambda: self._who(audio, request.talk, door), door)

    async def challenge(self, request: Request, door: str) -> Challenge | None:
        """Digits for whoever made a request to say, in English; None if it was not said aloud."""
        audio = request.audio
        if audio is None:
            return None
        return await self._apart(lambda: self._challenge(audio, request.talk, door), door)

    async def proven(self, challenge: Challenge, answer: Request, door: str) -> Speaker | Unproven:
        """Who answered a challenge, or why the answer is no proof."""
        audio = answer.audio
        if audio is None:
            return Unproven.FAILED
        return await self._apart(lambda: self._proven(challenge.id, audio, door), door)

    async def close(self) -> None:
        """Wait for what is under way."""
        await asyncio.to_thread(self._pool.shutdown)

    async def _apart(self, work: Callable[[], T], door: str) -> T:
        future = self._pool.submit(work)
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            # It cannot be stopped once it has begun, and records what it finds.
            future.add_done_callback(lambda done: self._come_too_late(done, door))
            raise

    def _come_too_late(self, done: Future[T], door: str) -> None:
        """Record that somebody was recognised whom nobody waited for any more."""
        if done.cancelled() or done.exception() is not None:
            return
        found = done.result()
        if isinstance(found, Speaker):
            self._voiceprints.gallery.record(
                AuditEntry(
                    when=datetime.now(UTC),
                    action=AuditAction.VERIFY,
                    door=door,
                    person_id=self._voiceprints.gallery.person(found.name).id,
                    decision=Outcome.REJECT,
                    reason=_TOO_LATE,
                    model=self._voiceprints.ear.embedder.model,
                )
            )

    def _who(self, audio: Samples, talk: str, door: str) -> Speaker | Unknown:
        heard = self._heard.get(talk)
        if heard is not None and heard.audio() is audio:
            # One utterance may open two doors; looked at again it would seem to be a recording.
            self._record(heard.decision, door)
            return heard.found
        decision = self._voiceprints.identifier.identify(audio, self._purpose, door=door).decision
        found: Speaker | Unknown = _stranger(decision)
        if decision.decision is Outcome.ACCEPT and decision.person is not None:
            found = Speaker(decision.person, decision.probability or 0.0)
        _keep(self._heard, talk, _Heard(weakref.ref(audio), found, decision))
        return found

    def _challenge(self, audio: Samples, talk: str, door: str) -> Challenge:
        heard = self._heard.get(talk)
        found = heard.found if heard is not None and heard.audio() is audio else None
        name = found.name if isinstance(found, Speaker) else None
        person = None if name is None else self._voiceprints.gallery.person(name)
        asked = self._voiceprints.challenges.ask(person, kind=Kind.DIGITS, ttl=self._ttl, door=door)
        _keep(self._asked, asked.id, name)
        return Challenge(asked.id, asked.phrase, frozenset(vocabulary(asked.kind, asked.language)))

    def _proven(self, challenge: str, audio: Samples, door: str) -> Speaker | Unproven:
        name = self._asked.pop(challenge, None)
        if name is None:
            identifier = self._voiceprints.identifier
            found = identifier.identify(audio, self._purpose, door=door, remembers=False).decision
            if found.decision is Outcome.RETRY:
                return _unclear(found)
            if found.decision is not Outcome.ACCEPT or found.person is None:
                return Unproven.SOMEBODY_ELSE
            name = found.person
        decision = self._verified(name, audio, door, challenge)
        if decision.decision is Outcome.ACCEPT:
            return Speaker(name, decision.probability or 0.0, live=True)
        if decision.reason is Reason.CHALLENGE_FAILED:
            return Unproven.WRONG
        if decision.reason is Reason.CHALLENGE_EXPIRED:
            return Unproven.LATE
        if decision.reason is Reason.LOCKED:
            return Unproven.LOCKED
        retry = decision.decision is Outcome.RETRY
        return _unclear(decision) if retry else Unproven.SOMEBODY_ELSE

    def _verified(self, name: str, audio: Samples, door: str, challenge: str) -> Decision:
        settings = VerificationSettings(self._purpose, live=True)
        return self._voiceprints.verifier.verify(
            name, audio, settings, challenge=challenge, door=door
        )

    def _record(self, decision: Decision, door: str) -> None:
        """That another door was asked for in the same breath."""
        gallery = self._voiceprints.gallery
        person = None if decision.person is None else gallery.person(decision.person)
        action = AuditAction.IDENTIFY if person is None else AuditAction.VERIFY
        person_id = None if person is None else person.id
        model = self._voiceprints.ear.embedder.model
        gallery.record(entry(action, decision, door, person_id, model))


@asynccontextmanager
async def open_speakers(
    gallery: str | None = None,
    *,
    vad: Vad | None = None,
    shared: Callable[[], Awaitable[Voiceprints]] | None = None,
) -> AsyncIterator[VoiceprintSpeakers | None]:
    """Open the gallery, if there is one, for recognising who speaks.

    Parameters
    ----------
    gallery
        As in :class:`voiceprint.gallery.Gallery`.
    shared
        Gives the voiceprints of this gallery that others use too, and that stay open.

    Returns
    -------
    None where nobody was ever enrolled: what requires a speaker is then refused, and says so.

    Raises
    ------
    ConfigError
        A gallery was named that is not there, or its key is missing or unsafe.
    GalleryError
        The gallery cannot be opened.
    ModelError
        A model is missing or damaged.
    """
    file = gallery_file(gallery)
    if file is not None and not file.exists():
        if gallery or os.environ.get("SONORANT_GALLERY"):
            raise ConfigError(
                f"there is no gallery of voices {file}: `sonorant voiceprint enroll` makes it"
            )
        _LOGGER.warning(
            "something here requires a known speaker, but nobody is enrolled: it is refused "
            "to everybody (`sonorant voiceprint enroll NAME` enrols somebody)"
        )
        yield None
        return
    with ExitStack() as stack:
        if shared is not None:
            voiceprints = await shared()
        else:
            opening = open_voiceprints(gallery, vad=vad)
            voiceprints = await asyncio.to_thread(stack.enter_context, opening)
        speakers = VoiceprintSpeakers(voiceprints)
        try:
            yield speakers
        finally:
            await speakers.close()


def _keep(kept: OrderedDict[str, T], key: str, value: T) -> None:
    """Keep the newest few."""
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _KEPT:
        kept.popitem(last=False)


def _unclear(decision: Decision) -> Unproven:
    """Why an answer is to be given again."""
    return Unproven.TOO_SHORT if decision.reason is Reason.TOO_SHORT else Unproven.UNCLEAR


def _stranger(decision: Decision) -> Unknown:
    """Why a voice was not identified."""
    if decision.decision is Outcome.RETRY:
        return Unknown.UNCLEAR
    if decision.reason is Reason.REPLAYED:
        return Unknown.REPLAYED
    if decision.person is not None:
        return Unknown.BARRED
    if decision.probability is None:
        return Unknown.NOBODY_KNOWN
    return Unknown.UNCLEAR if decision.probability >= PERHAPS else Unknown.STRANGER
