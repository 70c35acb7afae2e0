"""Texts made comparable before words are counted, the same for every engine."""

from __future__ import annotations

import re

from unicode_rbnf import RbnfEngine

_SPELLINGS = {"oh": "zero", "ok": "okay", "mr": "mister", "mrs": "missus", "dr": "doctor"}


def comparable(text: str) -> str:
    """Lower case without punctuation, numbers spelt out, a few spellings levelled."""
    spelt = RbnfEngine.for_language("en")
    text = text.lower().replace("’", "'")
    text = re.sub(r"(?<=\d)[,-](?=\d)", " " if "-" in text else "", text)
    text = re.sub(r"\d+", lambda digits: f" {spelt.format_number(int(digits[0])).text} ", text)
    words = re.sub(r"[^a-z' ]+", " ", text).split()
    return " ".join(_SPELLINGS.get(word.strip("'"), word.strip("'")) for word in words)
