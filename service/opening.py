"""Where the engines that cost most come from: this process, or others (:mod:`service.scaling`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pronunciation.contract import Assessor
    from speech.recognition.contract import Recognizer
    from voiceprint.contract import Embedder


class Opening(Protocol):
    """Opens engines. Calls take seconds and belong off an event loop."""

    def recognizer(self, engine: str, language: str, model: str | None) -> Recognizer:
        """Parameters and errors as in :func:`speech.recognition.engines.open_recognizer`."""
        ...

    def assessor(self, language: str) -> Assessor:
        """Parameters and errors as in :func:`pronunciation.open_assessor`."""
        ...

    def embedder(self) -> Embedder:
        """The default of :func:`voiceprint.embedding.open_embedder`, whose errors it raises."""
        ...


class Here:
    """They are loaded into this process."""

    def recognizer(self, engine: str, language: str, model: str | None) -> Recognizer:
        """See :class:`Opening`."""
        from speech.recognition.engines import open_recognizer

        return open_recognizer(engine, language, model=model)

    def assessor(self, language: str) -> Assessor:
        """See :class:`Opening`."""
        from pronunciation import open_assessor

        return open_assessor(language)

    def embedder(self) -> Embedder:
        """See :class:`Opening`."""
        from voiceprint.embedding import open_embedder

        return open_embedder()
