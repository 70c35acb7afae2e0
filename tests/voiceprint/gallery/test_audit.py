"""The audit log tells what happened, and whether somebody changed it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from speech.errors import GalleryError, UnknownPersonError
from tests.voiceprint.gallery.people import MODEL, voice
from voiceprint.contract import Liveness, Outcome, Reason
from voiceprint.gallery import AuditAction, AuditEntry, Gallery, MasterKey

START = datetime(2026, 1, 1, tzinfo=UTC)


def decision(number: int, person_id: str | None = None) -> AuditEntry:
    return AuditEntry(
        START + timedelta(days=number),
        AuditAction.VERIFY,
        door="front door",
        person_id=person_id,
        decision=Outcome.REJECT,
        reason=Reason.NO_MATCH,
        llr=-3.25,
        probability=0.04,
        liveness=Liveness(challenge=True, playback=0.1),
        speech=2.5,
        model=MODEL,
    )


def outside(url: str) -> Engine:
    """A way into the database past the gallery."""
    if "://" not in url:
        return create_engine(f"sqlite:///{url}")
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def tamper(url: str, *statements: str) -> None:
    engine = outside(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture
def ten(file: Path, key: MasterKey) -> str:
    """A gallery with ten entries of which nine are decisions."""
    with Gallery(str(file), key) as gallery:
        anna = gallery.enrol("Anna", voice(1))
        for number in range(9):
            gallery.record(decision(number, anna.id))
        assert gallery.check_audit().intact
    return str(file)


def test_what_is_recorded_is_read(gallery: Gallery) -> None:
    anna = gallery.enrol("Anna", voice(1))
    entry = decision(0, anna.id)
    gallery.record(entry)
    gallery.record(AuditEntry(START, AuditAction.IDENTIFY, reason="a door's own words"))
    gallery.rename(anna, "Hanna")
    enrolled, read, identified, renamed = gallery.audit()
    assert (enrolled.action, enrolled.person, enrolled.model) == ("enrol", "Hanna", MODEL)
    assert read.person == "Hanna" and read.number == 2
    for field in ("when", "action", "door", "decision", "reason", "llr", "probability"):
        assert getattr(read, field) == getattr(entry, field)
    assert (read.liveness, read.speech, read.model) == (entry.liveness, 2.5, MODEL)
    assert read.reason is Reason.NO_MATCH
    assert identified.reason == "a door's own words" and identified.person is None
    assert renamed.action is AuditAction.RENAME


def test_entries_of_a_person_and_of_a_time(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voiceprint.gallery.audit._BATCH", 2)
    anna, bert = gallery.enrol("Anna", voice(1)), gallery.enrol("Bert", voice(2))
    for number in range(6):
        gallery.record(decision(number, (anna, bert)[number % 2].id))
    days = START + timedelta(days=2), START + timedelta(days=5)
    found = gallery.audit(since=days[0], until=days[1])
    assert [entry.number for entry in found] == [5, 6, 7]
    assert [entry.number for entry in gallery.audit(person="bert")] == [2, 4, 6, 8]
    gallery.delete(bert)
    assert [entry.number for entry in gallery.audit(person=bert.id)] == [2, 4, 6, 8, 9]
    with pytest.raises(UnknownPersonError):
        list(gallery.audit(person="bert"))


CHANGES = {
    "a code": "UPDATE gallery_audit SET mac = (SELECT mac FROM gallery_audit WHERE number = 2) "
    "WHERE number = 5",
    "the time": "UPDATE gallery_audit SET at = at + 1 WHERE number = 5",
    "who": "UPDATE gallery_audit SET person_id = NULL WHERE number = 5",
    "contents": "UPDATE gallery_audit SET sealed = (SELECT sealed FROM gallery_audit WHERE "
    "number = 6) WHERE number = 5",
    "a time that is none": "UPDATE gallery_audit SET at = 9223372036854775807 WHERE number = 5",
    "garbage": "UPDATE gallery_audit SET sealed = mac WHERE number = 5",
    "one removed": "DELETE FROM gallery_audit WHERE number = 5",
    "the first removed": "DELETE FROM gallery_audit WHERE number = 1",
    "the last removed": "DELETE FROM gallery_audit WHERE number = 10",
    "all removed": "DELETE FROM gallery_audit",
    "the end cut": "DELETE FROM gallery_audit WHERE number > 7; UPDATE gallery_state SET "
    "head = 7, head_mac = (SELECT mac FROM gallery_audit WHERE number = 7)",
    "the beginning cut": "UPDATE gallery_state SET base = 3, base_mac = (SELECT mac FROM "
    "gallery_audit WHERE number = 3); DELETE FROM gallery_audit WHERE number <= 3",
    "two exchanged": "UPDATE gallery_audit SET number = 99 WHERE number = 5; UPDATE gallery_audit "
    "SET number = 5 WHERE number = 6; UPDATE gallery_audit SET number = 6 WHERE number = 99",
    "one inserted": "INSERT INTO gallery_audit SELECT 11, epoch, at, person_id, sealed, mac "
    "FROM gallery_audit WHERE number = 10",
    "one inserted at the end": "INSERT INTO gallery_audit SELECT 11, epoch, at, person_id, sealed,"
    " mac FROM gallery_audit WHERE number = 10; UPDATE gallery_state SET head = 11",
    "one before the beginning": "INSERT INTO gallery_audit SELECT 0, epoch, at, person_id, sealed,"
    " mac FROM gallery_audit WHERE number = 10",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_from_outside_is_found_for_good(ten: str, key: MasterKey, change: str) -> None:
    tamper(ten, *CHANGES[change].split("; "))
    with Gallery(ten, key) as gallery:
        assert not gallery.check_audit().intact
        # Going on, and changing the keys, does not cover it up.
        gallery.record(decision(11))
        assert not gallery.check_audit().intact
        gallery.rotate_key(MasterKey.new())
        check = gallery.check_audit()
        assert not check.intact
        assert len(list(gallery.audit())) == check.entries


def test_what_is_wrong_is_told(ten: str, key: MasterKey) -> None:
    tamper(
        ten,
        "UPDATE gallery_audit SET person_id = NULL WHERE number = 3",
        "DELETE FROM gallery_audit WHERE number IN (5, 6, 10)",
    )
    with Gallery(ten, key) as gallery:
        check = gallery.check_audit()
    assert check.entries == 7
    assert check.problems == (
        "entry 3 was changed, inserted or moved",
        "entries 5-6 are missing",
        "entry 7 was changed, inserted or moved",
        "entry 10 is missing",
        "the log does not end as it was sealed",
    )


def test_a_log_whose_end_was_cut_goes_on_and_says_so(ten: str, key: MasterKey) -> None:
    tamper(ten, *CHANGES["the end cut"].split("; "))
    with Gallery(ten, key) as gallery:
        gallery.record(decision(11))
        assert [entry.action for entry in gallery.audit()][-2:] == ["tampered", "verify"]
        assert gallery.check_audit().problems == ("before entry 8 the end of the log was changed",)


def test_putting_back_an_older_state_is_found_with_what_was_noted(
    file: Path, key: MasterKey
) -> None:
    with Gallery(str(file), key) as gallery:
        gallery.record(decision(1))
    older = file.read_bytes()
    with Gallery(str(file), key) as gallery:
        gallery.record(decision(2))
        noted = gallery.check_audit().head
        assert gallery.check_audit(noted).intact
    file.write_bytes(older)
    with Gallery(str(file), key) as gallery:
        assert gallery.check_audit().intact
        assert not gallery.check_audit(noted).intact
        gallery.record(decision(3))
        assert not gallery.check_audit(noted).intact
        with pytest.raises(GalleryError, match="head of an earlier check"):
            gallery.check_audit("nonsense")


def test_pruning_leaves_a_log_that_can_be_checked(ten: str, key: MasterKey) -> None:
    with Gallery(ten, key) as gallery:
        noted = gallery.check_audit().head
        # The first entry is of today: it keeps those behind it, which only say they are older.
        assert gallery.prune_audit(START + timedelta(days=99)) == 0
        assert gallery.prune_audit(datetime.now(UTC) + timedelta(days=1)) == 10
        (pruned,) = gallery.audit()
        assert pruned.action is AuditAction.PRUNE
        assert pruned.reason == "10 entries, 0 problems in them"
        assert gallery.check_audit(noted).intact
        gallery.record(decision(1))
        assert gallery.check_audit().intact and gallery.check_audit().entries == 2
    tamper(ten, "DELETE FROM gallery_audit WHERE number = 11")
    with Gallery(ten, key) as gallery:
        assert not gallery.check_audit().intact


def test_pruning_tells_what_was_wrong_in_what_it_removes(ten: str, key: MasterKey) -> None:
    tamper(ten, "DELETE FROM gallery_audit WHERE number = 5")
    with Gallery(ten, key) as gallery:
        assert gallery.prune_audit(datetime.now(UTC) + timedelta(days=1)) == 9
        (pruned,) = gallery.audit()
        assert pruned.reason == "9 entries, 2 problems in them"


def test_pruning_does_not_cover_up_an_end_that_was_cut(file: Path, key: MasterKey) -> None:
    with Gallery(str(file), key) as gallery:
        for number in range(10):
            gallery.record(decision(number))
    tamper(str(file), *CHANGES["the end cut"].split("; "))
    with Gallery(str(file), key) as gallery:
        assert gallery.prune_audit(START + timedelta(days=3)) == 3
        assert gallery.check_audit().problems == ("before entry 8 the end of the log was changed",)


def test_a_failed_change_leaves_no_entry(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    anna = gallery.enrol("Anna", voice(1))
    before = gallery.version()

    def broken(session: object, entry: AuditEntry) -> None:
        raise GalleryError("full")

    monkeypatch.setattr("voiceprint.gallery.audit.AuditLog.add", broken)
    with pytest.raises(GalleryError, match="full"):
        gallery.block(anna)
    monkeypatch.undo()
    assert not gallery.person("Anna").blocked
    assert gallery.version() == before
    assert len(list(gallery.audit())) == 1
