"""Which fingerprints are of an enrolment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column; of what is there, none is known to be."""
    column = sa.Column("enrolment", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("gallery_utterances", column)
