"""Keep what opens a platform's interface, how each feed stands, and what is imported and tracked"""

import sqlalchemy as sa
from alembic import op

from vefa.carriers.number import fold
from vefa.database import Instant

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _feeds()
    _tracking_keys()
    _embedded_sessions()
    _imports()
    _feed_health()
    _look_back()
    _proof()


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


def _embedded_sessions() -> None:
    op.create_table(
        "embed_sessions",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("framed_by", sa.Text(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_embed_sessions_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("store_id", "handle", name=op.f("pk_embed_sessions")),
    )
    op.create_index(op.f("ix_embed_sessions_expires_at"), "embed_sessions", ["expires_at"])
    op.create_table(
        "embed_tokens",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "token", name=op.f("pk_embed_tokens")),
    )
    op.create_index(op.f("ix_embed_tokens_expires_at"), "embed_tokens", ["expires_at"])
    op.create_table(
        "embed_frames",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("framed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "platform", name=op.f("pk_embed_frames")),
    )


def _tracking_keys() -> None:
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tracking_key", sa.String(length=60), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_shipments_store_id_tracking_key"), ["store_id", "tracking_key"], unique=False
        )
    _fold_numbers()


def _fold_numbers() -> None:
    """Fill the new column, so that what a carrier says from now on finds the orders that are there."""
    shipments = sa.table("shipments", sa.column("tracking_number"), sa.column("tracking_key"))
    connection = op.get_bind()
    numbers = (
        sa.select(shipments.c.tracking_number).where(shipments.c.tracking_number.is_not(None)).distinct()
    )
    folded = [{"number": one, "key": fold(one)} for one in connection.scalars(numbers) if fold(one)]
    if folded:
        same = shipments.c.tracking_number == sa.bindparam("number")
        connection.execute(shipments.update().where(same).values(tracking_key=sa.bindparam("key")), folded)


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("as_of", Instant(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("from_1904", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("back_days", sa.Integer(), nullable=True),
        sa.Column("back_done", sa.Integer(), nullable=False),
        sa.Column("back", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=36), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_imports")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "import_pieces",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.String(length=36), nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "import_id", "part", "number", name=op.f("pk_import_pieces")),
        sqlite_with_rowid=True,
    )
    op.create_table(
        "import_meanings",
        sa.Column("store_id", sa.Integer(), nullable=False),
        sa.Column("header", sa.String(length=64), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "header", name=op.f("pk_import_meanings")),
        sqlite_with_rowid=True,
    )


def _feed_health() -> None:
    with op.batch_alter_table("feeds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("watched_since", Instant(), nullable=True))
        batch_op.add_column(sa.Column("silent_since", Instant(), nullable=True))
        batch_op.add_column(sa.Column("refused", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("refused_since", Instant(), nullable=True))
        batch_op.add_column(sa.Column("refused_reason", sa.String(length=20), nullable=True))
    op.create_table(
        "feed_hours",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("hour", Instant(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=True),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("store_id", "platform", "hour", name=op.f("pk_feed_hours")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feed_gaps",
        sa.Column("store_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("began", Instant(), nullable=False),
        sa.Column("ended", Instant(), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=True),
        sa.PrimaryKeyConstraint("store_id", "platform", "began", name=op.f("pk_feed_gaps")),
        sqlite_with_rowid=False,
    )


def _look_back() -> None:
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("platform", sa.String(length=40), nullable=True))


def _proof() -> None:
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proved_at", Instant(), nullable=True))
    connections = sa.table("connections", sa.column("account"), sa.column("proved_at", Instant))
    # What is connected goes on.
    op.execute(
        connections.update()
        .where(connections.c.account.is_not(None))
        .values(proved_at=sa.func.current_timestamp())
    )


def downgrade() -> None:
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_column("proved_at")
    for name in ("feed_gaps", "feed_hours"):
        op.drop_table(name)
    for name in ("import_meanings", "import_pieces", "imports"):
        op.drop_table(name)
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shipments_store_id_tracking_key"))
        batch_op.drop_column("tracking_key")
    for name in ("embed_frames", "embed_tokens", "embed_sessions"):
        op.drop_table(name)
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_column("sealed_access")
    op.drop_table("feeds")
