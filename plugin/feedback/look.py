"""Looks at what customers posted about their orders: copies each review to the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from vefa import journal
from vefa.database import reading
from vefa.facts import Fact, escape
from vefa.feedback import records
from vefa.orders.fold import fold
from vefa.orders.records import subject
from vefa.work import Result, make_due

PACKAGE = "feedback"
POSTED = "review.posted"


def look(
    engine: Engine, wakes: Sequence[str], store_id: int, subjects: Sequence[str], now: datetime
) -> Result:
    """Copy the reviews of these orders and let the packages in ``wakes`` look at the orders that have some."""
    with reading(engine) as connection:
        facts = journal.facts_of(connection, store_id, [subject(order_id) for order_id in subjects])
        old = {
            row.id: row._mapping
            for rows in records.of_orders(connection, store_id, subjects).values()
            for row in rows
        }
    again: dict[str, datetime] = {}
    rows: list[dict[str, Any]] = []
    for order_id in subjects:
        known = facts[subject(order_id)]
        posted = [fact for fact in known if fact.type == POSTED and not fact.implausible]
        ahead = [fact.at for fact in posted if fact.at > now]
        if ahead:
            again[order_id] = min(ahead)
        if here := [fact for fact in posted if fact.at <= now]:
            holder = fold(order_id, known, now).holder or f"order:{order_id}"
            rows += [_row(store_id, order_id, holder, fact) for fact in here]
    changed = [row for row in rows if _differs(row, old.get(row["id"]))]
    reviewed = dict.fromkeys((row["order_id"] for row in rows), now)

    def write(connection: Connection) -> None:
        records.write(connection, changed)
        for package in wakes:
            make_due(connection, store_id, package, reviewed)

    return Result(write if reviewed else None, again)


def review_id(order_id: str, fact_key: str) -> str:
    """Return the identity of a review's answer: that of its event."""
    return f"review:{order_id}:{fact_key}"


def of_review(fact: Fact, name: str) -> Any:
    """Return what a review's fact says under a name: score, public or words."""
    return fact.values.get(f"reviews/{escape(fact.key)}/{name}")


def _row(store_id: int, order_id: str, holder: str, fact: Fact) -> dict[str, Any]:
    return {
        "store_id": store_id,
        "id": review_id(order_id, fact.key),
        "order_id": order_id,
        "holder": holder,
        "source": records.REVIEW,
        "score": of_review(fact, "score"),
        "sealed_words": None,
        "has_words": bool(of_review(fact, "words")),
        "language": None,
        "message_id": None,
        "at": fact.at,
        "first_at": fact.at,
    }


def _differs(row: Mapping[str, Any], old: Mapping[str, Any] | None) -> bool:
    return old is None or any(old[name] != value for name, value in row.items())
