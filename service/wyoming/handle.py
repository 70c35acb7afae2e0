"""Commands: a ``transcript`` to the router, and ``handled`` or ``not-handled`` with its reply."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from wyoming.event import Event
from wyoming.handle import Handled, NotHandled

from service.wyoming.heard import Heard
from service.wyoming.limits import Limits
from service.wyoming.offer import Offer
from service.wyoming.wire import MessageError, Wire, object_in, text_in
from skills import Request, Router, Stage
from speech.errors import ConfigError
from speech.language import canonical


class Handling:
    """Has the commands of one connection carried out.

    Home Assistant connects anew for each command and tells by a ``conversation_id`` what belongs
    together; without one a connection is a talk of its own.
    """

    def __init__(
        self, router: Router, offer: Offer, wire: Wire, limits: Limits, heard: Heard
    ) -> None:
        self._router = router
        self._offer = offer
        self._wire = wire
        self._limits = limits
        self._heard = heard
        self._talk = secrets.token_hex(8)

    async def answer(self, event: Event) -> None:
        """Act on a transcript, and say what came of it."""
        request, context = self._request(event)
        try:
            async with asyncio.timeout(self._limits.work):
                reply = await self._router.answer(request)
        except TimeoutError:
            raise MessageError(
                "timeout", f"there was no answer within {self._limits.work:g} s"
            ) from None
        result = NotHandled if reply.stage is Stage.NONE else Handled
        await self._wire.send(result(reply.text, context=context))

    def _request(self, event: Event) -> tuple[Request, dict[str, Any] | None]:
        text = text_in(event.data, "text", self._limits.text)
        if text is None or not text.strip():
            raise MessageError("bad_message", "a transcript without text is no command")
        language = text_in(event.data, "language", self._limits.text) or self._offer.language
        try:
            language = canonical(language)
        except ConfigError as error:
            raise MessageError("bad_message", str(error)) from error
        told = object_in(event.data, "context")
        conversation = text_in(told, "conversation_id", self._limits.text)
        reading = self._heard.reading(text)
        request = Request(
            text.strip(),
            language,
            reading.alternatives,
            self._area(told),
            confidence=reading.confidence,
            talk=f"wyoming {conversation or self._talk}",
        )
        return request, {"conversation_id": conversation} if conversation else None

    def _area(self, told: Mapping[str, Any]) -> str | None:
        """Where a command comes from: the client may say it, or which satellite heard it."""
        named = text_in(told, "area", self._limits.text)
        for area in self._router.home.areas.values():
            if named and named.casefold() in (area.id.casefold(), area.name.casefold()):
                return area.id
        for key in ("satellite_id", "device_id"):
            known = self._offer.satellites.get(text_in(told, key, self._limits.text) or "")
            if known is not None:
                return known
        return self._offer.area
