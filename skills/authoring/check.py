"""Looking hard at a skill before others meet it: what ``sonorant skills check`` says.

The skill is opened as the assistant does it, among all other skills, with a state folder that is
thrown away; then its sentences are looked up and its examples are said to it.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from skills.authoring.apart import Apart, Opener
from skills.authoring.plugins import Plugin
from skills.authoring.skill import SentenceSkill, Tools
from skills.authoring.words import Words
from skills.contract import Announcement, Request, Skill, Speaker
from skills.home import EXAMPLE
from skills.opening import open_skills
from skills.permissions import Requirement
from skills.router import Router

NOTE = "note: "
"""What a finding begins with that is no mistake."""
_COMPLETE = ("en", "zh-CN", "ko")
"""The languages that Sonorant itself is complete in."""
_SAMPLES = 20
"""Sentences of each template that are looked up among those of all skills."""


async def check(plugin: Plugin, others: Sequence[Plugin] = (), *, run: bool = True) -> list[str]:
    """What is wrong with a skill, a sentence each; empty if nothing is.

    Parameters
    ----------
    others
        Skills that are installed beside it.
    run
        Whether its examples are really carried out, or only looked up.
    """
    watched = _Watched(plugin)
    async with _router([watched, *others]) as router:
        apart = next(
            (s for s in router.skills if isinstance(s, Apart) and s.name == plugin.name), None
        )
        if apart is None:
            return [f"it cannot be used: {watched.error or 'it hangs'!s}"]
        findings: list[str] = []
        if isinstance(apart.skill, SentenceSkill):
            findings += _of_words(apart.skill)
            findings += _of_requirements(apart.skill)
            findings += await _of_clashes(apart.skill, apart, router)
        for language, text in _examples(apart):
            finding = await _of_example(apart, Request(text, language), run)
            findings += [finding] if finding else []
        return findings


class _Watched:
    """A plugin that keeps the reason why it cannot be opened."""

    def __init__(self, plugin: Plugin) -> None:
        self.name = plugin.name
        self.error: Exception | None = None
        self._plugin = plugin

    def load(self) -> Opener:
        try:
            opener = self._plugin.load()
        except Exception as error:
            self.error = error
            raise

        def opening(tools: Tools) -> Skill:
            try:
                return opener(tools)
            except Exception as error:
                self.error = error
                raise

        return opening


@asynccontextmanager
async def _router(plugins: Sequence[Plugin]) -> AsyncIterator[Router]:
    with tempfile.TemporaryDirectory(prefix="sonorant-check-") as folder:
        router = await open_skills(EXAMPLE, Path(folder), _nobody, languages=(), plugins=plugins)
        try:
            yield router
        finally:
            await router.close()


def _of_words(skill: SentenceSkill) -> Iterator[str]:
    words = skill.words
    yield from words.mistakes()
    intents = {intent for each in words.sentences.values() for intent in each}
    for intent in sorted(intents - skill.intents):
        yield f"{intent}: there are sentences for it, but nothing answers them"
    for intent in sorted(skill.intents - intents):
        if not intent.startswith("Hass"):
            yield f"{intent}: it is answered, but there are no sentences for it"
    for language, each in words.sentences.items():
        for intent in sorted(intents - set(each)):
            yield f"{language}: {intent}: there are no sentences for it in this language"
        if not words.examples.get(language):
            yield f"{language}: there are no examples"
    for language in sorted(set(_COMPLETE) - set(words.sentences)):
        yield f"{NOTE}{language}: it has no sentences in this language"


def _of_requirements(skill: SentenceSkill) -> Iterator[str]:
    for intent in sorted(skill.intents):
        every = skill.requirements(intent)
        if every:
            yield f"{NOTE}{intent}: {'; '.join(map(_described, every))}"
            if _permitted(every) is None:
                yield f"{intent}: nobody may, since {' and '.join(map(_described, every))}"


def _described(requirement: Requirement) -> str:
    who = " or ".join(requirement.speakers) or "anybody whose voice is known"
    live = ", no recording" if requirement.live else ""
    return f"only for {who} ({requirement.probability:.0%} sure{live})"


def _permitted(every: Sequence[Requirement]) -> Speaker | None:
    """Somebody who may, for trying the examples; None if nobody can."""
    named = [{name.casefold() for name in r.speakers} for r in every if r.speakers]
    if not named:
        return Speaker("somebody known", 1.0, live=True)
    both = set.intersection(*named)
    return Speaker(min(both), 1.0, live=True) if both else None


async def _of_clashes(skill: SentenceSkill, apart: Apart, router: Router) -> list[str]:
    """Sentences that another skill would take from this one, or this one from another."""
    findings: dict[str, None] = {}
    for language in skill.words.sentences:
        for intent, text in _sampled(skill.words, language):
            match = await skill.tools.matcher.match(Request(text, language))
            if match is not None and match.intent != intent:
                where = f"{language}: {text!r} of {intent}"
                findings[f"{where} is understood as {match.intent}, which there is already"] = None
                break
        for other in router.skills:
            for text in () if other is apart else other.examples(language):
                match = await skill.tools.matcher.match(Request(text, language))
                if match is not None and match.intent in skill.intents:
                    intent = match.intent
                    findings[f"{language}: {intent} takes {text!r} from {other.name}"] = None
    return list(findings)


def _sampled(words: Words, language: str) -> Iterator[tuple[str, str]]:
    """Intents and sentences without wildcards that their templates allow."""
    from itertools import islice

    from hassil.intents import Intents
    from hassil.sample import sample_intents

    from skills.package import package_intents

    package = package_intents(language)
    intents = Intents.from_dict(
        {
            "language": language,
            "intents": {k: {"data": v} for k, v in words.sentences[language].items()},
            "lists": {**package["lists"], **words.lists},
            "expansion_rules": package.get("expansion_rules", {}),
        }
    )
    for intent in words.sentences[language]:
        sampled = sample_intents(intents, intent_names={intent}, language=language)
        yield from islice(sampled, _SAMPLES)


def _examples(apart: Apart) -> Iterator[tuple[str, str]]:
    skill = apart.skill
    languages = tuple(skill.words.examples) if isinstance(skill, SentenceSkill) else _COMPLETE
    for language in languages:
        for text in apart.examples(language):
            yield language, text


async def _of_example(apart: Apart, request: Request, run: bool) -> str | None:
    where = f"{request.language}: the example {request.text!r}"
    skill = apart.skill
    if isinstance(skill, SentenceSkill):
        call = await skill.understood(request)
        if call is None:
            match = await skill.tools.matcher.match(request)
            taken = f" but taken for {match.intent}" if match else ""
            return f"{where} is not understood{taken}"
        request = replace(request, speaker=_permitted(skill.requirements(call.match.intent)))
    if not run:
        return None
    try:
        reply = await apart.attempt(request)
    except TimeoutError:
        return f"{where} takes longer than {apart.patience:g} seconds"
    except Exception as error:
        return f"{where} fails: {error!r}"
    if reply is None:
        return f"{where} is not answered"
    return None if reply.text else f"{where} is answered with silence"


async def _nobody(announcement: Announcement) -> None:
    """Nobody listens here."""
