"""Piper, a neural synthesiser for users who have a voice for it.

Piper is GPL-licensed: it runs as a program of its own, one an utterance.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from speech.audio import Samples
from speech.errors import ConfigError, EngineError, EngineMissingError, ModelError
from speech.language import canonical, primary
from speech.models import ModelStore
from speech.synthesis.program import speak


class PiperSynthesizer:
    """Piper with one voice.

    Parameters
    ----------
    voice
        A voice's ``.onnx`` with its ``.onnx.json`` beside it, a folder that holds one, or a name
        of the catalogue.

    Raises
    ------
    EngineMissingError
        Piper is not installed.
    ModelError
        There is no such voice, or its settings cannot be read.
    """

    def __init__(self, voice: str, store: ModelStore | None = None) -> None:
        if find_spec("piper") is None:
            raise EngineMissingError("Piper is not installed: pip install 'sonorant[piper]'")
        path = (store or ModelStore()).resolve(voice)
        if path.is_dir():
            found = sorted(path.glob("*.onnx"))
            if not found:
                raise ModelError(f"{path} holds no Piper voice: a .onnx and its .onnx.json")
            path = found[0]
        self._path = path
        try:
            settings = json.loads(Path(f"{path}.json").read_text(encoding="utf-8"))
            self._rate = int(settings["audio"]["sample_rate"])
            self._language = canonical(str(settings["language"]["code"]))
        except (OSError, ValueError, KeyError, TypeError, ConfigError) as error:
            raise ModelError(f"{path}.json does not describe a Piper voice: {error!r}") from error

    @property
    def name(self) -> str:
        """``piper`` and the voice."""
        return f"piper {self._path.stem}"

    @property
    def languages(self) -> tuple[str, ...]:
        """That of the voice."""
        return (self._language,)

    def speaks(self, language: str) -> bool:
        """Whether the voice is of this language; the region does not matter."""
        return primary(language) == primary(self._language)

    def synthesize(
        self, text: str, language: str = "en", *, pace: float = 1.0
    ) -> Iterator[Samples]:
        """Yield the spoken text; see :class:`speech.synthesis.contract.Synthesizer`."""
        if not self.speaks(language):
            raise EngineError(f"{self.name} speaks {self._language}, not {language!r}")
        if not any(character.isalnum() for character in text):
            return
        line = " ".join(text.split())  # Piper takes each line for an utterance of its own
        command = [sys.executable, "-m", "piper", "--model", str(self._path), "--output-raw"]
        if pace != 1.0:
            command += ["--length-scale", f"{1 / pace:.3f}"]
        yield from speak(command, line, header=False, rate=self._rate)

    def close(self) -> None:
        """Nothing to do: each utterance ends its own process."""
