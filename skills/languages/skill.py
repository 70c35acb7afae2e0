"""Going on in another language: "speak Chinese", 说英语, 한국어로 말해.

The skill only says so, in the new language; whoever holds the conversation has what hears,
understands and speaks it follow: see :attr:`skills.contract.Reply.goes_on_in`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from skills.authoring import Call, Reply, SentenceSkill, Tools, on
from speech.language import primary

_OURS = ("en", "zh-CN", "ko")


class LanguageSkill(SentenceSkill):
    """Changes the language of a talk.

    Parameters
    ----------
    warm_up
        Loads what a language needs, so that the first answer in it is not slow.
    """

    name = "languages"

    def __init__(self, tools: Tools, warm_up: Callable[[str], Awaitable[None]]) -> None:
        super().__init__(tools)
        self._warm_up = warm_up

    @on("SpeakLanguage")
    async def speak(self, call: Call) -> Reply:
        """Go on in another language, if it is one of ours."""
        wanted = call.text("spoken_language")
        if wanted not in _OURS:
            return call.reply("only_these")
        if primary(wanted) == primary(call.language):
            return call.reply("already")
        await self._warm_up(wanted)
        there = call.again(replace(call.request, language=wanted))
        return replace(there.reply("now", acted=True), goes_on_in=wanted)

    @on("TellLanguages")
    def tell(self, call: Call) -> Reply:
        """Which languages are ours."""
        return call.reply("only_these")
