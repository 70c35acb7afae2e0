"""Making what a recogniser writes or a person types alike, before sentences are compared.

Only what never changes the meaning is touched: case, width, punctuation, politeness.
"""

from __future__ import annotations

import re
import unicodedata

from speech.language import primary

MOST_CHARACTERS = 200
"""A sentence longer than this is no command; matching it would only cost time."""

_KEPT = "%'°.,:+-_"
_HAN = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_POLITE = {
    "en": (
        r"^(?:(?:hey|ok|okay|uh|um|well|so|please)\s+)+",
        r"^(?:(?:can|could|would|will) you|i(?:'d| would) like you to)\s+(?:please\s+)?",
        r"\b(?:please|kindly|uh|um)\b",
        r"\s+(?:thanks|thank you|for me|now)$",
    ),
    "zh": (
        r"^(?:那个|嗯|呃)*",
        r"请问|麻烦你|麻烦|请你|请|能不能|可不可以|(?:给|帮)我|帮忙|一下",
        r"(?:吧|好吗|可以吗|行吗|谢谢你|谢谢|啊|呀)$",
    ),
    "ko": (r"^(?:저기|음|어|자)\s+", r"\b(?:좀|제발|부탁해요?|부탁드려요)\b"),
}
_NOT = {
    "en": ((r"\b(?:do not|don't|dont|please not|never(?! ?mind)|not)\b", ""),),
    "zh": ((r"(?<![特分区级性个])别(?!墅|的|人)|不要|不用|不许|不准|勿", ""),),
    "ko": (
        (r"(?<=켜)지 ?(?:마|말).*$", "줘"),
        (r"끄지 ?(?:마|말).*$", "꺼줘"),
        (r"열지 ?(?:마|말).*$", "열어줘"),
        (r"닫지 ?(?:마|말).*$", "닫아줘"),
        (r"잠그지 ?(?:마|말).*$", "잠가줘"),
        (r"(?<=하)지 ?(?:마|말).*$", "줘"),
    ),
}


def base(language: str) -> str:
    """``zh`` of ``zh-CN``."""
    return primary(language)


def normalize(text: str, language: str) -> str:
    """The bare sentence in lower case, without punctuation, politeness and needless spaces."""
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    # A point or a colon between digits belongs to the number.
    text = re.sub(r"(?<!\d)[.,:](?!\d)|[.,:](?!\d)|(?<!\d)[.,:]", " ", text)
    text = "".join(
        " " if unicodedata.category(c)[0] in "PS" and c not in _KEPT else c for c in text
    )
    text = _squeeze(text)
    bare = text
    for pattern in _POLITE.get(base(language), ()):
        bare = _squeeze(re.sub(pattern, " " if base(language) != "zh" else "", bare))
    return bare or text


def without_negation(text: str, language: str) -> str | None:
    """The sentence that was forbidden, out of one that forbids; None if nothing is negated.

    ``text`` has been normalised: ``don't turn on the lamp`` gives ``turn on the lamp``.
    """
    for pattern, instead in _NOT.get(base(language), ()):
        positive, count = re.subn(pattern, instead, text)
        if count:
            return _squeeze(positive)
    return None


def _squeeze(text: str) -> str:
    text = re.sub(rf"(?<={_HAN})\s+(?=[\w%])|(?<=[\w%])\s+(?={_HAN})", "", text)
    return " ".join(text.split())
