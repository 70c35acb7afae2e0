"""Recognisers: engines that turn an utterance's audio into text, behind one contract."""

from speech.recognition.contract import (
    Bias,
    Capabilities,
    Final,
    Hypothesis,
    Partial,
    RecognitionStream,
    Recognizer,
    Word,
)

__all__ = [
    "Bias",
    "Capabilities",
    "Final",
    "Hypothesis",
    "Partial",
    "RecognitionStream",
    "Recognizer",
    "Word",
]
