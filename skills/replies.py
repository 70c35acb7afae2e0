"""Our own short sentences, by language; English where a language has none."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml

from skills.home import Named
from skills.intents import package_language
from skills.normalize import base


def say(key: str, language: str, **values: object) -> str:
    """The sentence ``key`` of ``replies.yaml`` with the values put in."""
    sentences = _sentences()
    tag = spoken(language)
    text = sentences[tag].get(key) or sentences["en"][key]
    wrapped = {name: _Word(str(value)) for name, value in values.items()}
    text = text.format(**wrapped)
    return text[:1].upper() + text[1:]


def spoken(language: str) -> str:
    """The language that a reply is in: the nearest that there is, else English."""
    tag = package_language(language)
    same = (ours for ours in _sentences() if base(ours) == base(language))
    return tag if tag in _sentences() else next(same, "en")


def listed(things: Iterable[Named], language: str, joint: str | None = None) -> str:
    """``the lamp, the fan and the switch``; long lists are cut."""
    tag = spoken(language)
    names = [thing.called(tag) for thing in things]
    if tag == "en":
        names = [f"the {name}" for name in names]
    return enumerated(names, language, joint)


def enumerated(words: list[str], language: str, joint: str | None = None) -> str:
    """Words joined as the language does it; ``joint`` stands for its "and"."""
    tag = spoken(language)
    comma, last = {"zh-CN": ("、", "和"), "ko": (", ", ", ")}.get(tag, (", ", " and "))
    if len(words) < 2:
        return "".join(words)
    return comma.join(words[:-1]) + (joint or last) + words[-1]


def either(language: str) -> str | None:
    """What stands before the last of several choices, for ``joint``."""
    return {"en": " or ", "zh-CN": "还是"}.get(spoken(language))


_WITH_CODA = {"를": "을", "는": "은", "가": "이", "예요": "이에요"}


class _Word(str):
    """A value that takes a Korean particle as its format: ``{x:를}`` is 램프를 but 불을."""

    def __format__(self, spec: str) -> str:
        if spec not in _WITH_CODA:
            return str.__format__(self, spec)
        code = ord(self[-1]) - 0xAC00 if self else -1
        coda = 0 <= code < 11172 and code % 28 != 0
        return str(self) + (_WITH_CODA[spec] if coda else spec)


@cache
def _sentences() -> dict[str, dict[str, str]]:
    path = Path(__file__).with_name("replies.yaml")
    content: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content
