"""What the tests of decisions share: an open gallery, and people who were recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from speech.audio import Samples, read
from speech.vad import SileroVad
from voiceprint.contract import Person
from voiceprint.gallery import Gallery, MasterKey
from voiceprint.opening import Voiceprints, open_ear, open_voiceprints
from voiceprint.scoring import Ear

SPEAKERS = ("0003", "0119", "0178", "1008", "1027")


@dataclass
class Recorded:
    """Somebody's sentences."""

    name: str
    files: list[Path]

    def samples(self, number: int) -> Samples:
        return read(self.files[number])


@pytest.fixture(scope="session")
def recorded(data: Path) -> list[Recorded]:
    """Some speakers of speechocean762 with 20 sentences each, the longest files first."""
    folder = data / "speechocean762"
    files: dict[str, list[Path]] = {}
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        files.setdefault(label["speaker"], []).append(folder / "audio" / f"{label['id']}.opus")
    chosen = sorted(files)[::25]
    return [
        Recorded(f"Speaker {name}", sorted(files[name], key=lambda file: -file.stat().st_size))
        for name in chosen
    ]


@pytest.fixture(scope="session")
def ear() -> Ear:
    """The embedded network and voice activity model."""
    return open_ear()[0]


@pytest.fixture
def voiceprints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vad: SileroVad
) -> Iterator[Voiceprints]:
    """Nobody is enrolled yet."""
    monkeypatch.setenv("SONORANT_KEY", MasterKey.new().to_text())
    with open_voiceprints(str(tmp_path / "gallery" / "people.db"), vad=vad) as opened:
        yield opened


def enrol(voiceprints: Voiceprints, somebody: Recorded, *, first: int = 0) -> Person:
    """Enrol with as many of the recordings as it takes."""
    enrolment = voiceprints.enrolment()
    for number in range(first, len(somebody.files)):
        enrolment.add(somebody.samples(number))
        if enrolment.complete:
            break
    return voiceprints.enrol(somebody.name, enrolment)


def audit_of(gallery: Gallery) -> list[tuple[str, str | None]]:
    """Actions and reasons, oldest first."""
    return [(str(entry.action), entry.reason) for entry in gallery.audit()]
