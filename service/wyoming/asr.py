"""Speech to text: ``transcribe``, audio, and then the ``transcript``."""

from __future__ import annotations

from functools import partial

from wyoming.asr import Transcript, TranscriptChunk, TranscriptStart, TranscriptStop
from wyoming.audio import AudioChunk
from wyoming.event import Event

from service.wyoming.audio import Decoder
from service.wyoming.heard import Heard
from service.wyoming.limits import Limits
from service.wyoming.offer import Offer
from service.wyoming.wire import MessageError, Wire, text_in
from service.wyoming.work import Work
from speech.audio import RATE
from speech.errors import ConfigError
from speech.language import primary
from speech.recognition import Final, Partial, RecognitionStream, Recognizer


def languages_of(recognizer: Recognizer, offer: Offer) -> tuple[str, ...]:
    """What a recogniser understands, as primary subtags; the default where its model is silent."""
    known = recognizer.capabilities.languages
    return (primary(offer.language),) if known is None else tuple(sorted(known))


def chosen(offer: Offer, event: Event | None, most: int) -> tuple[Recognizer, str]:
    """The recogniser that a ``transcribe`` asks for, and the language; raises MessageError."""
    data = {} if event is None else event.data
    name = text_in(data, "name", most)
    language = text_in(data, "language", most) or offer.language
    try:
        spoken = primary(language)
    except ConfigError as error:
        raise MessageError("bad_message", str(error)) from error
    named = [one for one in offer.recognizers if name in (None, one.name)]
    if not named:
        known = ", ".join(one.name for one in offer.recognizers) or "none"
        raise MessageError("not_found", f"no recogniser is called {name!r}; there are: {known}")
    for recognizer in named:
        if spoken in languages_of(recognizer, offer):
            return recognizer, language
    known = ", ".join(tag for one in named for tag in languages_of(one, offer))
    raise MessageError("unsupported", f"{language!r} is not understood here, but {known}")


class Transcription:
    """One utterance; it ends where the client says so, not where it falls silent."""

    def __init__(
        self,
        recognizer: Recognizer,
        language: str,
        wire: Wire,
        work: Work,
        limits: Limits,
        heard: Heard,
        partials: bool,
    ) -> None:
        self._recognizer = recognizer
        self._language = language
        self._wire = wire
        self._work = work
        self._limits = limits
        self._heard = heard
        self._settled = Settled() if partials else None
        self._decoder = Decoder()
        self._stream: RecognitionStream | None = None
        self._size = 0
        self._started = False

    async def hear(self, chunk: AudioChunk) -> None:
        """Recognise the next audio; raises MessageError once it is too much."""
        said = await self._work.call(partial(self._feed, chunk))
        if self._settled is not None and said is not None:
            await self._tell(self._settled.add(said.text))

    async def stop(self) -> None:
        """Answer with the transcript, empty where nothing was understood."""
        final = await self._work.call(self._finish)
        self._heard.add(final)
        if self._settled is not None:
            await self._start()
            await self._tell(self._settled.rest(final.text))
        await self._wire.send(Transcript(final.text, language=self._language))
        if self._settled is not None:
            await self._wire.send(TranscriptStop())

    async def close(self) -> None:
        """Drop the utterance."""
        if self._stream is not None:
            await self._work.close(self._stream.close)

    def _feed(self, chunk: AudioChunk) -> Partial | None:
        samples = self._decoder.feed(chunk)
        self._size += samples.size
        if self._size > self._limits.utterance * RATE:
            raise MessageError(
                "too_large", f"an utterance may last {self._limits.utterance:g} s, not more"
            )
        return self._opened().feed(samples)

    def _finish(self) -> Final:
        stream = self._opened()
        tail = self._decoder.finish()
        if tail.size:
            stream.feed(tail)
        return stream.finish()

    def _opened(self) -> RecognitionStream:
        if self._stream is None:
            self._stream = self._recognizer.stream(partials=self._settled is not None)
        return self._stream

    async def _start(self) -> None:
        if not self._started:
            self._started = True
            await self._wire.send(TranscriptStart(language=self._language))

    async def _tell(self, text: str) -> None:
        if text:
            await self._start()
            await self._wire.send(TranscriptChunk(text))


class Settled:
    """Words that two partials in a row agree on: what was sent cannot be taken back."""

    def __init__(self) -> None:
        self._before: list[str] = []
        self._sent: list[str] = []

    def add(self, text: str) -> str:
        """What is sent of a partial; its last word may be half of one.

        >>> settled = Settled()
        >>> [settled.add(text) for text in ("turn", "turn on the", "turn on the lamp")]
        ['', '', 'turn on']
        """
        words = text.split()
        agreed = 0
        for one, other in zip(self._before[:-1], words[:-1], strict=False):
            if one != other:
                break
            agreed += 1
        self._before = words
        return self._send(words[:agreed])

    def rest(self, text: str) -> str:
        """What is sent at the end; nothing where the transcript begins otherwise."""
        return self._send(text.split())

    def _send(self, words: list[str]) -> str:
        count = len(self._sent)
        if words[:count] != self._sent or len(words) == count:
            return ""
        self._sent = words
        return (" " if count else "") + " ".join(words[count:])
