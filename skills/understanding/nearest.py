"""An honest "I did not understand", with the nearest thing that there is to say."""

from __future__ import annotations

from collections.abc import Sequence

from skills.contract import Reply, Request, Stage
from skills.normalize import MOST_CHARACTERS, normalize
from skills.replies import say
from skills.understanding.guessing import Guess

NEAR = 0.7
"""How well a guess has to fit, 0-1, to be named as the nearest thing there is to say."""


def nearest(request: Request, guesses: Sequence[Guess], examples: Sequence[str]) -> Reply:
    """The reply to what was not understood; it names a guess, else one of the examples."""
    from rapidfuzz import fuzz, process

    language = request.language
    if guesses and max(guess.score for guess in guesses) > NEAR:
        likeliest = max(guesses, key=lambda guess: guess.score).text
        return Reply(say("not_understood", language, example=likeliest), stage=Stage.NONE)
    if not examples:
        return Reply(say("not_understood_bare", language), stage=Stage.NONE)
    said = normalize(request.text[:MOST_CHARACTERS], language)
    example = process.extract(said, examples, scorer=fuzz.ratio, limit=1)[0][0]
    return Reply(say("not_understood", language, example=example), stage=Stage.NONE)
