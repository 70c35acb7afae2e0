"""Wake words: ``detect``, audio, and a ``detection`` for each word that is heard."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from wyoming.audio import AudioChunk
from wyoming.event import Event
from wyoming.wake import Detection, NotDetected

from assistant.wake import Wake, WakeWords
from service.wyoming.audio import Decoder
from service.wyoming.offer import Offer
from service.wyoming.wire import MessageError, Wire
from service.wyoming.work import Work


def name_of(word: str) -> str:
    """How clients call a wake word: without the folder of a model's file."""
    return Path(word).stem if word.endswith(".json") else word


def wanted(offer: Offer, event: Event) -> tuple[str, ...]:
    """The wake words that a ``detect`` asks for, all if it names none; raises MessageError."""
    names = event.data.get("names")
    if not names:
        return offer.wake_words
    if not isinstance(names, list):
        raise MessageError("bad_message", "names is no list")
    known = {name_of(word): word for word in offer.wake_words}
    for name in names:
        if not isinstance(name, str) or name not in known:
            raise MessageError(
                "not_found", f"no wake word is called {name!r:.40}; there are {', '.join(known)}"
            )
    return tuple(dict.fromkeys(known[name] for name in names))


class Detecting:
    """Listens for wake words until the audio is over."""

    def __init__(self, words: tuple[str, ...], wire: Wire, work: Work) -> None:
        self._words = words
        self._wire = wire
        self._work = work
        self._decoder = Decoder()
        self._listening: WakeWords | None = None
        self._heard = False

    async def hear(self, chunk: AudioChunk) -> None:
        """Tell of each wake word in the next audio, with the time of the client if it has one."""
        for wake in await self._work.call(partial(self._feed, chunk)):
            self._heard = True
            time = round(1000 * wake.time) if chunk.timestamp is None else chunk.timestamp
            await self._wire.send(Detection(name_of(wake.word), time))

    async def stop(self) -> None:
        """Say so if there was none."""
        if not self._heard:
            await self._wire.send(NotDetected())

    async def close(self) -> None:
        """Nothing to give back."""

    def _feed(self, chunk: AudioChunk) -> tuple[Wake, ...]:
        if self._listening is None:  # loaded for each request: a model is one listener's
            self._listening = WakeWords(self._words)
        return self._listening.feed(self._decoder.feed(chunk))
