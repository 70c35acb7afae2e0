"""The tables, as the newest migration leaves them.

Times are microseconds since 1970 in UTC. What is called ``sealed`` is encrypted, see
:mod:`voiceprint.gallery.vault`; tokens stand for names where these have to be found.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, MetaData, Table

from voiceprint.gallery.columns import BigCount, Bytes, Count, Words

METADATA = MetaData()


def _person() -> Column[str]:
    return Column(
        "person_id", Words, ForeignKey("gallery_people.id", ondelete="CASCADE"), primary_key=True
    )


STATE = Table(
    "gallery_state",
    METADATA,
    Column("id", Count, primary_key=True),
    # Changes with every change of people or templates.
    Column("version", BigCount, nullable=False),
    # The audit log: what its first entry follows, and its last entry.
    Column("base", BigCount, nullable=False),
    Column("base_mac", Bytes, nullable=False),
    Column("head", BigCount, nullable=False),
    Column("head_mac", Bytes, nullable=False),
    Column("seal", Bytes, nullable=False),
    # The audit entry up to which bytes of something deleted may be left in the write-ahead log.
    Column("unclean", BigCount, nullable=False),
)
"""A single row. Whoever writes locks it first, so that writers come one after the other."""

KEYS = Table(
    "gallery_keys",
    METADATA,
    Column("epoch", Count, primary_key=True),
    # Under the master key; of the newest epoch only.
    Column("data_key", Bytes),
    Column("master_id", Words),
    # Under the data key: the audit entries of each epoch stay under its own key.
    Column("audit_key", Bytes, nullable=False),
)
"""A row for each rotation."""

PEOPLE = Table(
    "gallery_people",
    METADATA,
    Column("id", Words, primary_key=True),
    Column("name_token", Bytes, nullable=False, unique=True),
    Column("sealed", Bytes, nullable=False),
)

MEMBERS = Table(
    "gallery_members",
    METADATA,
    _person(),
    Column("group_token", Bytes, primary_key=True),
    Index("gallery_members_of_group", "group_token", "person_id"),
)

TEMPLATES = Table(
    "gallery_templates",
    METADATA,
    _person(),
    Column("model_name", Words, primary_key=True),
    Column("model_version", Words, primary_key=True),
    Column("sealed", Bytes, nullable=False),
)

AUDIT = Table(
    "gallery_audit",
    METADATA,
    Column("number", BigCount, primary_key=True, autoincrement=False),
    Column("epoch", Count, nullable=False),
    Column("at", BigCount, nullable=False),
    Column("person_id", Words),
    Column("sealed", Bytes, nullable=False),
    Column("mac", Bytes, nullable=False),
    Index("gallery_audit_of_person", "person_id", "number"),
)

FIRST = -(2**63)
"""No audit entry has a lower number, whoever wrote it; ours begin with 1."""

CHALLENGES = Table(
    "gallery_challenges",
    METADATA,
    Column("id", Words, primary_key=True),
    Column("person_id", Words, ForeignKey("gallery_people.id", ondelete="CASCADE"), index=True),
    Column("expires", BigCount, nullable=False, index=True),
    # Empty once it was taken.
    Column("sealed", Bytes),
)

UTTERANCES = Table(
    "gallery_utterances",
    METADATA,
    Column("id", Count, primary_key=True),
    Column("person_id", Words, ForeignKey("gallery_people.id", ondelete="CASCADE"), nullable=False),
    Column("at", BigCount, nullable=False),
    Column("sealed", Bytes, nullable=False),
    # Whether the person was enrolled with it; then it is kept as long as that enrolment.
    Column("enrolment", Boolean, nullable=False),
    Index("gallery_utterances_of_person", "person_id", "id"),
)
