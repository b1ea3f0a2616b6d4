"""Policies and what they decided, in the database."""

from __future__ import annotations

import sqlalchemy as sa

from vefa.database import Declaration, Instant, Kind, table

policies = table(
    "policies",
    Declaration(Kind.PRIMARY, "store", "as long as the store"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    # 0 is the draft; published versions count from 1 and never change.
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
    sa.Column("based_on", sa.Integer),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("changed_by", sa.String(36)),
    sa.Column("published_at", Instant),
    sa.Column("note", sa.String(300)),
)

decision_records = table(
    "decision_records",
    Declaration(Kind.PRIMARY, "customer", "as long as the case or return"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    # What was decided about: case:<id> or return:<id>.
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("order_id", sa.String(300)),
    sa.Column("at", Instant, nullable=False),
    sa.Column("policy_version", sa.Integer, nullable=False),
    sa.Column("row_id", sa.String(40)),
    sa.Column("outcome", sa.String(40), nullable=False),
    sa.Column("document", sa.Text, nullable=False),
    sa.Index(None, "store_id", "subject", "at"),
    sa.Index(None, "store_id", "at"),
    sa.Index(None, "store_id", "order_id"),
)
