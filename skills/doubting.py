"""What is asked before acting on commands that make sense, but may be left of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skills.contract import Reply, Request, Stage
from skills.devices.choosing import targets
from skills.devices.danger import dangerous
from skills.devices.words import listed
from skills.home import Home
from skills.intents import Matcher
from skills.matches import Doubt, Match
from skills.questions import Answering, DidYouMean
from skills.replies import say
from skills.understanding.doubt import Doubts
from skills.understanding.guessing import Guess, Guesser
from skills.understanding.parting import Part


class Doubting:
    """Asks about what is doubtful."""

    def __init__(
        self, home: Home, matcher: Matcher, guesser: Guesser, answering: Answering
    ) -> None:
        self._home = home
        self._matcher = matcher
        self._guesser = guesser
        self._answering = answering
        self._doubts = Doubts(home, matcher)

    async def question(self, request: Request, cut: Sequence[Part]) -> Reply | None:
        """What to ask about the parts of a request before anything is done; None if nothing."""
        doubtful: list[Guess] = []
        asked: list[Part] = []
        for part in cut:
            attempt = replace(request, text=part.text)
            match = None if part.forbidden else await self._matcher.match(attempt)
            if match is None:
                asked.append(part)
                continue
            danger = dangerous(self._home, match, request)
            if danger and request.confidence is not None:
                longer = await self._doubts.one_of_several(match, attempt)
                if longer is not None:
                    return say_exactly(request, match, longer)
            if danger and match.doubt is not None:
                beside = match.doubt is Doubt.BESIDE
                clear = match.plain if beside else await self._clear(attempt, match)
                return say_exactly(request, match, clear)
            # "Did you mean: make it brighter?", of "it's too dark in here".
            plain = replace(part, text=match.plain or part.text)
            asked.append(plain)
            if not danger and await self._doubts.about(match, attempt):
                doubtful.append(Guess(plain.text, match, 1.0))
        if not doubtful:
            return None
        question = DidYouMean(self._answering, request, asked, doubtful).reply
        meant = targets(self._home, doubtful[0].match, request)
        if len(cut) > 1 or isinstance(meant, str) or len(meant) < 2:
            return question
        things = listed(meant, request.language)
        text = say("did_you_mean_all", request.language, sentence=asked[0].text, things=things)
        return replace(question, text=text)

    async def _clear(self, request: Request, match: Match) -> str:
        """The nearest sentence that leaves no doubt, empty if there is none."""
        guesses = await self._guesser.guesses(replace(request, alternatives=()))
        clear = [guess for guess in guesses if guess.match.doubt is None]
        same = [guess for guess in clear if guess.match.slots == match.slots]
        return next((guess.text for guess in (*same, *clear)), "")


def say_exactly(request: Request, match: Match, sentence: str) -> Reply:
    """Ask to be told in words that leave no doubt, such as ``sentence`` if there is one."""
    key = "say_exactly" if sentence else "say_again"
    text = say(key, request.language, sentence=sentence)
    return Reply(text, match.intent, expects_answer=True, stage=Stage.REPAIRED)
