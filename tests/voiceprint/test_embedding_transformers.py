"""The real loading and embedding code of transformers, on a small random model made on the spot."""

from __future__ import annotations

import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from speech.audio import RATE
from speech.errors import AudioError, EngineMissingError, ModelError, ModelMissingError
from voiceprint.embedding import open_embedder

needs_torch = pytest.mark.skipif(
    find_spec("torch") is None or find_spec("transformers") is None,
    reason="the extra is not installed: pip install 'sonorant[transformers]'",
)
# The library warns of its own affairs (deprecations, random weights), which are not ours to judge.
pytestmark = pytest.mark.filterwarnings("default")

NOISE = np.random.default_rng(5).normal(0, 0.1, 2 * RATE).astype(np.float32)

KINDS = ("WavLM", "Wav2Vec2", "UniSpeechSat")


def save(kind: str, purpose: str, folder: Path, seed: int = 1) -> Path:
    import torch
    import transformers

    torch.manual_seed(seed)
    transformers.Wav2Vec2FeatureExtractor(return_attention_mask=True).save_pretrained(folder)
    config = getattr(transformers, f"{kind}Config")(
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=(16,) * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
        tdnn_dim=(32, 32, 32, 32, 48),
        xvector_output_dim=24,
    )
    getattr(transformers, f"{kind}For{purpose}")(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def wavlm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save("WavLM", "XVector", tmp_path_factory.mktemp("wavlm"))


@needs_torch
@pytest.mark.parametrize("kind", KINDS)
def test_vectors_come_out(tmp_path: Path, kind: str) -> None:
    embedder = open_embedder(f"transformers:{save(kind, 'XVector', tmp_path / kind)}")
    assert embedder.dimension == 24 and embedder.model.name == f"transformers:{kind}"
    vector = embedder.embed(NOISE).vector
    assert vector.shape == (24,) and vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert np.isfinite(embedder.embed(NOISE[: int(0.4 * RATE)]).vector).all()
    with ThreadPoolExecutor(2) as pool:
        for other in pool.map(embedder.embed, [NOISE] * 4):
            np.testing.assert_allclose(other.vector, vector, atol=1e-5)


@needs_torch
def test_vectors_are_those_of_the_library(wavlm: Path) -> None:
    import torch
    import transformers

    features = transformers.AutoFeatureExtractor.from_pretrained(wavlm)
    network = transformers.AutoModelForAudioXVector.from_pretrained(wavlm).eval()
    with torch.no_grad():
        inputs = features(NOISE, sampling_rate=RATE, return_tensors="pt")
        expected = network(**inputs).embeddings[0].numpy()
    heard, length = open_embedder(f"transformers:{wavlm}").embed(NOISE), np.linalg.norm(expected)
    np.testing.assert_allclose(heard.vector, expected / length, atol=1e-5)
    assert heard.strength == pytest.approx(length, rel=1e-4)


@needs_torch
def test_audio_without_a_voice_is_refused(wavlm: Path) -> None:
    embedder = open_embedder(f"transformers:{wavlm}")
    with pytest.raises(AudioError, match="too short"):
        embedder.embed(NOISE[:100])
    with pytest.raises(AudioError, match="silent"):
        embedder.embed(np.full(RATE, np.nan, np.float32))


@needs_torch
def test_other_weights_are_another_version(wavlm: Path, tmp_path: Path) -> None:
    first = open_embedder(f"transformers:{wavlm}").model
    assert first == open_embedder(f"transformers:{wavlm}").model
    other = save("WavLM", "XVector", tmp_path / wavlm.name, seed=2)
    assert open_embedder(f"transformers:{other}").model.version != first.version


@needs_torch
def test_models_for_something_else_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="neither a folder nor in the cache"):
        open_embedder("transformers:nobody/nothing")
    with pytest.raises(ModelError, match="cannot be opened"):
        open_embedder(f"transformers:{tmp_path}")
    # Its architecture could give x-vectors, but the layers for them would be random.
    letters = save("WavLM", "CTC", tmp_path / "letters")
    with pytest.raises(ModelError, match="no x-vector model: its weights lack"):
        open_embedder(f"transformers:{letters}")
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ModelError, match="is a bert model"):
        open_embedder(f"transformers:{tmp_path}")


@needs_torch
@pytest.mark.parametrize("name", ["model.safetensors", "config.json"])
def test_a_damaged_model_is_named(wavlm: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(wavlm, tmp_path / "damaged")
    (folder / name).write_bytes(b"\x93 cut short")
    with pytest.raises(ModelError, match="damaged cannot be opened by transformers"):
        open_embedder(f"transformers:{folder}")


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_without_the_extra_the_error_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, missing: str
) -> None:
    if missing == "transformers" and find_spec("torch") is None:
        pytest.skip("torch is not installed, so transformers is not asked for")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(EngineMissingError, match=rf"needs {missing}: pip install 'sonorant"):
        open_embedder(f"transformers:{tmp_path}")
