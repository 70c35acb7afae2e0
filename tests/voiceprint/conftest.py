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


@dataclass
class Recorded:
    """Somebody's sentences."""

    name: str
    files: list[Path]
    texts: list[str]

    def samples(self, number: int) -> Samples:
        return read(self.files[number])


@pytest.fixture(scope="session")
def corpus(data: Path) -> dict[str, Recorded]:
    """The speakers of speechocean762 with 20 sentences each, the longest files first."""
    folder = data / "speechocean762"
    found: dict[str, list[tuple[Path, str]]] = {}
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        file = folder / "audio" / f"{label['id']}.opus"
        found.setdefault(label["speaker"], []).append((file, label["text"].lower()))
    people = {}
    for name, several in found.items():
        several.sort(key=lambda one: -one[0].stat().st_size)
        files, texts = zip(*several, strict=True)
        people[name] = Recorded(f"Speaker {name}", list(files), list(texts))
    return people


@pytest.fixture(scope="session")
def recorded(corpus: dict[str, Recorded]) -> list[Recorded]:
    """Five of them."""
    return [corpus[name] for name in sorted(corpus)[::25]]


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
