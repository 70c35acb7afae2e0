"""Templates out of voices, and what is compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from speech.errors import ModelError
from tests.voiceprint.conftest import Recorded
from voiceprint.calibration import calibration_of
from voiceprint.contract import EmbeddingModel
from voiceprint.scoring import Ear, log_likelihood_ratio, merged, template_of


def test_a_template_is_the_mean_of_its_voices(ear: Ear, recorded: list[Recorded]) -> None:
    voices = [ear.hear(recorded[0].samples(number)) for number in range(3)]
    template = template_of(voices, ear.embedder)
    assert template.utterances == 3
    assert template.strength == pytest.approx(np.mean([one.strength for one in voices]))
    assert min(one.strength for one in voices) < max(one.strength for one in voices)
    # One more voice counts as one of four; the weight of what is old does not grow for ever.
    more = merged(template, replace(voices[0], strength=100.0))
    assert more.utterances == 4
    assert more.strength == pytest.approx((3 * template.strength + 100.0) / 4)
    old = merged(replace(template, utterances=500), replace(voices[0], strength=100.0))
    assert old.strength == pytest.approx((19 * template.strength + 100.0) / 20)


def test_both_strengths_and_the_pauses_count(ear: Ear, recorded: list[Recorded]) -> None:
    calibration = calibration_of(ear.embedder.model)
    template = template_of([ear.hear(recorded[0].samples(n)) for n in range(3)], ear.embedder)
    voice = ear.hear(recorded[0].samples(4))
    llr = log_likelihood_ratio(voice, template, calibration, ear.embedder)
    assert llr == float(
        calibration.llr(
            voice.vector @ template.vector, voice.quality, voice.strength, template.strength
        )
    )
    weaker = replace(voice, strength=0.9 * voice.strength)
    weakly = replace(template, strength=0.9 * template.strength)
    slower = replace(voice, quality=replace(voice.quality, seconds=1.2 * voice.quality.seconds))
    for one, other in ((weaker, template), (voice, weakly), (slower, template)):
        assert abs(log_likelihood_ratio(one, other, calibration, ear.embedder) - llr) > 0.05
    # What was never measured is accepted by no threshold.
    unknown = replace(voice, strength=float("nan"))
    assert not log_likelihood_ratio(unknown, template, calibration, ear.embedder) >= -1e9


def test_voices_of_other_networks_never_meet(ear: Ear, recorded: list[Recorded]) -> None:
    voice = ear.hear(recorded[0].samples(0))
    template = template_of([voice], ear.embedder)
    # The head before strengths were kept: its templates have none.
    earlier = EmbeddingModel("campplus", "1.92f29b94.09a5a5c7")
    before = replace(template, model=earlier, strength=0.0)
    with pytest.raises(ModelError, match="enrol again"):
        log_likelihood_ratio(voice, before, calibration_of(ear.embedder.model), ear.embedder)
