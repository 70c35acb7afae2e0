"""The names of a home in one language: which of them stand in a sentence.

The matcher is given only those, which is what keeps it fast in a house with hundreds of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hassil.intents import TextSlotList, TextSlotValue
from hassil.trie import Trie

from skills.home import Device, Home, Named
from skills.normalize import base, normalize

if TYPE_CHECKING:
    from hassil.intents import SlotList

LISTS = ("name", "area", "floor")
"""What the sentence templates call them."""


@dataclass(frozen=True, slots=True)
class Name:
    """One thing that can be named, by one of its names."""

    list: str
    """``name`` (of a device), ``area`` or ``floor``."""
    text: str
    """Normalised."""
    id: str
    kind: str | None = None
    device_class: str | None = None
    """Both of a device."""


@dataclass(frozen=True, slots=True)
class Longer:
    """A sentence as it may have been before a word of a device's name was lost."""

    text: str
    id: str
    """Of the device that it then names."""
    like: tuple[str, str, str | None, str | None]
    """What stands before and after the name, and the device's kind and class: sentences that
    share it mean something together, or none of them does."""


class Names:
    """All names of a home in a language."""

    def __init__(self, home: Home, language: str) -> None:
        self._language = base(language)
        self._glue = "" if self._language == "zh" else " "
        self.all = tuple(_named(home, language))
        """Several things may have the same name."""
        self._trie = Trie()
        self._values: dict[Name, TextSlotValue] = {}
        for name in self.all:
            self._trie.insert(_key(name.text), name)
            context = {"domain": name.kind, "device_class": name.device_class}
            known = {key: value for key, value in context.items() if value is not None}
            self._values[name] = slot_value(name.text, name.id, known)

    def lengthened(self, text: str, *, rooms: bool = False) -> list[Longer]:
        """A normalised sentence as it may have been before one word of a name was lost.

        With ``rooms``, what was lost may also be the name of a room, whatever its length.
        """
        found = []
        tries = [self._shortened, self._roomless] if rooms else [self._shortened]
        for end, short, name in itertools.chain.from_iterable(t.find(_key(text)) for t in tries):
            before, after = text[: end - len(short)], text[end:]
            if self._whole_words(before, after) and name.text not in text:
                like = before, after, name.kind, name.device_class
                found.append(Longer(f"{before}{name.text}{after}", name.id, like))
        return found

    @cached_property
    def _shortened(self) -> Trie:
        """The names of devices, each without any one of its words (characters in Mandarin)."""
        trie = Trie()
        glue = self._glue
        for name in self.all:
            words = name.text.split() if glue else list(name.text)
            for n in range(len(words) if name.list == "name" and len(words) > 1 else 0):
                trie.insert(_key(glue.join(words[:n] + words[n + 1 :])), name)
        return trie

    @cached_property
    def _roomless(self) -> Trie:
        """The names of devices that begin with that of a room, without it."""
        trie = Trie()
        rooms = tuple(name.text for name in self.all if name.list == "area")
        for name in self.all if rooms else ():
            for room in rooms if name.list == "name" else ():
                rest = name.text.removeprefix(room).strip()
                if rest and rest != name.text:
                    trie.insert(_key(rest), name)
        return trie

    def _whole_words(self, before: str, after: str) -> bool:
        if not self._glue:
            return True
        # Korean puts particles after its words.
        ends = self._language == "ko" or not after[:1].isalnum()
        return not before[-1:].isalnum() and ends

    def words_within(self, text: str) -> list[Name]:
        """Those of :meth:`within` that are not just parts of other words."""
        found = self._trie.find(_key(text))
        return [n for e, t, n in found if self._whole_words(text[: e - len(t)], text[e:])]

    def within(self, text: str) -> list[Name]:
        """The names that a normalised sentence contains, parts of other words included."""
        return [name for _, _, name in self._trie.find(_key(text))]

    def lists(self, text: str, further: Iterable[TextSlotValue] = ()) -> dict[str, SlotList]:
        """The slot lists for matching a sentence; ``further`` are devices called otherwise."""
        found: dict[str, list[TextSlotValue]] = {list_: [] for list_ in LISTS}
        found["name"].extend(further)
        for name in self.within(text):
            found[name.list].append(self._values[name])
        return {key: TextSlotList(key, values) for key, values in found.items()}


def slot_value(text: str, value: str, context: Mapping[str, str]) -> TextSlotValue:
    """One entry of a slot list."""
    return TextSlotValue.from_tuple((text, value, dict(context)), allow_template=False)


def _named(home: Home, language: str) -> Iterable[Name]:
    things: tuple[Mapping[str, Named], ...] = (home.devices, home.areas, home.floors)
    for list_, named in zip(LISTS, things, strict=True):
        for thing in named.values():
            kind = str(thing.kind) if isinstance(thing, Device) else None
            class_ = thing.device_class if isinstance(thing, Device) else None
            for text in dict.fromkeys(normalize(name, language) for name in thing.names(language)):
                if text:
                    yield Name(list_, text, thing.id, kind, class_)


def _key(text: str) -> str:
    # The matcher lets a hyphen stand for a space.
    return text.casefold().replace("-", " ").replace("_", " ")
