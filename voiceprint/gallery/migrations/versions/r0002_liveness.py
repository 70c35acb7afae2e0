"""Challenges, and fingerprints of what was heard."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "gallery_challenges",
        sa.Column("id", sa.Text, primary_key=True),
        _person(nullable=True),
        sa.Column("expires", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
    )
    op.create_index("ix_gallery_challenges_person_id", "gallery_challenges", ["person_id"])
    op.create_index("ix_gallery_challenges_expires", "gallery_challenges", ["expires"])
    op.create_table(
        "gallery_utterances",
        sa.Column("id", sa.Integer, primary_key=True),
        _person(nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("gallery_utterances_of_person", "gallery_utterances", ["person_id", "id"])


def _person(*, nullable: bool) -> sa.Column[str]:
    to = sa.ForeignKey("gallery_people.id", ondelete="CASCADE")
    return sa.Column("person_id", sa.Text, to, nullable=nullable)
