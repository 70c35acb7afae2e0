"""What the pages say, in English and Chinese at once: the reader switches, nothing is fetched."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml

from pronunciation.report.markup import Markup, tag, text

LANGUAGES = {"en": "en", "zh": "zh-Hans"}
"""The languages of a page, with the tag that the browser gets."""


@functools.cache
def _phrases() -> dict[str, dict[str, str]]:
    file = resources.files("pronunciation.report") / "phrases.yaml"
    phrases: dict[str, dict[str, str]] = yaml.safe_load(file.read_text("utf-8"))
    return phrases


def phrase(key: str, language: str, **values: object) -> Markup:
    """One phrase in one language, with its values escaped and put in."""
    template = text(_phrases()[key][language])
    return Markup(template.format(**{name: text(value) for name, value in values.items()}))


def say(key: str, **values: object) -> Markup:
    """One phrase in every language, of which the page shows the reader's."""
    return both({language: phrase(key, language, **values) for language in LANGUAGES})


def both(versions: Mapping[str, object], element: str = "span") -> Markup:
    """The same thing in every language; where one is missing, the first that there is."""
    first = next(iter(versions.values()), "")
    found = {language: text(versions.get(language, first)) for language in LANGUAGES}
    if len(set(found.values())) == 1:
        return found["en"]
    return Markup("".join(tag(element, found[name], class_=name) for name in LANGUAGES))


def drawn(key: str, **values: object) -> Markup:
    """One phrase inside the text of a drawing."""
    return both({language: phrase(key, language, **values) for language in LANGUAGES}, "tspan")


def tooltip(key: str, **values: object) -> Markup:
    """The title of a shape in a drawing; the page's script puts it into the reader's language."""
    names = {language: phrase(key, language, **values) for language in LANGUAGES}
    return tag("title", names["en"], data_en=names["en"], data_zh=names["zh"])


def label(key: str, **values: object) -> dict[str, Any]:
    """The accessible name of an element as attributes; the page's script swaps its language."""
    names = {language: phrase(key, language, **values) for language in LANGUAGES}
    return {"aria-label": names["en"], "data-en": names["en"], "data-zh": names["zh"]}
