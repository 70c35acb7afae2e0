"""Vosk's speaker model: an x-vector that Vosk computes while it recognises.

Vosk looks only at frames in which its recogniser hears speech, so that a recognition model is
needed beside the speaker model. Which one matters little, but it matters: vectors are marked with
both.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from speech.audio import RATE, Samples, sanitize, to_pcm16
from speech.errors import AudioError, ModelError
from speech.models.download import digest
from voiceprint.contract import Embedding, EmbeddingModel, Vector
from voiceprint.embedding.windows import check, unit

FILES = ("final.ext.raw", "mean.vec", "transform.mat", "mfcc.conf")
"""What makes a folder a speaker model."""

SHORTEST = 0.5
"""Seconds of speech that Vosk wants in a piece before it answers with a vector."""

_BLOCK = RATE  # samples fed at once
_LOADED: WeakValueDictionary[Path, Any] = WeakValueDictionary()
"""Recognition models in use, which take seconds to load and half a gigabyte: they are shared."""


class VoskXVector:
    """A Vosk speaker model; several threads may call at once.

    Parameters
    ----------
    folder
        The speaker model, as ``vosk-model-spk-0.4`` is.
    recognition
        The folder of any Vosk recognition model.

    Raises
    ------
    ModelError
        Either folder is no such model, or cannot be loaded.
    """

    def __init__(self, folder: Path, recognition: Path) -> None:
        import vosk

        vosk.SetLogLevel(-1)
        if missing := [name for name in FILES if not (folder / name).is_file()]:
            raise ModelError(f"{folder} is no speaker model of Vosk: it lacks {missing[0]}")
        try:
            self._speaker = vosk.SpkModel(str(folder))
        except Exception as error:  # vosk raises nothing more precise
            raise _damaged(folder) from error
        try:
            self._recognition = _LOADED.get(recognition) or vosk.Model(str(recognition))
        except Exception as error:
            raise _damaged(recognition) from error
        _LOADED[recognition] = self._recognition
        # Vosk itself does not tell before it has heard speech.
        self._dimension = _length(folder / "mean.vec")
        recogniser = recognition.parent.name if recognition.name == "model" else recognition.name
        version = hashlib.sha256("".join(digest(folder / name) for name in FILES).encode())
        self._model = EmbeddingModel(
            f"vosk:{folder.name}", f"{version.hexdigest()[:8]}.{recogniser}"
        )

    @property
    def model(self) -> EmbeddingModel:
        """``vosk:`` and the folder's name; the version tells weights and recogniser."""
        return self._model

    @property
    def dimension(self) -> int:
        """128 with ``vosk-model-spk-0.4``."""
        return self._dimension

    def embed(self, samples: Samples) -> Embedding:
        """The embedding of whoever speaks in ``samples``: a vector of shape (dimension,).

        Vosk ends pieces at pauses, each with a vector; they are averaged by their speech. It gives
        them all the same length, so that their strength tells nothing.

        Raises
        ------
        AudioError
            There is less than 0.4 s, or Vosk hears less than half a second of speech.
        """
        import vosk

        check(samples, shortest=0.4)
        recognizer = vosk.KaldiRecognizer(self._recognition, RATE, self._speaker)
        total = np.zeros(self._dimension, np.float32)
        for start in range(0, samples.size, _BLOCK):
            block = sanitize(samples[start : start + _BLOCK])
            if recognizer.AcceptWaveform(to_pcm16(block)):
                total += _weighted(recognizer.Result(), self._dimension)
        total += _weighted(recognizer.FinalResult(), self._dimension)
        if not total.any():
            raise AudioError(f"Vosk hears less than {SHORTEST} s of speech in this audio")
        return Embedding(unit(total), 1.0)


def _weighted(result: str, dimension: int) -> Vector:
    """A piece's vector, as long as its speech; nothing where there is too little."""
    found = json.loads(result)
    if "spk" not in found:
        return np.zeros(dimension, np.float32)
    return unit(np.array(found["spk"], np.float32)) * np.float32(found["spk_frames"])


def _length(file: Path) -> int:
    """How many numbers a Kaldi vector file holds, binary or text."""
    try:
        with file.open("rb") as opened:
            head = opened.read(10)
            if not head.startswith(b"\0B"):
                return len(file.read_text(encoding="ascii").strip().strip("[]").split())
            # "\0BFV " or "\0BDV ", the size of an integer (4), then the length.
            if head[2:5] not in (b"FV ", b"DV ") or head[5] != 4:
                raise ValueError("no vector")
            return int.from_bytes(head[6:10], "little")
    except (OSError, ValueError, IndexError) as error:
        raise _damaged(file.parent) from error


def _damaged(folder: Path) -> ModelError:
    return ModelError(
        f"Vosk cannot load the model in {folder}: a file is missing or damaged; "
        "`sonorant models verify` finds which"
    )
