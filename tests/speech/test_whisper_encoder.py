"""Whisper's encoder: read out of CTranslate2's file, written as a graph, run on short audio."""

from __future__ import annotations

import struct
from math import erf
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import pytest

from speech.audio import Samples
from speech.errors import ModelError
from speech.models import ModelStore
from speech.recognition.whisper_encoder import SIZE, STRIDE, WhisperEncoder
from speech.recognition.whisper_graph import encoder_graph
from speech.recognition.whisper_mel import log_mel
from speech.recognition.whisper_weights import WEIGHTS, read_weights

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Tensors = dict[str, npt.NDArray[np.generic]]

BANDS, WIDTH, HEADS, PLACES = 6, 8, 2, 20


def small(layers: int = 2) -> Tensors:
    """A network of the same kind with few, random numbers."""
    random = np.random.default_rng(0)

    def numbers(*shape: int) -> Floats:
        return random.normal(0, 0.5, shape).astype(np.float32)

    tensors: Tensors = {
        "encoder/num_heads": np.array(HEADS, np.int16),
        "encoder/conv1/weight": numbers(WIDTH, BANDS, 3),
        "encoder/conv1/bias": numbers(WIDTH),
        "encoder/conv2/weight": numbers(WIDTH, WIDTH, 3),
        "encoder/conv2/bias": numbers(WIDTH),
        "encoder/position_encodings/encodings": numbers(PLACES, WIDTH),
        "decoder/embeddings/weight": numbers(3, WIDTH).astype(np.float16),
    }
    for layer in range(layers):
        place = f"encoder/layer_{layer}"
        shapes = {
            "self_attention/linear_0": (3 * WIDTH, WIDTH),
            "self_attention/linear_1": (WIDTH, WIDTH),
            "ffn/linear_0": (4 * WIDTH, WIDTH),
            "ffn/linear_1": (WIDTH, 4 * WIDTH),
        }
        for name, shape in shapes.items():
            tensors[f"{place}/{name}/weight"] = numbers(*shape)
            tensors[f"{place}/{name}/bias"] = numbers(shape[0])
        for part in ("self_attention", "ffn"):
            tensors[f"{place}/{part}/layer_norm/gamma"] = numbers(WIDTH)
            tensors[f"{place}/{part}/layer_norm/beta"] = numbers(WIDTH)
    return tensors


def written(tensors: Tensors, *, kind: str = "WhisperSpec", version: int = 6) -> bytes:
    """The tensors as CTranslate2 writes them."""

    def text(value: str) -> bytes:
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    codes = {np.dtype(name): code for code, name in enumerate(("<f4", "i1", "<i2", "<i4", "<f2"))}
    parts = [struct.pack("<I", version), text(kind), struct.pack("<II", 3, len(tensors))]
    for name, values in tensors.items():
        parts += [text(name), struct.pack("<B", values.ndim)]
        parts += [struct.pack("<I", size) for size in values.shape]
        parts += [struct.pack("<BI", codes[values.dtype], values.nbytes), values.tobytes()]
    return b"".join(parts)


def straight(tensors: Tensors, features: Floats, layers: int) -> Floats:
    """The encoder as the paper has it, written out plainly; features (bands, frames)."""
    of: dict[str, Doubles] = {name: values.astype(np.float64) for name, values in tensors.items()}

    def gelu(x: Doubles) -> Doubles:
        return np.asarray(0.5 * x * (1 + np.vectorize(erf)(x / np.sqrt(2))))

    def conv(x: Doubles, name: str, stride: int) -> Doubles:
        around = np.pad(x, ((0, 0), (1, 1)))
        kernel = of[f"{name}/weight"]
        columns = [
            np.einsum("oik,ik->o", kernel, around[:, at : at + 3])
            for at in range(0, x.shape[1], stride)
        ]
        return np.stack(columns, axis=1) + of[f"{name}/bias"][:, None]

    def dense(x: Doubles, name: str) -> Doubles:
        return x @ of[f"{name}/weight"].T + of[f"{name}/bias"]

    def norm(x: Doubles, name: str) -> Doubles:
        spread = np.sqrt(x.var(axis=1, keepdims=True) + 1e-5)
        unit = (x - x.mean(axis=1, keepdims=True)) / spread
        return np.asarray(unit * of[f"{name}/layer_norm/gamma"] + of[f"{name}/layer_norm/beta"])

    x = gelu(conv(gelu(conv(features.astype(np.float64), "encoder/conv1", 1)), "encoder/conv2", 2))
    x = x.T + of["encoder/position_encodings/encodings"][: x.shape[1]]
    for layer in range(layers):
        place = f"encoder/layer_{layer}"
        attention = f"{place}/self_attention"
        query, key, value = np.split(dense(norm(x, attention), f"{attention}/linear_0"), 3, axis=1)
        heads = []
        for one in np.split(np.arange(WIDTH), HEADS):
            likeness = query[:, one] @ key[:, one].T / np.sqrt(len(one))
            weights = np.exp(likeness - likeness.max(axis=1, keepdims=True))
            heads.append(weights / weights.sum(axis=1, keepdims=True) @ value[:, one])
        x = x + dense(np.concatenate(heads, axis=1), f"{attention}/linear_1")
        hidden = gelu(dense(norm(x, f"{place}/ffn"), f"{place}/ffn/linear_0"))
        x = x + dense(hidden, f"{place}/ffn/linear_1")
    return x.astype(np.float32)


@pytest.mark.parametrize("layers", [1, 2])
def test_the_graph_computes_what_the_paper_says(layers: int) -> None:
    tensors = small()
    features = np.random.default_rng(1).normal(size=(BANDS, 14)).astype(np.float32)
    session = onnxruntime.InferenceSession(encoder_graph(tensors, layers).SerializeToString())
    (states,) = session.run(None, {"features": features[None]})
    assert states.shape == (1, 7, WIDTH)
    assert np.allclose(states[0], straight(tensors, features, layers), atol=1e-4)


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    tensors = small()
    path = tmp_path / WEIGHTS
    path.write_bytes(written(tensors))
    found = read_weights(path, lambda name: name.startswith("encoder/"))
    assert found.keys() == tensors.keys() - {"decoder/embeddings/weight"}
    assert all(np.array_equal(found[name], tensors[name]) for name in found)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (written(small())[:-1], "ends too early"),
        (written(small())[:40], "ends too early"),
        (written(small(), kind="TransformerSpec"), "TransformerSpec"),
        (written(small(), version=7), "version 7"),
        (b"\xff" * 64, "no Whisper model"),
        (b"", "no Whisper model"),
    ],
)
def test_what_is_damaged_is_said(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / WEIGHTS
    path.write_bytes(content)
    with pytest.raises(ModelError, match=what):
        read_weights(path, lambda _: True)


def test_weights_of_something_else_are_refused() -> None:
    lacking = small()
    del lacking["encoder/layer_1/ffn/linear_0/bias"]
    with pytest.raises(ModelError, match="layer_1/ffn/linear_0/bias is missing"):
        encoder_graph(lacking, 2)
    unfit = small()
    unfit["encoder/layer_0/ffn/linear_1/weight"] = np.zeros((WIDTH, 3), np.float32)
    with pytest.raises(ModelError, match="not the weights of Whisper"):
        encoder_graph(unfit, 2)


def test_a_missing_or_damaged_model_names_the_check(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="models verify whisper-base"):
        WhisperEncoder(tmp_path, layers=1)
    (tmp_path / WEIGHTS).write_bytes(b"nonsense")
    with pytest.raises(ModelError, match="models verify whisper-base"):
        WhisperEncoder(tmp_path, layers=1)


@pytest.fixture(scope="module")
def folder() -> Path:
    return ModelStore().path("whisper-base")


@pytest.fixture(scope="module")
def encoder(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> WhisperEncoder:
    beside = tmp_path_factory.mktemp("whisper")  # where the graph of two layers is written
    (beside / WEIGHTS).symlink_to(folder / WEIGHTS)
    return WhisperEncoder(beside, layers=2)


def noise(size: int) -> Samples:
    return np.random.default_rng(0).normal(0, 0.1, size).astype(np.float32)


@pytest.mark.parametrize("size", [0, 1, 4_000, 16_001, 31 * 16_000])
def test_audio_of_any_length_is_encoded(encoder: WhisperEncoder, size: int) -> None:
    states = encoder.encode(noise(size))
    assert states.shape == (max(4, -(-size // STRIDE)), SIZE)
    assert np.isfinite(states).all()


def test_a_frame_lies_where_it_is_said_to(encoder: WhisperEncoder) -> None:
    samples = np.zeros(32_000, np.float32)
    click = 17_600
    samples[click : click + 40] = 0.5
    silent, loud = encoder.encode(samples * 0), encoder.encode(samples)
    changed = np.abs(loud - silent).mean(axis=1)
    assert abs(int(changed.argmax()) - click / STRIDE) <= 1


def test_all_six_layers_are_those_of_ctranslate2(folder: Path) -> None:
    ctranslate2 = pytest.importorskip("ctranslate2")
    features = log_mel(noise(480_000))[None]
    model = ctranslate2.models.Whisper(str(folder), compute_type="float32", intra_threads=1)
    wanted = np.array(model.encode(ctranslate2.StorageView.from_array(features)))
    tensors = read_weights(folder / WEIGHTS, lambda name: name.startswith("encoder/"))
    session = onnxruntime.InferenceSession(encoder_graph(tensors, 6).SerializeToString())
    (states,) = session.run(None, {"features": features})
    centred = states - states.mean(axis=2, keepdims=True)
    unit = centred / np.sqrt(states.var(axis=2, keepdims=True) + 1e-5)
    gamma, beta = (tensors[f"encoder/layer_norm/{name}"] for name in ("gamma", "beta"))
    assert np.allclose(unit * gamma + beta, wanted, atol=2e-3)
