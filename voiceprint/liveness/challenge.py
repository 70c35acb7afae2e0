"""A challenge: random words that are to be said now, which no recording made before can know."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from speech.errors import ConfigError
from speech.language import primary
from voiceprint.liveness.vocabulary import DIGITS, WORDS


class Kind(StrEnum):
    """What a challenge is made of."""

    DIGITS = "digits"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Challenge:
    """Something to say, once and soon."""

    id: str
    """Random (UUID)."""
    kind: Kind
    phrase: str
    """In words, as in ``seven three nine one four``: to be shown or spoken, and to be kept."""
    language: str
    """Primary language subtag."""
    expires: datetime
    """With time zone: an answer after this counts for nothing."""


DEFAULT_LENGTH = {Kind.DIGITS: 5, Kind.WORDS: 4}
"""65,610 strings of digits and 2.4 million of words: to guess one is hopeless."""

LONGEST_TTL = timedelta(seconds=120)
"""What can be answered for longer may be answered by a recording cut together."""

_SHORTEST, _LONGEST = 3, 8  # people forget longer ones


def new_challenge(
    kind: Kind | str = Kind.DIGITS,
    length: int | None = None,
    ttl: timedelta = timedelta(seconds=30),
    *,
    language: str = "en",
) -> Challenge:
    """Draw a challenge by the system's secure random numbers; no word comes twice in a row.

    Parameters
    ----------
    length
        Digits or words, 3 to 8; :data:`DEFAULT_LENGTH` where None.
    ttl
        For how long it may be answered: long enough to hear and say it, :data:`LONGEST_TTL` at
        most.
    language
        BCP 47. Words are there in English only.

    Raises
    ------
    ConfigError
        There is no such kind, no vocabulary of the language, or a bound was passed.
    """
    if kind not in {*Kind}:
        raise ConfigError(f"a challenge is made of {' or '.join(Kind)}, not of {kind!r}")
    kind = Kind(kind)
    length = DEFAULT_LENGTH[kind] if length is None else length
    if not _SHORTEST <= length <= _LONGEST:
        raise ConfigError(f"a challenge has {_SHORTEST} to {_LONGEST} {kind}, not {length}")
    if not timedelta() < ttl <= LONGEST_TTL:
        raise ConfigError(
            f"a challenge can be answered for up to {LONGEST_TTL.seconds} seconds, not for "
            f"{ttl.total_seconds():g}"
        )
    words = vocabulary(kind, language)
    drawn: list[str] = []
    while len(drawn) < length:
        drawn.append(secrets.choice([word for word in words if drawn[-1:] != [word]]))
    return Challenge(
        str(uuid.uuid4()), kind, " ".join(drawn), primary(language), datetime.now(UTC) + ttl
    )


def vocabulary(kind: Kind, language: str) -> tuple[str, ...]:
    """The words that challenges are drawn from.

    Raises
    ------
    ConfigError
        There are none of this language.
    """
    table = DIGITS if kind is Kind.DIGITS else WORDS
    spoken = primary(language)
    if spoken not in table:
        raise ConfigError(
            f"there are no challenges of {kind} in {language!r}, only in {', '.join(sorted(table))}"
        )
    return table[spoken]
