"""Traditional characters as simplified ones."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC


def simplify(text: str) -> str:
    """Traditional characters as simplified ones, one for one."""
    converted: str = _converter().convert(text)
    if len(converted) == len(text):
        return converted
    signs: list[str] = [_converter().convert(sign)[:1] or sign for sign in text]
    return "".join(signs)


@functools.cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("tw2s")
