"""Language tags (BCP 47, RFC 5646), however they are written: ``en_US``, ``zh-cn``, ``KO``."""

from __future__ import annotations

import re
from functools import lru_cache

from speech.errors import ConfigError

_TAG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*")

_OTHERWISE = {"cmn": "zh"}


@lru_cache(maxsize=256)
def canonical(tag: str) -> str:
    """A tag as it is usually written: ``zh-Hans-CN`` for ``ZH_hans_cn``.

    Raises
    ------
    ConfigError
        It is no language tag.
    """
    if not _TAG.fullmatch(tag.strip()):
        raise ConfigError(f"{tag!r} is no language; write it as in en, en-US or zh-CN")
    first, *rest = tag.strip().replace("_", "-").lower().split("-")
    return "-".join([first, *map(_cased, rest)])


def primary(tag: str) -> str:
    """The language alone: ``zh`` of ``zh-Hans-CN``, and of ``cmn``, which is Mandarin."""
    language = canonical(tag).partition("-")[0]
    return _OTHERWISE.get(language, language)


def alike(one: str, other: str) -> bool:
    """Whether one tag is the other or a kind of it: ``en`` and ``en-US``, not en-US and en-GB."""
    a, b = ([primary(tag), *canonical(tag).split("-")[1:]] for tag in (one, other))
    return a[: len(b)] == b or b[: len(a)] == a


def _cased(subtag: str) -> str:
    """Regions in capitals, scripts with a capital, the rest as it is."""
    if len(subtag) == 2:
        return subtag.upper()
    return subtag.title() if len(subtag) == 4 and subtag.isalpha() else subtag
