"""What tells a living voice from a recording and has to be remembered, in a transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from speech.errors import GalleryError, UnknownPersonError
from voiceprint.gallery.contract import KeptChallenge, Untaken
from voiceprint.gallery.records import micros, moment
from voiceprint.gallery.session import Session
from voiceprint.gallery.tables import CHALLENGES, PEOPLE, UTTERANCES
from voiceprint.gallery.vault import TamperedError

_KNOWN_FOR = timedelta(minutes=10)
"""So long after its time a challenge is still told to be used or expired, instead of unknown."""
_UTTERANCES = 200
_UTTERANCE_AGE = timedelta(days=365)


class Challenges:
    """What people were asked to say.

    Parameters
    ----------
    session
        One that nobody else writes in meanwhile.
    """

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._vault = session.vault

    def keep(self, challenge: KeptChallenge) -> None:
        """Keep one until it is taken or over."""
        expires = micros(challenge.expires)
        forgotten = micros(datetime.now(UTC) - _KNOWN_FOR)
        self._connection.execute(delete(CHALLENGES).where(CHALLENGES.c.expires < forgotten))
        known = self._connection.execute(
            select(CHALLENGES.c.id).where(CHALLENGES.c.id == challenge.id)
        ).one_or_none()
        if known is not None:
            raise GalleryError("a challenge with this id was kept before: ids have to be random")
        _require(self._connection, challenge.person_id)
        place = challenge.id, challenge.person_id, expires
        self._connection.execute(
            insert(CHALLENGES).values(
                id=challenge.id,
                person_id=challenge.person_id,
                expires=expires,
                sealed=self._vault.seal(challenge.phrase.encode(), "challenge", *place),
            )
        )

    def take(self, id: str) -> KeptChallenge | Untaken:
        """Give one out, once."""
        row = self._connection.execute(
            select(CHALLENGES).where(CHALLENGES.c.id == id)
        ).one_or_none()
        if row is None:
            return Untaken.UNKNOWN
        if row.sealed is None:
            return Untaken.USED
        if row.expires <= micros(datetime.now(UTC)):
            return Untaken.EXPIRED
        self._connection.execute(
            update(CHALLENGES).where(CHALLENGES.c.id == id).values(sealed=None)
        )
        try:
            phrase = self._vault.open(row.sealed, "challenge", id, row.person_id, row.expires)
        except TamperedError as error:
            raise GalleryError(f"the challenge {id} cannot be trusted: {error}") from None
        return KeptChallenge(id, row.person_id, phrase.decode(), moment(row.expires))


class Utterances:
    """Fingerprints of what people said before.

    Parameters
    ----------
    session
        For additions, one that nobody else writes in meanwhile.
    """

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._vault = session.vault

    def remember(self, person_id: str, fingerprint: bytes) -> None:
        """Add one; those that are too old or too many go."""
        _require(self._connection, person_id)
        self._add(person_id, fingerprint, enrolment=False)
        theirs = (UTTERANCES.c.person_id == person_id) & ~UTTERANCES.c.enrolment
        oldest = micros(datetime.now(UTC) - _UTTERANCE_AGE)
        kept = (
            select(UTTERANCES.c.id)
            .where(theirs, UTTERANCES.c.at >= oldest)
            .order_by(UTTERANCES.c.id.desc())
            .limit(_UTTERANCES)
        )
        self._connection.execute(delete(UTTERANCES).where(theirs, UTTERANCES.c.id.not_in(kept)))

    def enrol(self, person_id: str, fingerprints: Iterable[bytes]) -> None:
        """Add those of an enrolment, which stay until they are released."""
        for fingerprint in fingerprints:
            self._add(person_id, fingerprint, enrolment=True)

    def release(self, person_id: str) -> None:
        """Let those of an enrolment that is over grow old like others."""
        self._connection.execute(
            update(UTTERANCES).where(UTTERANCES.c.person_id == person_id).values(enrolment=False)
        )

    def heard(self, person_id: str, besides: Collection[bytes] = ()) -> dict[bytes, bytes]:
        """The fingerprints kept, the newest first, each by what is sealed of it.

        Parameters
        ----------
        besides
            Sealed ones that are of no interest.
        """
        oldest = micros(datetime.now(UTC) - _UTTERANCE_AGE)
        kept = self._connection.execute(
            select(UTTERANCES.c.sealed)
            .where(
                UTTERANCES.c.person_id == person_id,
                UTTERANCES.c.enrolment | (UTTERANCES.c.at >= oldest),
            )
            .order_by(UTTERANCES.c.id.desc())
        ).scalars()
        try:
            return {
                sealed: self._vault.open(sealed, "utterance", person_id)
                for sealed in kept
                if sealed not in besides
            }
        except TamperedError as error:
            raise GalleryError(
                f"what person {person_id} said before cannot be trusted: {error}. "
                "Put back a back-up, or delete that id and enrol the person again"
            ) from None

    def _add(self, person_id: str, fingerprint: bytes, *, enrolment: bool) -> None:
        self._connection.execute(
            insert(UTTERANCES).values(
                person_id=person_id,
                at=micros(datetime.now(UTC)),
                sealed=self._vault.seal(fingerprint, "utterance", person_id),
                enrolment=enrolment,
            )
        )


def _require(connection: Connection, person_id: str | None) -> None:
    if person_id is None:
        return
    query = select(PEOPLE.c.id).where(PEOPLE.c.id == person_id)
    if connection.execute(query).one_or_none() is None:
        raise UnknownPersonError(f"nobody with the id {person_id} is enrolled any more")
