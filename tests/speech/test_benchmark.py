"""The benchmark's own arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.recognition import BLOCK, STREAMS, Item, compare, concurrent, latencies
from benchmarks.recognition_mandarin import errors, measure
from speech.audio import RATE
from tests.speech.doubles import LengthRecognizer, LoudnessVad

SPOKEN = [Item(np.full(RATE // 2, 0.5, np.float32), "")] * STREAMS


def test_figures_are_compared_even_with_a_peer_at_zero() -> None:
    assert compare(0.5, 0.25) == "2.00"
    assert compare(0.015, 0.0) == "+0.015"
    assert compare(0.5, None) == compare(None, 0.5) == "-"


def test_streams_that_keep_up_are_not_behind() -> None:
    figures = concurrent(SPOKEN, LengthRecognizer(), LoudnessVad())
    assert set(figures) == {"furthest", "end", "cores", "busy"}
    assert 0 <= figures["end"] <= figures["furthest"] < 1
    assert figures["cores"] > 0
    assert figures["busy"] >= 0


def test_the_final_of_an_idle_engine_comes_at_once() -> None:
    finals = list(latencies(SPOKEN, LengthRecognizer(), LoudnessVad()))
    assert len(finals) == STREAMS
    assert max(finals) < BLOCK / RATE
    assert min(finals) == pytest.approx(0, abs=0.05)


def test_errors_of_mandarin_are_as_few_as_can_be() -> None:
    assert errors("公用电话", "公用电话") == 0
    assert errors("公用电话", "公电画") == 2
    assert errors("", "是的") == errors("是的", "") == 2
    items = [Item(SPOKEN[0].samples, "公平。"), Item(SPOKEN[0].samples, "关闭")]
    heard = iter(["", "公 平", "关比比"])  # the first is not counted
    found = measure(items, lambda samples: next(heard))
    assert found["characters"] == 0.5 and found["syllables"] == 0.25
    assert (found["whole"], found["empty"]) == (0.5, 0.0)
