"""Shadowing: the same reading at another speed and in another voice, and another sentence."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from pronunciation.shadowing.comparison import Shadower
from pronunciation.shadowing.report import render_shadowing
from pronunciation.shadowing.warping import warp
from service.cli import main
from speech.audio import RATE, Samples, read, write
from speech.errors import AudioError
from speech.synthesis import open_synthesizer

SENTENCE = "The old bridge over the river is closed until the summer."
OTHER = "Please bring seven green apples and a loaf of bread tomorrow."


@pytest.fixture(scope="module")
def shadower() -> Shadower:
    return Shadower()


def spoken(text: str, voice: str = "en-us", pace: float = 1.0, language: str = "en") -> Samples:
    with closing(open_synthesizer("espeak-ng", voice)) as synthesizer:
        quiet = np.zeros(RATE // 3, np.float32)
        return np.concatenate([quiet, *synthesizer.synthesize(text, language, pace=pace), quiet])


@pytest.fixture(scope="module")
def teacher() -> Samples:
    return spoken(SENTENCE)


def test_the_same_at_another_speed_is_near(shadower: Shadower, teacher: Samples) -> None:
    itself = shadower.compare(teacher, teacher)
    assert itself.sound_distance < 0.01 and itself.speed == 1.0
    assert itself.rhythm == 100.0 and itself.melody == 100.0
    slow = shadower.compare(teacher, spoken(SENTENCE, pace=0.7))
    assert slow.same and slow.sounds > 60 and slow.rhythm > 70
    assert slow.speed == pytest.approx(0.7, abs=0.12)
    voice = shadower.compare(teacher, spoken(SENTENCE, "en-gb+f3"))
    other = shadower.compare(teacher, spoken(OTHER))
    assert voice.same and not other.same
    assert slow.sound_distance < other.sound_distance - 0.2
    assert voice.sound_distance < other.sound_distance - 0.1


def test_another_melody_is_farther(shadower: Shadower, teacher: Samples) -> None:
    question = shadower.compare(teacher, spoken(SENTENCE.replace(".", "?")))
    slow = shadower.compare(teacher, spoken(SENTENCE, pace=0.8))
    assert question.same and question.pitch_distance is not None and slow.pitch_distance is not None
    assert question.pitch_distance > slow.pitch_distance


def test_a_pause_is_uneven(shadower: Shadower, teacher: Samples) -> None:
    middle = teacher.size // 2
    halting = np.concatenate([teacher[:middle], np.zeros(RATE, np.float32), teacher[middle:]])
    found = shadower.compare(teacher, halting)
    assert found.rhythm < 60 and found.speed < 0.85


def test_the_contours_lie_on_the_time_of_the_reference(
    shadower: Shadower, teacher: Samples
) -> None:
    slow = spoken(SENTENCE, pace=0.7)
    found = shadower.compare(teacher, slow)
    contour = found.contour
    assert len(contour.reference) == len(contour.learner) == len(contour.learner_time)
    assert [*contour.learner_time] == sorted(contour.learner_time)
    assert (
        found.learner_start
        <= contour.learner_time[0]
        <= contour.learner_time[-1]
        <= (found.learner_end)
    )
    assert 0.2 < found.reference_start < 0.5 and found.reference_end < teacher.size / RATE


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        (np.zeros(RATE, np.float32), "no speech in the recording of the learner"),
        (np.zeros(0, np.float32), "no speech in the recording of the learner"),
        (np.full(2 * RATE, np.nan, np.float32), "no speech in the recording of the learner"),
        (np.zeros(31 * RATE, np.float32), "longer than 30 s"),
        (np.zeros((RATE, 2), np.float32), "one channel"),
    ],
)
def test_what_cannot_be_compared_is_said(
    samples: Samples, reason: str, shadower: Shadower, teacher: Samples
) -> None:
    with pytest.raises(AudioError, match=reason):
        shadower.compare(teacher, samples)


def test_a_path_never_goes_back_and_is_the_cheapest() -> None:
    costs = np.abs(np.subtract.outer(np.array([0, 1, 5, 5, 2.0]), np.array([0, 0, 1, 5, 2, 2.0])))
    path = warp(costs)
    assert path[0].tolist() == [0, 0] and path[-1].tolist() == [4, 5]
    assert (np.diff(path, axis=0) >= 0).all() and (np.diff(path, axis=0).sum(axis=1) > 0).all()
    assert costs[path[:, 0], path[:, 1]].sum() == 0.0
    assert warp(np.ones((1, 1))).tolist() == [[0, 0]]
    assert warp(np.ones((1, 3))).tolist() == [[0, 0], [0, 1], [0, 2]]


def test_the_command_line_and_the_page(
    tmp_path: Path, teacher: Samples, capsys: pytest.CaptureFixture[str]
) -> None:
    reference, learner, page = (str(tmp_path / name) for name in ("t.wav", "l.wav", "p.html"))
    write(reference, teacher)
    write(learner, spoken(SENTENCE, pace=0.8))
    assert main(["shadow", reference, learner, "--report", page]) == 0
    out = capsys.readouterr().out
    assert out.startswith("sounds ") and "times as fast as the reference" in out
    html = Path(page).read_text("utf-8")
    assert html.count("<audio") == 2 and html.count("<polyline") >= 2 and "Content-Security" in html
    assert main(["shadow", reference, learner, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["same"] is True
    write(learner, spoken(OTHER))
    assert main(["shadow", reference, learner]) == 1
    assert "Something else seems to be said" in capsys.readouterr().out
    assert main(["shadow", reference, str(tmp_path / "none.wav")]) == 2


def test_a_name_of_a_file_is_no_markup(shadower: Shadower, teacher: Samples) -> None:
    found = shadower.compare(teacher, teacher)
    html = render_shadowing(found, teacher, teacher, ("<b>t</b>", "l"), language="zh")
    assert "<b>t</b>" not in html and "&lt;b&gt;t" in html


def test_a_learner_beside_a_synthetic_teacher(data: Path, shadower: Shadower) -> None:
    learner = read(data / "speechocean762" / "audio" / "010290294.opus")
    right = shadower.compare(spoken("Move on to the next fish."), learner)
    wrong = shadower.compare(spoken("That made all the difference."), learner)
    assert right.same and right.sound_distance < wrong.sound_distance - 0.1
