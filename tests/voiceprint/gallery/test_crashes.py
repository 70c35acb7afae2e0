"""Killed at any moment, or out of room, a gallery opens again and nothing enrolled is lost."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from speech.errors import GalleryError
from tests.voiceprint.gallery.people import MODEL, voice
from tests.voiceprint.gallery.postgresql import PostgreSQL
from voiceprint.gallery import Gallery, MasterKey
from voiceprint.gallery.sources import KeyFile

ROUNDS = 6


class Worker:
    """The program of :mod:`tests.voiceprint.gallery.worker`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.voiceprint.gallery.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def kill_in(self, task: str, url: str, key_file: Path, seconds: float, first: int) -> list[str]:
        """Let it work, kill it in a moment after some lines; returns what it said was done."""
        assert self._process.stdin and self._process.stdout
        print(task, url, key_file, file=self._process.stdin, flush=True)
        pid = int(self._process.stdout.readline())
        said = [self._process.stdout.readline().strip() for _ in range(first)]
        time.sleep(seconds)
        os.kill(pid, signal.SIGKILL)
        while (line := self._process.stdout.readline().strip()) != "over":
            said.append(line)
        return said

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "key" / "gallery.key"


def moments(longest: float) -> Iterator[float]:
    """Random, but spread over all of the time."""
    for number in range(ROUNDS):
        yield longest * (number + random.random()) / ROUNDS


def test_killed_in_mid_enrolment(url: str, key_file: Path, worker: Worker) -> None:
    done: set[str] = set()
    for number, moment in enumerate(moments(0.05), 1):
        done |= set(worker.kill_in("enrol", url, key_file, moment, first=1))
        with Gallery(url, KeyFile(key_file)) as gallery:
            there = {person.name for person in gallery.people("all")}
            assert done <= there
            assert len(there - done) <= number  # kept, but killed before it could say so
            assert {person.name for person, _ in gallery.templates(MODEL)} == there
            check = gallery.check_audit()
            assert check.intact and check.entries == len(there) == gallery.version()
    assert len(done) >= ROUNDS


def test_killed_while_replacing(url: str, key_file: Path, worker: Worker) -> None:
    with Gallery(url, KeyFile(key_file)) as gallery:
        gallery.enrol("Anna", voice(0))
    for moment in moments(0.05):
        *_, last = worker.kill_in("replace", url, key_file, moment, first=1)
        with Gallery(url, KeyFile(key_file)) as gallery:
            ((_, template),) = gallery.templates(MODEL)
            newest = (voice(int(last)), voice(int(last) + 1))
            assert any((template.vector == one.vector).all() for one in newest)
            assert gallery.check_audit().intact


def test_killed_while_the_keys_change(url: str, key_file: Path, worker: Worker) -> None:
    with Gallery(url, KeyFile(key_file)) as gallery:
        for number in range(20):
            gallery.enrol(f"Person {number}", voice(number))
        before = gallery.people()
    rotations = 0
    for moment in moments(0.1):
        said = worker.kill_in("rotate", url, key_file, moment, first=0)
        with Gallery(url, KeyFile(key_file)) as gallery:
            assert gallery.people() == before
            assert len(list(gallery.templates(MODEL))) == 20
            assert gallery.check_audit().intact
            kept = sum(entry.action == "rotate" for entry in gallery.audit())
            assert rotations + len(said) <= kept <= rotations + len(said) + 1
            rotations = kept
    with Gallery(url, KeyFile(key_file)) as gallery:
        gallery.rotate_key()
    with Gallery(url, MasterKey.from_text(key_file.read_text())) as gallery:
        assert gallery.people() == before


def test_killed_while_it_is_made(folder: Path, tmp_path: Path, worker: Worker) -> None:
    for number, moment in enumerate(moments(0.3)):
        url, key_file = str(folder / str(number) / "gallery.db"), tmp_path / str(number) / "key"
        said = worker.kill_in("open", url, key_file, moment, first=0)
        with Gallery(url, KeyFile(key_file)) as gallery:
            assert len(gallery.people()) >= len(said)
            assert gallery.check_audit().intact


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """A disk on which no file grows beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def fill(gallery: Gallery) -> int:
    """Enrol until that fails; returns how many were enrolled."""
    before = len(gallery.people())

    def enrol_all() -> None:
        for number in range(10_000):
            gallery.enrol(f"Person {number}", voice(number))

    with pytest.raises(GalleryError, match="nothing was changed"):
        enrol_all()
    return len(gallery.people()) - before


@pytest.mark.parametrize("room", [20_000, 60_000, 200_000])
def test_a_file_that_cannot_grow(file: Path, key: MasterKey, room: int) -> None:
    with Gallery(str(file), key) as gallery:
        gallery.enrol("Anna", voice(1))
        with files_end_at(file.stat().st_size + room):
            count = fill(gallery)
            assert len(gallery.people()) == count + 1
    with Gallery(str(file), key) as gallery:
        assert len(gallery.people()) == len(list(gallery.templates(MODEL))) == count + 1
        assert gallery.check_audit().intact
        gallery.enrol("Bert", voice(2))


def test_a_disk_that_is_full(tmp_path: Path, key: MasterKey) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    try:
        file = disk / "gallery" / "gallery.db"
        with Gallery(str(file), key) as gallery:
            anna = gallery.enrol("Anna", voice(1))
            count = fill(gallery)
            with pytest.raises(GalleryError, match="nothing was changed"):
                gallery.rotate_key(MasterKey.new())
            assert len(gallery.people()) == len(list(gallery.templates(MODEL))) == count + 1
            assert gallery.person("anna") == anna
            assert gallery.check_audit().intact
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def test_a_server_that_is_killed_and_comes_back(postgresql: PostgreSQL, key: MasterKey) -> None:
    with Gallery(postgresql.empty_database(), key) as gallery:
        gallery.enrol("Anna", voice(1))
        postgresql.stop()
        with pytest.raises(GalleryError):
            gallery.enrol("Bert", voice(2))
        postgresql.start()
        assert [person.name for person in gallery.people()] == ["Anna"]
        gallery.enrol("Bert", voice(2))
        assert gallery.check_audit().intact
