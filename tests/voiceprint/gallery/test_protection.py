"""What a thief of the database finds, and what somebody who can write to it achieves."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from speech.errors import ConfigError, GalleryError, UnknownPersonError
from tests.voiceprint.gallery.people import MODEL, OTHER, voice
from tests.voiceprint.gallery.test_audit import outside, tamper
from voiceprint.contract import Consent, Outcome
from voiceprint.gallery import AuditAction, AuditCheck, AuditEntry, Gallery, MasterKey

NAMES = ("Wilhelmina", "Balthasar", "张伟")


@pytest.fixture
def full(url: str, key: MasterKey) -> str:
    """A gallery with something in every table."""
    now = datetime.now(UTC)
    with Gallery(url, key) as gallery:
        for number, name in enumerate(NAMES):
            person = gallery.enrol(
                name,
                voice(number),
                groups=["Fledermaus"],
                consent=Consent(now, "I consent gladly", "Notary"),
            )
            gallery.store_template(person, voice(10 + number, OTHER))
            gallery.remember_utterance(person.id, b"a fingerprint " + name.encode())
            gallery.keep_challenge(
                f"id {number}", person.id, "abracadabra", now + timedelta(days=1)
            )
            gallery.record(
                AuditEntry(
                    now, AuditAction.VERIFY, "cellar", person.id, decision=Outcome.ACCEPT, llr=1.5
                )
            )
    return url


def contents(url: str) -> bytes:
    """All that a thief gets: the files of SQLite, or every value of every table."""
    if "://" not in url:
        return b"".join(path.read_bytes() for path in Path(url).parent.iterdir())
    engine = outside(url)
    with engine.connect() as connection:
        tables = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        ).scalars()
        rows = [
            tuple(row)
            for name in tables
            for row in connection.execute(text(f"SELECT * FROM {name}"))
        ]
    engine.dispose()
    flat = [value for row in rows for value in row]
    return b"|".join(
        bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
        for value in flat
    )


def test_a_stolen_database_tells_nobody(full: str, key: MasterKey) -> None:
    stolen = contents(full)
    assert b"campplus" in stolen  # it was looked at in the right place
    words = ("Fledermaus", "consent", "Notary", "fingerprint", "abracadabra", "cellar", "accept")
    for word in (*words, *NAMES):
        for form in (word.encode(), word.casefold().encode(), word.encode("utf-16-le")):
            assert form not in stolen
    for number in range(3):
        for template in (voice(number), voice(10 + number, OTHER)):
            data = template.vector.tobytes()
            assert not any(data[at : at + 8] in stolen for at in range(0, len(data) - 8, 4))


def test_only_the_owner_reads_the_file(file: Path, key: MasterKey) -> None:
    with Gallery(str(file), key) as gallery:
        gallery.enrol("Anna", voice(1))
        for path in file.parent.iterdir():
            assert path.stat().st_mode & 0o077 == 0, path
    assert file.parent.stat().st_mode & 0o077 == 0
    file.chmod(0o644)
    Gallery(str(file), key).close()
    assert file.stat().st_mode & 0o077 == 0


def test_another_key_opens_nothing(full: str, key: MasterKey) -> None:
    other = MasterKey.new()
    with pytest.raises(GalleryError, match=f"needs the one with id {key.id}, not {other.id}"):
        Gallery(full, other)
    with Gallery(full, key) as gallery:
        assert len(gallery.people()) == 3


def all_of(found: Iterable[object], count: int = 1) -> None:
    """See that nobody was left out, as those are who were tampered with."""
    if len(list(found)) < count:
        raise GalleryError("somebody was left out")


SWAPS: dict[str, tuple[str, Callable[[Gallery], object]]] = {
    "the voiceprint of another": (
        "UPDATE gallery_templates SET sealed = (SELECT sealed FROM gallery_templates WHERE "
        "person_id = '{bert}' AND model_name = 'campplus') "
        "WHERE person_id = '{anna}' AND model_name = 'campplus'",
        lambda gallery: gallery.template(gallery.person("Anna"), MODEL),
    ),
    "a voiceprint of another model": (
        "UPDATE gallery_templates SET sealed = (SELECT sealed FROM gallery_templates WHERE "
        "person_id = '{anna}' AND model_name = 'xvector') "
        "WHERE person_id = '{anna}' AND model_name = 'campplus'",
        lambda gallery: gallery.template(gallery.person("Anna"), MODEL),
    ),
    "a voiceprint that names another model": (
        "UPDATE gallery_templates SET model_version = '9' WHERE person_id = '{anna}' "
        "AND model_name = 'xvector'",
        lambda gallery: all_of(gallery.templates(type(OTHER)("xvector", "9"))),
    ),
    "voiceprints that name each other's person": (
        "DELETE FROM gallery_templates WHERE person_id = '{anna}'; "
        "UPDATE gallery_templates SET person_id = '{anna}'",
        lambda gallery: all_of(gallery.templates(MODEL)),
    ),
    "a voiceprint cut short": (
        "UPDATE gallery_templates SET sealed = gallery_audit.mac FROM gallery_audit",
        lambda gallery: gallery.template(gallery.person("Anna"), MODEL),
    ),
    "the record of another": (
        "UPDATE gallery_people SET sealed = (SELECT sealed FROM gallery_people WHERE "
        "id = '{bert}') WHERE id = '{anna}'",
        lambda gallery: all_of(gallery.people(), 2),
    ),
    "names exchanged": (
        "",
        lambda gallery: gallery.person("Bert"),
    ),
    "a member added to a group": (
        "UPDATE gallery_members SET person_id = '{bert}'",
        lambda gallery: all_of(gallery.people("Family")),
    ),
    "another's utterance": (
        "UPDATE gallery_utterances SET person_id = '{bert}'",
        lambda gallery: gallery.heard_utterances(gallery.person("Bert").id),
    ),
    "a challenge that lasts longer": (
        "UPDATE gallery_challenges SET expires = expires + 1",
        lambda gallery: gallery.take_challenge("one"),
    ),
    "a challenge of another": (
        "UPDATE gallery_challenges SET person_id = '{bert}'",
        lambda gallery: gallery.take_challenge("one"),
    ),
}


HEALED = ("names exchanged", "a member added to a group")
"""What stands for names is made anew from what is sealed when the keys are changed."""


@pytest.mark.parametrize("swap", SWAPS)
def test_what_is_moved_or_changed_is_refused(file: Path, key: MasterKey, swap: str) -> None:
    url = str(file)
    with Gallery(url, key) as gallery:
        anna = gallery.enrol("Anna", voice(1), groups=["Family"])
        bert = gallery.enrol("Bert", voice(2))
        gallery.store_template(anna, voice(3, OTHER))
        gallery.remember_utterance(anna.id, b"heard")
        gallery.keep_challenge("one", anna.id, "seven", datetime.now(UTC) + timedelta(days=1))
    statements, use = SWAPS[swap]
    if swap == "names exchanged":
        exchange_names(url, anna.id, bert.id)
    else:
        tamper(url, *statements.format(anna=anna.id, bert=bert.id).split("; "))
    with Gallery(url, key) as gallery:
        with pytest.raises(GalleryError):
            use(gallery)
        if swap in HEALED:
            gallery.rotate_key(MasterKey.new())
            use(gallery)
            return
        with pytest.raises(GalleryError, match="keys are not changed"):
            gallery.rotate_key(MasterKey.new())
    Gallery(url, key).close()


WRONG_TYPES = {
    "gallery_keys": ("data_key", "audit_key"),
    "gallery_state": ("version", "base", "base_mac", "head", "head_mac", "seal", "unclean"),
    "gallery_people": ("id", "sealed"),
    "gallery_templates": ("model_name", "sealed"),
    "gallery_utterances": ("at", "sealed"),
    "gallery_challenges": ("expires", "sealed"),
    "gallery_audit": ("number", "epoch", "at", "person_id", "sealed", "mac"),
}


@pytest.mark.parametrize("column", [f"{t}.{c}" for t, them in WRONG_TYPES.items() for c in them])
def test_what_is_of_another_type_is_refused(file: Path, key: MasterKey, column: str) -> None:
    """As SQLite allows: text in place of bytes and numbers, bytes in place of text."""
    with Gallery(str(file), key) as gallery:
        anna = gallery.enrol("Anna", voice(1), fingerprints=[b"heard"])
        gallery.keep_challenge("one", None, "seven", datetime.now(UTC) + timedelta(days=1))
    table, name = column.split(".")
    wrong = "x'00ff'" if name in ("id", "model_name", "person_id") else "'a text'"
    tamper(str(file), f"UPDATE {table} SET {name} = {wrong}")
    uses: list[Callable[[Gallery], object]] = [
        lambda gallery: all_of(gallery.people()),
        lambda gallery: all_of(gallery.templates(MODEL)),
        lambda gallery: gallery.template(anna, MODEL),
        lambda gallery: gallery.heard_utterances(anna.id),
        lambda gallery: gallery.take_challenge("one"),
        lambda gallery: gallery.version(),
        lambda gallery: list(gallery.audit()),
        lambda gallery: gallery.check_audit(),
        lambda gallery: gallery.record(AuditEntry(datetime.now(UTC), AuditAction.VERIFY)),
        lambda gallery: gallery.rotate_key(MasterKey.new()),
    ]
    refused = 0
    for use in uses:
        try:
            with Gallery(str(file), key) as gallery:
                if isinstance(found := use(gallery), AuditCheck):
                    refused += not found.intact
        except GalleryError:
            refused += 1
    assert refused


def exchange_names(url: str, *ids: str) -> None:
    engine = outside(url)
    with engine.begin() as connection:
        read = text("SELECT name_token FROM gallery_people WHERE id = :id")
        write = text("UPDATE gallery_people SET name_token = :token WHERE id = :id")
        tokens = [connection.execute(read, {"id": one}).scalar_one() for one in ids]
        connection.execute(write, {"token": b"", "id": ids[0]})
        connection.execute(write, {"token": tokens[0], "id": ids[1]})
        connection.execute(write, {"token": tokens[1], "id": ids[0]})
    engine.dispose()


def test_a_voiceprint_of_another_gallery_is_refused(tmp_path: Path, key: MasterKey) -> None:
    ids, sealed = [], []
    for name in ("one", "other"):
        file = str(tmp_path / name / "gallery.db")
        with Gallery(file, key) as gallery:
            ids.append(gallery.enrol("Anna", voice(1)).id)
        engine = outside(file)
        with engine.connect() as connection:
            query = text("SELECT sealed FROM gallery_templates")
            sealed.append(connection.execute(query).scalar_one())
        engine.dispose()
    engine = outside(file)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE gallery_templates SET sealed = :sealed"), {"sealed": sealed[0]}
        )
    engine.dispose()
    with Gallery(file, key) as gallery, pytest.raises(GalleryError, match="cannot be trusted"):
        gallery.template(gallery.person("Anna"), MODEL)


def test_somebody_damaged_is_left_out_and_can_be_deleted_and_enrolled_again(
    url: str, key: MasterKey, caplog: pytest.LogCaptureFixture
) -> None:
    with Gallery(url, key) as gallery:
        anna, bert = gallery.enrol("Anna", voice(1)), gallery.enrol("Bert", voice(2))
    tamper(url, f"UPDATE gallery_people SET sealed = name_token WHERE id = '{anna.id}'")
    with Gallery(url, key) as gallery:
        for _ in range(2):
            assert gallery.people() == (bert,) and gallery.damaged() == (anna.id,)
            assert [person for person, _ in gallery.templates(MODEL)] == [bert]
        assert [record.getMessage().split()[1] for record in caplog.records] == [anna.id]
        with pytest.raises(GalleryError, match=anna.id):
            gallery.person("Anna")
        with pytest.raises(UnknownPersonError):
            gallery.person("Anne")
        gallery.delete(anna.id)
        assert gallery.people() == (bert,) and gallery.damaged() == ()
        assert gallery.enrol("Anna", voice(1)).id != anna.id


def test_a_bit_anywhere_in_what_is_sealed_counts(file: Path, key: MasterKey) -> None:
    full = str(file)
    with Gallery(full, key) as gallery:
        gallery.enrol("Anna", voice(1))
    engine = outside(full)
    with engine.connect() as connection:
        row = connection.execute(
            text("SELECT person_id, sealed FROM gallery_templates WHERE model_name = 'campplus'")
        ).first()
    assert row is not None
    for _ in range(20):
        changed = bytearray(row.sealed)
        changed[secrets.randbelow(len(changed))] ^= 1 << secrets.randbelow(8)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "UPDATE gallery_templates SET sealed = :sealed WHERE person_id = :id "
                    "AND model_name = 'campplus'"
                ),
                {"sealed": bytes(changed), "id": row.person_id},
            )
        with Gallery(full, key) as gallery:
            assert list(gallery.templates(MODEL)) == []
            with pytest.raises(GalleryError, match="cannot be trusted"):
                gallery.template(gallery.person("Anna"), MODEL)
    engine.dispose()


@pytest.mark.parametrize(
    "url", ["mysql://u:secret@h/d", "sqlite://", "sqlite:///:memory:", "://", "postgresql://u:p:q@"]
)
def test_a_url_that_cannot_be_used(url: str, key: MasterKey) -> None:
    with pytest.raises((ConfigError, GalleryError)) as caught:
        Gallery(url, key)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_something_else(tmp_path: Path, key: MasterKey) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("This is not a database. " * 99)
    with pytest.raises(GalleryError, match="not a database"):
        Gallery(str(file), key)
    with pytest.raises(GalleryError, match="cannot be opened"):
        Gallery(str(tmp_path), key)
    assert file.read_text().startswith("This is not")
