"""Challenges from the asking to the answer: kept in the gallery, answered once, and soon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from speech.audio import Samples
from speech.errors import AudioError
from voiceprint.contract import Person
from voiceprint.gallery import AuditAction, AuditEntry, Gallery, Untaken
from voiceprint.liveness.challenge import Challenge, Kind, new_challenge
from voiceprint.liveness.check import ChallengeChecker

TTL = timedelta(seconds=30)
"""For how long a challenge may be answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the answer to a challenge."""

    passed: bool
    expired: bool = False
    """Whether it came too late, was given before, or was never asked for."""


class Challenges:
    """Asks for random words and checks that they were said. Safe to use from several threads.

    Parameters
    ----------
    open_checker
        Loads what checks answers; called at the first answer.
    """

    def __init__(
        self, gallery: Gallery, open_checker: Callable[[], ChallengeChecker] = ChallengeChecker
    ) -> None:
        self._gallery = gallery
        self._open = open_checker
        self._checker: ChallengeChecker | None = None
        self._lock = Lock()

    def ask(
        self,
        person: Person | None = None,
        *,
        kind: Kind = Kind.DIGITS,
        length: int | None = None,
        ttl: timedelta = TTL,
        door: str = "",
    ) -> Challenge:
        """Make a challenge, for one person or for whoever answers.

        Raises
        ------
        ConfigError
            The length or the time makes no challenge.
        """
        challenge = new_challenge(kind, length, ttl)
        person_id = None if person is None else person.id
        self._gallery.keep_challenge(challenge.id, person_id, challenge.phrase, challenge.expires)
        now = datetime.now(UTC)
        self._gallery.record(AuditEntry(now, AuditAction.CHALLENGE, door, person_id))
        return challenge

    def answer(self, id: str, person_id: str, samples: Samples) -> Answer:
        """Judge the answer to a challenge, which is used up by that.

        One that was asked of somebody else does not count, nor does one that is too long to be
        an answer.
        """
        kept = self._gallery.take_challenge(id)
        if isinstance(kept, Untaken):
            return Answer(False, expired=True)
        if kept.person_id not in (None, person_id):
            return Answer(False)
        try:
            return Answer(self._loaded().check(samples, kept.phrase).passed)
        except AudioError:
            return Answer(False)

    def _loaded(self) -> ChallengeChecker:
        with self._lock:
            if self._checker is None:
                self._checker = self._open()
            return self._checker
