"""The benchmark's own arithmetic, and which recordings it takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.mandarin import auc, evaluate, labels
from benchmarks.mandarin_templates import Heard
from pronunciation.mandarin.syllables import FINALS, INITIALS, parse
from pronunciation.training.mandarin import calibration
from pronunciation.training.mandarin.corpus import Recording, corpus_folder, isolated, load
from speech.errors import ConfigError


def said(*syllables: str) -> list[Recording]:
    return [Recording("chen", Path(one), (parse(one),), True) for one in syllables]


def hearing(*heard: tuple[str, float]) -> Heard:
    """One that hears a syllable so much likelier than any other."""
    sounds = np.zeros((len(heard), len(INITIALS), len(FINALS)), np.float32)
    tones = np.zeros((len(heard), 4), np.float32)
    for row, (text, surely) in enumerate(heard):
        syllable = parse(text)
        sounds[row, INITIALS.index(syllable.initial), FINALS.index(syllable.final)] = surely
        tones[row, syllable.tone - 1] = surely
    return Heard(sounds, tones)


def test_who_hears_everything_right_has_full_marks() -> None:
    result = evaluate(hearing(("ma1", 9), ("shi4", 9)), labels(said("ma1", "shi4")))
    assert result.pop("syllables") == 2
    assert set(result.values()) == {1.0}


def test_a_wrong_part_lowers_that_part_only() -> None:
    result = evaluate(hearing(("ma1", 9), ("si4", 9)), labels(said("ma1", "shi4")))
    assert result["tone"] == 1.0
    assert result["initial"] == 0.5  # si has another final too: that of zi, not of zhi
    assert result["final"] == 0.5
    assert evaluate(hearing(("ma2", 9)), labels(said("ma1")))["tone"] == 0.0


def test_a_syllable_nobody_knows_counts_as_not_recognised() -> None:
    heard = hearing(("ma1", 9), ("ba1", 9))
    heard.sounds[0, INITIALS.index("m"), FINALS.index("a")] = -np.inf
    result = evaluate(heard, labels(said("ma1", "ba1")))
    assert result["initial auc"] < 1.0
    assert not np.isnan(list(result.values())).any()


def test_area_under_the_curve_counts_ties_by_half() -> None:
    right, wrong = np.array([0.9, 0.5], np.float32), np.array([0.5, 0.1], np.float32)
    assert auc(right, wrong) == pytest.approx((1 + 1 + 0.5 + 1) / 4)


def write(folder: Path, *names: str) -> None:
    folder.mkdir()
    for name in names:
        (folder / name).touch()


def test_only_names_that_tell_the_reading_are_taken(tmp_path: Path) -> None:
    write(tmp_path / "syllables_chen", "cmn-ma1.mp3", "cmn-_hm1.mp3", "cmn-fe2.mp3")
    write(tmp_path / "syllables_fifield", "luue4.opus", "muo3.opus", "ma.opus", "shong1.opus")
    write(tmp_path / "words_tan", "cmn-花儿.mp3", "cmn-一_也_.mp3", "cmn-学生.mp3", "cmn-行.mp3")
    found = {one.path.stem.removeprefix("cmn-"): one for one in load(tmp_path)}
    assert set(found) == {"ma1", "luue4", "muo3", "学生", "行"}
    assert found["luue4"].syllables[0].numbered == "lüe4"
    assert found["muo3"].syllables[0].numbered == "mo3"
    assert [one.initial for one in found["学生"].syllables] == ["x", "sh"]
    assert not found["行"].certain
    assert {one.path.stem for one in isolated(list(found.values()))} == {"cmn-ma1", "luue4", "muo3"}


def test_a_missing_corpus_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=str(tmp_path)):
        corpus_folder(tmp_path)


def test_calibration_undoes_odds_that_are_too_sure() -> None:
    random = np.random.default_rng(0)
    true = random.normal(0, 2, 20_000)
    right = random.random(true.size) < 1 / (1 + np.exp(-true))
    offset, slope = calibration.fit(calibration.Trials(3 * true, right))
    assert offset == pytest.approx(0, abs=0.1)
    assert slope == pytest.approx(1 / 3, abs=0.02)


def test_calibration_weighs_right_and_wrong_the_same() -> None:
    odds = np.concatenate([np.full(10, 1.0), np.full(90, -1.0)])
    offset, slope = calibration.fit(calibration.Trials(odds, odds > 0))
    assert offset == pytest.approx(0, abs=0.05)
    assert slope > 2


def test_calibration_of_odds_that_say_nothing_stays_within_reason() -> None:
    trials = calibration.Trials(np.full(20, -13.8), np.arange(20) < 4)
    offset, slope = calibration.fit(trials)
    assert abs(offset) < 5
    assert abs(slope) < 5
