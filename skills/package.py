"""The languages and sentences of home-assistant-intents, and the skills' sentences beside them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import home_assistant_intents
import yaml

from skills.normalize import base
from speech.language import canonical

if TYPE_CHECKING:
    from skills.templates import Templates

_BARE = ("{name}", "[<the>] {name}")
Sentences = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
"""Language to intent to blocks of templates, in the notation of home-assistant-intents."""


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


@lru_cache(maxsize=16)
def parsed(tag: str, added: tuple[str, ...]) -> Templates:
    """The package's sentences and the skills', parsed; the same for every home.

    ``added`` holds sentences and lists of each skill as JSON: ``[sentences, lists]``.
    """
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
def count(tag: str, added: tuple[str, ...]) -> None:
    """Have hassil write out all number words, which it otherwise does when it first needs them."""
    from hassil.intents import Intent, IntentData, RangeSlotList
    from hassil.recognize import recognize_all

    intents = parsed(tag, added).intents
    ranges = [n for n, list_ in intents.slot_lists.items() if isinstance(list_, RangeSlotList)]
    blocks = [IntentData([f"{{{name}}}"]) for name in ranges]
    counting = replace(intents, intents={"Count": Intent("Count", blocks)})
    list(recognize_all("one", counting, language=tag))
