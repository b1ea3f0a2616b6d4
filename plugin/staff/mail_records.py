"""Messages to staff, in the database: invitations, password links, the daily digest, warnings."""

from __future__ import annotations

import sqlalchemy as sa

from vefa.database import Declaration, Instant, Kind, table

staff_messages = table(
    "staff_messages",
    Declaration(Kind.PRIMARY, "account", "90 days", personal=("sealed_content",)),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("account_id", sa.String(36), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    # What the message is about, so that nobody is told twice: digest:2026-03-10, feed_silent:<since>.
    sa.Column("key", sa.String(120), nullable=False),
    sa.Column("sealed_content", sa.LargeBinary, nullable=False),
    sa.Column("message_id", sa.String(200), nullable=False),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("settled_at", Instant),
    sa.UniqueConstraint("store_id", "account_id", "kind", "key"),
    sa.Index(None, "state"),
)
