"""People, their templates, the keys and the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "gallery_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("base", sa.BigInteger, nullable=False),
        sa.Column("base_mac", sa.LargeBinary, nullable=False),
        sa.Column("head", sa.BigInteger, nullable=False),
        sa.Column("head_mac", sa.LargeBinary, nullable=False),
        sa.Column("seal", sa.LargeBinary, nullable=False),
        sa.Column("unclean", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "gallery_keys",
        sa.Column("epoch", sa.Integer, primary_key=True),
        sa.Column("data_key", sa.LargeBinary),
        sa.Column("master_id", sa.Text),
        sa.Column("audit_key", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "gallery_people",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name_token", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "gallery_members",
        _person(),
        sa.Column("group_token", sa.LargeBinary, primary_key=True),
    )
    op.create_index("gallery_members_of_group", "gallery_members", ["group_token", "person_id"])
    op.create_table(
        "gallery_templates",
        _person(),
        sa.Column("model_name", sa.Text, primary_key=True),
        sa.Column("model_version", sa.Text, primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "gallery_audit",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.Text),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("mac", sa.LargeBinary, nullable=False),
    )
    op.create_index("gallery_audit_of_person", "gallery_audit", ["person_id", "number"])


def _person() -> sa.Column[str]:
    return sa.Column(
        "person_id",
        sa.Text,
        sa.ForeignKey("gallery_people.id", ondelete="CASCADE"),
        primary_key=True,
    )
