"""HTML that is escaped by construction: only :func:`tag` and :func:`text` make :class:`Markup`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

# What HTML has no place for: control characters and halves of surrogate pairs.
_IMPOSSIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_VOID = {"br", "input", "link", "meta"}


class Markup(str):
    """A piece of HTML; any other string is text and gets escaped when it meets one."""

    __slots__ = ()


def text(value: object) -> Markup:
    """HTML of a value: markup as it is, None as nothing, lists piece by piece, the rest escaped."""
    if isinstance(value, Markup):
        return value
    if value is None or value is False:
        return Markup()
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        return Markup("".join(map(text, value)))
    return Markup(html.escape(_IMPOSSIBLE.sub("\ufffd", str(value))))


def tag(name: str, /, *children: object, **attributes: object) -> Markup:
    """An element.

    Attributes are named as in Python: ``class_``, ``data_word``. One that is None or False is
    left out, one that is True has no value; ``_`` takes a dictionary of more of them.
    """
    more = attributes.pop("_", None)
    if isinstance(more, dict):
        attributes |= more
    opening = [name]
    for key, value in attributes.items():
        key = key.rstrip("_").replace("_", "-")
        if value is True:
            opening.append(key)
        elif value is not None and value is not False:
            opening.append(f'{key}="{text(value)}"')
    start = f"<{' '.join(opening)}>"
    return Markup(start if name in _VOID else f"{start}{text(children)}</{name}>")
