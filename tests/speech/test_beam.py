"""The search, over a decoder whose probabilities a test writes down."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from speech.recognition.beam import BOS, EOS, beam_search, greedy_search, repetition

A, B, C, COMMA = 3, 4, 5, 6
WORDS = {A: "a", B: "b", C: "c", COMMA: ","}


class Table:
    """A decoder that looks probabilities up by the tokens so far."""

    def __init__(self, table: dict[tuple[int, ...], dict[int, float]]) -> None:
        self._table = table
        self._paths: list[tuple[int, ...]] = []

    def step(
        self, parents: npt.NDArray[np.int64], tokens: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        before = self._paths or [()]
        self._paths = [
            (*before[parent], int(token)) for parent, token in zip(parents, tokens, strict=True)
        ]
        scores = np.full((len(tokens), 8), 1e-9, np.float32)
        for row, path in enumerate(self._paths):
            for token, probability in self._table.get(path[1:], {EOS: 1.0}).items():
                scores[row, token] = probability
        result: npt.NDArray[np.float32] = np.log(scores)
        return result


def text(tokens: tuple[int, ...]) -> str:
    return "".join(WORDS.get(token, "?") for token in tokens)


def without_commas(tokens: tuple[int, ...]) -> str:
    return text(tokens).replace(",", "")


GARDEN_PATH = {(): {A: 0.6, B: 0.4}, (A,): {B: 0.4, C: 0.35, EOS: 0.25}, (B,): {EOS: 0.95, A: 0.05}}


def test_greedy_goes_down_the_garden_path_and_beam_search_does_not() -> None:
    assert text(greedy_search(Table(GARDEN_PATH), 10).tokens) == "ab"
    found = beam_search(Table(GARDEN_PATH), 10, 3, text)
    assert [text(beam.tokens) for beam in found] == ["b", "ab", "ac"]
    assert found[0].total == pytest.approx(np.log(0.4 * 0.95), abs=1e-5)
    assert found[0].confidence == pytest.approx(np.sqrt(0.4 * 0.95), abs=1e-5)


def test_of_hypotheses_that_read_the_same_only_the_likeliest_is_kept() -> None:
    table = {
        (): {A: 0.9, B: 0.1},
        (A,): {COMMA: 0.6, EOS: 0.4},
        (A, COMMA): {EOS: 1.0},
        (B,): {EOS: 1.0},
    }
    found = beam_search(Table(table), 10, 3, without_commas)[:2]
    assert [without_commas(beam.tokens) for beam in found] == ["a", "b"]


def test_a_loop_is_cut_off() -> None:
    class Loop:
        def step(
            self, parents: npt.NDArray[np.int64], tokens: npt.NDArray[np.int64]
        ) -> npt.NDArray[np.float32]:
            scores = np.full((len(tokens), 8), -np.inf, np.float32)
            for row, token in enumerate(tokens):
                scores[row, {BOS: A, A: B, B: C, C: A}[int(token)]] = 0.0
            return scores

    assert text(greedy_search(Loop(), 200).tokens) == "abc"
    assert text(beam_search(Loop(), 200, 1, text)[0].tokens) == "abc"


def test_repetition_allows_digit_strings() -> None:
    assert repetition((1, 2) * 5) == 0
    assert repetition((1,) * 7) == 0
    assert repetition((9, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2)) == 14
    assert repetition((1, 2, 3, 4, 5) * 3) == 10


def test_the_limit_holds() -> None:
    endless = {(A,) * count: {A: 0.9, B: 0.1} for count in range(10)}
    assert len(greedy_search(Table(endless), 4).tokens) == 4
    assert all(len(beam.tokens) <= 4 for beam in beam_search(Table(endless), 4, 2, text))
