"""One client: reads its events one after the other and has each served by its domain.

What cannot be served is answered with an ``error`` and ends the connection, since Home Assistant
waits for an answer until the connection ends. What is not known is passed over, as the protocol
wants it.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping

from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Info
from wyoming.ping import Pong

from service.wyoming.asr import Transcription, chosen
from service.wyoming.audio import chunk_in
from service.wyoming.handle import Handling
from service.wyoming.heard import Heard
from service.wyoming.limits import Limits
from service.wyoming.listening import Listener
from service.wyoming.offer import Offer
from service.wyoming.tts import Speaking
from service.wyoming.wake import Detecting, wanted
from service.wyoming.wire import MessageError, Wire, text_in
from service.wyoming.work import Work
from speech.errors import BusyError, SonorantError

_LOGGER = logging.getLogger(__name__)

_Serve = Callable[[Event], Awaitable[None]]


class Connection:
    """Serves one client.

    Parameters
    ----------
    info
        What is answered to ``describe``.
    heard
        Shared by all connections: a transcript comes back on another one, as a command.
    """

    def __init__(
        self, wire: Wire, work: Work, offer: Offer, info: Info, limits: Limits, heard: Heard
    ) -> None:
        self._wire = wire
        self._work = work
        self._offer = offer
        self._info = info
        self._limits = limits
        self._heard = heard
        self._listener: Listener | None = None
        self._serving: Mapping[str, _Serve] = {
            "describe": self._describe,
            "ping": self._ping,
            "transcribe": self._transcribe,
            "detect": self._detect,
            "audio-start": self._audio_start,
            "audio-chunk": self._audio_chunk,
            "audio-stop": self._audio_stop,
            **self._speaking(),
            **self._handling(),
        }

    async def run(self) -> None:
        """Serve until the client has gone, or something went wrong; raises nothing."""
        try:
            await self._run()
        except ConnectionError:
            pass  # it has gone
        except MessageError as error:
            await self._fail(error.code, str(error))
        except BusyError as error:
            await self._fail("busy", str(error))
        except SonorantError as error:
            await self._fail("failed", str(error))
        except Exception:
            _LOGGER.exception("serving a Wyoming client failed")
            await self._fail("internal", "something went wrong here; the log says what")
        finally:
            await self._listen(None)
            await self._wire.close()

    async def _run(self) -> None:
        while (event := await self._wire.receive()) is not None:
            serve = self._serving.get(event.type)
            if serve is not None:
                await serve(event)

    async def _fail(self, code: str, message: str) -> None:
        with contextlib.suppress(ConnectionError, MessageError):  # it does not want to know
            await self._wire.send(Error(message, code))

    async def _describe(self, event: Event) -> None:
        await self._wire.send(self._info)

    async def _ping(self, event: Event) -> None:
        await self._wire.send(Pong(text_in(event.data, "text", self._limits.text)))

    # Audio: what it is for was said before, or else it is to be transcribed.

    async def _transcribe(self, event: Event | None) -> None:
        if not self._offer.recognizers:
            raise MessageError("unsupported", "nothing is transcribed here")
        recognizer, language = chosen(self._offer, event, self._limits.text)
        await self._listen(
            Transcription(
                recognizer,
                language,
                self._wire,
                self._work,
                self._limits,
                self._heard,
                self._offer.partials,
            )
        )

    async def _detect(self, event: Event) -> None:
        if not self._offer.wake_words:
            raise MessageError("unsupported", "no wake words are listened for here")
        await self._listen(Detecting(wanted(self._offer, event), self._wire, self._work))

    async def _audio_start(self, event: Event) -> None:
        if self._listener is None:
            await self._transcribe(None)

    async def _audio_chunk(self, event: Event) -> None:
        if self._listener is None:
            raise MessageError("bad_message", "audio-chunk before audio-start")
        await self._listener.hear(chunk_in(event))

    async def _audio_stop(self, event: Event) -> None:
        if self._listener is None:
            raise MessageError("bad_message", "audio-stop before audio-start")
        await self._listener.stop()
        await self._listen(None)

    async def _listen(self, listener: Listener | None) -> None:
        before, self._listener = self._listener, listener
        if before is not None:
            await before.close()

    # Text: only what is offered can be asked for.

    def _speaking(self) -> Mapping[str, _Serve]:
        names = ("synthesize", "synthesize-start", "synthesize-chunk", "synthesize-stop")
        if self._offer.synthesizer is None:
            return dict.fromkeys(names, _refusal("nothing is spoken here"))
        speaking = Speaking(
            self._offer.synthesizer, self._offer, self._wire, self._work, self._limits
        )
        serving = (speaking.synthesize, speaking.start, speaking.piece, speaking.stop)
        return dict(zip(names, serving, strict=True))

    def _handling(self) -> Mapping[str, _Serve]:
        if self._offer.router is None:
            return {"transcript": _refusal("no commands are carried out here")}
        handling = Handling(self._offer.router, self._offer, self._wire, self._limits, self._heard)
        return {"transcript": handling.answer}


def _refusal(reason: str) -> _Serve:
    async def refuse(event: Event) -> None:
        raise MessageError("unsupported", reason)

    return refuse
