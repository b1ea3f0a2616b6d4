"""Name a platform's shops, keep what was erased and asked for, and find a platform's last event"""

import sqlalchemy as sa
from alembic import op

from vefa.database import Instant

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("pseudonym", sa.String(length=60), nullable=False),
        sa.Column("erased_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "subject", name=op.f("pk_erasures")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "privacy_requests",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=320), nullable=False),
        sa.Column("wish", sa.String(length=12), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("holder", sa.String(length=300), nullable=True),
        sa.Column("sealed_who", sa.LargeBinary(), nullable=True),
        sa.Column("done_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_privacy_requests")),
        sqlite_with_rowid=True,
    )
    op.create_index(
        op.f("ix_privacy_requests_store_id_holder"), "privacy_requests", ["store_id", "holder"], unique=False
    )
    op.create_index(
        op.f("ix_privacy_requests_store_id_done_at_wish_asked_at"),
        "privacy_requests",
        ["store_id", "done_at", "wish", "asked_at"],
        unique=False,
    )
    with op.batch_alter_table("raw_bodies", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_at", Instant(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_raw_bodies_store_id_platform_received_at"),
            ["store_id", "platform", "received_at"],
            unique=False,
        )
    with op.batch_alter_table("stores", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_at", Instant(), nullable=True))
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account", sa.String(length=255), nullable=True))
        batch_op.create_unique_constraint(
            batch_op.f("uq_connections_platform_account"), ["platform", "account"]
        )


def downgrade() -> None:
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_connections_platform_account"), type_="unique")
        batch_op.drop_column("account")
    with op.batch_alter_table("stores", schema=None) as batch_op:
        batch_op.drop_column("closed_at")
    with op.batch_alter_table("raw_bodies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_raw_bodies_store_id_platform_received_at"))
        batch_op.drop_column("sent_at")
    op.drop_index(op.f("ix_privacy_requests_store_id_done_at_wish_asked_at"), table_name="privacy_requests")
    op.drop_index(op.f("ix_privacy_requests_store_id_holder"), table_name="privacy_requests")
    op.drop_table("privacy_requests")
    op.drop_table("erasures")
