"""What all tests share: where the recordings are, and the models that are loaded only once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from speech.models import ModelStore
from speech.recognition.moonshine import MoonshineRecognizer
from speech.recognition.whisper import WhisperRecognizer
from speech.vad import SileroVad


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of human recordings that ``SONORANT_DATA`` names."""
    folder = os.environ.get("SONORANT_DATA")
    if not folder:
        pytest.skip("SONORANT_DATA is not set: it names the folder of human recordings")
    return Path(folder)


@pytest.fixture(scope="session")
def commands(data: Path) -> Path:
    """The folder of human commands, with ``transcripts.tsv``."""
    return data / "commands"


@pytest.fixture(scope="session")
def moonshine() -> MoonshineRecognizer:
    """The embedded English recogniser, out of the default model store."""
    return MoonshineRecognizer(ModelStore().path("moonshine-tiny-en"))


@pytest.fixture(scope="session")
def whisper_base() -> Path:
    """The folder of Whisper base, in the default model store."""
    pytest.importorskip("ctranslate2", reason="needs the extra [whisper]")
    store = ModelStore()
    folder = store.locate(store.catalogue["whisper-base"])
    if folder is None:
        pytest.skip("needs the model: sonorant models pull whisper-base")
    return folder


@pytest.fixture(scope="session")
def whisper(whisper_base: Path) -> WhisperRecognizer:
    """Whisper base for Mandarin."""
    return WhisperRecognizer(whisper_base, language="zh")


@pytest.fixture(scope="session")
def vad() -> SileroVad:
    """The embedded voice activity model, out of the default model store."""
    return SileroVad()
