"""Reading transcripts and hypotheses as the same words."""

from __future__ import annotations

import re
from pathlib import Path

_DIGITS = dict(enumerate("zero one two three four five six seven eight nine ten".split()))
_SPELLINGS = {"oh": "zero", "o": "zero"}


def transcripts(commands: Path) -> dict[str, str]:
    """File name to what is said in it."""
    lines = (commands / "transcripts.tsv").read_text().splitlines()
    return dict(line.split("\t") for line in lines if line)


def spoken_words(text: str) -> list[str]:
    """Lower-case words without punctuation, small numbers spelt out."""
    words = re.findall(r"[a-z']+|10|[0-9]", text.lower())
    return [_SPELLINGS.get(word, _DIGITS[int(word)] if word.isdigit() else word) for word in words]
