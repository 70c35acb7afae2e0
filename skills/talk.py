"""Talk about the talk: hello, stop, repeat, help; and saying honestly what cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from skills.contract import Reply, Request, Skill, Stage
from skills.intents import Matcher
from skills.replies import enumerated, say, spoken

_EXAMPLES = {
    "en": ("help", "say that again", "never mind"),
    "zh-CN": ("帮助", "再说一遍", "算了"),
    "ko": ("도움말", "다시 말해줘", "그만"),
}
_COURTESIES = {
    ("HassRespond", "hello"): "hello",
    ("Thank", "default"): "welcome",
    ("GoodNight", "default"): "good_night",
}
"""Intent and kind of answer to the key of the reply."""
_REFUSALS = {"HassGetWeather": "no_weather", "PlayMusic": "no_music"}


class TalkSkill:
    """Opens, ends, repeats and explains the conversation."""

    name = "talk"

    def __init__(
        self,
        matcher: Matcher,
        last: Callable[[str], Reply | None],
        skills: Callable[[], Sequence[Skill]],
    ) -> None:
        self._matcher = matcher
        self._last = last
        self._skills = skills

    def examples(self, language: str) -> tuple[str, ...]:
        """How to end, repeat and get help."""
        return _EXAMPLES[spoken(language)]

    async def answer(self, request: Request) -> Reply | None:
        """Answer what concerns the conversation."""
        match = await self._matcher.match(request)
        language = request.language
        if match is None:
            return None
        if match.intent in ("Stop", "HassNevermind"):
            return Reply("", match.intent, ends=True)
        if match.intent == "Repeat":
            last = self._last(request.talk) or Reply(say("nothing_said", language))
            # A question that is repeated can still be answered.
            return replace(last, intent=match.intent, slots={}, targets=(), acted=False)
        if (match.intent, match.response) in _COURTESIES:
            return Reply(say(_COURTESIES[match.intent, match.response], language), match.intent)
        if match.intent == "Help":
            return Reply(self._help(language), match.intent)
        return None

    async def close(self) -> None:
        """Nothing to stop."""

    def _help(self, language: str) -> str:
        # One example of each skill: a spoken list must be short.
        others = (skill for skill in self._skills() if skill is not self)
        firsts = [e[0] for skill in others if (e := skill.examples(language))]
        return say("help", language, things=enumerated(firsts, language))


class RefusalSkill:
    """Asked last: what was understood but cannot be done is said so, never passed over."""

    name = "refusals"

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def examples(self, language: str) -> tuple[str, ...]:
        """Nothing to advertise."""
        return ()

    async def answer(self, request: Request) -> Reply | None:
        """Refuse an intent that no other skill took."""
        match = await self._matcher.match(request)
        # A skill that leaves its own sentence alone has seen that it means something else.
        if match is None or not match.intent.startswith(("Hass", *_REFUSALS)):
            return None
        key = _REFUSALS.get(match.intent, "cannot")
        if match.intent.startswith("HassMediaSearch"):
            key = "no_music"
        text = say(key, request.language)
        return Reply(text, match.intent, match.slots, stage=Stage.STRICT)

    async def close(self) -> None:
        """Nothing to stop."""
