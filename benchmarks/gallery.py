"""How long a gallery takes: opening, enrolling, loading everybody, changing the keys, deleting.

Voiceprints are random vectors of the dimension of CAM++; the gallery does not look into them.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import Table, insert

from benchmarks.command import run, show
from voiceprint.contract import EmbeddingModel, Outcome, Template
from voiceprint.gallery import AuditAction, AuditEntry, Gallery, MasterKey
from voiceprint.gallery.names import fold
from voiceprint.gallery.records import Record, template_to_bytes
from voiceprint.gallery.tables import PEOPLE, TEMPLATES

_MODEL = EmbeddingModel("benchmark", "1")
_BATCH = 5000
_SINGLE = 50
"""Calls of which the median is told."""


def main() -> None:
    """Measure a gallery that is made and removed again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--people", type=int, default=100_000, help="(default: %(default)s)")
    parser.add_argument("--url", help="an empty PostgreSQL database (default: a new file)")
    parser.add_argument("--folder", type=Path, help="of the new file (default: temporary files)")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        file = Path(folder) / "gallery.db"
        figures = measure(arguments.url or str(file), arguments.people)
        if not arguments.url:
            figures["megabytes of the file"] = file.stat().st_size / 1e6
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    show(
        {f"{arguments.people} people": figures | {"megabytes of memory": megabytes}}, arguments.json
    )


def measure(url: str, people: int) -> dict[str, float]:
    """Seconds and milliseconds by the clock; of the processor where the name says so."""
    figures: dict[str, float] = {}

    @contextmanager
    def timed(name: str) -> Iterator[None]:
        start, worked = time.perf_counter(), time.process_time()
        yield
        figures[name] = time.perf_counter() - start
        figures[f"CPU {name}"] = time.process_time() - worked

    key = MasterKey.new()
    with Gallery(url, key) as gallery:
        _fill(gallery, people - _SINGLE)
        figures["ms to enrol one"] = _median(lambda n: gallery.enrol(_one(n), _voice()))
        entry = AuditEntry(datetime.now(UTC), AuditAction.VERIFY, decision=Outcome.ACCEPT, llr=1.0)
        figures["ms to record a decision"] = _median(lambda n: gallery.record(entry))
        figures["ms to find one"] = _median(
            lambda n: gallery.template(gallery.person(_one(n)), _MODEL)
        )
    with timed("s to open"):
        gallery = Gallery(url, key)
    with gallery:
        with timed("s to load all voiceprints"):
            count = sum(1 for _ in gallery.templates(_MODEL))
        assert count == people
        with timed("s to load all people"):
            gallery.people()
        figures["ms to delete one"] = _median(lambda n: gallery.delete(gallery.person(_one(n))))
        with timed("s to change the keys"):
            gallery.rotate_key(MasterKey.new())
        with timed("s to check the log"):
            assert gallery.check_audit().intact
    return figures


def _fill(gallery: Gallery, people: int) -> None:
    """Enrol many in few transactions, past the log, to get to the measuring."""
    now = datetime.now(UTC)
    for start in range(0, people, _BATCH):
        rows: dict[Table, list[dict[str, object]]] = {PEOPLE: [], TEMPLATES: []}
        with gallery._store.writing() as session:
            vault = session.vault
            for number in range(start, min(start + _BATCH, people)):
                name, template, person = f"Person {number}", _voice(), str(uuid.uuid4())
                place = person, _MODEL.name, _MODEL.version
                sealed = vault.seal(template_to_bytes(template), "template", *place)
                rows[PEOPLE].append(
                    {
                        "id": person,
                        "name_token": vault.token("name", fold(name)),
                        "sealed": vault.seal(Record(name, now).to_bytes(), "person", person),
                    }
                )
                rows[TEMPLATES].append(
                    {
                        "person_id": person,
                        "model_name": _MODEL.name,
                        "model_version": _MODEL.version,
                        "sealed": sealed,
                    }
                )
            for table, values in rows.items():
                session.connection.execute(insert(table), values)


_RANDOM = np.random.default_rng(1)


def _voice() -> Template:
    vector = _RANDOM.normal(size=192).astype(np.float32)
    return Template(_MODEL, vector / np.linalg.norm(vector), 3, 9.5)


def _one(number: int) -> str:
    return f"One of {_SINGLE}, {number}"


def _median(call: Callable[[int], object]) -> float:
    """Milliseconds of a call, of which each gets another number."""
    times = []
    for number in range(_SINGLE):
        start = time.perf_counter()
        call(number)
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1e3


if __name__ == "__main__":
    run(main)
