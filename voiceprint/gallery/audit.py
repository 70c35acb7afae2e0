"""The audit log: entries are only ever added, and each is chained to the one before.

The code of an entry is an HMAC-SHA-256 over the code of the entry before and over the entry, so
that without the key none can be changed, inserted, removed or moved unnoticed; the end is sealed
in the same way. (The construction of Schneier and Kelsey, "Secure audit logs to support computer
forensics", 1999, with one key for each rotation instead of one for each entry.)
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from speech.errors import GalleryError
from voiceprint.contract import EmbeddingModel, Liveness, Outcome, Reason
from voiceprint.gallery.contract import AuditAction, AuditCheck, AuditEntry
from voiceprint.gallery.records import micros, moment
from voiceprint.gallery.session import Session
from voiceprint.gallery.tables import AUDIT, PEOPLE, STATE
from voiceprint.gallery.vault import TamperedError

_START = bytes(32)
"""The code that the first entry of all follows."""
_BATCH = 1000
_TOLD = 100
"""More problems than these are not told one by one."""


@dataclass(frozen=True, slots=True)
class _Ends:
    """Between which two points the log lies."""

    base: int = 0
    base_mac: bytes = _START
    head: int = 0
    head_mac: bytes = _START


class AuditLog:
    """Reads and adds to the log.

    Parameters
    ----------
    session
        For additions, one that nobody else writes in meanwhile.
    """

    def __init__(self, session: Session) -> None:
        self._connection = session.connection
        self._vault = session.vault
        self._keys = session.keys.audit
        self._epoch = session.keys.epoch

    def begin(self) -> None:
        """Make the state of a new database."""
        ends = _Ends()
        self._connection.execute(
            insert(STATE).values(id=1, version=0, unclean=0, seal=self._seal(ends), **asdict(ends))
        )

    def add(self, entry: AuditEntry) -> None:
        """Add an entry at the end."""
        self._keep(self._append(self._mended(), entry))

    def entries(self, after: int, where: tuple[Any, ...]) -> list[AuditEntry]:
        """The next entries after a number for which conditions hold."""
        rows = self._connection.execute(
            select(AUDIT, PEOPLE.c.sealed.label("who"))
            .join(PEOPLE, PEOPLE.c.id == AUDIT.c.person_id, isouter=True)
            .where(AUDIT.c.number > after, *where)
            .order_by(AUDIT.c.number)
            .limit(_BATCH)
        )
        return [self._entry(row) for row in rows]

    def check(self, noted: str | None = None) -> AuditCheck:
        """Look through all of it; ``noted`` is the head of an earlier check."""
        ends, sound = self._ends()
        problems = [] if sound else ["the end of the log, or its beginning, was changed"]
        count, macs_end, found = self._walk(ends, ends.head, noted)
        problems += found
        if sound and macs_end != ends.head_mac:
            problems.append("the log does not end as it was sealed")
        beyond = self._connection.execute(
            select(func.count()).select_from(AUDIT).where(AUDIT.c.number > ends.head)
        ).scalar_one()
        if beyond:
            problems.append(f"{beyond} entries follow the end of the log")
        beneath = self._connection.execute(
            select(func.count()).select_from(AUDIT).where(AUDIT.c.number <= ends.base)
        ).scalar_one()
        if beneath:
            problems.append(f"{beneath} entries stand before the beginning of the log")
        if len(problems) > _TOLD:
            problems[_TOLD:] = [f"and {len(problems) - _TOLD} more"]
        return AuditCheck(count + beyond + beneath, _head(ends.head, macs_end), tuple(problems))

    def prune(self, before: datetime) -> int:
        """Remove the beginning of the log, up to the first entry that is not older."""
        ends = self._mended()
        first = self._connection.execute(
            select(func.min(AUDIT.c.number)).where(AUDIT.c.at >= micros(before))
        ).scalar_one()
        cut = ends.head if first is None else first - 1
        if cut <= ends.base:
            return 0
        _, mac, problems = self._walk(ends, cut, None)
        removed = self._connection.execute(delete(AUDIT).where(AUDIT.c.number <= cut)).rowcount
        told = f"{removed} entries, {len(problems)} problems in them"
        entry = AuditEntry(datetime.now(UTC), AuditAction.PRUNE, reason=told)
        self._keep(replace(ends, base=cut, base_mac=mac))
        self.add(entry)
        return removed

    def seal_again(self) -> None:
        """Seal the end under the keys of this session, after these were changed."""
        self._keep(self._ends()[0])

    def _walk(self, ends: _Ends, to: int, noted: str | None) -> tuple[int, bytes, list[str]]:
        """How many entries there are up to one, the code of the last, and what is wrong."""
        number, mac, count = ends.base, ends.base_mac, 0
        problems: list[str] = []
        noted_number, noted_mac = _read_head(noted)
        if noted_number == number and noted_mac != mac:
            problems.append(_rolled_back(noted_number))
        elif noted is not None and not number <= noted_number <= to:
            problems.append(
                f"the end noted before, entry {noted_number}, is not in the log: it was "
                "pruned since, or the log was cut or put back to an older state"
            )
        for row in self._rows(ends.base, to):
            if row.number != number + 1:
                problems.append(_missing(number + 1, row.number - 1))
            entry, expected = self._read(row, mac)
            if expected is None or not hmac.compare_digest(expected, row.mac):
                problems.append(f"entry {row.number} was changed, inserted or moved")
            elif entry.action is AuditAction.TAMPERED:
                problems.append(f"before entry {row.number} the end of the log was changed")
            number, mac, count = row.number, row.mac, count + 1
            if number == noted_number and mac != noted_mac:
                problems.append(_rolled_back(number))
        if number < to:
            problems.append(_missing(number + 1, to))
        return count, mac, problems

    def _rows(self, after: int, to: int) -> Iterator[Row[Any]]:
        while True:
            rows = self._connection.execute(
                select(AUDIT)
                .where(AUDIT.c.number > after, AUDIT.c.number <= to)
                .order_by(AUDIT.c.number)
                .limit(_BATCH)
            ).all()
            yield from rows
            if len(rows) < _BATCH:
                return
            after = rows[-1].number

    def _read(self, row: Row[Any], before: bytes) -> tuple[AuditEntry, bytes | None]:
        """An entry without its name, and what its code should be; None if it cannot be opened."""
        key = self._keys.get(row.epoch)
        try:
            plain, when = self._vault.open(row.sealed, "audit", row.number), moment(row.at)
        except (TamperedError, OverflowError, ValueError):
            key, when = None, moment(0)
        if key is None:
            unreadable = AuditEntry(
                when,
                AuditAction.TAMPERED,
                reason="this entry cannot be read: it was changed from outside",
                number=row.number,
            )
            return unreadable, None
        head = row.number, row.epoch, row.at, row.person_id
        entry = _unpack(plain, when, row.person_id, row.number)
        return entry, _mac(key, before, head, plain)

    def _entry(self, row: Row[Any]) -> AuditEntry:
        entry, _ = self._read(row, b"")
        if row.who is None:
            return entry
        try:
            kept = json.loads(self._vault.open(row.who, "person", row.person_id))
        except TamperedError:
            return entry
        return replace(entry, person=kept["name"])

    def _append(self, ends: _Ends, entry: AuditEntry) -> _Ends:
        number, at, plain = ends.head + 1, micros(entry.when), _pack(entry)
        head = number, self._epoch, at, entry.person_id
        mac = _mac(self._keys[self._epoch], ends.head_mac, head, plain)
        self._connection.execute(
            insert(AUDIT).values(
                number=number,
                epoch=self._epoch,
                at=at,
                person_id=entry.person_id,
                sealed=self._vault.seal(plain, "audit", number),
                mac=mac,
            )
        )
        return replace(ends, head=number, head_mac=mac)

    def _mended(self) -> _Ends:
        """Where the log begins and ends.

        If that was changed from outside, the log goes on, so that no door stays shut; but an
        entry says so for good, before the end is sealed again.
        """
        ends, sound = self._ends()
        last = self._connection.execute(select(func.max(AUDIT.c.number))).scalar_one() or 0
        if sound and last <= ends.head:
            return ends
        told = AuditEntry(
            datetime.now(UTC), AuditAction.TAMPERED, reason="the end was changed from outside"
        )
        ends = self._append(replace(ends, head=max(ends.head, last)), told)
        self._keep(ends)
        return ends

    def _ends(self) -> tuple[_Ends, bool]:
        """Where the log begins and ends, and whether that is what was sealed."""
        row = self._connection.execute(select(STATE)).one()
        ends = _Ends(row.base, row.base_mac, row.head, row.head_mac)
        return ends, hmac.compare_digest(self._seal(ends), row.seal)

    def _keep(self, ends: _Ends) -> None:
        self._connection.execute(update(STATE).values(seal=self._seal(ends), **asdict(ends)))

    def _seal(self, ends: _Ends) -> bytes:
        head = ends.base, ends.base_mac.hex(), ends.head
        return _mac(self._keys[self._epoch], ends.head_mac, head, b"end")


def _mac(key: bytes, before: bytes, head: tuple[Any, ...], plain: bytes) -> bytes:
    place = json.dumps(head, separators=(",", ":")).encode()
    return hmac.digest(key, before + place + b"\0" + plain, hashlib.sha256)


def _pack(entry: AuditEntry) -> bytes:
    live, model = entry.liveness, entry.model
    kept = {
        "action": entry.action,
        "door": entry.door or None,
        "decision": entry.decision,
        "reason": entry.reason,
        "llr": entry.llr,
        "probability": entry.probability,
        "liveness": live and [live.challenge, live.replayed, live.playback, live.spoof],
        "speech": entry.speech,
        "model": model and [model.name, model.version],
    }
    said = {key: value for key, value in kept.items() if value is not None}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _unpack(plain: bytes, when: datetime, person_id: str | None, number: int) -> AuditEntry:
    kept: dict[str, Any] = json.loads(plain)
    decision, reason = kept.get("decision"), kept.get("reason")
    live, model = kept.get("liveness"), kept.get("model")
    return AuditEntry(
        when=when,
        action=AuditAction(kept["action"]),
        door=kept.get("door", ""),
        person_id=person_id,
        decision=decision and Outcome(decision),
        reason=Reason(reason) if reason in _REASONS else reason,
        llr=kept.get("llr"),
        probability=kept.get("probability"),
        liveness=live and Liveness(*live),
        speech=kept.get("speech"),
        model=model and EmbeddingModel(*model),
        number=number,
    )


_REASONS = frozenset(reason.value for reason in Reason)


def _head(number: int, mac: bytes) -> str:
    return f"{number}:{mac.hex()}"


def _read_head(noted: str | None) -> tuple[int, bytes]:
    if noted is None:
        return -1, b""
    number, _, mac = noted.partition(":")
    try:
        return int(number), bytes.fromhex(mac)
    except ValueError:
        raise GalleryError(f"{noted!r} is not the head of an earlier check") from None


def _missing(first: int, last: int) -> str:
    return f"entry {first} is missing" if first == last else f"entries {first}-{last} are missing"


def _rolled_back(number: int) -> str:
    return f"entry {number} is not the one that was noted: the log was put back and written anew"
