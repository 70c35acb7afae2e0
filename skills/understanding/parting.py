"""Taking a compound sentence apart so that every part means something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from skills.contract import Context, Request
from skills.intents import Matcher
from skills.matches import Doubt, Match
from skills.negation import forbidden, is_meant, without_negation
from skills.normalize import MOST_CHARACTERS, normalize
from skills.package import package_language
from skills.understanding.compounds import cuts, for_each
from skills.understanding.guessing import Guess
from skills.understanding.repair import SURE

_MOST = 4
"""Commands in one sentence."""
Guessing = Callable[[Request], Awaitable[list[Guess]]]


@dataclass(frozen=True, slots=True)
class Part:
    """One command of a compound sentence."""

    text: str
    forbidden: bool = False
    """Whether it says what not to do."""
    guess: Guess | None = None
    """Where it was not understood: what it may have been."""


async def parts(matcher: Matcher, request: Request, *, guess: Guessing | None = None) -> list[Part]:
    """The commands of a compound sentence in order; nothing if it is no such sentence.

    Each part is understood word for word, or is guessed if ``guess`` may: a sentence of which
    some part means nothing is no compound.
    """
    tag = package_language(request.language)
    if tag is None or len(request.text) > MOST_CHARACTERS:
        return []
    whole = await matcher.match(request)
    if whole is not None and not whole.free and whole.doubt is not Doubt.BESIDE:
        return []
    same = for_each(request.text, request.language, matcher.names(tag))
    if same and all([await matcher.match(replace(request, text=text)) for text in same]):
        return [Part(text) for text in same]
    found = await _cut(matcher, request, _MOST, guess)
    if len(found) < 2 or (whole is not None and await _remarks(matcher, request, found)):
        return []
    return found


async def _remarks(matcher: Matcher, request: Request, found: Sequence[Part]) -> bool:
    """Whether some part is a mere remark beside the command: "it's too dark, put the lamp on"."""
    attempts = (replace(request, text=part.text) for part in found if not part.forbidden)
    matches = [await matcher.match(attempt) for attempt in attempts]
    return any(match is not None and match.doubt is Doubt.PIECE for match in matches)


async def _cut(matcher: Matcher, request: Request, most: int, guess: Guessing | None) -> list[Part]:
    """The parts of a sentence, itself if it is one; nothing if some of it means nothing."""
    whole = await _part(matcher, request)
    if whole is not None:
        return [whole[0]]
    for cut in cuts(request.text, request.language) if most > 1 else ():
        first = await _part(matcher, replace(request, text=cut.first))
        begun = [] if first is None else [first[0]]
        if first is None and guess is not None:
            begun = await _guessed(replace(request, text=cut.first), guess)
        if not begun:
            continue
        context = request.context if first is None else first[1]
        rest = replace(request, text=cut.rest, context=context)
        following = await _cut(matcher, rest, most - 1, guess)
        if not following:
            continue
        if begun[0].forbidden and cut.negation_holds:
            following = [replace(part, forbidden=True) for part in following]
        return begun + following
    # The whole is guessed elsewhere, if nothing can be cut off.
    return [] if guess is None or most == _MOST else await _guessed(request, guess)


async def _part(matcher: Matcher, request: Request) -> tuple[Part, Context | None] | None:
    """One command that is understood, and what it leaves to talk about."""
    text = normalize(request.text, request.language)
    positive = without_negation(text, request.language)
    match = await matcher.match(request)
    if positive is not None and not is_meant(text, request.language, match):
        for command in forbidden(positive, request.language) if positive else ():
            if await matcher.match(replace(request, text=command)) is not None:
                return Part(request.text, forbidden=True), None
        return None
    if match is None or match.doubt is Doubt.BESIDE:
        return None  # what was said beside it is perhaps another command
    if "conversation_command" in match.slots:
        return None  # "in ten minutes' time" is when, and no timer of its own
    if match.free and any(True for _ in cuts(request.text, request.language)):
        # Free text may have swallowed another command.
        return None
    return Part(request.text), left_by(match)


async def _guessed(request: Request, guess: Guessing) -> list[Part]:
    guesses = await guess(replace(request, alternatives=()))
    likely = [one for one in guesses if one.score >= SURE][:1]
    return [Part(one.text, guess=one) for one in likely]


def left_by(match: Match) -> Context:
    """What a sentence leaves to talk about."""
    return Context(match.intent, match.slots, match.names, match.response)
