"""The tables, as the newest migration leaves them.

Times are microseconds since 1970 in UTC. What is called ``sealed`` is encrypted, see
:mod:`voiceprint.gallery.vault`; tokens stand for names where these have to be found.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

METADATA = MetaData()


def _person() -> Column[str]:
    return Column(
        "person_id", Text, ForeignKey("gallery_people.id", ondelete="CASCADE"), primary_key=True
    )


STATE = Table(
    "gallery_state",
    METADATA,
    Column("id", Integer, primary_key=True),
    # Changes with every change of people or templates.
    Column("version", BigInteger, nullable=False),
    # The audit log: what its first entry follows, and its last entry.
    Column("base", BigInteger, nullable=False),
    Column("base_mac", LargeBinary, nullable=False),
    Column("head", BigInteger, nullable=False),
    Column("head_mac", LargeBinary, nullable=False),
    Column("seal", LargeBinary, nullable=False),
    # The audit entry up to which bytes of something deleted may be left in the write-ahead log.
    Column("unclean", BigInteger, nullable=False),
)
"""A single row. Whoever writes locks it first, so that writers come one after the other."""

KEYS = Table(
    "gallery_keys",
    METADATA,
    Column("epoch", Integer, primary_key=True),
    # Under the master key; of the newest epoch only.
    Column("data_key", LargeBinary),
    Column("master_id", Text),
    # Under the data key: the audit entries of each epoch stay under its own key.
    Column("audit_key", LargeBinary, nullable=False),
)
"""A row for each rotation."""

PEOPLE = Table(
    "gallery_people",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("name_token", LargeBinary, nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
)

MEMBERS = Table(
    "gallery_members",
    METADATA,
    _person(),
    Column("group_token", LargeBinary, primary_key=True),
    Index("gallery_members_of_group", "group_token", "person_id"),
)

TEMPLATES = Table(
    "gallery_templates",
    METADATA,
    _person(),
    Column("model_name", Text, primary_key=True),
    Column("model_version", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)

AUDIT = Table(
    "gallery_audit",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("epoch", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("person_id", Text),
    Column("sealed", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    Index("gallery_audit_of_person", "person_id", "number"),
)

FIRST = -(2**63)
"""No audit entry has a lower number, whoever wrote it; ours begin with 1."""

CHALLENGES = Table(
    "gallery_challenges",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("person_id", Text, ForeignKey("gallery_people.id", ondelete="CASCADE"), index=True),
    Column("expires", BigInteger, nullable=False, index=True),
    # Empty once it was taken.
    Column("sealed", LargeBinary),
)

UTTERANCES = Table(
    "gallery_utterances",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("person_id", Text, ForeignKey("gallery_people.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    # Whether the person was enrolled with it; then it is kept as long as that enrolment.
    Column("enrolment", Boolean, nullable=False),
    Index("gallery_utterances_of_person", "person_id", "id"),
)
