"""Replays, changes of speakers, soft signs."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks.attacks import ATTACKS, replay
from speech import audio
from speech.audio import RATE, Samples
from speech.errors import AudioError, EngineMissingError, ModelError, ModelMissingError
from speech.models import ModelStore
from speech.synthesis import open_synthesizer
from tests.voiceprint.gallery.people import voice as template
from voiceprint.attempts import heard_before
from voiceprint.embedding import open_embedder
from voiceprint.gallery import Gallery, MasterKey
from voiceprint.liveness import (
    SpoofDetector,
    fingerprint,
    one_speaker,
    played_back,
    same_utterance,
)
from voiceprint.liveness.aasist import pieces
from voiceprint.liveness.replay import THRESHOLD, heard_among


@pytest.fixture(scope="module")
def natives(data: Path) -> list[Samples]:
    files = sorted((data / "librispeech_cohort").glob("*.opus"))[:4]
    return [audio.read(file)[: 5 * RATE] for file in files]


def test_an_utterance_is_known_again_and_another_is_not(tmp_path: Path) -> None:
    voice = open_synthesizer()
    one, other = (
        np.concatenate([*voice.synthesize(text)])
        for text in ("please open the front door for me", "it rained the whole night long")
    )
    with Gallery(str(tmp_path / "people.db"), MasterKey.new()) as memory:
        ada, bob = (memory.enrol(name, template(number)) for number, name in enumerate("AB"))
        assert not heard_before(memory, ada, one)
        assert heard_before(memory, ada, one * np.float32(0.1))
        assert not heard_before(memory, ada, other)
        assert not heard_before(memory, bob, one)
        assert [len(memory.heard_utterances(who.id)) for who in (ada, bob)] == [2, 1]


@pytest.mark.parametrize("attack", [*set(ATTACKS) - {"noise", "replay", "room"}])
def test_a_recording_is_known_again_however_it_comes(attack: str, natives: list[Samples]) -> None:
    random = np.random.default_rng(2)
    for samples in natives:
        played = ATTACKS[attack](samples, random)
        assert same_utterance(fingerprint(samples), fingerprint(played)) >= THRESHOLD


def test_the_first_look_at_many_loses_no_utterance(natives: list[Samples]) -> None:
    random = np.random.default_rng(3)
    kept = [fingerprint(samples) for samples in natives]
    for samples, own in zip(natives, kept, strict=True):
        others = [one for one in kept if one != own] * 20
        for attack in ATTACKS.values():
            new = fingerprint(attack(samples, random))
            assert heard_among(new, [*others, own]) == (same_utterance(new, own) >= THRESHOLD)
            assert not heard_among(new, others)
    assert not heard_among(kept[0], [])
    assert not heard_among(fingerprint(natives[0][:0]), kept)


def test_different_speech_and_nothing_are_not_alike(natives: list[Samples]) -> None:
    prints = [fingerprint(samples) for samples in natives]
    for number, one in enumerate(prints):
        for other in prints[:number]:
            assert same_utterance(one, other) < THRESHOLD
    for nothing in (natives[0][:0], natives[0][:3000], np.zeros(RATE, np.float32)):
        assert same_utterance(prints[0], fingerprint(nothing)) < THRESHOLD


def test_what_is_no_fingerprint_is_refused() -> None:
    good = fingerprint(np.zeros(RATE, np.float32))
    for bad in (b"", b"\x02" + good[1:], good[:-1]):
        with pytest.raises(ValueError, match="not a fingerprint"):
            same_utterance(good, bad)


def test_a_change_of_speakers_is_heard(natives: list[Samples]) -> None:
    if ModelStore().locate(ModelStore().catalogue["campplus"]) is None:
        pytest.skip("the model campplus is not here: sonorant models pull campplus")
    embedder = open_embedder()
    assert all(one_speaker(samples, embedder) for samples in natives)
    mixed = np.concatenate([natives[0][: 5 * RATE // 2], natives[1][5 * RATE // 2 :]])
    assert one_speaker(mixed, embedder) is False
    assert one_speaker(natives[0][:RATE], embedder) is None  # too short to tell


def test_playback_is_suspected_more_than_live_speech(natives: list[Samples]) -> None:
    random = np.random.default_rng(4)
    live = [played_back(samples) for samples in natives]
    played = [played_back(replay(samples, random)) for samples in natives]
    assert np.mean(played) > np.mean(live) + 0.3
    with pytest.raises(AudioError, match="too little"):
        played_back(natives[0][:1000])


def test_aasist_hears_pieces_of_its_length() -> None:
    sound = np.arange(100_000, dtype=np.float32)
    assert [piece.size for piece in pieces(sound)] == [64_600] * 2
    assert pieces(sound)[1][-1] == sound[-1]
    assert [piece.size for piece in pieces(sound[:9_000])] == [64_600]
    with pytest.raises(AudioError, match="too little"):
        pieces(sound[:1000])


def test_weights_that_are_none_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelMissingError, match="no file"):
        SpoofDetector(tmp_path / "AASIST.pth")
    (tmp_path / "bad.onnx").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="cannot be loaded"):
        SpoofDetector(tmp_path / "bad.onnx")
    (tmp_path / "bad.pth").write_bytes(b"nothing")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(EngineMissingError, match="transformers"):
        SpoofDetector(tmp_path / "bad.pth")


@pytest.mark.filterwarnings("default")
@pytest.mark.skipif(
    find_spec("torch") is None,
    reason="the extra is not installed: pip install 'sonorant[transformers]'",
)
def test_aasist_is_read_and_written(tmp_path: Path) -> None:
    import torch

    from voiceprint.liveness.aasist_network import SHAPES, Aasist

    torch.manual_seed(1)
    for channels, shape in SHAPES.items():
        network = Aasist(shape)
        for parameter in network.parameters():
            torch.nn.init.normal_(parameter, 0, 0.1)
        file = tmp_path / f"{channels}.pth"
        torch.save(network.state_dict(), file)
        detector = SpoofDetector(file)
        noise = np.random.default_rng(1).normal(0, 0.1, 2 * RATE).astype(np.float32)
        spoof = detector.spoof(noise)
        assert 0 <= spoof <= 1
        if find_spec("onnx"):
            detector.export(tmp_path / f"{channels}.onnx")
            again = SpoofDetector(tmp_path / f"{channels}.onnx").spoof(noise)
            assert again == pytest.approx(spoof, abs=1e-4)
    (tmp_path / "bad.pth").write_bytes(b"nothing")
    with pytest.raises(ModelError, match="does not hold the weights"):
        SpoofDetector(tmp_path / "bad.pth")
