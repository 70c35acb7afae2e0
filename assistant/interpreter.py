"""Going on in another language: what hears it is opened before the reply that promises it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace

from assistant.contract import Router
from assistant.phrases import Phrase, language_name, phrase
from skills.contract import Reply, Request
from speech.errors import SonorantError
from speech.language import primary
from speech.recognition.contract import Recognizer
from speech.recognition.engines import recommended

_LOGGER = logging.getLogger(__name__)

RecognizerOf = Callable[[str], Awaitable[Recognizer]]
"""The recogniser of a language (BCP 47), kept open; a SonorantError where there is none."""


class Interpreter:
    """A :class:`~assistant.contract.Router` that knows what is heard in which language.

    Where a reply goes on in a language without a recogniser, what was typed is answered in it, and
    says that it has to go on typed; what was said aloud is told so, and nothing changes.

    Parameters
    ----------
    recognizer_of
        Where recognisers of other languages come from; without it there are none.
    """

    def __init__(self, router: Router, recognizer_of: RecognizerOf | None) -> None:
        self._router = router
        self._recognizer_of = recognizer_of
        self._opening: dict[str, asyncio.Future[Recognizer]] = {}
        self._recognizers: dict[str, Recognizer] = {}

    def hears(self, language: str, recognizer: Recognizer) -> None:
        """Something that hears a language is there already."""
        self._recognizers[primary(language)] = recognizer

    def recognizer(self, language: str) -> Recognizer | None:
        """What hears a language; None if nothing was opened for it."""
        return self._recognizers.get(primary(language))

    async def answer(self, request: Request) -> Reply:
        """The router's reply; where it goes on in another language, see above."""
        reply = await self._router.answer(request)
        language = reply.goes_on_in
        if language is None or await self._opened(language):
            return reply
        typed = request.confidence is None
        which = Phrase.ONLY_TYPED if typed else Phrase.NOT_HEARD_IN
        text, spoken = phrase(which, language if typed else request.language)
        text = text.format(language=language_name(language, spoken), model=recommended(language))
        if typed:
            return replace(reply, text=f"{reply.text} {text}")
        return replace(reply, text=text, language=spoken, acted=False, goes_on_in=None)

    async def _opened(self, language: str) -> bool:
        """Whether there is a recogniser, after opening one where that can be done."""
        tag = primary(language)
        if tag in self._recognizers or self._recognizer_of is None:
            return tag in self._recognizers
        if tag not in self._opening:
            self._opening[tag] = asyncio.ensure_future(self._recognizer_of(language))
        try:
            # Goes on where the answer takes too long: it is then there the next time.
            self._recognizers[tag] = await asyncio.shield(self._opening[tag])
        except SonorantError as error:
            _LOGGER.warning("what is said in %s cannot be heard: %s", tag, error)
        finally:
            if tag in self._opening and self._opening[tag].done():
                del self._opening[tag]
        return tag in self._recognizers
