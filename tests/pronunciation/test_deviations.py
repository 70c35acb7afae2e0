"""Omissions and insertions: the recogniser proposes, the sounds decide."""

from __future__ import annotations

import numpy as np
import pytest

from pronunciation.english.deviations import Deviations, Insertion, deviations_of
from pronunciation.english.graph import Graph
from pronunciation.english.hearing import Sounds
from tests.pronunciation.test_graph import CAT, DOG, THE, THEE, posteriors

WAYS = {"the": [THE, THEE], "cat": [CAT], "dog": [DOG]}
SOUNDS = {
    "the": (("DH", 4), ("AH", 5)),
    "cat": (("K", 5), ("AE", 9), ("T", 4)),
    "dog": (("D", 4), ("AO", 9), ("G", 5)),
}


def found(text: str, recognized: str, said: str) -> Deviations:
    """The deviations where ``said`` is what can be heard."""
    spans = [span for word in said.split() for span in (("-", 4), *SOUNDS[word])]
    log_posteriors = posteriors(("-", 8), *spans, ("-", 12))
    sounds = Sounds(np.zeros((len(log_posteriors), 288), np.float32), log_posteriors)
    words = text.split()
    return deviations_of(words, [WAYS[word] for word in words], recognized.split(), WAYS, sounds)


def test_what_was_read_as_it_stands_has_none() -> None:
    assert found("the dog the cat", "the dog the cat", "the dog the cat") == Deviations()


def test_a_word_that_neither_was_understood_nor_is_there_was_left_out() -> None:
    assert found("the dog cat", "the cat", "the cat").omissions == {1}


def test_a_word_that_is_there_was_not_left_out_though_it_was_not_understood() -> None:
    assert found("the dog cat", "the cat", "the dog cat") == Deviations()


def test_a_word_that_was_understood_was_not_left_out() -> None:
    assert found("the dog cat", "the dog cat", "the cat") == Deviations()


def test_one_word_for_another_is_no_omission() -> None:
    assert found("the dog", "the cat", "the cat") == Deviations()


@pytest.mark.parametrize(
    ("recognized", "place"), [("cat the dog", 0), ("the cat dog", 1), ("the dog cat", 2)]
)
def test_a_word_that_was_added_is_told_with_its_place(recognized: str, place: int) -> None:
    deviations = found("the dog", recognized, recognized)
    assert deviations == Deviations(insertions=(Insertion(place, "cat", CAT),))


def test_a_word_said_twice_was_added() -> None:
    deviations = found("the dog", "the the dog", "the the dog")
    assert [insertion.word for insertion in deviations.insertions] == ["the"]


def test_what_was_misheard_does_not_take_the_place_of_the_text() -> None:
    deviations = found("the dog", "cat cat cat", "the dog cat")
    assert deviations == Deviations(insertions=(Insertion(2, "cat", CAT),))


def test_a_word_that_only_the_recognizer_made_up_was_not_added() -> None:
    assert found("the dog", "the cat dog", "the dog") == Deviations()


def test_additions_have_their_place_among_the_words_of_the_text() -> None:
    deviations = found("the dog", "the cat dog", "the cat dog")
    ways, places = deviations.said([WAYS["the"], WAYS["dog"]])
    assert ways == [WAYS["the"], [CAT], WAYS["dog"]]
    assert places == [0, 2]


def test_a_path_is_cut_down_to_the_words_of_the_text() -> None:
    spans = [span for word in ("the", "cat", "dog") for span in SOUNDS[word]]
    path = Graph([[THE], [CAT], [DOG]]).align(posteriors(("-", 8), *spans, ("-", 8)))
    assert path is not None
    kept = path.only([0, 2])
    assert kept.words.tolist() == [0, 0, 1, 1, 1]
    assert kept.chosen == (0, 0)
    assert kept.span(1) == path.span(2)
