"""Keep what opens a platform's interface, how each feed stands, and what is imported and tracked"""

import sqlalchemy as sa
from alembic import op

from vefa.database import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _feeds()


def _feeds() -> None:
    op.create_table(
        "feeds",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("asked_until", Instant(), nullable=True),
        sa.Column("pass_since", Instant(), nullable=True),
        sa.Column("pass_began", Instant(), nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("pass_found", sa.Integer(), server_default="0", nullable=False),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("found", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failing_since", Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("gap_from", Instant(), nullable=True),
        sa.Column("gap_until", Instant(), nullable=True),
        sa.Column("gap_reason", sa.String(length=30), nullable=True),
        sa.Column("installed_at", Instant(), nullable=True),
        sa.Column("mended_at", Instant(), nullable=True),
        sa.Column("mended", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "platform", name=op.f("pk_feeds")),
        sqlite_with_rowid=True,
    )
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sealed_access", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_column("sealed_access")
    op.drop_table("feeds")
