"""What the Mandarin scorer is trained with: other voices, phrases, mixtures, limits."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from pronunciation.mandarin.hearing import BANDS, ENCODED, TONAL
from pronunciation.mandarin.networks import (
    CONTOUR,
    INITIAL,
    ONSET,
    RHYME,
    SoundClassifier,
    ToneClassifier,
    Views,
)
from pronunciation.mandarin.syllables import parse
from pronunciation.training.mandarin import calibration
from pronunciation.training.mandarin.corpus import Recording
from speech.audio import RATE, Samples, write

needs_training = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("pyworld") is None,
    reason="needs the extra `training`",
)
# pyworld asks setuptools for its version in a way that they warn of.
pytestmark = pytest.mark.filterwarnings("ignore:pkg_resources is deprecated")


def voice(seconds: float = 0.5, hertz: float = 200.0) -> Samples:
    """A buzz between two silences."""
    time = np.arange(int(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * hertz * number * time) / number for number in range(1, 15))
    return np.pad(np.asarray(0.2 * buzz, np.float32), RATE // 5)


def recording(folder: Path, text: str, *, certain: bool = True) -> Recording:
    path = folder / f"{text}.wav"
    write(path, voice())
    return Recording("tan", path, tuple(map(parse, text.split())), certain)


@needs_training
def test_a_phrase_is_said_in_one_go_and_faster() -> None:
    from pronunciation.training.mandarin import voices

    parts = [voices.take_apart(voice())] * 3
    phrase = voices.say(parts, "man", np.random.default_rng(0), fast=True)
    loud = np.flatnonzero(np.abs(phrase) > 0.02)
    assert (loud[-1] - loud[0]) / RATE < 0.85 * 3 * 0.5
    assert np.diff(loud).max() < 0.05 * RATE
    assert np.abs(phrase).max() == pytest.approx(0.3, abs=1e-3)


@needs_training
def test_the_same_generator_makes_the_same_voice() -> None:
    from pronunciation.training.mandarin import voices

    apart = [voices.take_apart(voice())]

    def made(seed: int) -> Samples:
        random = np.random.default_rng(seed)
        return voices.through_the_air(voices.say(apart, "child", random), random)

    assert np.array_equal(made(1), made(1))
    assert not np.array_equal(made(1), made(2))


@needs_training
def test_what_is_heard_of_a_recording(tmp_path: Path) -> None:
    from pronunciation.training.mandarin.materials import _copies

    word, other = recording(tmp_path, "xue2 sheng1"), recording(tmp_path, "ma1 ma5")
    random = np.random.default_rng(0)

    def said(one: Recording, number: int) -> list[str]:
        return [
            " ".join(syllable.numbered for syllable in text)
            for _, text in _copies(one, [other], number, random)
        ]

    assert said(word, 1) == []
    assert said(word, 6) == ["xue2 sheng1"]
    phrase = said(word, 18)[1]
    assert phrase.startswith("xue2 sheng1 ma1 ma5")
    assert said(other, 1) == ["ma1 ma5"]  # a neutral tone is rare
    assert said(recording(tmp_path, "ma3"), 1) == ["ma3"]
    assert said(recording(tmp_path, "ma3"), 2) == ["ma3"] * 2  # the second by another voice
    assert said(recording(tmp_path, "ma4", certain=False), 0) == []


@needs_training
def test_sounds_are_mixed_with_those_of_the_same_syllable_only() -> None:
    from pronunciation.training.mandarin.learning import _Alike

    random = np.random.default_rng(0)
    labels = random.integers(0, 4, (200, 3))
    batch = np.arange(200)
    partners = _Alike(labels).draw(batch, random)
    assert (labels[partners, :2] == labels[:, :2]).all()
    assert (partners != batch).mean() > 0.8


@needs_training
def test_a_batch_keeps_its_shape_and_kind() -> None:
    from pronunciation.training.mandarin.learning import Examples, _between

    random = np.random.default_rng(0)
    examples = Examples(
        random.normal(size=(9, ONSET, BANDS)).astype(np.float16),
        random.normal(size=(9, RHYME, BANDS)).astype(np.float16),
        random.normal(size=(9, ONSET // 2, ENCODED)).astype(np.float16),
        random.normal(size=(9, RHYME // 2, ENCODED)).astype(np.float16),
        random.normal(size=(9, CONTOUR, 11)).astype(np.float32),
        np.ones((9, 6), np.float32),
        np.zeros((9, 3), np.int64),
    )
    mixed = _between(examples, np.arange(5), np.arange(4, 9), random)
    assert [one.shape for one in mixed] == [
        (5, ONSET, BANDS), (5, RHYME, BANDS), (5, ONSET // 2, ENCODED), (5, RHYME // 2, ENCODED),
        (5, 6),
    ]  # fmt: skip
    assert {one.dtype for one in mixed} == {np.dtype(np.float32)}
    assert (mixed[4][:, 3:] == 1).all()


@needs_training
def test_the_networks_in_numpy_are_those_that_were_trained() -> None:
    import torch

    from pronunciation.training.mandarin.learning import _Sound, _Tone, _weights

    torch.manual_seed(0)
    network, tone = _Sound().eval(), _Tone().eval()
    random = np.random.default_rng(0)
    shapes = (ONSET, BANDS), (RHYME, BANDS), (ONSET // 2, ENCODED), (RHYME // 2, ENCODED), (6,)
    onsets, rhymes, heard_onsets, heard_rhymes, lengths = (
        random.normal(size=(4, *shape)).astype(np.float32) for shape in shapes
    )
    contours = random.normal(size=(4, CONTOUR, TONAL)).astype(np.float32)
    with torch.no_grad():
        sounds = onsets, rhymes, heard_onsets, heard_rhymes, lengths
        wanted = network(*map(torch.from_numpy, sounds))
        tones = tone(*map(torch.from_numpy, (contours, heard_rhymes, lengths)))
    views = Views(onsets, rhymes, heard_onsets, heard_rhymes, contours, lengths)
    for got, of in zip(
        SoundClassifier(_weights(network)).log_posteriors(views), wanted, strict=True
    ):
        assert np.allclose(got, torch.log_softmax(of, -1).numpy(), atol=1e-4)
    assert wanted[0].shape == (4, len(INITIAL))
    logs = ToneClassifier(_weights(tone)).log_posteriors(views)
    assert np.allclose(logs, torch.log_softmax(tones, -1).numpy(), atol=1e-4)


def fits(own: list[float]) -> calibration.Fits:
    random = np.random.default_rng(0)
    odds = np.concatenate([random.normal(-1, 0.5, 200), random.normal(-5, 0.5, 200)])
    trials = calibration.Trials(odds, np.arange(400) < 200)
    return calibration.Fits(np.array(own), np.array([-6.0]), trials)


def test_few_readings_of_the_right_text_are_refused() -> None:
    both = [fits([-1.0] * 995), fits([-7.0] * 5)]
    assert calibration.least(both) >= -7.0
    assert calibration.least([fits([-1.0] * 400)]) == -1.0


def test_a_syllable_counts_as_said_unless_it_fits_badly() -> None:
    offset, slope = calibration.said([fits([-1.0])])
    assert slope > 0
    # Where both are as likely by its fit, it was said with the odds of 19 to 1.
    offset_, slope_ = calibration.fit(fits([-1.0]).syllables)
    assert slope == slope_
    assert np.exp(offset - offset_) == pytest.approx(19)


def test_a_part_is_right_with_the_odds_of_nine_to_one_where_nothing_speaks_against_it() -> None:
    trials = fits([-1.0]).syllables
    offset, slope = calibration.correct([trials])
    offset_, slope_ = calibration.fit(trials)
    assert slope == slope_
    assert np.exp(offset - offset_) == pytest.approx(9)
