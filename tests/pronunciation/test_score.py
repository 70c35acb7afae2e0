"""``sonorant score`` as a person types it, with the real scorer.

The voice is espeak-ng's, and learners' where ``SONORANT_DATA`` is set. How good the scores are is
the benchmark's question; here they must arrive, whole and explained.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pronunciation.results import Assessment, WordError
from service.cli import main
from speech import audio
from speech.audio import RATE
from speech.synthesis.espeak import EspeakSynthesizer

TEXT = "The north wind and the sun were talking about the weather."
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic reading of :data:`TEXT`."""
    voice = EspeakSynthesizer()
    path = tmp_path_factory.mktemp("reading") / "reading.wav"
    audio.write(path, np.concatenate([*voice.synthesize(TEXT)]))
    voice.close()
    return path


@pytest.fixture(scope="module")
def learners(data: Path) -> list[dict[str, Any]]:
    """Some learners' readings, as a manifest's lines."""
    folder = data / "speechocean762"
    found: list[dict[str, Any]] = []
    with (folder / "labels.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            label = json.loads(line)
            if label["split"] == "train" and len(label["text"].split()) > 3:
                path = str(folder / "audio" / f"{label['id']}.opus")
                speaker = label["speaker"]
                found.append(
                    {"id": label["id"], "audio": path, "text": label["text"], "speaker": speaker}
                )
            if len(found) == 6:
                return found
    raise AssertionError("there are no learners")


def scored(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    status = main(["score", *map(str, arguments), "--json"])
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert status == (0 if record["assessable"] else 1)
    return record


def check(record: dict[str, Any]) -> None:
    """What holds for every assessment with scores."""
    assert record["assessable"] is True and record["reason"] is None
    overall = dict(record["overall"])
    assert overall.pop("tone") is None
    assert all(0 <= value <= 100 for value in overall.values())
    for word in record["words"]:
        assert word["error"] in list(WordError)
        for phone in word["phones"]:
            assert 0 <= phone["accuracy"] <= 100
            assert word["start"] <= phone["start"] <= phone["end"] <= word["end"]
            assert all(0 <= heard["probability"] <= 1 for heard in phone["heard"])
        timed = word["start"] is not None
        assert not timed or 0 <= word["start"] <= word["end"] <= record["duration"] + 0.1
    for pause in record["pauses"]:
        assert pause["start"] < pause["end"] and 0 < pause["before"] < len(record["words"])
    rate = dict(record["rate"])
    assert rate.pop("syllables_per_minute") is None
    assert all(map(math.isfinite, rate.values()))
    if record["advice"]:
        assert set(record["advice"]["text"]) == {"en", "zh"}


def test_json_is_one_object_with_every_field(
    reading: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = scored(capsys, reading, "--text", TEXT)
    assert list(record) == [field.name for field in fields(Assessment)]
    assert record["id"] == "reading.wav" and record["text"] == TEXT
    assert record["recognized"] is False
    words = [word["word"] for word in record["words"] if word["error"] != "insertion"]
    assert words == TEXT.rstrip(".").split()
    check(record)


def test_a_person_reads_scores_words_and_pace(
    reading: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", str(reading), "--text", TEXT]) == 0
    said = capsys.readouterr()
    for name in ("Total", "Accuracy", "Fluency", "Completeness", "Prosody"):
        assert name in said.out
    assert "█" in said.out and "words a minute" in said.out
    assert "weather" in said.out and said.err == ""


def test_the_report_holds_the_sentence(
    reading: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.txt").write_text("\ufeff" + TEXT, "utf-8")
    page = tmp_path / "page.html"
    arguments = ["--text-file", tmp_path / "text.txt", "--report", page]
    assert scored(capsys, reading, *arguments)["text"] == TEXT
    assert "The north wind" in page.read_text("utf-8")


def test_free_speech_is_recognised_first(reading: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = scored(capsys, reading, "--free")
    assert record["recognized"] is True
    assert {"the", "wind"} <= set(record["text"].lower().split())
    check(record)
    assert main(["score", str(reading), "--free"]) == 0
    assert "Free speech, recognised first:" in capsys.readouterr().out


def test_a_pronunciation_can_be_given(reading: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ways = ["--pronunciation", "xweth=M UW1", "--pronunciation", "xweth=W EH1 DH ER0"]
    text = TEXT.replace("weather", "xweth")
    record = scored(capsys, reading, "--text", text, *ways)
    last = record["words"][-1]
    assert [phone["phone"] for phone in last["phones"]] == ["W", "EH1", "DH", "ER0"]


@pytest.mark.parametrize(
    ("reason", "samples"),
    [
        ("silence", np.zeros(3 * RATE, np.float32)),
        ("too_short", np.zeros(800, np.float32)),
        ("too_long", np.full(40 * RATE, 0.1, np.float32)),
    ],
)
def test_what_is_not_assessable_is_explained(
    reason: str,
    samples: audio.Samples,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, page = tmp_path / "bad.wav", tmp_path / "page.html"
    audio.write(path, samples)
    assert main(["score", str(path), "--text", TEXT, "--report", str(page)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "bad.wav: The recording is" in said.err and "<" not in said.err
    assert page.exists()
    record = scored(capsys, path, "--text", TEXT)
    assert record["reason"] == reason and record["overall"] is None


def test_another_text_is_not_assessable(reading: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "Please bring seven yellow umbrellas home tomorrow morning."
    record = scored(capsys, reading, "--text", text)
    assert record["reason"] == "not_read"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["FILE"], "give --text or --text-file, or --free"),
        ([], "give a recording, or many of them with --manifest"),
        (["FILE", "--text", "..."], "no English word"),
        (["FILE", "--text", "天气"], "天气"),
        (["FILE", "--text-file", "missing.txt"], "missing.txt: cannot be read (No such file"),
        (["FILE", "--text", "hi", "--pronunciation", "hi"], 'write it as "read=R EH1 D"'),
        (["FILE", "--text", "hi", "--pronunciation", "hi=XX"], "XX is no ARPAbet phone"),
        (["FILE", "--text", "hi", "--language", "xx"], "cannot be assessed; there is en"),
        (["missing.wav", "--text", "hi"], "missing.wav: no such file"),
        (["FILE", "--text", "hi", "--output", "o"], "--output is for a --manifest"),
        (["FILE", "--text", "hi", "--ray"], "--ray is for a --manifest"),
        (["FILE", "--manifest", "m"], "not both"),
        (["--manifest", "m"], "--manifest needs --output"),
        (["--manifest", "m", "--output", "o", "--text", "hi"], "--text is for one recording"),
        (["--manifest", "m", "--output", "o"], "m: there is no such manifest"),
        (["FILE", "--text", "hi", "--report", "no/such/page.html"], "page.html: cannot be written"),
    ],
)
def test_wrong_use_is_explained(
    arguments: list[str],
    said: str,
    reading: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["score", *(str(reading) if each == "FILE" else each for each in arguments)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("sonorant: ") and said in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [["--text", "a", "--free"], ["--jobs", "0"], ["--jobs", "x"]])
def test_options_that_cannot_be_meant(options: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["score", "a.wav", *options])


def test_a_manifest_is_scored_and_taken_up(
    reading: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audio.write(reading.with_name("silence.wav"), np.zeros(3 * RATE, np.float32))
    manifest = reading.with_name("in.jsonl")
    items = [
        {
            "id": "good",
            "audio": "reading.wav",
            "text": TEXT,
            "speaker": "Ana",
            "date": "2024-05-01",
        },
        {"id": "free", "audio": "reading.wav", "text": None, "speaker": "Ana"},
        {"id": "silent", "audio": "silence.wav", "text": TEXT},
        {"id": "gone", "audio": "gone.wav", "text": TEXT},
        {"id": "words", "audio": "reading.wav", "text": "..."},
        {"id": "way", "audio": "reading.wav", "text": TEXT, "pronunciations": {"sun": "XX"}},
    ]
    manifest.write_text("\n".join(map(json.dumps, items)), "utf-8")
    output, page = tmp_path / "out.jsonl", tmp_path / "all.html"
    command = ["score", "--manifest", str(manifest), "--output", str(output), "--report", str(page)]
    assert main([*command, "--jobs", "2"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "gone: " in said.err and "no such file" in said.err and "XX is no ARPAbet" in said.err
    assert "3 assessed, 1 of them not assessable, 3 failed" in said.err
    lines = output.read_text("utf-8").splitlines()
    records = {record["id"]: record for record in map(json.loads, lines)}
    assert len(lines) == len(records) == len(items)
    assert records["good"]["speaker"] == "Ana" and records["good"]["date"] == "2024-05-01"
    assert records["free"]["recognized"] and not records["good"]["recognized"]
    assert records["silent"]["reason"] == "silence"
    assert {name for name, record in records.items() if "error" in record} == {
        "gone", "words", "way",
    }  # fmt: skip
    check(records["good"])
    alone = scored(capsys, reading, "--text", TEXT)
    assert {**alone, "id": "good"} == {name: records["good"][name] for name in alone}
    assert "reading.wav" not in page.read_text("utf-8") and "Ana" in page.read_text("utf-8")
    assert main(command) == 1
    said = capsys.readouterr()
    assert "0 assessed, 6 were there already, 3 failed earlier (--retry" in said.err


def test_learners_are_scored(
    learners: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, learners)), "utf-8")
    output = tmp_path / "out.jsonl"
    assert main(["score", "--manifest", str(tmp_path / "in.jsonl"), "--output", str(output)]) == 0
    records = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert sorted(each["id"] for each in records) == sorted(each["id"] for each in learners)
    assessed = [record for record in records if record["assessable"]]
    assert len(assessed) >= len(learners) - 1
    for record in assessed:
        check(record)
        said = [word["word"].upper() for word in record["words"] if word["error"] != "insertion"]
        assert " ".join(said) == record["text"]
    first = learners[0]
    assert main(["score", first["audio"], "--text", first["text"]]) == 0
    assert "█" in capsys.readouterr().out


def test_ray_gives_the_same_records(reading: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'sonorant[ray]'")
    items = [{"id": f"{n}", "audio": str(reading), "text": TEXT, "speaker": "s"} for n in range(5)]
    items += [{"id": "gone", "audio": "gone.wav", "text": TEXT, "speaker": "s"}]
    manifest = tmp_path / "in.jsonl"
    manifest.write_text("\n".join(map(json.dumps, items)), "utf-8")
    outputs: list[list[str]] = []
    for options in (["--jobs", "1"], ["--jobs", "2", "--ray"]):
        output = tmp_path / f"{len(outputs)}.jsonl"
        command = ["score", "--manifest", str(manifest), "--output", str(output), *options]
        # A process of its own: Ray leaves threads and warnings behind.
        done = subprocess.run(
            [sys.executable, "-m", "service", *command], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 1, done.stderr
        assert "5 assessed, 1 failed" in done.stderr
        outputs.append(sorted(output.read_text("utf-8").splitlines()))
    assert outputs[0] == outputs[1]


def test_a_ray_that_is_not_there_is_explained(
    reading: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    manifest = tmp_path / "in.jsonl"
    manifest.write_text(json.dumps({"id": 1, "audio": str(reading), "text": TEXT}), "utf-8")
    output = str(tmp_path / "out.jsonl")
    assert main(["score", "--manifest", str(manifest), "--output", output, "--ray"]) == 2
    assert "pip install 'sonorant[ray]'" in capsys.readouterr().err
