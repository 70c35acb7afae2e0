"""``sonorant score --language zh`` on people's recordings."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from service.cli import main

DATA = Path(os.environ.get("SONORANT_DATA", "/nowhere")) / "mandarin"
SENTENCE = DATA / "sentences" / "asr_example.wav"
OTHER = DATA / "sentences" / "BAC009S0724W0121.wav"
TEXT = "欢迎大家来体验达摩院推出的语音识别模型"

pytestmark = pytest.mark.skipif(
    not SENTENCE.exists(), reason="SONORANT_DATA names no folder with mandarin/ in it"
)


def scored(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    status = main(["score", *map(str, arguments), "--language", "zh", "--json"])
    record: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert status == (0 if record["assessable"] else 1)
    return record


def test_a_sentence_is_scored_syllable_by_syllable(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    record = scored(capsys, SENTENCE, "--text", TEXT, "--report", page)
    assert record["assessable"] and record["language"] == "zh"
    assert 0 < record["overall"]["tone"] <= 100
    assert "".join(word["word"] for word in record["words"]) == TEXT
    before = 0.0
    for word in record["words"]:
        for syllable in word["syllables"]:
            assert before <= syllable["start"] < syllable["end"] <= record["duration"]
            before = syllable["end"]
            for part in ("initial", "final", "tone"):
                assert 0 <= syllable[part]["accuracy"] <= 100
                assert syllable[part]["heard"]
    assert 'class="contour"' in page.read_text("utf-8")


@pytest.mark.parametrize(("file", "text"), [(SENTENCE, TEXT), (OTHER, "广州市房地产中介协会分析")])
def test_a_native_who_reads_fluently_scores_high(
    capsys: pytest.CaptureFixture[str], file: Path, text: str
) -> None:
    record = scored(capsys, file, "--text", text)
    assert record["overall"]["total"] > 90


def test_another_text_is_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    record = scored(capsys, OTHER, "--text", "今天天气很好，我们去公园玩吧。")
    assert (record["assessable"], record["reason"]) == (False, "not_read")


@pytest.mark.parametrize(
    ("said", "asked", "part"),
    [
        ("ma1", "ma4", "tone"),
        ("ma4", "ma2", "tone"),
        ("si4", "shi4", "initial"),
        ("nan2", "nang2", "final"),
    ],
)
def test_a_syllable_that_was_asked_for_scores_better_than_its_neighbour(
    capsys: pytest.CaptureFixture[str], said: str, asked: str, part: str
) -> None:
    file = DATA / "syllables_chen" / f"cmn-{said}.mp3"
    right = scored(capsys, file, "--text", said)["words"][0]["syllables"][0]
    wrong = scored(capsys, file, "--text", asked)["words"][0]["syllables"][0]
    assert right[part]["accuracy"] > 70
    assert wrong[part]["accuracy"] < 30
    assert wrong[part]["heard"][0]["phone"] != wrong[part]["expected"]


def test_a_manifest_is_scored(tmp_path: Path) -> None:
    manifest, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    word = DATA / "words_tan" / "cmn-中间.mp3"
    lines = [
        {"id": "1", "audio": str(word), "text": "中间"},
        {"id": "2", "audio": str(word), "text": "hello"},
    ]
    manifest.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    status = main(
        ["score", "--manifest", str(manifest), "--output", str(output), "--language", "zh",
         "--jobs", "1", "--report", str(tmp_path / "all.html")]
    )  # fmt: skip
    records = {one["id"]: one for one in map(json.loads, output.read_text("utf-8").splitlines())}
    assert status == 1
    assert records["1"]["words"][0]["syllables"][0]["pinyin"] == "zhōng"
    assert "'hello'" in records["2"]["error"]
    assert "zh-" in (tmp_path / "all.html").read_text("utf-8")
