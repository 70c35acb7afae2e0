"""One matcher for all skills: sentence templates in, an intent with its slots out."""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skills import reference
from skills.contract import Context, Request
from skills.home import Home
from skills.matches import NO_AREA, Doubt, Match, best_match
from skills.normalize import MOST_CHARACTERS, base, normalize, without_fillers
from skills.package import Sentences, count, load_sentences, package_language, parsed
from skills.plan import Kind
from skills.when.parsing import split
from skills.wordings import beside, reworded

if TYPE_CHECKING:
    from skills.names import Names
    from skills.templates import Templates

_REMEMBERED = 256
_LISTS = ("AddToList", "HassShoppingListAddItem", "RemoveFromList")
"""What a list holds is free text, but the rest of such a sentence says well what it is."""
_TAKES_ANYTHING = (*_LISTS, "PlayMusic")
"""What is said beside a command is taken for free text by these."""
_SWITCHES = ("HassTurnOn", "HassTurnOff")
CUT_OFF = re.compile(r"(?:the|my) .*(?:on|off|open|closed|shut|locked|unlocked)$")
"""English without its verb: "the lamp on" may be what is left of "is the lamp on"."""
_DONE = re.compile(r"[^把将]*了")
"""Mandarin that may tell or ask as well as command: 前门锁了 may be left of 前门锁了吗."""
_OPENS = {
    "en": re.compile(r"(?!.*lock)(?:.* )?(?:open|close|shut)\b"),
    "zh": re.compile(r"(?!.*锁).*[开关]"),
    "ko": re.compile(r"(?!.*잠).*(?:열|닫)"),
}
"""What a door that only has a lock cannot do, although the templates have it locked by that."""


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
        return parsed(tag, tuple(self._added))

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
        if match is None or (match.free and match.intent in _TAKES_ANYTHING):
            match = self._beside_a_remark(request, tag) or match
        if match is None or match.intent not in _SWITCHES:
            return match
        if base(tag) == "zh" and _DONE.fullmatch(text):
            match = replace(match, doubt=Doubt.PIECE)
        opens = _OPENS.get(base(tag))
        if opens is not None and opens.match(match.plain or text):
            match = replace(self._locked(match, request), opens=True)
        return match

    def _locked(self, match: Match, request: Request) -> Match:
        """What is to be done with "the door", where all that the doors have is a lock."""
        slots = dict(match.slots)
        if (slots.get("domain"), slots.pop("device_class", None)) != (Kind.COVER, "door"):
            return match
        devices = self.home.devices.values()
        if any(device.device_class == "door" for device in devices if device.kind == Kind.COVER):
            return match
        area = self.home.areas.get(str(slots.get("area")))
        said = normalize(request.text, request.language)
        names = () if area is None else area.names(request.language)
        if not any(normalize(name, request.language) in said for name in names):
            slots.pop("area", None)
        intent = "HassTurnOff" if match.intent == "HassTurnOn" else "HassTurnOn"
        return replace(match, intent=intent, slots={**slots, "domain": str(Kind.LOCK)})

    def _beside_a_remark(self, request: Request, tag: str) -> Match | None:
        """What a command means beside which something else was said: perhaps to somebody else."""
        if split(request.text, request.language) is not None:
            return None  # a time is no remark: the command is for later
        for found in beside(request.text, tag):
            named = self.names(tag).words_within(found.remark)
            text = normalize(found.command, request.language)
            match = self._said(text, tag, replace(request, context=None))
            if match is None or (match.free and match.intent not in _LISTS):
                continue
            others = [n for n in named if n.id not in match.names and n.kind != Kind.SCENE]
            if others:
                continue  # it may be another command, not heard right, or say where
            return replace(match, doubt=Doubt.BESIDE, plain=match.plain or text)
        return None

    def _said(self, text: str, tag: str, request: Request) -> Match | None:
        """What a sentence means as it is, or else in plainer words."""
        match = self._meant(text, tag, request)
        if match is not None and not match.free:
            return match
        for wording in reworded(text, tag):
            found = self._meant(wording.text, tag, request)
            if found is not None and "conversation_command" in found.slots:
                continue  # what comes "in half an hour" is for the skill that keeps commands
            # What may be free text as it is, is seldom taken for other free text.
            if found is not None and (match is None or not found.free or wording.sooner):
                doubt = Doubt.PIECE if wording.unsure else found.doubt
                free = found.free and not wording.sooner
                return replace(found, doubt=doubt, plain=wording.text, free=free)
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
        count(tag, tuple(self._added))
        self.names(tag)


def _completed(match: Match, meant: reference.Meant, inferred: bool = False) -> Match:
    return replace(
        match, slots=meant.slots, names=meant.names, every=meant.every, inferred=inferred
    )


@cache
def _common() -> tuple[Sentences, Mapping[str, Any]]:
    return load_sentences(Path(__file__).with_name("sentences.yaml"))
