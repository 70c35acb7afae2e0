"""Recognisers by language: each is loaded when it is first asked for, and kept."""

from __future__ import annotations

import asyncio

from speech.language import primary
from speech.recognition.contract import Recognizer
from speech.recognition.engines import open_recognizer


class Recognizers:
    """Recognisers of all languages.

    Parameters
    ----------
    language
        What ``first`` hears; it is closed with the others.
    """

    def __init__(self, language: str, first: Recognizer) -> None:
        self._loaded = {primary(language): first}

    async def of(self, language: str) -> Recognizer:
        """The recogniser of a language (BCP 47).

        Raises
        ------
        SonorantError
            As :func:`speech.recognition.engines.open_recognizer`: there is none, or it is damaged.
        """
        tag = primary(language)
        if tag not in self._loaded:
            self._loaded[tag] = await asyncio.to_thread(open_recognizer, "auto", tag)
        return self._loaded[tag]

    def close(self) -> None:
        """Free all of them."""
        for recognizer in self._loaded.values():
            recognizer.close()
