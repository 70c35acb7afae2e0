"""The weaker stages: what a sentence that nobody understood may have been.

A guess is a whole sentence that the matcher does match. It is asked about, never acted on.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from skills.contract import Request
from skills.intents import Matcher
from skills.matches import Match
from skills.normalize import MOST_CHARACTERS, base, normalize, without_fillers
from skills.package import package_language
from skills.understanding.mood import kept
from skills.understanding.repair import SURE, Repaired
from skills.wordings import reworded

if TYPE_CHECKING:
    from skills.names import Names
    from skills.templates import Templates
    from skills.understanding.pool import Pool
    from skills.understanding.repair import Repairer

REPAIRED = ("en", "zh", "ko")
"""The languages whose sentences can be repaired."""
_LESS_SURE = 0.02
"""What a repaired hypothesis loses for each that the recogniser thought more likely."""
_MOST_TRIED = 6
"""Repaired sentences that are given to the matcher; each takes a millisecond."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What was perhaps said."""

    text: str
    match: Match
    score: float
    """0-1."""


class Guesser:
    """Guesses in every language that it knows how to repair."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._repairers: dict[str, tuple[Names, Repairer]] = {}

    async def warm_up(self, language: str) -> None:
        """Load what a language needs."""
        tag = _repaired(language)
        if tag is not None and await self._matcher.warm_up(tag):
            await asyncio.to_thread(self._repairer, tag)

    async def guesses(self, request: Request) -> list[Guess]:
        """What each hypothesis may have been, the likeliest first; unlikely ones included."""
        tag = _repaired(request.language)
        if tag is None or not await self._matcher.warm_up(tag):
            return []
        repairer = self._repairer(tag)
        found: dict[str, Repaired] = {}
        for number, text in enumerate((request.text, *request.alternatives)):
            if len(text) > MOST_CHARACTERS:
                continue
            said = normalize(text, tag)
            bare = without_fillers(said, tag)
            for reading in (said,) if bare is None else (said, bare):
                self._add(repairer.candidates(reading), number, reading, tag, found)
            # Plain words may be nearer to a sentence that there is.
            if all(one.score < SURE for one in found.values()):
                for wording in reworded(bare or said, tag)[:1]:
                    self._add(repairer.candidates(wording.text), number, wording.text, tag, found)
        likely = sorted(found.values(), key=lambda one: -one.score)
        return await self._matched(likely, request)

    @staticmethod
    def _add(
        candidates: Iterable[Repaired], number: int, said: str, tag: str, found: dict[str, Repaired]
    ) -> None:
        """Keep the best of each candidate for the hypothesis of this number."""
        for one in candidates:
            score = one.score - number * _LESS_SURE
            known = found.get(one.text)
            if (known is None or known.score < score) and kept(said, one.text, tag):
                found[one.text] = replace(one, score=score)

    async def _matched(self, likely: Iterable[Repaired], request: Request) -> list[Guess]:
        """Those that are sentences, as far as the first sure one and those as good as it."""
        guesses: list[Guess] = []
        for one in itertools.islice(likely, _MOST_TRIED):
            if guesses and guesses[-1].score >= SURE and round(guesses[-1].score - one.score, 3):
                break
            match = await self._matcher.match(replace(request, text=one.text, context=None))
            if match is not None and not match.free:
                guesses.append(Guess(one.text, match, one.score))
        return guesses

    def _repairer(self, tag: str) -> Repairer:
        from skills.understanding.repair import Repairer

        names = self._matcher.names(tag)
        if tag not in self._repairers or self._repairers[tag][0] is not names:
            pool = _pool(self._matcher.templates(tag))
            self._repairers[tag] = names, Repairer(pool, names, tag)
        return self._repairers[tag][1]


@lru_cache(maxsize=8)
def _pool(templates: Templates) -> Pool:
    """The same for every home."""
    from skills.understanding.pool import Pool

    return Pool.of(templates.intents)


def _repaired(language: str) -> str | None:
    """The package's tag of a language whose sentences can be repaired."""
    return package_language(language) if base(language) in REPAIRED else None
