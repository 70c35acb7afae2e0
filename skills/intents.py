"""One matcher for all skills: sentence templates in, an intent with its slots out."""

from __future__ import annotations

import asyncio
import copy
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import home_assistant_intents
import yaml

from skills import reference
from skills.contract import Context, Request, SlotValue
from skills.home import Home
from skills.normalize import MOST_CHARACTERS, base, normalize, without_fillers
from skills.wordings import reworded
from speech.language import canonical

if TYPE_CHECKING:
    from hassil.recognize import RecognizeResult

    from skills.names import Names
    from skills.templates import Templates

_REMEMBERED = 256
_SWITCHES = ("HassTurnOn", "HassTurnOff")
CUT_OFF = re.compile(r"the .*(?:on|off|open|closed|shut|locked|unlocked)$")
"""English without its verb: "the lamp on" may be what is left of "is the lamp on"."""
_DONE = re.compile(r"[^把将]*了")
"""Mandarin that may tell or ask as well as command: 前门锁了 may be left of 前门锁了吗."""
_BARE = ("{name}", "[<the>] {name}")
Sentences = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
"""Language to intent to blocks of templates, in the notation of home-assistant-intents."""
NO_AREA = ""
"""The area of a sentence that needs one ("turn on the lights") where none is known."""


class Doubt(StrEnum):
    """Why a sentence that makes sense may mean something else."""

    PIECE = "piece"
    """It may be what a microphone left of another one."""
    GAP = "gap"
    """A word in the middle of it was taken for a filler."""


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence that was recognised."""

    intent: str
    """As home-assistant-intents or ``sentences.yaml`` call it."""
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    """``name``, ``area`` and ``floor`` hold ids of the home."""
    names: tuple[str, ...] = ()
    """Every device that the name in the sentence may mean."""
    response: str = "default"
    """Which kind of answer suits: ``any``, ``which``, ``one_yesno`` and so on."""
    every: bool = False
    """Whether all of ``names`` are meant ("turn them off"), rather than one of them."""
    inferred: bool = False
    """Whether a good part of it was not said but is taken from the talk before ("and the
    bedroom?"): sensitive devices must not act on it."""
    free: bool = False
    """Whether some of it is free text, which could be anything."""
    doubt: Doubt | None = None
    """Why it may be something else, whatever the home: sensitive devices must not act on it."""


class Matcher:
    """Matches requests against the templates of their language and the names of the home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self._added: list[str] = []  # JSON, so that homes with the same skills share templates
        self._names: dict[str, Names] = {}
        self._warm: set[str] = set()
        self._loading = asyncio.Lock()
        self._known: OrderedDict[tuple[object, ...], Match | None] = OrderedDict()

        self.add(*_common())
        home.subscribe(self.refresh)

    def add(self, sentences: Sentences, lists: Mapping[str, Any] | None = None) -> None:
        """Match a skill's own sentences too; called while skills are opened.

        Parameters
        ----------
        sentences
            An intent that there is already gets further sentences.
        lists
            The lists that they name in braces, which all languages share:
            ``{"cups": {"range": {"from": 1, "to": 9}}}``, ``{"title": {"wildcard": True}}``,
            ``{"size": {"values": [{"in": "(small|little)", "out": "small"}]}}``.
        """
        self._added.append(json.dumps([sentences, lists or {}], ensure_ascii=False))
        self._warm.clear()
        self._known.clear()

    def refresh(self) -> None:
        """Take up that the home has other names now."""
        self._names.clear()
        self._known.clear()

    async def warm_up(self, language: str) -> bool:
        """Load a language, which takes up to seconds; False if there are no templates for it."""
        async with self._loading:
            tag = package_language(language)
            if tag is None:
                return False
            if tag not in self._warm:
                await asyncio.to_thread(self._load, tag)
                self._warm.add(tag)
            return True

    def names(self, tag: str) -> Names:
        """The names of the home in one of the package's languages."""
        from skills.names import Names

        if tag not in self._names:
            self._names[tag] = Names(self.home, tag)
        return self._names[tag]

    def templates(self, tag: str) -> Templates:
        """All sentence templates of one of the package's languages."""
        return _templates(tag, tuple(self._added))

    async def match(self, request: Request) -> Match | None:
        """The best match of ``request.text``, or None. Cheap to ask again."""
        text = normalize(request.text, request.language)
        if not text or len(text) > MOST_CHARACTERS:
            return None
        tag = package_language(request.language)
        if tag is None:
            return None
        await self.warm_up(tag)
        match = self._said(text, tag, request)
        if match is None or match.free:
            bare = without_fillers(text, tag)
            found = None if bare is None else self._said(bare, tag, request)
            # In free text no word is a filler.
            if found is not None and bare is not None and not found.free:
                # What stood in the middle of it was perhaps none either.
                match = found if bare in text else replace(found, doubt=Doubt.GAP)
        switches = match is not None and match.intent in _SWITCHES
        if match is not None and switches and base(tag) == "zh" and _DONE.fullmatch(text):
            match = replace(match, doubt=Doubt.PIECE)
        return match

    def _said(self, text: str, tag: str, request: Request) -> Match | None:
        """What a sentence means as it is, or else in plainer words."""
        match = self._meant(text, tag, request)
        if match is not None and not match.free:
            return match
        for wording in reworded(text, tag):
            found = self._meant(wording.text, tag, request)
            # Free text is left as it was said.
            if found is not None and not found.free or (found is not None and match is None):
                return replace(found, doubt=Doubt.PIECE) if wording.unsure else found
        return match

    def _meant(self, text: str, tag: str, request: Request) -> Match | None:
        match = self._remembered((text, tag, request.area), self._match, text, tag, request.area)
        switches = match is not None and match.intent in _SWITCHES
        if switches and base(tag) == "en" and CUT_OFF.match(text):
            return None
        if request.context is None or (match is not None and match.intent != "Adjust"):
            return match
        return self._in_context(match, text, tag, request.area, request.context)

    def _remembered(
        self, key: tuple[object, ...], find: Callable[..., Match | None], *args: object
    ) -> Match | None:
        if key not in self._known:
            self._known[key] = find(*args)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]

    def _in_context(
        self, match: Match | None, text: str, tag: str, area: str | None, context: Context
    ) -> Match | None:
        """What a sentence means after what was said before."""
        kinds = tuple(dict.fromkeys(str(d.kind) for d in reference.known(context, self.home)))
        if match is not None:  # "a bit brighter"
            fits = match.slots.get("domain") in (None, *kinds) and "name" not in match.slots
            if not (kinds and fits and match.inferred):
                return match
            meant = reference.in_place_of_it(match.slots, context, self.home)
            return match if meant is None else _completed(match, meant)
        tried = [(text, it) for it in reference.pronouns(text, tag)]
        left_out = reference.with_object(text, tag)
        if kinds and left_out is not None and not self.names(tag).within(text):
            tried.append(left_out)
        for said, it in tried if kinds else ():
            key = (said, tag, area, it, kinds)
            found = self._remembered(key, self._match, said, tag, area, it, kinds)
            if found is not None and found.slots.get("name") == reference.IT:
                meant = reference.in_place_of_it(found.slots, context, self.home)
                if meant is not None:
                    return _completed(found, meant, inferred=said != text)
        what = reference.instead(text, tag)
        if what is None:
            return None
        room = reference.lit_room(what, tag)
        known = self.names(tag).within(what)
        names = [name for name in known if name.text in (what, room)]
        meant = reference.in_its_place(names, context, self.home, lights=room is not None)
        if meant is None:
            return None
        before = Match(context.intent, response=context.response)
        return _completed(before, meant, inferred=True)

    def _match(
        self,
        text: str,
        tag: str,
        area: str | None,
        it: str | None = None,
        kinds: tuple[str, ...] = (),
    ) -> Match | None:
        """The best match; ``it`` is what a device, of one of those kinds, is called as well."""
        from hassil.recognize import recognize_all

        from skills.names import slot_value

        stands = reference.IT
        further = [slot_value(it, stands, {"domain": kind}) for kind in kinds] if it else []
        lists = self.names(tag).lists(text, further)
        templates = self.templates(tag)
        # What needs a room is tried without one only where nothing else matches.
        known = [(area, None)] if area is not None else [(None, False), (NO_AREA, True)]
        for place, needing in known:
            context = None if place is None else {"area": {"value": place, "text": place}}
            intents = templates.among(text, lists, needing)
            results = [
                result
                for result in recognize_all(
                    text, intents, slot_lists=lists, intent_context=context, language=tag
                )
                if all(e.text.strip() for e in result.entities_list if e.is_wildcard)
            ]
            if results:
                return best_match(results)
        return None

    def _load(self, tag: str) -> None:
        _count(tag, tuple(self._added))
        self.names(tag)


def _completed(match: Match, meant: reference.Meant, inferred: bool = False) -> Match:
    return replace(
        match, slots=meant.slots, names=meant.names, every=meant.every, inferred=inferred
    )


@lru_cache(maxsize=16)
def _templates(tag: str, added: tuple[str, ...]) -> Templates:
    """The package's sentences and the skills', parsed; the same for every home."""
    from hassil.intents import Intents

    from skills.templates import Templates

    data = copy.deepcopy(dict(package_intents(tag)))
    for values in data.get("lists", {}).values():
        spread = values.get("range")
        if spread and "multiplier" in spread:
            # hassil caches number words by the bounds alone, so that a list with a
            # multiplier must not share its bounds with one that has none.
            spread["from"], spread["to"] = int(spread["from"]) + 1, int(spread["to"]) + 1
    for block in (b for intent in data["intents"].values() for b in intent["data"]):
        # A bare name is no command: what a microphone leaves of "turn off the lamp" must not
        # turn it on.
        block["sentences"] = [text for text in block["sentences"] if text not in _BARE]
    for sentences, lists in map(json.loads, added):
        data.setdefault("lists", {}).update(lists)
        for intent, blocks in sentences.get(tag, {}).items():
            data["intents"].setdefault(intent, {"data": []})["data"].extend(blocks)
    return Templates(Intents.from_dict(data))


@lru_cache(maxsize=16)
def _count(tag: str, added: tuple[str, ...]) -> None:
    """Have hassil write out all number words, which it otherwise does when it first needs them."""
    from hassil.intents import Intent, IntentData, RangeSlotList
    from hassil.recognize import recognize_all

    intents = _templates(tag, added).intents
    ranges = [n for n, list_ in intents.slot_lists.items() if isinstance(list_, RangeSlotList)]
    blocks = [IntentData([f"{{{name}}}"]) for name in ranges]
    counting = replace(intents, intents={"Count": Intent("Count", blocks)})
    list(recognize_all("one", counting, language=tag))


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are sentences for."""
    return tuple(home_assistant_intents.get_languages())


@cache
def package_language(language: str) -> str | None:
    """The package's own tag for a language: ``en`` for ``en-US``; None if it has none."""
    by_lower = {tag.lower(): tag for tag in languages()}
    lower = canonical(language).lower()
    if lower in by_lower:
        return by_lower[lower]
    if base(lower) == "zh":
        traditional = any(part in lower for part in ("hant", "tw", "hk"))
        return by_lower.get("zh-tw" if traditional else "zh-cn")
    return by_lower.get(base(lower))


def best_match(results: list[RecognizeResult]) -> Match:
    """The likeliest of several readings of one sentence."""

    def rank(result: RecognizeResult) -> tuple[int, int, int, int]:
        wild = sum(len(e.text) for e in result.entities_list if e.is_wildcard)
        name = result.entities.get("name")
        named = len(name.text) if name and not name.is_wildcard else 0
        return (-wild, int(named > 0), named, result.text_chunks_matched)

    best = max(results, key=rank)
    names = tuple(
        dict.fromkeys(
            str(result.entities["name"].value)
            for result in results
            if "name" in result.entities
            and result.intent.name == best.intent.name
            and rank(result) == rank(best)
        )
    )
    slots = {name: _value(entity.value) for name, entity in best.entities.items()}
    wildcard = "name" in best.entities and best.entities["name"].is_wildcard
    said = {e.name for e in best.entities_list if e.text_span is not None}
    return Match(
        best.intent.name,
        slots,
        () if wildcard else names,
        best.response or "default",
        # An adjustment of nothing in particular is of what was talked about.
        inferred=best.intent.name == "Adjust" and said.isdisjoint(("name", "area", "floor")),
        free=any(entity.is_wildcard for entity in best.entities_list),
    )


def _value(value: Any) -> SlotValue:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float) else str(value)


@cache
def package_intents(tag: str) -> Mapping[str, Any]:
    """What home-assistant-intents has for one of its languages."""
    data = home_assistant_intents.get_intents(tag)
    if data is None:
        raise LookupError(f"home_assistant_intents has no {tag}")
    return data


def load_sentences(path: Path) -> tuple[Sentences, Mapping[str, Any]]:
    """The sentences by language, and the lists, of a ``sentences.yaml``: for `Matcher.add`."""
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    lists = content.pop("lists", {})
    return content, lists


@cache
def _common() -> tuple[Sentences, Mapping[str, Any]]:
    return load_sentences(Path(__file__).with_name("sentences.yaml"))
