"""Synthesisers: engines that turn text into speech, behind one contract."""

from __future__ import annotations

from speech.errors import EngineError
from speech.synthesis.contract import Synthesizer

ENGINES = ("auto", "espeak-ng", "piper")

__all__ = ["ENGINES", "Synthesizer", "open_synthesizer"]


def open_synthesizer(engine: str = "auto", voice: str | None = None) -> Synthesizer:
    """Open a synthesiser.

    Parameters
    ----------
    engine
        One of :data:`ENGINES`; ``auto`` takes Piper where ``voice`` is one of its voices (a file
        that ends in ``.onnx``, or a name of the catalogue), otherwise espeak-ng.
    voice
        For espeak-ng a voice's name, as in ``en-gb``; for Piper a file or a catalogue name.

    Raises
    ------
    EngineError
        There is no such engine, or its software is missing.
    ModelError
        The voice is unknown or missing.
    """
    if engine not in ENGINES:
        raise EngineError(f"no synthesiser is called {engine!r}; there are {', '.join(ENGINES)}")
    if engine == "auto":
        engine = "piper" if voice is not None and _is_piper(voice) else "espeak-ng"
    if engine == "piper":
        from speech.synthesis.piper import PiperSynthesizer

        return PiperSynthesizer(voice or "en_US-joe-medium")
    from speech.synthesis.espeak import EspeakSynthesizer

    return EspeakSynthesizer(voice)


def _is_piper(voice: str) -> bool:
    from speech.models import load_catalogue

    catalogue = load_catalogue()
    return voice.endswith(".onnx") or (voice in catalogue and catalogue[voice].kind == "piper")
