"""Abbreviations that are read as the words they stand for, by their lower-case letters."""

from __future__ import annotations

TITLES = {
    "capt": "captain", "col": "colonel", "dr": "doctor", "gen": "general", "gov": "governor",
    "lt": "lieutenant", "mr": "mister", "mrs": "missus", "ms": "ms", "mt": "mount",
    "prof": "professor", "rev": "reverend", "sen": "senator", "sgt": "sergeant",
}  # fmt: skip
"""Before a name: their full stop never ends a sentence."""

SHORT = {
    "apr": "april", "approx": "approximately", "aug": "august", "ave": "avenue",
    "blvd": "boulevard", "co": "company", "corp": "corporation", "dec": "december",
    "dept": "department", "etc": "et cetera", "feb": "february", "inc": "incorporated",
    "jan": "january", "jr": "junior", "ltd": "limited", "nov": "november", "oct": "october",
    "rd": "road", "sept": "september", "sr": "senior", "vs": "versus",
}  # fmt: skip
"""With a full stop that may end a sentence too."""

LATIN = {"e.g": "for example", "i.e": "that is"}
"""With full stops that never end a sentence."""

BEFORE_FIGURES = {
    "ch": "chapter", "fig": "figure", "no": "number", "p": "page", "vol": "volume",
}  # fmt: skip
"""Abbreviations only where a figure follows."""

WITHOUT_STOP = frozenset({"dr", "etc", "mr", "mrs", "ms", "vs"})
"""Abbreviations even without a full stop."""
