"""Answering questions about the weather and about the world."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from skills.authoring import Call, Reply, Request, SentenceSkill, Tools, on
from skills.contract import Stage
from skills.information.encyclopaedia import Encyclopaedia
from skills.information.sources import read_sources
from skills.information.weather import fetch


class InformationSkill(SentenceSkill):
    """What can be looked up, as ``information.yaml`` says where.

    Raises
    ------
    ConfigError
        Something in the file is wrong, or names a file that is no ZIM file.
    """

    name = "information"

    def __init__(self, tools: Tools, file: Path) -> None:
        super().__init__(tools)
        sources = read_sources(file)
        self._weather = sources.weather
        self._books = Encyclopaedia(sources.encyclopaedia) if sources.encyclopaedia else None

    def examples(self, language: str) -> tuple[str, ...]:
        """Only what there is a source for."""
        weather, topic = super().examples(language)
        having = ((weather, self._weather), (topic, self._books))
        return tuple(example for example, source in having if source is not None)

    @on("HassGetWeather")
    async def weather(self, call: Call) -> Reply | None:
        """The weather at home, today or tomorrow."""
        if self._weather is None:
            return None  # a skill of somebody else may know it, or it is refused
        if call.text("place") or call.text("name"):
            return call.reply("only_home")
        said = call.request.text.lower()
        ahead = int(any(word in said for word in ("tomorrow", "明天", "내일")))
        try:
            weather = await asyncio.to_thread(fetch, self._weather, ahead)
        except OSError as error:
            return call.reply("unreachable", reason=error)
        key = "now" if weather.now is not None else "tomorrow"
        sky = call.phrase(weather.sky)
        return call.reply(key, sky=sky, now=weather.now, low=weather.low, high=weather.high)

    @on("LookUp", "HassGetState")
    async def look_up(self, call: Call) -> Reply | None:
        """The beginning of an article."""
        slot = _topic(call)
        if slot is None:
            return None
        if self._books is None:
            # "What is the ..." may be a question to the home that was misheard.
            return None if slot == "topic" else _no_books(call)
        topic = call.original(slot)
        text = await asyncio.to_thread(self._books.article, topic, call.language)
        return call.reply("unknown", topic=topic) if text is None else call.answer(text)

    async def excuse(self, request: Request) -> Reply | None:
        """Where nobody knew an answer: that there is no encyclopaedia, if one was asked for."""
        call = await self.understood(request)
        if call is None or _topic(call) is None or self._books is not None:
            return None
        return _no_books(call)


def _no_books(call: Call) -> Reply:
    return replace(call.reply("no_encyclopaedia"), stage=Stage.NONE)


def _topic(call: Call) -> str | None:
    """The slot that holds what is to be looked up, None if the question is another."""
    if call.match.intent == "LookUp":
        return "topic"
    # "Who is Ada Lovelace?" looks like a question about who is in some place.
    person = call.match.intent == "HassGetState" and call.text("domain") == "person"
    return "state" if person and "name" not in call.slots else None
