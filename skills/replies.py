"""Short sentences to say back, by language; English where a language has none.

What every skill may say stands in ``skills/replies.yaml``; each skill's own beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import yaml

from skills.home import Named
from skills.normalize import base
from skills.package import package_language

Texts = Mapping[str, Mapping[str, str]]
"""Language to key to sentence."""


class Replies:
    """The sentences of one skill, ahead of the common ones.

    >>> Replies({"en": {"brewing": "{cups} cups, coming."}}).say("brewing", "en", cups=2)
    '2 cups, coming.'
    """

    def __init__(self, own: Texts | None = None) -> None:
        self._own = own or {}

    @classmethod
    def load(cls, path: Path) -> Replies:
        """Read a ``replies.yaml``."""
        return cls(yaml.safe_load(path.read_text(encoding="utf-8")))

    def say(self, key: str, language: str, **values: object) -> str:
        """The sentence ``key`` with the values put in; raises KeyError if there is none."""
        text = self.phrase(key, language, **values)
        return text[:1].upper() + text[1:]

    def phrase(self, key: str, language: str, **values: object) -> str:
        """The same as a part of a sentence: its first letter is as it was written."""
        tag = spoken(language)
        both = (self._own, _common())
        texts = (of.get(tag_, {}).get(key) for tag_ in (tag, "en") for of in both)
        text = next(filter(None, texts), None)
        if text is None:
            raise KeyError(f"no reply {key!r}")
        return text.format(**{name: _Word(str(value)) for name, value in values.items()})


def say(key: str, language: str, **values: object) -> str:
    """The common sentence ``key`` with the values put in."""
    return Replies().say(key, language, **values)


def spoken(language: str) -> str:
    """The language that a reply is in: the nearest that there is, else English."""
    tag = package_language(language)
    same = (ours for ours in _common() if base(ours) == base(language))
    return tag if tag in _common() else next(same, "en")


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
def _common() -> dict[str, dict[str, str]]:
    path = Path(__file__).with_name("replies.yaml")
    content: dict[str, dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content
