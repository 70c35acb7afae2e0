"""Names of people and groups: how they are kept, and when two are the same."""

from __future__ import annotations

import unicodedata

from speech.errors import EnrolmentError

_LONGEST = 200


def clean(name: str, what: str = "name") -> str:
    """A name as it is kept: composed letters, single spaces.

    Raises
    ------
    EnrolmentError
        It is empty, too long, or holds what cannot be shown.
    """
    kept = " ".join(unicodedata.normalize("NFC", name).split())
    if not kept or len(kept) > _LONGEST:
        raise EnrolmentError(f"a {what} has 1 to {_LONGEST} letters, not {len(kept)}")
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Cn") for letter in kept):
        raise EnrolmentError(f"the {what} {kept!r} holds what cannot be shown")
    return kept


def fold(name: str) -> str:
    """What names are compared by: whatever the case, width and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def same_name(one: str, other: str) -> bool:
    """Whether two names are of one person, as the gallery sees it."""
    return fold(one) == fold(other)
