"""Several things said in one breath: "milk, eggs and bread" are three."""

from __future__ import annotations

import re

from skills.normalize import base

_BREAKS = {
    "en": r"\s*[,;]\s*(?:and\s+)?|\s+and\s+",
    "zh": r"\s*[,，、;；]\s*|(?<=.)(?:还有|以及|和|跟)(?=.)",
    "ko": r"\s*[,;、]\s*|(?<=\S)(?:이랑|랑|하고)\s+|\s+그리고\s+",
}
_ARTICLES = {"en": r"^(?:some|a|an|the|my)\s+"}


def split(text: str, language: str) -> list[str]:
    """The single things of an enumeration.

    >>> split("milk, a dozen eggs and some bread", "en")
    ['milk', 'dozen eggs', 'bread']
    >>> split("사과와 우유랑 빵", "ko")
    ['사과', '우유', '빵']
    """
    tag = base(language)
    if tag == "ko":
        text = re.sub(r"(\S+)([와과])\s+", _without_particle, text)
    parts = re.split(_BREAKS.get(tag, _BREAKS["en"]), text)
    articles = _ARTICLES.get(tag)
    bare = (re.sub(articles, "", part, flags=re.I) if articles else part for part in parts)
    return list(dict.fromkeys(part for part in (p.strip(" .。!?！？") for p in bare) if part))


def same(one: str, other: str) -> bool:
    """Whether two are the same thing, written differently: one or several of it, large or small."""
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    words = re.sub(r"[\W_]+", " ", text).casefold().split()
    return " ".join(re.sub(r"(?<=[a-z]{2})(?:(?<=[sxzho])es|(?<!s)s)$", "", word) for word in words)


def _without_particle(match: re.Match[str]) -> str:
    # 와 follows a vowel and 과 a final consonant: the apple 사과 is no 사 with a particle.
    word, particle = match.groups()
    code = ord(word[-1]) - 0xAC00
    closed = 0 <= code < 11172 and code % 28 != 0
    return f"{word}, " if closed == (particle == "과") else match[0]
