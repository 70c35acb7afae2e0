"""Changing the keys: everything is sealed anew under a new data key.

Wrapping the old data key under a new master key would be quicker, but whoever had the old master
key and a copy of the database would have the data key, and could read all that comes later.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Row, Table, and_, bindparam, delete, func, insert, select, update

from speech.errors import GalleryError
from speech.progress import Advance
from voiceprint.gallery.keys import MasterKey
from voiceprint.gallery.names import fold
from voiceprint.gallery.records import Record
from voiceprint.gallery.session import Session, add_epoch, read_keys
from voiceprint.gallery.tables import (
    AUDIT,
    CHALLENGES,
    FIRST,
    KEYS,
    MEMBERS,
    PEOPLE,
    TEMPLATES,
    UTTERANCES,
)
from voiceprint.gallery.vault import TamperedError, Vault

_BATCH = 1000

Place = Callable[[Row[Any]], tuple[Any, ...]]
"""What a sealed text is bound to: kind and place, from its row."""


def rotate(session: Session, new: MasterKey, advance: Advance) -> Session:
    """Seal all of a gallery anew, in the transaction of ``session``.

    Parameters
    ----------
    session
        With the keys in use.
    new
        The master key from now on.
    advance
        Told how many people and audit entries are done.

    Returns
    -------
    Session
        The same transaction with the new keys.

    Raises
    ------
    GalleryError
        Something about a person was tampered with. Audit entries that were stay as they are.
    """
    connection, vault, epoch = session.connection, Vault.new(), session.keys.epoch + 1
    for number, key in session.keys.audit.items():
        kept = vault.seal(key, "audit key", number)
        connection.execute(
            update(KEYS)
            .where(KEYS.c.epoch == number)
            .values(data_key=None, master_id=None, audit_key=kept)
        )
    add_epoch(connection, epoch, new, vault)
    work = _Rotation(session, vault, advance)
    work.people()
    work.challenges()
    work.audit()
    return Session(connection, read_keys(connection, epoch, (new,)))


class _Rotation:
    def __init__(self, session: Session, new: Vault, advance: Advance) -> None:
        self._connection = session.connection
        self._old = session.vault
        self._new = new
        self._advance = advance
        self._done = 0

    def people(self) -> None:
        after = ""
        while True:
            rows = self._connection.execute(
                select(PEOPLE).where(PEOPLE.c.id > after).order_by(PEOPLE.c.id).limit(_BATCH)
            ).all()
            if not rows:
                return
            first, after = rows[0].id, rows[-1].id
            self._people(rows)
            for table, place in ((TEMPLATES, _template), (UTTERANCES, _utterance)):
                theirs = table.c.person_id.between(first, after)
                found = self._connection.execute(select(table).where(theirs)).all()
                self._reseal(table, found, place)
            self._advanced(len(rows))

    def challenges(self) -> None:
        rows = self._connection.execute(
            select(CHALLENGES).where(CHALLENGES.c.sealed.is_not(None))
        ).all()
        self._reseal(CHALLENGES, rows, _challenge)

    def audit(self) -> None:
        after = FIRST
        while True:
            rows = self._connection.execute(
                select(AUDIT).where(AUDIT.c.number > after).order_by(AUDIT.c.number).limit(_BATCH)
            ).all()
            if not rows:
                return
            after = rows[-1].number
            self._reseal(AUDIT, [row for row in rows if self._is_readable(row)], _audit)
            self._advanced(len(rows))

    def _people(self, rows: Any) -> None:
        changed: list[dict[str, Any]] = []
        members: list[dict[str, Any]] = []
        for row in rows:
            plain = self._opened(row.sealed, _person(row))
            record = Record.from_bytes(plain)
            changed.append(
                {
                    "key_id": row.id,
                    "name_token": self._new.token("name", fold(record.name)),
                    "sealed": self._new.seal(plain, *_person(row)),
                }
            )
            members += [
                {"person_id": row.id, "group_token": self._new.token("group", fold(group))}
                for group in record.groups
            ]
        self._update(PEOPLE, changed)
        self._connection.execute(
            delete(MEMBERS).where(MEMBERS.c.person_id.between(rows[0].id, rows[-1].id))
        )
        if members:
            self._connection.execute(insert(MEMBERS), members)

    def _reseal(self, table: Table, rows: Any, place: Place) -> None:
        self._update(
            table,
            [
                {f"key_{column.name}": getattr(row, column.name) for column in table.primary_key}
                | {"sealed": self._new.seal(self._opened(row.sealed, place(row)), *place(row))}
                for row in rows
            ],
        )

    def _update(self, table: Table, rows: list[dict[str, Any]]) -> None:
        if rows:
            keys = [column == bindparam(f"key_{column.name}") for column in table.primary_key]
            self._connection.execute(update(table).where(and_(*keys)), rows)

    def _opened(self, sealed: bytes, place: tuple[Any, ...]) -> bytes:
        try:
            return self._old.open(sealed, *place)
        except TamperedError as error:
            kind, who, *_ = place
            raise GalleryError(
                f"the keys are not changed, for the {kind} of {who} cannot be trusted: {error}. "
                "Put back a back-up, or delete that id"
            ) from None

    def _is_readable(self, row: Row[Any]) -> bool:
        try:
            self._old.open(row.sealed, *_audit(row))
        except TamperedError:
            return False
        return True

    def _advanced(self, done: int) -> None:
        self._done += done
        self._advance(self._done)


def amount(session: Session) -> int:
    """How many people and audit entries there are to seal anew."""
    counts = (select(func.count()).select_from(table) for table in (PEOPLE, AUDIT))
    return sum(session.connection.execute(count).scalar_one() for count in counts)


def _person(row: Row[Any]) -> tuple[Any, ...]:
    return "person", row.id


def _template(row: Row[Any]) -> tuple[Any, ...]:
    return "template", row.person_id, row.model_name, row.model_version


def _utterance(row: Row[Any]) -> tuple[Any, ...]:
    return "utterance", row.person_id


def _challenge(row: Row[Any]) -> tuple[Any, ...]:
    return "challenge", row.id, row.person_id, row.expires


def _audit(row: Row[Any]) -> tuple[Any, ...]:
    return "audit", row.number
