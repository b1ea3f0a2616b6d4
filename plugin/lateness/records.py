"""Judgements, and the changes of state as they were first noticed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.clock import time_ordered_id
from vefa.database import Declaration, Instant, Kind, dump_json, of_subjects, table, upsert
from vefa.lateness.judgement import Judgement

judgements = table(
    "judgements",
    Declaration(Kind.DERIVED, "order", "as long as the order's facts"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.String(300), primary_key=True),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("promise", sa.String(500)),
    sa.Index(None, "store_id", "state", "due_at", "order_id"),
    sa.Index(None, "store_id", "due_at", "order_id"),
)

state_changes = table(
    "state_changes",
    Declaration(Kind.PRIMARY, "order", "as long as the order"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("order_id", sa.String(300), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("before", sa.String(20)),
    sa.Column("after", sa.String(20), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Index(None, "store_id", "order_id", "at"),
)

_OF_ORDERS = of_subjects(judgements, "order_id")
COLUMNS = ("state", "reason", "evidence", "due_at", "promise")


def row(store_id: int, order_id: str, judgement: Judgement) -> dict[str, Any]:
    """Return the derived row of a judgement."""
    return {
        "store_id": store_id,
        "order_id": order_id,
        "state": judgement.state.value,
        "reason": judgement.reason,
        "evidence": dump_json(judgement.evidence),
        "due_at": judgement.promise.due_at if judgement.promise else None,
        "promise": judgement.promise.key if judgement.promise else None,
    }


def of_orders(connection: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the rows of these orders' judgements."""
    rows = connection.execute(_OF_ORDERS, {"store_id": store_id, "subjects": order_ids}).mappings()
    return {entry["order_id"]: dict(entry) for entry in rows}


def in_states(connection: Connection, store_id: int, states: Sequence[str]) -> Sequence[str]:
    """Return the orders that stand in these states."""
    mine = (judgements.c.store_id == store_id, judgements.c.state.in_(states))
    return connection.scalars(sa.select(judgements.c.order_id).where(*mine)).all()


def write(connection: Connection, changed: Sequence[dict[str, Any]]) -> None:
    """Write judgements that differ from what stands there."""
    upsert(connection, judgements, changed, update=COLUMNS)


def note_changes(
    connection: Connection, changed: Sequence[tuple[str | None, dict[str, Any]]], now: datetime
) -> None:
    """Write down changes of state as noticed at ``now``: the state before and the new judgement's row."""
    rows = [
        {
            "store_id": entry["store_id"],
            "id": time_ordered_id(now),
            "order_id": entry["order_id"],
            "at": now,
            "before": before,
            "after": entry["state"],
            "reason": entry["reason"],
            "evidence": entry["evidence"],
        }
        for before, entry in changed
    ]
    if rows:
        connection.execute(state_changes.insert(), rows)


def changes_of(connection: Connection, store_id: int, order_id: str) -> list[dict[str, Any]]:
    """Return an order's changes of state, oldest first, with the evidence as a document."""
    rows = connection.execute(
        sa.select(state_changes)
        .where(state_changes.c.store_id == store_id, state_changes.c.order_id == order_id)
        .order_by(state_changes.c.at, state_changes.c.id)
    )
    return [dict(entry._mapping) | {"evidence": json.loads(entry.evidence)} for entry in rows]


def first_at_risk(connection: Connection, store_id: int) -> dict[str, datetime]:
    """Return for every order of a store when it was first seen at risk."""
    rows = connection.execute(
        sa.select(state_changes.c.order_id, sa.func.min(state_changes.c.at).label("at"))
        .where(state_changes.c.store_id == store_id, state_changes.c.after == "at_risk")
        .group_by(state_changes.c.order_id)
    )
    return {entry.order_id: entry.at for entry in rows}
