"""Answers in the database: what customers said when asked, and the reviews that they posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, of_subjects, table, upsert

PAGE, REVIEW = "page", "review"

answers = table(
    "answers",
    Declaration(
        Kind.PRIMARY, "order", "score 12 months, then without the person", personal=("sealed_words",)
    ),
    sa.Column("store_id", sa.Integer, primary_key=True),
    # A page's answer is one an order and customer; a review's identity is its event's.
    sa.Column("id", sa.String(700), primary_key=True),
    sa.Column("order_id", sa.String(300), nullable=False),
    sa.Column("holder", sa.String(300), nullable=False),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("score", sa.Integer, nullable=False),
    # Words given on a page are sealed here under the person's key; a review's words stand in the vault.
    sa.Column("sealed_words", sa.LargeBinary),
    sa.Column("has_words", sa.Boolean, nullable=False),
    sa.Column("language", sa.String(20)),
    sa.Column("message_id", sa.String(36)),
    sa.Column("at", Instant, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Index(None, "store_id", "order_id"),
    sa.Index(None, "store_id", "at"),
    sa.Index(None, "store_id", "holder", "at"),
)

CHANGING = ("holder", "score", "sealed_words", "has_words", "language", "message_id", "at")
_OF_ORDERS = of_subjects(answers, "order_id", "at", "id")


def of_orders(connection: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the answers about these orders, oldest first; an order without any has no entry."""
    found: dict[str, list[Any]] = {}
    for row in connection.execute(_OF_ORDERS, {"store_id": store_id, "subjects": order_ids}):
        found.setdefault(row.order_id, []).append(row)
    return found


def by_id(connection: Connection, store_id: int, answer_id: str) -> Any | None:
    """Return an answer, or None."""
    return connection.execute(
        sa.select(answers).where(answers.c.store_id == store_id, answers.c.id == answer_id)
    ).one_or_none()


def write(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write answers; one that is there takes what may change of it and keeps when it was first given."""
    upsert(connection, answers, rows, update=CHANGING)
