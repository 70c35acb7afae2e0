"""Rewriting: what stands around a wish is taken off, then the wish is said in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from skills.normalize import base
from skills.wordings.amounts import counted
from skills.wordings.notation import expression

_FILES = {"en": "english.yaml", "zh": "mandarin.yaml", "ko": "korean.yaml"}
_MOST = 5
"""Wordings of one sentence; each is given to the matcher."""
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """A sentence in plainer words."""

    text: str
    unsure: bool = False
    """Whether it may have been a mere remark ("it's too dark in here"), or a piece of more."""
    sooner: bool = False
    """Whether it is meant sooner than what it would be with some of it taken for free text."""


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    """Of the whole sentence."""
    say: tuple[str, ...]
    """What means the same; several where that depends on the device."""
    unsure: bool
    sooner: bool


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a language is spoken at home."""

    before: re.Pattern[str]
    """What may precede a wish, and says nothing."""
    after: re.Pattern[str]
    """What may follow it."""
    words: tuple[tuple[re.Pattern[str], str], ...]
    """Words, and what the templates have for them."""
    verbs: Mapping[str, str]
    """Forms of the verb that a request begins with ("turning"), and the plain ones."""
    rules: tuple[_Rule, ...]
    glue: str
    """Between words."""


@lru_cache(maxsize=2048)
def reworded(text: str, language: str) -> tuple[Wording, ...]:
    """Plainer wordings of a normalised sentence, the likeliest first; few of them, or none.

    >>> [wording.text for wording in reworded("kill the lamp", "en")]
    ['turn off the lamp', 'pause the lamp']
    """
    tag = base(language)
    return tuple(_plainly(text, tag))[:_MOST] if tag in _FILES else ()


def _plainly(text: str, tag: str) -> Iterator[Wording]:
    manner = _manner(tag)
    bare = _bare(text, manner)
    given = {text}
    worded = _worded(bare, manner)
    for said in dict.fromkeys((bare, worded, counted(worded, tag))):
        if said not in given:
            given.add(said)
            yield Wording(said)
        for rule in manner.rules:
            hit = rule.pattern.fullmatch(said)
            if hit is None:
                continue
            for plain in rule.say:
                found = _filled(plain, hit, manner.glue)
                if found not in given:
                    given.add(found)
                    yield Wording(found, rule.unsure, rule.sooner)


def _bare(text: str, manner: _Manner) -> str:
    """Without what stands around the wish."""
    bare = manner.after.sub("", manner.before.sub("", text, count=1), count=1).strip()
    if not bare or bare == text:
        return text
    verb, gap, rest = bare.partition(manner.glue) if manner.glue else (bare, "", "")
    return f"{manner.verbs.get(verb, verb)}{gap}{rest}"


def _worded(text: str, manner: _Manner) -> str:
    for pattern, instead in manner.words:
        text = pattern.sub(instead, text)
    return " ".join(text.split())


def _filled(plain: str, hit: re.Match[str], glue: str) -> str:
    kept = hit.groupdict()
    text = _PLACE.sub(lambda place: kept.get(place[1]) or "", plain)
    return glue.join(text.split())


@cache
def _manner(tag: str) -> _Manner:
    path = Path(__file__).with_name(_FILES[tag])
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    rules: Mapping[str, str] = content.get("rules", {})

    def compiled(text: str) -> re.Pattern[str]:
        return re.compile(expression(text, rules))

    glue = "" if tag == "zh" else " "
    begins = r"\b" if glue else ""
    around = {key: _any(content.get(key, ()), rules) for key in ("before", "after")}
    return _Manner(
        before=re.compile(rf"^(?:{around['before']}{glue})+"),
        after=re.compile(rf"(?:{glue}{around['after']})+$"),
        words=tuple(
            # "our" is not the end of "hour".
            (re.compile(rf"{begins}{expression(text, rules)}"), to)
            for text, to in content.get("words", {}).items()
        ),
        verbs={form: verb for verb, forms in content.get("verbs", {}).items() for form in forms},
        rules=tuple(
            _Rule(
                compiled(text),
                _listed(block["say"]),
                block.get("unsure", False),
                block.get("sooner", False),
            )
            for block in content["wordings"]
            for text in block["for"]
        ),
        glue=glue,
    )


def _any(texts: Sequence[str], rules: Mapping[str, str]) -> str:
    return f"(?:{'|'.join(expression(text, rules) for text in texts) or '(?!)'})"


def _listed(say: str | Sequence[str]) -> tuple[str, ...]:
    return (say,) if isinstance(say, str) else tuple(say)
