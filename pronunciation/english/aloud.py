"""Advice for the ear: sounds are named by letters of a word, since no voice reads IPA."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from speech.language import primary

_EXAMPLES = {
    "ɑ": ("o", "hot"), "æ": ("a", "cat"), "ʌ": ("u", "cup"), "ə": ("a", "about"),
    "ɔ": ("aw", "law"), "aʊ": ("ow", "now"), "aɪ": ("y", "my"), "ɛ": ("e", "bed"),
    "ɝ": ("ir", "bird"), "ɚ": ("er", "sister"), "eɪ": ("ay", "day"), "ɪ": ("i", "sit"),
    "i": ("ee", "see"), "oʊ": ("o", "go"), "ɔɪ": ("oy", "boy"), "ʊ": ("oo", "good"),
    "u": ("oo", "food"), "b": ("b", "book"), "tʃ": ("ch", "chair"), "d": ("d", "day"),
    "ð": ("th", "this"), "f": ("f", "fine"), "ɡ": ("g", "go"), "h": ("h", "house"),
    "dʒ": ("j", "job"), "k": ("k", "key"), "l": ("l", "light"), "m": ("m", "man"),
    "n": ("n", "nine"), "ŋ": ("ng", "sing"), "p": ("p", "pen"), "ɹ": ("r", "red"),
    "s": ("s", "sun"), "ʃ": ("sh", "she"), "t": ("t", "tea"), "θ": ("th", "think"),
    "v": ("v", "very"), "w": ("w", "we"), "j": ("y", "yes"), "z": ("z", "zoo"),
    "ʒ": ("s", "vision"),
}  # fmt: skip
"""IPA to the letters that stand for it, and a word that has it."""
_SOUND = re.compile(r" ?/([^/\s]+)/ ?")


def aloud(text: Mapping[str, str]) -> dict[str, str]:
    """Advice by language, as it can be said.

    >>> aloud({"en": "In “three”, /θ/ sounded like /s/: bring the tongue forward."})["en"]
    'In “three”, the th of “think” sounded like the s of “sun”: bring the tongue forward.'
    """
    return {tag: _SOUND.sub(partial(_named, tag), said) for tag, said in text.items()}


def _named(tag: str, sound: re.Match[str]) -> str:
    if sound[1] not in _EXAMPLES:
        return sound[0]
    letters, word = _EXAMPLES[sound[1]]
    before, after = (" " if sound[0][end] == " " else "" for end in (0, -1))
    if primary(tag) == "zh":
        return f"“{word}”里的 {letters}{after}"
    return f"{before}the {letters} of “{word}”{after}"
