"""People and templates as the bytes that are sealed, and back."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from speech.errors import EnrolmentError
from voiceprint.contract import Consent, EmbeddingModel, Person, Template

_TEMPLATE = struct.Struct("<IdI")
"""Utterances, seconds of speech, dimension; the vector follows as little-endian float32."""
_STRENGTH = struct.Struct("<d")
"""Behind the vector; not there in what was sealed by the first version."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Record:
    """What is sealed of a person."""

    name: str
    created: datetime
    groups: tuple[str, ...] = ()
    consent: Consent | None = None
    expires: datetime | None = None
    blocked: bool = False

    def to_bytes(self) -> bytes:
        """As it is sealed."""
        consent = self.consent
        kept = {
            "name": self.name,
            "created": micros(self.created),
            "groups": self.groups,
            "consent": consent and [micros(consent.given), consent.statement, consent.witness],
            "expires": self.expires and micros(self.expires),
            "blocked": self.blocked,
        }
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, plain: bytes) -> Record:
        """As it was sealed."""
        kept: dict[str, Any] = json.loads(plain)
        consent, expires = kept["consent"], kept["expires"]
        return cls(
            name=kept["name"],
            created=moment(kept["created"]),
            groups=tuple(kept["groups"]),
            consent=consent and Consent(moment(consent[0]), consent[1], consent[2]),
            expires=None if expires is None else moment(expires),
            blocked=kept["blocked"],
        )

    def person(self, id: str, models: Iterable[EmbeddingModel]) -> Person:
        """The person that it is about."""
        return Person(
            id,
            self.name,
            self.groups,
            self.consent,
            self.created,
            self.expires,
            self.blocked,
            tuple(models),
        )


def template_to_bytes(template: Template) -> bytes:
    """As it is sealed; raises EnrolmentError for a vector that is none."""
    vector = np.ascontiguousarray(template.vector, "<f4")
    if vector.ndim != 1 or not vector.size or not np.isfinite(vector).all():
        raise EnrolmentError(
            f"a voiceprint is a row of finite numbers, not {vector.shape} with "
            f"{int((~np.isfinite(vector)).sum())} that are not finite: record again"
        )
    head = _TEMPLATE.pack(template.utterances, template.speech, vector.size)
    return head + vector.tobytes() + _STRENGTH.pack(template.strength)


def template_from_bytes(plain: bytes, model: EmbeddingModel) -> Template:
    """As it was sealed; the vector cannot be written to."""
    utterances, speech, dimension = _TEMPLATE.unpack_from(plain)
    vector = np.frombuffer(plain, "<f4", dimension, _TEMPLATE.size)
    rest = plain[_TEMPLATE.size + vector.nbytes :]
    strength = _STRENGTH.unpack(rest)[0] if rest else 0.0
    return Template(model, vector, utterances, speech, strength)


def same_template(one: Template, other: Template) -> bool:
    """Whether two are equal to the last bit of their vectors, which ``==`` does not look at."""
    return one == other and template_to_bytes(one) == template_to_bytes(other)


def micros(when: datetime) -> int:
    """Microseconds since 1970; raises EnrolmentError without a time zone."""
    if when.tzinfo is None:
        raise EnrolmentError(f"the time {when} has no time zone: write datetime.now(UTC) or alike")
    since = when - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment(micros: int) -> datetime:
    """The time, in UTC."""
    seconds, rest = divmod(micros, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest)
