"""Only templates that may match are given to the matcher; it finds the same as among all."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest
from hassil.intents import Intents
from hassil.recognize import RecognizeResult, recognize_all

from benchmarks.routing_home import cases, home
from benchmarks.routing_noise import CHATTER, NOISES
from benchmarks.routing_words import MESSES, development
from skills.devices.words import SENTENCES
from skills.home import EXAMPLE, Home
from skills.intents import Matcher
from skills.matches import NO_AREA
from skills.names import Names
from skills.normalize import normalize
from skills.package import load_sentences
from skills.templates import Templates
from skills.understanding.pool import NUMBER, PLACES, Pool

LANGUAGES = ["en", "zh-CN", "ko"]


def written_out(templates: Templates, names: Names, pick: random.Random) -> Iterator[str]:
    """Sentences that the templates write, with names of the home in them."""
    pool = Pool.of(templates.intents)
    named = {PLACES[name.list]: name.text for name in names.all}
    values = {NUMBER: "21", **named, **{place: pick.choice(w) for place, w in pool.words.items()}}
    texts = list(itertools.chain.from_iterable(pool.skeletons.values()))
    for text in pick.sample(texts, 100):
        yield "".join(values.get(char, char) for char in text)


def found(
    text: str, intents: Intents, names: Names, area: str | None, tag: str
) -> list[tuple[str, dict[str, object], int]]:
    context = None if area is None else {"area": {"value": area, "text": area}}
    results: list[RecognizeResult] = list(
        recognize_all(
            text, intents, slot_lists=names.lists(text), intent_context=context, language=tag
        )
    )
    return [
        (r.intent.name, {k: e.value for k, e in r.entities.items()}, r.text_chunks_matched)
        for r in results
    ]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_nothing_is_lost(tag: str) -> None:
    house = Home.load(EXAMPLE)
    matcher = Matcher(house)
    matcher.add(*load_sentences(SENTENCES))
    templates, names = matcher.templates(tag), matcher.names(tag)
    pick = random.Random(3)
    sentences = list(written_out(templates, names, pick))
    sentences += [
        noise(text, tag, pick, MESSES[tag]) or text
        for text in sentences
        for noise in NOISES.values()
    ]
    sentences += CHATTER[tag].splitlines()[:10]
    sentences += ["", "1", "🦄 \u0301 -_-", "LIVING-ROOM Lamp: on!", "please please can you"]
    matched = 0
    for text in pick.sample(sentences, 80):
        said = normalize(text, tag)
        lists = names.lists(said)
        everything = found(said, templates.intents, names, None, tag)
        assert found(said, templates.among(said, lists, False), names, None, tag) == everything
        in_room = found(said, templates.intents, names, NO_AREA, tag)
        assert found(said, templates.among(said, lists), names, NO_AREA, tag) == in_room
        rest = found(said, templates.among(said, lists, True), names, NO_AREA, tag)
        assert everything or rest == in_room
        matched += bool(in_room)
    assert matched > 10


@pytest.mark.parametrize("tag", LANGUAGES)
def test_few_templates_are_left_for_the_matcher(tag: str) -> None:
    house = home(7, development(1), devices=60)
    matcher = Matcher(house)
    matcher.add(*load_sentences(SENTENCES))
    templates = matcher.templates(tag)
    everything = sum(len(d.sentences) for i in templates.intents.intents.values() for d in i.data)
    for case in cases(house, development(1), tag, 7, count=20):
        text = normalize(case.text, tag)
        few = templates.among(text, matcher.names(tag).lists(text))
        assert sum(len(i.data) for i in few.intents.values()) < everything / 10
