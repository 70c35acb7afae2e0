"""CAM++: the right vectors, from whatever audio and whatever state of its files."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from speech import audio
from speech.audio import RATE, Samples
from speech.errors import AudioError, ModelError, ModelMissingError, UnknownModelError
from speech.models import ModelStore
from speech.synthesis.espeak import EspeakSynthesizer
from voiceprint.embedding import CamPlus, open_embedder
from voiceprint.embedding.campplus import WEIGHTS
from voiceprint.embedding.fbank import fbank
from voiceprint.embedding.windows import average, unit

TIME = np.arange(3 * RATE) / RATE
SIGNAL: Samples = (
    0.3 * np.sin(2 * np.pi * (100 * TIME + 300 * TIME**2))
    + 0.1 * np.sin(2 * np.pi * 2500 * TIME) * np.sin(2 * np.pi * 3 * TIME)
).astype(np.float32) + np.random.default_rng(7).normal(0, 0.01, TIME.size).astype(np.float32)

# Every twelfth number of the unit vector that the published network gives for SIGNAL in torch
# 2.13, with features from kaldi-native-fbank 1.23.
PUBLISHED = [
    -0.1039, -0.11045, -0.05145, -0.09816, 0.02943, 0.00509, 0.02058, 0.10772,
    -0.04654, 0.01012, -0.01837, 0.03728, -0.02845, -0.02342, 0.00352, 0.0477,
]  # fmt: skip


@pytest.fixture(scope="module")
def folder() -> Path:
    return ModelStore().path("campplus")


@pytest.fixture(scope="module")
def network(folder: Path) -> CamPlus:
    return CamPlus(folder, head=False)


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> Path:
    """A copy of the model that a test may damage."""
    shutil.copy(folder / WEIGHTS, tmp_path)
    return tmp_path


def speech(voice: str, text: str) -> Samples:
    synthesizer = EspeakSynthesizer(voice)
    try:
        return np.concatenate(list(synthesizer.synthesize(text)))
    finally:
        synthesizer.close()


def test_features_are_those_of_kaldi() -> None:
    features = fbank(SIGNAL)
    assert features.shape == (298, 80) and features.dtype == np.float32
    # kaldi-native-fbank 1.23.0 without dither and energy floor.
    expected = [
        [-2.9786, -7.2334, -4.9384, -1.4117],
        [-11.6226, -8.6053, -3.2708, -1.0490],
        [-10.5041, -8.8669, 5.9401, -0.1954],
    ]
    np.testing.assert_allclose(features[[0, 150, 297]][:, [0, 10, 40, 79]], expected, atol=2e-3)
    assert features.mean() == pytest.approx(-3.95260, abs=1e-4)
    assert features.std() == pytest.approx(3.58558, abs=1e-4)
    assert [len(fbank(SIGNAL[:size])) for size in (0, 399, 400, 559, 560)] == [0, 0, 1, 1, 2]


def test_vectors_are_those_of_the_published_network(network: CamPlus) -> None:
    heard = network.embed(SIGNAL)
    vector = heard.vector
    assert vector.shape == (network.dimension,) == (192,) and vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(vector[::12], PUBLISHED, atol=2e-4)
    assert str(network.model) == "campplus@1.92f29b94"


def test_it_tells_voices_apart(folder: Path) -> None:
    embedder = CamPlus(folder)
    low, high = "en-us+m3", "en-us+f2"
    first = embedder.embed(speech(low, "The quick brown fox jumps over the lazy dog.")).vector
    same = embedder.embed(speech(low, "Please switch off every lamp in the living room.")).vector
    other = embedder.embed(speech(high, "Please switch off every lamp in the living room.")).vector
    assert first @ same > 0.6 > first @ other


def test_it_tells_people_apart(folder: Path, commands: Path) -> None:
    embedder = CamPlus(folder)
    man = audio.read(commands / "jfk.flac")
    half = man.size // 2
    first, second = embedder.embed(man[:half]).vector, embedder.embed(man[half:]).vector
    assert first @ second > 0.6
    assert (
        max(first @ embedder.embed(audio.read(file)).vector for file in commands.glob("*.wav"))
        < 0.4
    )


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (np.zeros(0, np.float32), "too short"),
        (SIGNAL[: int(0.4 * RATE) - 1], "0.40 s of audio are too short"),
        (np.zeros(RATE, np.float32), "silent"),
        (np.full(RATE, 0.5, np.float32), "silent"),
        (np.full(RATE, np.nan, np.float32), "silent"),
        (np.random.default_rng(1).choice([-1, 1], RATE).astype(np.float32) / 32768, "silent"),
        (np.stack([SIGNAL, SIGNAL]), "mono"),
    ],
)
def test_audio_without_a_voice_is_refused(network: CamPlus, samples: Samples, said: str) -> None:
    with pytest.raises(AudioError, match=said):
        network.embed(samples)


def test_damaged_samples_count_as_silence(network: CamPlus) -> None:
    damaged, silenced = SIGNAL.copy(), SIGNAL.copy()
    damaged[1000:1010] = [np.nan, np.inf, -np.inf, np.nan, np.nan] * 2
    silenced[1000:1010] = 0
    np.testing.assert_array_equal(network.embed(damaged).vector, network.embed(silenced).vector)
    assert np.isfinite(network.embed(SIGNAL[: int(0.4 * RATE)]).vector).all()


def test_long_audio_is_embedded_window_by_window(network: CamPlus) -> None:
    sizes = []

    def counting(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        sizes.append(samples.size)
        return np.array([3.0, 4.0], np.float32)

    hour = np.broadcast_to(SIGNAL[: RATE // 100], (3600 * 100, RATE // 100)).reshape(-1)
    heard = average(counting, hour, 0.4, 20.0)
    np.testing.assert_allclose(heard.vector, [0.6, 0.8], rtol=1e-4)
    assert heard.strength == pytest.approx(5.0)
    assert sum(sizes) == hour.size and max(sizes) <= 20 * RATE and len(sizes) == 180

    # Twelve times the same with a silent window behind is the same.
    long = np.concatenate([*[SIGNAL] * 12, np.zeros(36 * RATE, np.float32)])
    assert network.embed(long).vector @ network.embed(np.concatenate([SIGNAL] * 6)).vector > 0.99


def test_threads_share_it(network: CamPlus) -> None:
    parts = [SIGNAL[start : start + RATE] for start in range(0, 2 * RATE, RATE // 4)]
    alone = [network.embed(part).vector for part in parts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(network.embed, parts * 3))
    for one, other in zip(alone * 3, together, strict=True):
        np.testing.assert_array_equal(one, other.vector)


def test_the_graph_is_written_once_and_again_if_damaged(own: Path) -> None:
    vector = CamPlus(own, head=False).embed(SIGNAL).vector
    (graph,) = own.glob("*.onnx")
    written = graph.stat().st_mtime_ns
    CamPlus(own)
    assert [graph] == list(own.glob("*.onnx")) and graph.stat().st_mtime_ns == written

    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 0x40  # in the weights: onnxruntime would not notice
    graph.write_bytes(content)
    np.testing.assert_array_equal(CamPlus(own, head=False).embed(SIGNAL).vector, vector)
    assert graph.stat().st_mtime_ns != written


def test_damaged_weights_are_named(own: Path) -> None:
    weights = own / WEIGHTS
    content = weights.read_bytes()
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 0x40
    for damaged in (bytes(flipped), content[: len(content) // 2], b""):
        weights.write_bytes(damaged)
        with pytest.raises(ModelError, match=r"`sonorant models verify campplus` finds damage"):
            CamPlus(own)
    os.remove(weights)
    with pytest.raises(ModelError, match="cannot be used as the weights"):
        CamPlus(own)


def test_a_damaged_head_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = tmp_path / "head.npz"
    monkeypatch.setattr("voiceprint.embedding.campplus.HEAD", head)
    raw = CamPlus(folder)
    turn = np.linalg.qr(np.random.default_rng(3).normal(size=(192, 192)))[0].astype(np.float32)
    np.savez(head, weight=turn[:100])
    turned = CamPlus(folder)
    assert turned.model != raw.model and turned.dimension == 100
    expected = unit(turn[:100] @ raw.embed(SIGNAL).vector)
    np.testing.assert_allclose(turned.embed(SIGNAL).vector, expected, atol=1e-5)
    assert CamPlus(folder, head=False).model == raw.model

    for content in (b"", b"PK\x03\x04 cut short"):
        head.write_bytes(content)
        with pytest.raises(ModelError, match=r"head\.npz: is damaged"):
            CamPlus(folder)
    np.savez(head, weight=turn, bias=np.zeros(3))
    with pytest.raises(ModelError, match="do not fit together"):
        CamPlus(folder)


def test_names_lead_to_engines(tmp_path: Path) -> None:
    assert open_embedder().model == open_embedder("campplus").model
    assert open_embedder(str(ModelStore().path("campplus"))).model.name == "campplus"
    with pytest.raises(ModelMissingError, match="sonorant models pull campplus"):
        open_embedder(store=ModelStore(tmp_path))
    with pytest.raises(UnknownModelError, match="did you mean campplus"):
        open_embedder("camplus")
    with pytest.raises(ModelError, match="is no speaker model"):
        open_embedder(str(tmp_path))
    with pytest.raises(ModelError, match="is no speaker model"):
        open_embedder("silero-vad")
