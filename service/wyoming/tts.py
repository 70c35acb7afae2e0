"""Text to speech: ``synthesize``, whole or in pieces, and audio as it is spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.tts import SynthesizeStopped

from service.wyoming.limits import Limits
from service.wyoming.offer import Offer
from service.wyoming.wire import MessageError, Wire, object_in, text_in
from service.wyoming.work import Work
from speech.audio import RATE, Samples, to_pcm16
from speech.errors import ConfigError
from speech.language import canonical
from speech.synthesis import Synthesizer

_FORMAT = {"rate": RATE, "width": 2, "channels": 1}
_SENTENCE = re.compile(r".*?(?:[.!?…]+(?=\s)|[。！？]+|\n)", re.DOTALL)


class Speaking:
    """Speaks for one connection."""

    def __init__(
        self, synthesizer: Synthesizer, offer: Offer, wire: Wire, work: Work, limits: Limits
    ) -> None:
        self._synthesizer = synthesizer
        self._offer = offer
        self._wire = wire
        self._work = work
        self._limits = limits
        self._language: str | None = None  # while a text comes in pieces
        self._rest = ""
        self._size = 0

    async def synthesize(self, event: Event) -> None:
        """Speak a text; amid pieces it only repeats them, for servers that take no pieces."""
        if self._language is not None:
            return
        language = await self._voice(event.data)
        await self._say(self._text(event), language)

    async def start(self, event: Event) -> None:
        """A text is to come in pieces."""
        self._language = await self._voice(event.data)
        self._rest, self._size = "", 0

    async def piece(self, event: Event) -> None:
        """Speak the sentences that a piece completes."""
        if self._language is None:
            raise MessageError("bad_message", "synthesize-chunk without synthesize-start")
        piece = self._text(event)
        self._size += len(piece)
        if self._size > self._limits.text:
            raise MessageError(
                "too_large", f"the text is longer than {self._limits.text} characters"
            )
        sentences, self._rest = _cut(self._rest + piece)
        for sentence in sentences:
            await self._say(sentence, self._language)

    async def stop(self, event: Event) -> None:
        """Speak what is left."""
        if self._language is None:
            raise MessageError("bad_message", "synthesize-stop without synthesize-start")
        language, self._language = self._language, None
        if self._rest.strip():
            await self._say(self._rest, language)
        await self._wire.send(SynthesizeStopped())

    def _text(self, event: Event) -> str:
        text = text_in(event.data, "text", self._limits.text)
        if text is None:
            raise MessageError("bad_message", f"{event.type} has no text")
        return text

    async def _voice(self, data: Mapping[str, Any]) -> str:
        """The language to speak; it chooses the voice."""
        kind = text_in(data, "text_format", self._limits.text)
        if kind not in (None, "text"):
            raise MessageError("unsupported", f"text_format {kind!r:.40} is not spoken, but text")
        voice = object_in(data, "voice")
        name = text_in(voice, "name", self._limits.text)
        language = name or text_in(voice, "language", self._limits.text) or self._offer.language
        try:
            tag = canonical(language)
        except ConfigError as error:
            raise MessageError("not_found", f"no voice is called {language!r:.40}") from error
        if not await self._work.call(lambda: self._synthesizer.speaks(tag)):
            raise MessageError("not_found", f"there is no voice for {language!r}")
        return tag

    async def _say(self, text: str, language: str) -> None:
        sound = self._synthesizer.synthesize(text, language)
        try:
            await self._wire.send(AudioStart(**_FORMAT))
            while (chunk := await self._work.call(lambda: next(sound, None))) is not None:
                await self._wire.send(AudioChunk(**_FORMAT, audio=to_pcm16(chunk)))
            await self._wire.send(AudioStop())
        finally:
            await self._work.close(lambda: _close(sound))


def _close(sound: Iterator[Samples]) -> None:
    close = getattr(sound, "close", None)  # a generator has it, and stops its program at once
    if close is not None:
        close()


def _cut(text: str) -> tuple[list[str], str]:
    """The sentences that are over, and the rest.

    >>> _cut("It is on. It is 3.5 degrees. And")
    (['It is on.', ' It is 3.5 degrees.'], ' And')
    """
    sentences = [found[0] for found in _SENTENCE.finditer(text)]
    return [one for one in sentences if one.strip()], text[sum(map(len, sentences)) :]
