"""Batch runs: what goes in comes out once, whatever fails, dies or is interrupted on the way.

A fake assessor stands at the far side of the contract where workers must fail on purpose; the
runs with the real one are in ``test_score``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pronunciation.batch import Summary, assess_manifest
from pronunciation.batch.manifest import Fault, Task, count, read
from pronunciation.batch.output import Output
from pronunciation.contract import AssessmentStream, Assessor, Pronunciations
from pronunciation.results import Assessment, Overall
from speech import audio
from speech.audio import Samples
from speech.errors import BusyError, ConfigError, EngineError, ModelMissingError

ROOT = Path(__file__).parents[2]
DEEP = b"[" * 60 + b"]" * 60


@dataclass
class FakeAssessor:
    """Does what the text says: ``die``, ``die once FILE``, ``sleep 5``, ``raise``, ``refuse``."""

    language: str

    def assess(
        self,
        samples: Samples,
        text: str | None,
        *,
        id: str = "",
        pronunciations: Pronunciations | None = None,
    ) -> Assessment:
        verb, _, rest = (text or "").partition(" ")
        if verb == "die":
            once = Path(rest.removeprefix("once ")) if rest else None
            if once is None or not once.exists():
                if once is not None:
                    once.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        elif verb == "sleep":
            time.sleep(float(rest))
        elif verb == "raise":
            raise RuntimeError("a bug")
        elif verb == "refuse":
            raise ConfigError("there is no word in the text")
        said = json.dumps(pronunciations) if pronunciations else text or ""
        scores = Overall(90, 90, 90, 90, 90)
        return Assessment(id, self.language, said, text is None, 0.1, True, None, scores)

    def stream(
        self, text: str, *, id: str = "", pronunciations: Pronunciations | None = None
    ) -> AssessmentStream:
        raise NotImplementedError

    def close(self) -> None:
        pass


def fake(language: str) -> Assessor:
    return FakeAssessor(language)


def no_model(language: str) -> Assessor:
    raise ModelMissingError("pull the model first")


def no_library(language: str) -> Assessor:
    raise ImportError("no library")


def no_memory(language: str) -> Assessor:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    audio.write(tmp_path / "a.wav", np.zeros(1600, np.float32))
    return tmp_path


def write(folder: Path, *items: dict[str, Any] | str | bytes) -> Path:
    """A manifest; an item may be a text alone, its id is then its place."""
    lines = []
    for number, item in enumerate(items):
        if isinstance(item, str):
            item = {"id": f"{number}", "audio": "a.wav", "text": item}
        lines.append(item if isinstance(item, bytes) else json.dumps(item).encode())
    path = folder / "in.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    return path


def run(manifest: Path, **options: Any) -> tuple[Summary, list[dict[str, Any]]]:
    output = manifest.with_name("out.jsonl")
    summary = assess_manifest(manifest, output, **{"jobs": 1, "opener": fake, **options})
    return summary, [json.loads(line) for line in output.read_text("utf-8").splitlines()]


def faults(path: Path) -> list[Fault]:
    return [item for item in read(path) if isinstance(item, Fault)]


def tasks(path: Path, ways: Pronunciations | None = None) -> list[Task]:
    return [item for item in read(path, ways) if isinstance(item, Task)]


def test_a_line_says_what_to_read_and_its_other_keys_are_carried(folder: Path) -> None:
    item = {
        "id": "é1",
        "audio": "a.wav",
        "text": "hi",
        "pronunciations": {"Ana": "AA1 N AH0", "read": ["R EH1 D"]},
        "speaker": "s1",
        "date": "2024-05-01",
        "extra": {"deep": [1, None]},
        "words": "a key of the assessment",
    }
    summary, (record,) = run(write(folder, item), pronunciations={"Bo": ["B OW1"]})
    assert summary == Summary(assessed=1)
    names = [field.name for field in fields(Assessment)]
    assert list(record) == [*names, "audio", "speaker", "date", "extra"]
    assert record["id"] == "é1" and record["words"] == [] and record["extra"] == {"deep": [1, None]}
    assert json.loads(record["text"]) == {
        "Bo": ["B OW1"], "Ana": ["AA1 N AH0"], "read": ["R EH1 D"],
    }  # fmt: skip


def test_relative_paths_count_from_the_manifest_and_absolute_ones_stay(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(folder, "x", {"id": 2, "audio": "/b/c.wav", "text": None}, b"", b" ")
    monkeypatch.chdir(folder)
    first, second = tasks(Path("in.jsonl"))
    assert first.path == str(folder / "a.wav") and first.audio == "a.wav"
    assert second.path == "/b/c.wav" and second.id == "2" and second.text is None
    assert count(path) == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "it is not JSON (Expecting property name enclosed in double quotes, column 2)"),
        (b"[1]", "it is no JSON object"),
        (b"\xff", "it is not UTF-8"),
        (b"[" * 99_999, "nested too deeply"),
        (b'{"id": "x", "audio": "a", "text": "", "z": ' + DEEP + b"}", "nested too deeply"),
        (b'{"id": "x", "audio": "a", "text": "", "z": 1e999}', "a number without end"),
        (b'{"id": "x", "audio": "a", "text": "", "z": NaN}', "NaN is no number"),
        (b'{"audio": "a", "text": "t"}', "the key 'id' is missing"),
        (b'{"id": "x", "text": "t"}', "the key 'audio' is missing"),
        (b'{"id": "x", "audio": "a"}', "the key 'text' is missing; null is free speech"),
        (b'{"id": "", "audio": "a", "text": "t"}', "id must be a string or whole number"),
        (b'{"id": true, "audio": "a", "text": "t"}', "id must be a string or whole number"),
        (b'{"id": "x", "audio": 7, "text": "t"}', "audio must be the path of a file, not 7"),
        (b'{"id": "x", "audio": "a", "text": ["t"]}', "text must be a string"),
        (b'{"id": "x", "audio": "a", "text": "t", "pronunciations": []}', "must be an object"),
        (b'{"id": "x", "audio": "a", "text": "t", "pronunciations": {"a": 1}}', "must be strings"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(folder: Path, line: bytes, said: str) -> None:
    (fault,) = faults(write(folder, "fine", line, "fine too"))
    assert fault.line == 2
    assert fault.error.startswith("line 2: ") and said in fault.error


def test_an_id_that_occurs_twice_is_told_with_both_lines(folder: Path) -> None:
    item = {"id": "same", "audio": "a.wav", "text": "t"}
    assert faults(write(folder, "x", item, item)) == [
        Fault(3, "line 3: the id 'same' is taken by line 2", "same")
    ]


def test_one_bad_item_never_stops_the_rest(folder: Path) -> None:
    told = []
    manifest = write(
        folder,
        "one",
        b"nonsense",
        {"id": "gone", "audio": "gone.wav", "text": "t", "speaker": "s"},
        "raise",
        "refuse",
        {"id": "0", "audio": "a.wav", "text": "again"},
        "last",
    )
    summary, records = run(manifest, on_error=lambda name, error: told.append((name, error)))
    assert summary == Summary(assessed=2, failed=5, errors=5)
    errors = {record["id"]: record["error"] for record in records if "error" in record}
    assert errors[None].startswith("line 2: it is not JSON")
    assert "gone.wav: no such file" in errors["gone"]
    assert errors["3"] == "internal error: RuntimeError: a bug"
    assert errors["4"] == "there is no word in the text"
    assert errors["0"] == "line 6: the id '0' is taken by line 1"
    assert len(told) == 5 and dict(told)["gone"] == errors["gone"]
    gone = next(record for record in records if record["id"] == "gone")
    assert list(gone) == ["id", "error", "audio", "speaker"]
    assert [record["id"] for record in records if "error" not in record] == ["0", "6"]


def test_a_second_run_does_only_what_is_missing(folder: Path) -> None:
    run(write(folder, "one", b"nonsense", "refuse"))
    before = (folder / "out.jsonl").read_bytes()
    manifest = write(folder, "one", b"nonsense", "refuse", "new")
    summary, records = run(manifest)
    assert summary == Summary(assessed=1, skipped=3, errors=2)
    assert (folder / "out.jsonl").read_bytes().startswith(before) and len(records) == 4


def test_errors_are_tried_again_only_when_asked(folder: Path) -> None:
    manifest = write(folder, "one", b"nonsense", "refuse", "three")
    run(manifest)
    write(folder, "one", {"id": "mended", "audio": "a.wav", "text": "t"}, "now fine", "three")
    summary, records = run(manifest)
    assert summary == Summary(assessed=1, skipped=3, errors=2), "the mended line is another item"
    summary, records = run(manifest, retry=True)
    assert summary == Summary(assessed=1, skipped=3)
    assert sorted(record["id"] for record in records) == ["0", "2", "3", "mended"]
    assert not list(folder.glob("*.part"))


@pytest.mark.parametrize("cut", [1, 5, 40, 200])
def test_half_a_line_is_cut_and_done_again(folder: Path, cut: int) -> None:
    manifest = write(folder, "one", "two")
    run(manifest)
    output = folder / "out.jsonl"
    whole = output.read_bytes()
    output.write_bytes(whole[:-cut])
    summary, _ = run(manifest)
    assert summary == Summary(assessed=1, skipped=1)
    assert output.read_bytes() == whole


@pytest.mark.parametrize("content", [b"RIFF....WAVE", b"my notes\n", b'{"a": 1}\n', b"\x00\n" * 9])
def test_a_file_that_is_no_output_is_left_alone(folder: Path, content: bytes) -> None:
    (folder / "out.jsonl").write_bytes(content)
    with pytest.raises(ConfigError, match="line 1 is no assessment"):
        run(write(folder, "one"))
    assert (folder / "out.jsonl").read_bytes() == content


def test_wrong_files_are_explained(folder: Path) -> None:
    manifest = write(folder, "one")
    with pytest.raises(ConfigError, match="no such manifest"):
        assess_manifest(folder / "none.jsonl", folder / "out.jsonl", opener=fake)
    with pytest.raises(ConfigError, match="cannot be the manifest"):
        assess_manifest(manifest, manifest, opener=fake)
    with pytest.raises(ConfigError, match="cannot be written"):
        assess_manifest(manifest, folder / "no" / "out.jsonl", opener=fake)
    with pytest.raises(ConfigError, match="its folder does not exist"):
        assess_manifest(
            manifest, folder / "out.jsonl", opener=fake, report=folder / "no" / "page.html"
        )
    with Output(folder / "out.jsonl"), pytest.raises(BusyError, match="another run"):
        Output(folder / "out.jsonl")


def test_an_assessor_that_cannot_be_loaded_ends_the_run(folder: Path) -> None:
    with pytest.raises(ModelMissingError, match="pull the model first"):
        run(write(folder, "one"), opener=no_model)
    with pytest.raises(EngineError, match="cannot be loaded: ImportError: no library"):
        run(write(folder, "one"), opener=no_library)
    with pytest.raises(EngineError, match="no assessor could be loaded: .*SIGKILL"):
        run(write(folder, "one"), opener=no_memory)
    assert (folder / "out.jsonl").read_bytes() == b""


def test_a_worker_that_dies_costs_at_most_its_own_task(folder: Path) -> None:
    manifest = write(folder, "one", "die", f"die once {folder / 'once'}", "four", "five")
    summary, records = run(manifest, jobs=2)
    assert summary == Summary(assessed=4, failed=1, errors=1)
    (failed,) = [record for record in records if "error" in record]
    assert failed["id"] == "1" and "ended by SIGKILL" in failed["error"]
    assert (folder / "once").exists()


def test_a_worker_killed_from_outside_is_noticed(folder: Path) -> None:
    manifest = write(folder, "sleep 1.5", "two", "three")
    started = time.monotonic()
    with _program(folder, jobs=1) as program:
        _until(lambda: (folder / "out.jsonl").exists() and _workers(program.pid))
        time.sleep(1.0)
        (worker,) = _workers(program.pid)
        os.kill(worker, signal.SIGKILL)
        assert program.wait(30) == 0
    assert time.monotonic() - started < 30
    assert run(manifest)[0] == Summary(skipped=3)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_process_and_is_taken_up(folder: Path, kind: int) -> None:
    manifest = write(folder, "one", "two", *["sleep 60"] * 2)
    with _program(folder, jobs=2) as program:
        output = folder / "out.jsonl"
        _until(lambda: output.exists() and output.read_bytes().count(b"\n") == 2)
        workers = _workers(program.pid)
        assert len(workers) == 2
        if kind == signal.SIGINT:
            os.killpg(program.pid, kind)  # as a terminal does: to everybody
            interrupted = time.monotonic()
            program.wait(10)
            assert time.monotonic() - interrupted < 4
            _until(lambda: not any(map(_alive, workers)), 2)
        else:
            program.kill()
            program.wait(10)
            for worker in workers:  # they sleep; awake they would see that nobody listens
                os.kill(worker, signal.SIGKILL)
        said = program.stderr.read() if program.stderr else ""
    assert said.count("KeyboardInterrupt") <= 1, "the workers say nothing"
    write(folder, "one", "two", "three", "four")
    assert run(manifest)[0] == Summary(assessed=2, skipped=2)


def test_every_item_comes_out_once_from_many_workers(folder: Path) -> None:
    manifest = write(folder, *[f"text {number}" for number in range(200)])
    summary, records = run(manifest, jobs=3)
    assert summary == Summary(assessed=200)
    assert sorted(int(record["id"]) for record in records) == list(range(200))
    assert all(record["text"] == f"text {record['id']}" for record in records)


def test_one_worker_keeps_the_order(folder: Path) -> None:
    _, records = run(write(folder, *["t"] * 20))
    assert [record["id"] for record in records] == [str(number) for number in range(20)]


def test_tasks_are_taken_as_they_are_needed(folder: Path) -> None:
    from pronunciation.batch import processes

    taken: list[str] = []

    def endless() -> Iterator[Task]:
        for number in range(10_000):
            taken.append(str(number))
            yield Task(str(number), "a.wav", str(folder / "a.wav"), "t", {})

    results = processes.run(endless(), 2, fake, "en")
    for _ in range(5):
        next(results)
    results.close()
    assert len(taken) < 12


def test_a_long_manifest_needs_memory_for_its_ids_only(folder: Path) -> None:
    manifest, output = folder / "in.jsonl", folder / "out.jsonl"
    with manifest.open("w") as lines, output.open("w") as done:
        for number in range(10_000):
            item = {"id": f"id-{number}", "audio": "a.wav", "text": "word " * 20}
            lines.write(json.dumps(item) + "\n")
            done.write(json.dumps({"id": f"id-{number}", "words": [], "filler": "x" * 500}) + "\n")
    tracemalloc.start()
    summary = assess_manifest(manifest, output, jobs=1, opener=fake)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert summary == Summary(skipped=10_000)
    assert peak < 3e6, f"{peak / 10_000:.0f} bytes an id"


def test_an_overview_shows_all_that_the_output_holds(folder: Path) -> None:
    manifest = write(folder, "one", "refuse")
    run(manifest)
    write(folder, "one", "refuse", "three")
    run(manifest, report=folder / "all.html")
    page = (folder / "all.html").read_text("utf-8")
    assert page.count("<h1") == 1 and "3 recordings" in page


def _program(folder: Path, jobs: int) -> subprocess.Popen[str]:
    """A run in a process and process group of its own."""
    code = (
        "from pathlib import Path\n"
        "from pronunciation.batch import assess_manifest\n"
        "from tests.pronunciation.test_batch import fake\n"
        f"here = Path({str(folder)!r})\n"
        f"assess_manifest(here / 'in.jsonl', here / 'out.jsonl', jobs={jobs}, opener=fake)\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _workers(parent: int) -> list[int]:
    """The worker processes of a run."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    lines = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    return [child for child, line in lines.items() if b"spawn_main" in line]


def _alive(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def _until(condition: Any, seconds: float = 30) -> None:
    """Wait until something holds; fail where it does not come to that."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)
