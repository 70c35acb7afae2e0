"""``sonorant voiceprint`` as a user types it, with synthetic voices as the people."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from service.cli import main
from speech.audio import write
from speech.synthesis.espeak import EspeakSynthesizer
from tests.voiceprint.gallery.people import voice as template
from tests.voiceprint.gallery.test_audit import tamper
from voiceprint.cli.dates import day
from voiceprint.cli.sources import SENTENCES
from voiceprint.contract import Person
from voiceprint.gallery import Gallery, MasterKey

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Five sentences of each of two voices."""
    folder = tmp_path_factory.mktemp("people")
    files: dict[str, list[str]] = {}
    random = np.random.default_rng(0)
    for name, voice in (("Mia", "en-us+f3"), ("Ben", "en-gb+m7")):
        speaking = EspeakSynthesizer(voice)
        for number, sentence in enumerate(SENTENCES[:5]):
            samples = np.concatenate([*speaking.synthesize(sentence, "en")])
            # No microphone is without noise.
            samples = samples + 1e-4 * random.standard_normal(samples.size).astype(np.float32)
            write(folder / f"{name}-{number}.wav", samples)
            files.setdefault(name, []).append(str(folder / f"{name}-{number}.wav"))
        speaking.close()
    return files


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on a gallery of its own; exit status, standard output and error."""
    monkeypatch.setenv("SONORANT_GALLERY", str(tmp_path / "data" / "people.db"))
    monkeypatch.setenv("SONORANT_KEY_FILE", str(tmp_path / "config" / "gallery.key"))
    (tmp_path / "config").mkdir()
    key = tmp_path / "config" / "gallery.key"
    key.write_text(MasterKey.new().to_text())
    key.chmod(0o600)

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["voiceprint", *arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_from_enrolment_to_deletion(run: Run, people: dict[str, list[str]]) -> None:
    mia, ben = people["Mia"], people["Ben"]
    assert run("list")[1] == "Nobody is enrolled.\n"
    status, out, _ = run("enroll", "Mia", *mia[:3], "--consent", "--group", "family", "--json")
    about = json.loads(out)
    assert status == 0 and about["name"] == "Mia" and about["groups"] == ["family"]
    assert [one["taken"] for one in about["recordings"]] == [True] * 3
    assert about["consent"]["statement"].startswith("I agree")

    status, out, _ = run("verify", "mia", mia[3], "--json")
    decision = json.loads(out)
    assert status == 0 and decision["decision"] == "accept" and decision["person"] == "Mia"
    assert set(decision) == {
        "decision", "person", "llr", "probability", "reason", "quality", "liveness", "wait",
    }  # fmt: skip
    status, out, _ = run("verify", "Mia", ben[0])
    assert status == 1 and out.startswith("reject Mia: it is another voice")
    assert run("verify", "Mia", mia[3])[1].startswith("reject Mia: this very utterance")

    assert run("enroll", "Ben", *ben[:3], "--consent")[0] == 0
    status, out, _ = run("identify", ben[3], "--json")
    found = json.loads(out)
    assert status == 0 and found["person"] == "Ben" and found["searched"] == 2
    assert found["likenesses"][0]["llr"] > found["likenesses"][1]["llr"]

    assert run("list")[1] == "Ben\nMia  [family]\n"
    assert run("block", "Ben")[0] == 0
    assert run("verify", "Ben", ben[4])[1].startswith("reject Ben: the person is blocked")
    exported = json.loads(run("export", "Mia", "--templates")[1])
    assert exported["templates"][0]["utterances"] == 3 and len(exported["audit"]) >= 4

    status, out, _ = run("audit", "--json")
    entries = [json.loads(line) for line in out.splitlines()]
    assert [entry["action"] for entry in entries][:3] == ["enrol", "verify", "verify"]
    assert run("audit", "--check")[0] == 0
    assert run("rotate-key")[0] == 0
    assert run("delete", "Mia", "--yes")[0] == 0
    assert run("list")[1] == "Ben  blocked\n"
    assert "Mia" not in run("audit")[1]


def test_a_voiceprint_is_replaced_however_the_name_is_spaced(
    run: Run, people: dict[str, list[str]]
) -> None:
    assert run("enroll", "Mia Smith", *people["Mia"][:3], "--consent")[0] == 0
    assert run("enroll", "Mia  SMITH", *people["Mia"][2:], "--consent", "--replace")[0] == 0
    assert run("list")[1] == "Mia Smith\n"


def test_a_challenge_is_printed_with_its_id(run: Run, people: dict[str, list[str]]) -> None:
    run("enroll", "Mia", *people["Mia"][:3], "--consent")
    status, out, _ = run("challenge", "Mia", "--json", "--length", "4")
    asked = json.loads(out)
    assert status == 0 and len(asked["phrase"].split()) == 4
    _, out, _ = run("verify", "Mia", people["Mia"][4], "--challenge", asked["id"], "--json")
    assert json.loads(out)["reason"] == "challenge_failed"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["verify", "Mia", "missing.wav"], "nobody"),
        (["enroll", "Mia", "missing.wav", "--consent"], "missing.wav"),
        (["enroll", "Mia", "--consent"], "name the recordings"),
        (["enroll", "Mia", "x.wav"], "--consent"),
        (["enroll", "Mia", "x.wav", "--consent", "--expires", "soon"], "no date"),
        (["identify"], "name one FILE"),
        (["enroll", "", "x.wav", "--consent"], "1 to 200 letters"),
        (["enroll", "Mi\udcff", "x.wav", "--consent"], "cannot be shown"),
        (["show", "Mia"], "nobody"),
        (["show", "Mi\udcff"], "UTF-8"),
        (["challenge", "--length", "99"], "3 to 8"),
        (["challenge", "--seconds", "121"], "up to 120 seconds"),
        (["audit", "--since", "yesterday"], "no date"),
        (["audit", "--prune", "2999-01-01", "--yes"], "yet to come"),
        (["audit", "--prune=-9d", "--yes"], "yet to come"),
        (["audit", "--prune", "0d"], "--yes"),
        (["audit", "--noted", "1:ab"], "--check"),
        (["rotate-key", "--new-key-file", "missing.key"], "missing.key"),
        (["list", "--gallery", "nosql://here"], "nosql"),
    ],
)
def test_wrong_use_is_explained(run: Run, arguments: list[str], says: str) -> None:
    status, _, err = run(*arguments)
    assert status == 2 and says.lower() in err.lower() and "Traceback" not in err


@pytest.fixture
def mia(run: Run) -> Person:
    """Enrolled with a voiceprint that no audio was needed for."""
    with Gallery() as gallery:
        return gallery.enrol("Mia", template(1))


def test_what_is_exported_is_for_its_owner_and_in_the_log(
    run: Run, mia: Person, tmp_path: Path
) -> None:
    file = tmp_path / "mia.json"
    file.write_text("for all to read")
    file.chmod(0o644)
    assert run("export", "Mia", "--templates", "--output", str(file))[0] == 0
    assert file.stat().st_mode & 0o777 == 0o600
    exported = json.loads(file.read_text())
    assert exported["id"] == mia.id and exported["audit"][-1]["action"] == "export"
    assert run("export", "Mia")[0] == 0
    assert [json.loads(line)["action"] for line in run("audit", "--json")[1].splitlines()] == [
        "enrol", "export", "export",
    ]  # fmt: skip
    assert run("export", "Mia", "--output", str(tmp_path / "gone" / "mia.json"))[0] == 2


def test_a_damaged_record_is_listed_and_can_be_deleted(
    run: Run, mia: Person, people: dict[str, list[str]]
) -> None:
    with Gallery() as gallery:
        ben = gallery.enrol("Ben", template(2))
    damage = f"UPDATE gallery_people SET sealed = 'x' WHERE id = '{mia.id}'"
    tamper(os.environ["SONORANT_GALLERY"], damage)
    status, out, _ = run("list")
    assert status == 0 and out.startswith(f"Ben\n{mia.id}  damaged: ")
    assert json.loads(run("list", "--json")[1])[1] == {"id": mia.id, "damaged": True}
    assert run("identify", people["Mia"][0], "--json")[0] == 1
    assert run("enroll", "Eve", *people["Mia"][:3], "--consent")[0] == 0
    assert mia.id in run("delete", "Mia", "--yes")[2]
    assert run("delete", mia.id, "--yes")[1] == f"{mia.id} is deleted.\n"
    assert run("delete", ben.id, "--yes")[1] == "Ben is deleted.\n"
    assert run("delete", mia.id, "--yes")[0] == 2
    assert run("list")[1] == "Eve\n"


def test_the_log_is_shortened_only_on_purpose(
    run: Run, mia: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for answer, status, entries in (("n", 1, 1), ("y", 0, 1)):
        monkeypatch.setattr("builtins.input", lambda answer=answer: answer)
        assert run("audit", "--prune", "0d")[0] == status
        log = [json.loads(line) for line in run("audit", "--json")[1].splitlines()]
        assert len(log) == entries
    assert log[0]["action"] == "prune"
    assert run("audit", "--prune", "0d", "--yes", "--json")[1] == '{"removed": 1}\n'


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Honolulu", "Pacific/Auckland"])
def test_a_date_is_the_whole_day(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        last = day("2999-12-31", ahead=True)
        first = day("2020-12-31", ahead=False)
        moment = day("2999-12-31T08:00", ahead=True)
        assert last is not None and first is not None and moment is not None
        assert f"{last.astimezone():%Y-%m-%d %H:%M:%S}" == "2999-12-31 23:59:59"
        assert f"{first.astimezone():%Y-%m-%d %H:%M:%S}" == "2020-12-31 00:00:00"
        assert f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" == "2999-12-31 08:00:00"
        assert day(f"{datetime.now():%Y-%m-%d}", ahead=True)  # today lasts
    finally:
        monkeypatch.undo()
        time.tzset()


def test_too_few_good_recordings_enrol_nobody(run: Run, people: dict[str, list[str]]) -> None:
    status, _, err = run("enroll", "Mia", *people["Mia"][:2], people["Ben"][0], "--consent")
    assert status == 2 and "record more sentences" in err
    assert "not taken" in err and "not the voice" in err
    assert run("list")[1] == "Nobody is enrolled.\n"


def test_trials_are_scored_and_judged(
    run: Run, people: dict[str, list[str]], tmp_path: Path
) -> None:
    enrol, trials = tmp_path / "enrol.tsv", tmp_path / "trials.tsv"
    enrol.write_text("".join(f"{name}\t{file}\n" for name in people for file in people[name][:3]))
    trials.write_text(
        "".join(
            f"{model}\t{file}\t{'target' if model == name else 'nontarget'}\n"
            for model in people
            for name in people
            for file in people[name][3:]
        )
    )
    scores, det = tmp_path / "scores.tsv", tmp_path / "det.svg"
    lists = ["--enrol", str(enrol), "--trials", str(trials), "--output", str(scores)]
    status, out, _ = run("trials", *lists, "--det", str(det), "--json")
    found = json.loads(out)
    assert status == 0 and found["trials"] == 8 and found["eer"] == 0.0
    lines = [line.split("\t") for line in scores.read_text().splitlines()]
    assert [line[:3] for line in lines] == [
        line.split("\t") for line in trials.read_text().splitlines()
    ]
    assert all((float(line[3]) > 0) == (line[2] == "target") for line in lines)
    assert det.read_text().startswith("<svg")

    # A header may name the columns, in any order.
    named = trials.read_text()
    trials.write_text(
        "kind\tAudio\tmodel\n"
        + "".join("\t".join(reversed(line.split("\t"))) + "\n" for line in named.splitlines())
    )
    assert run("trials", *lists)[0] == 0
    again = [line.split("\t") for line in scores.read_text().splitlines()]
    assert again[0] == ["kind", "Audio", "model", "llr"]
    assert [line[3] for line in again[1:]] == [line[3] for line in lines]

    # A recording that cannot be used is told, and costs only its own trials.
    trials.write_text(f"Mia\t{people['Mia'][4]}\nMia\tgone.wav\n")
    status, out, err = run("trials", *lists)
    assert status == 1 and "1 of 2 trials" in out and "gone.wav" in err
    assert scores.read_text().splitlines()[1] == "Mia\tgone.wav\t"
    trials.write_text(f"Eve\t{people['Mia'][4]}\n")
    assert "Eve" in run("trials", *lists)[2]
    trials.write_text("Mia\n")
    assert "trials.tsv:1" in run("trials", *lists)[2]
