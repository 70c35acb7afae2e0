"""A Mandarin assessment in the terminal, in a report and in an overview."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from rich.console import Console

from pronunciation.mandarin.assessor import MandarinAssessor
from pronunciation.report import render_overview, render_report
from pronunciation.results import Assessment
from pronunciation.terminal import show
from speech.audio import Samples
from speech.synthesis.espeak import EspeakSynthesizer
from tests.pronunciation.mandarin.scripted import ScriptedJudge

TEXT = "中国人很好，花儿红。"


@pytest.fixture(scope="module")
def samples() -> Samples:
    synthesizer = EspeakSynthesizer()
    try:
        return np.concatenate([*synthesizer.synthesize(TEXT, "zh")])
    finally:
        synthesizer.close()


@pytest.fixture(scope="module")
def assessment(samples: Samples) -> Assessment:
    judge = ScriptedJudge(
        wrong={0: {"initial": "z"}, 2: {"tone": "4"}, 4: {"final": "ang"}},
        missing=frozenset({6}),
    )
    return MandarinAssessor(judge).assess(samples, TEXT, id="wang")


def test_the_terminal_shows_characters_pinyin_and_the_parts_that_need_work(
    assessment: Assessment,
) -> None:
    console = Console(file=io.StringIO(), width=120, highlight=False)
    show(assessment, console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "Tones" in shown
    assert re.search("✕中国人? *zhong¹", shown)
    assert re.search(r"zh- +中 zhōng +10 +z- 90%", shown)
    assert re.search(r"ˊ2 +人 rén +10 +ˋ4 90%", shown)
    assert re.search(r"-ao +好 hǎo +10 +-ang 90%", shown)
    assert "syllables a minute" in shown
    assert "words a minute" not in shown


def test_the_report_has_a_card_with_a_melody_for_every_syllable(
    assessment: Assessment, samples: Samples
) -> None:
    page = render_report(assessment, samples)
    said = sum(len(word.syllables) for word in assessment.words)
    assert page.count('class="syllable"') == said
    assert 1 <= page.count('class="contour"') <= said
    for pinyin in ("zhōng", "guó", "rén", "hǎo", "huār"):
        assert f">{pinyin}</" in page
    assert "Tones" in page and "声调" in page
    assert "{}" not in page
    assert "syllables/min" in page and "words/min" not in page


def test_a_neutral_tone_is_shown_as_not_judged(samples: Samples) -> None:
    found = MandarinAssessor(ScriptedJudge()).assess(samples, "我的")
    page = render_report(found, samples)
    assert page.count(">not judged</") == 1 and page.count(">不评分</") == 1
    assert ">·5</" not in render_overview([found.to_dict()])


def test_the_overview_counts_initials_finals_and_tones(assessment: Assessment) -> None:
    page = render_overview([assessment.to_dict(), assessment.to_dict()])
    assert "Mean scores" in page and "Tones" in page
    for swap in ("zh-", "z-", "-ao", "-ang", "ˊ2", "ˋ4"):
        assert f">{swap}</" in page
