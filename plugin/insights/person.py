"""What stands beside customers in a list, and the whole of one customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.case import CaseState
from vefa.cases.past import same_person
from vefa.cases.records import cases
from vefa.feedback.answer import words_of
from vefa.feedback.records import answers
from vefa.insights.people import GUEST
from vefa.locales import fold_email
from vefa.orders.records import orders
from vefa.outreach.permission import holds, suppressions
from vefa.outreach.records import messages
from vefa.promises import given
from vefa.returns.records import returns
from vefa.stores.sealing import Key

MOST = 50


@dataclass(frozen=True, slots=True)
class Beside:
    """How many orders a customer has, the number of an open case, and the message written to them last."""

    orders: int
    case: int | None
    message: Any


def beside(connection: Connection, store_id: int, holders: Sequence[str]) -> dict[str, Beside]:
    """Return what stands beside each of these customers; all are read at once."""
    numbers = connection.execute(
        sa.select(orders.c.holder, sa.func.count().label("number"))
        .where(orders.c.store_id == store_id, orders.c.holder.in_(holders))
        .group_by(orders.c.holder)
    )
    count = {row.holder: row.number for row in numbers}
    states = (CaseState.OPEN.value, CaseState.WAITING.value)
    waiting = connection.execute(
        sa.select(cases.c.holder, sa.func.min(cases.c.number).label("number"))
        .where(cases.c.store_id == store_id, cases.c.holder.in_(holders), cases.c.state.in_(states))
        .group_by(cases.c.holder)
    )
    case = {row.holder: row.number for row in waiting}
    message = _last_messages(connection, store_id, holders)
    return {
        holder: Beside(
            count.get(holder, int(holder.startswith(GUEST))), case.get(holder), message.get(holder)
        )
        for holder in holders
    }


def _last_messages(connection: Connection, store_id: int, holders: Sequence[str]) -> dict[str, Any]:
    columns = [column for column in messages.columns if column is not messages.c.sealed_content]
    rows = connection.execute(
        sa.select(*columns)
        .where(messages.c.store_id == store_id, messages.c.holder.in_(holders))
        .order_by(messages.c.holder, messages.c.written_at)
    )
    return {row.holder: row for row in rows}


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to the one question, or a review, with its words if they can be read."""

    row: Any
    words: str


@dataclass(frozen=True, slots=True)
class Whole:
    """What the history beside a case does not hold: answers, returns, promises, and what forbids a message."""

    holders: Sequence[str]
    orders: int
    messages: Sequence[Any]
    answers: Sequence[Answered]
    returns: Sequence[Any]
    promises: Sequence[Any]
    holds: Sequence[Any]
    suppressions: Sequence[Any]


def whole(
    connection: Connection,
    store_id: int,
    holder: str,
    *,
    email: str | None,
    case_ids: Sequence[str],
    key: Key,
    keys: dict[str, Key],
) -> Whole:
    """Return the rest of one customer, each part newest first and bounded; ``keys`` are of the rows of the vault."""
    holders = same_person(connection, store_id, holder)

    def of(table: sa.Table, by: sa.Column[Any]) -> Sequence[Any]:
        columns = [column for column in table.columns if column is not messages.c.sealed_content]
        where = (table.c.store_id == store_id, table.c.holder.in_(holders))
        # Sorted here: asked for an order by time, SQLite walks through the whole store along that index.
        found = connection.execute(sa.select(*columns).where(*where)).all()
        return sorted(found, key=lambda row: row._mapping[by], reverse=True)[:MOST]

    said = of(answers, answers.c.at)
    promised = given.of_cases(connection, store_id, case_ids)
    index = key.index(fold_email(email)) if email else ""
    refused = connection.execute(
        sa.select(suppressions).where(
            suppressions.c.store_id == store_id, suppressions.c.recipient_index == index
        )
    ).all()
    return Whole(
        holders,
        _orders(connection, store_id, holders),
        of(messages, messages.c.written_at),
        [Answered(row, words_of(row, keys.get(row.holder))) for row in said],
        of(returns, returns.c.requested_at),
        sorted(
            (row for rows in promised.values() for row in rows), key=lambda row: row.made_at, reverse=True
        ),
        [row for row in of(holds, holds.c.since) if row.lifted_at is None],
        refused,
    )


def _orders(connection: Connection, store_id: int, holders: Sequence[str]) -> int:
    named = connection.scalar(
        sa.select(sa.func.count())
        .select_from(orders)
        .where(orders.c.store_id == store_id, orders.c.holder.in_(holders))
    )
    own = [holder.removeprefix(GUEST) for holder in holders if holder.startswith(GUEST)]
    guest = connection.scalar(
        sa.select(sa.func.count())
        .select_from(orders)
        .where(orders.c.store_id == store_id, orders.c.order_id.in_(own), orders.c.holder.is_(None))
    )
    return (named or 0) + (guest or 0)
