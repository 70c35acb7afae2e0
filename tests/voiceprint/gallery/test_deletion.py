"""What is deleted or replaced is gone from the file, byte for byte."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from tests.voiceprint.gallery.people import OTHER, voice
from tests.voiceprint.gallery.test_audit import outside
from voiceprint.contract import Person
from voiceprint.gallery import Gallery, MasterKey


def sealed_of(file: Path, person: Person) -> list[bytes]:
    """What is in the database of a person."""
    queries = (
        "SELECT sealed FROM gallery_people WHERE id = :id",
        "SELECT name_token FROM gallery_people WHERE id = :id",
        "SELECT sealed FROM gallery_templates WHERE person_id = :id",
        "SELECT sealed FROM gallery_utterances WHERE person_id = :id",
        "SELECT sealed FROM gallery_challenges WHERE person_id = :id",
        "SELECT group_token FROM gallery_members WHERE person_id = :id",
    )
    engine = outside(str(file))
    with engine.connect() as connection:
        found = [
            value
            for query in queries
            for value in connection.execute(text(query), {"id": person.id}).scalars()
        ]
    engine.dispose()
    return found


def left(file: Path, deleted: list[bytes]) -> list[bytes]:
    """Which pieces of what was deleted are still in the files."""
    there = b"".join(path.read_bytes() for path in file.parent.iterdir())
    pieces = [value[at : at + 16] for value in deleted for at in range(0, len(value) - 15, 16)]
    return [piece for piece in pieces if piece in there]


def fill(gallery: Gallery, count: int) -> list[Person]:
    soon = datetime.now(UTC) + timedelta(days=1)
    people = []
    for number in range(count):
        person = gallery.enrol(f"Person {number}", voice(number), groups=[f"Group {number}"])
        gallery.store_template(person, voice(1000 + number, OTHER))
        gallery.remember_utterance(person.id, random.randbytes(500))
        gallery.keep_challenge(f"c{number}", person.id, "seven", soon)
        people.append(gallery.person(person.name))
    return people


def test_the_bytes_of_deleted_people_are_gone(file: Path, key: MasterKey) -> None:
    with Gallery(str(file), key) as gallery:
        people = fill(gallery, 60)
        gone = random.sample(people, 25)
        deleted = [value for person in gone for value in sealed_of(file, person)]
        assert left(file, deleted)
        for person in gone:
            gallery.delete(person)
        assert left(file, deleted) == []
        kept = [person for person in people if person not in gone]
        assert set(gallery.people()) == set(kept)
        assert all(left(file, sealed_of(file, person)) for person in kept)
        assert gallery.check_audit().intact


def test_the_bytes_of_what_is_replaced_are_gone(file: Path, key: MasterKey) -> None:
    with Gallery(str(file), key) as gallery:
        people = fill(gallery, 20)
        old = [value for person in people[:5] for value in sealed_of(file, person)[:4:2]]
        for number, person in enumerate(people[:5]):
            gallery.enrol(person.name, voice(2000 + number), replace=True)
        assert left(file, old) == []


def test_the_bytes_of_the_old_keys_are_gone(file: Path, key: MasterKey) -> None:
    with Gallery(str(file), key) as gallery:
        people = fill(gallery, 20)
        old = [value for person in people for value in sealed_of(file, person)]
        gallery.rotate_key(MasterKey.new())
        assert left(file, old) == []


@contextmanager
def reader(file: Path) -> Iterator[None]:
    """Another program that is in the middle of reading."""
    database = sqlite3.connect(file, isolation_level=None)
    try:
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM gallery_people").fetchone()
        yield
    finally:
        database.close()


def test_bytes_that_somebody_still_reads_go_later(file: Path, key: MasterKey) -> None:
    with Gallery(str(file), key) as gallery:
        first, second, *_ = fill(gallery, 5)
        deleted = sealed_of(file, first)
        with reader(file):
            gallery.delete(first)
            assert left(file, deleted)
        gallery.remember_utterance(second.id, b"anything that is written")
        assert left(file, deleted) == []


def test_bytes_that_were_left_go_at_the_next_opening(file: Path, key: MasterKey) -> None:
    with Gallery(str(file), key) as gallery:
        first, *_ = fill(gallery, 5)
        deleted = sealed_of(file, first)
        with reader(file):
            gallery.delete(first)
            gallery.close()
            # What follows is the state after a crash: nobody emptied the log at the end.
            copy = file.parent.parent / "after a crash"
            shutil.copytree(file.parent, copy)
    assert left(copy / file.name, deleted)
    with Gallery(str(copy / file.name), key):
        assert left(copy / file.name, deleted) == []
