"""The alignment: on posteriors made up so that the right path is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from pronunciation.english.graph import INDEX, SILENCE, Graph

Pronunciation = tuple[str, ...]

CAT: Pronunciation = ("K", "AE1", "T")
DOG: Pronunciation = ("D", "AO1", "G")
THE: Pronunciation = ("DH", "AH0")
THEE: Pronunciation = ("DH", "IY0")


def posteriors(*spans: tuple[str, int], sure: float = 0.9) -> npt.NDArray[np.float32]:
    """Log posteriors in which each phone (``-`` for silence) is likely for some frames."""
    classes = [SILENCE if phone == "-" else INDEX[phone] for phone, _ in spans]
    track = np.repeat(classes, [frames for _, frames in spans])
    result = np.full((track.size, SILENCE + 1), np.log((1 - sure) / SILENCE), np.float32)
    result[np.arange(track.size), track] = np.log(sure)
    return result


def test_each_phone_is_found_where_it_is() -> None:
    heard = posteriors(("-", 9), ("K", 4), ("AE", 8), ("T", 3), ("-", 6), ("D", 3), ("AO", 9),
                       ("G", 4), ("-", 9))  # fmt: skip
    found = Graph([[CAT], [DOG]]).align(heard)
    assert found is not None
    assert found.words.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.starts.tolist() == [9, 13, 21, 30, 33, 42]
    assert found.ends.tolist() == [13, 21, 24, 33, 42, 46]
    assert found.chosen == (0, 0)
    assert found.score == pytest.approx(np.log(0.9), abs=1e-5)


def test_words_without_a_pause_between_them() -> None:
    heard = posteriors(("-", 5), ("DH", 3), ("AH", 3), ("K", 4), ("AE", 8), ("T", 3), ("-", 5))
    found = Graph([[THE], [CAT]]).align(heard)
    assert found is not None
    assert found.ends[1] == found.starts[2] == 11


@pytest.mark.parametrize(("vowel", "chosen"), [("AH", 0), ("IY", 1)])
def test_the_nearest_pronunciation_is_taken(vowel: str, chosen: int) -> None:
    heard = posteriors(("-", 5), ("DH", 3), (vowel, 5), ("K", 4), ("AE", 8), ("T", 3), ("-", 5))
    found = Graph([[THE, THEE], [CAT]]).align(heard)
    assert found is not None
    assert found.chosen == (chosen, 0)


def test_pronunciations_may_differ_in_length() -> None:
    heard = posteriors(("-", 5), ("K", 4), ("AE", 8), ("-", 5))
    found = Graph([[CAT, ("K", "AE1")]]).align(heard)
    assert found is not None
    assert found.chosen == (1,)
    assert found.words.size == 2


def test_a_word_may_be_left_out_only_where_that_is_allowed() -> None:
    heard = posteriors(("-", 5), ("K", 4), ("AE", 8), ("T", 3), ("-", 9))
    forced = Graph([[CAT], [DOG]]).align(heard)
    assert forced is not None
    assert forced.chosen == (0, 0)
    free = Graph([[CAT], [DOG]], skips=[-10.0, -10.0]).align(heard)
    assert free is not None
    assert free.chosen == (0, -1)
    assert free.words.tolist() == [0, 0, 0]


def test_a_word_that_is_there_is_not_left_out() -> None:
    heard = posteriors(("-", 5), ("K", 4), ("AE", 8), ("T", 3), ("-", 9))
    found = Graph([[CAT]], skips=[-10.0]).align(heard, filler=-2.5)
    assert found is not None
    assert found.chosen == (0,)


def test_sounds_between_words_go_to_the_boundary() -> None:
    heard = posteriors(("-", 5), ("K", 4), ("AE", 8), ("T", 3), ("M", 20), ("D", 3), ("AO", 9),
                       ("G", 4), ("-", 5))  # fmt: skip
    found = Graph([[CAT], [DOG]]).align(heard, filler=-0.5)
    assert found is not None
    assert found.ends[2] == 20
    assert found.starts[3] == 40


def test_too_little_audio_for_the_text() -> None:
    assert Graph([[CAT], [DOG]]).align(posteriors(("-", 9))) is None


@pytest.mark.parametrize(("frames", "begun"), [(5, 0), (9, 1), (22, 1), (27, 2), (40, 2)])
def test_how_far_a_text_was_read(frames: int, begun: int) -> None:
    heard = posteriors(("-", 5), ("K", 4), ("AE", 8), ("T", 3), ("-", 2), ("D", 5), ("AO", 9),
                       ("G", 4), ("-", 9))  # fmt: skip
    assert Graph([[CAT], [DOG]]).begun(heard[:frames]) == begun
