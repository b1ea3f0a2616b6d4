"""Messages and decisions not to write, as the panel lists and counts them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Instant
from vefa.orders.records import orders
from vefa.outreach.decide import Verdict
from vefa.outreach.records import CLAIMED, DROPPED, SENDING, SENT, UNKNOWN, WRITTEN, decisions, messages
from vefa.stores.sealing import Key


class Outcome(StrEnum):
    """What became of a message; ``wrong`` is one of the others besides."""

    LEAVING = "leaving"
    SENT = "sent"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"
    SHADOW = "shadow"
    WRONG = "wrong"


OUTCOMES = {
    Outcome.LEAVING: messages.c.state.in_((WRITTEN, CLAIMED, SENDING)),
    Outcome.SENT: messages.c.state == SENT,
    Outcome.UNKNOWN: messages.c.state == UNKNOWN,
    Outcome.NOT_SENT: sa.and_(messages.c.state == DROPPED, messages.c.shadow.is_(False)),
    Outcome.SHADOW: messages.c.shadow.is_(True),
    Outcome.WRONG: messages.c.contradicted_at.is_not(None),
}
# Lists show a message without its sealed content.
_SHOWN = tuple(column for column in messages.columns if column is not messages.c.sealed_content)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list: behind the row with this instant and id, the newest row being first."""

    at: datetime
    id: str


def summary(connection: Connection, store_id: int, since: datetime) -> Counter[tuple[str, Outcome]]:
    """Count messages written since an instant by purpose and outcome."""
    columns = [
        sa.func.sum(sa.case((where, 1), else_=0)).label(outcome) for outcome, where in OUTCOMES.items()
    ]
    rows = connection.execute(
        sa.select(messages.c.purpose, *columns)
        .where(messages.c.store_id == store_id, messages.c.written_at > since)
        .group_by(messages.c.purpose)
    )
    found = [(row.purpose, outcome, row._mapping[outcome.value]) for row in rows for outcome in Outcome]
    return Counter({(purpose, outcome): number for purpose, outcome, number in found if number})


def silences(connection: Connection, store_id: int, since: datetime) -> int:
    """Count the decisions since an instant not to write, or not yet."""
    where = _silent(store_id, since)
    return connection.scalar(sa.select(sa.func.count()).select_from(decisions).where(*where)) or 0


def reasons(connection: Connection, store_id: int, since: datetime) -> Counter[tuple[Verdict, str]]:
    """Count the decisions since an instant not to write, or not yet, by verdict and reason."""
    rows = connection.execute(
        sa.select(decisions.c.verdict, decisions.c.reason, sa.func.count().label("number"))
        .where(*_silent(store_id, since))
        .group_by(decisions.c.verdict, decisions.c.reason)
    )
    return Counter({(Verdict(row.verdict), row.reason): row.number for row in rows})


def _silent(
    store_id: int, since: datetime, reason: str | None = None, verdict: Verdict | None = None
) -> list[sa.ColumnElement[bool]]:
    where = [
        decisions.c.store_id == store_id,
        decisions.c.at > since,
        decisions.c.verdict != Verdict.WRITE.value,
    ]
    if verdict is not None:
        where.append(decisions.c.verdict == verdict.value)
    if reason:
        where.append(decisions.c.reason == reason)
    return where


def _held(store_id: int, since: datetime) -> list[sa.ColumnElement[bool]]:
    """Return what marks the decisions to wait that still stand: nothing later was decided for the same reason."""
    later = decisions.alias("later")
    same = (
        later.c.store_id == decisions.c.store_id,
        later.c.order_id == decisions.c.order_id,
        later.c.purpose == decisions.c.purpose,
        later.c.promise == decisions.c.promise,
    )
    after = sa.tuple_(later.c.at, later.c.id) > sa.tuple_(decisions.c.at, decisions.c.id)
    return [*_silent(store_id, since, verdict=Verdict.WAIT), ~sa.exists().where(*same, after)]


def held(connection: Connection, store_id: int, since: datetime) -> int:
    """Count the messages that wait: not written yet, and looked at again later."""
    where = _held(store_id, since)
    return connection.scalar(sa.select(sa.func.count()).select_from(decisions).where(*where)) or 0


def held_page(
    connection: Connection, store_id: int, since: datetime, *, after: Place | None = None, limit: int = 50
) -> Sequence[Any]:
    """Return the decisions to wait that still stand, the newest first, with the order's number."""
    return _page(connection, decisions, decisions.c.at, _held(store_id, since), after, limit)


def page(
    connection: Connection,
    store_id: int,
    since: datetime,
    *,
    purpose: str | None = None,
    outcome: Outcome | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Return messages written since an instant, the newest first, each with its order's number."""
    where = [messages.c.store_id == store_id, messages.c.written_at > since]
    if purpose:
        where.append(messages.c.purpose == purpose)
    if outcome:
        where.append(OUTCOMES[outcome])
    return _page(connection, messages, messages.c.written_at, where, after, limit)


def silent_page(
    connection: Connection,
    store_id: int,
    since: datetime,
    *,
    reason: str | None = None,
    verdict: Verdict | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> Sequence[Any]:
    """Return decisions since an instant not to write, or not yet, the newest first, with the order's number."""
    where = _silent(store_id, since, reason, verdict)
    return _page(connection, decisions, decisions.c.at, where, after, limit)


def _page(
    connection: Connection,
    table: sa.Table,
    at: sa.Column[Any],
    where: list[sa.ColumnElement[bool]],
    after: Place | None,
    limit: int,
) -> Sequence[Any]:
    if after:
        where.append(
            sa.tuple_(at, table.c.id) < sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.id))
        )
    joined = sa.and_(orders.c.store_id == table.c.store_id, orders.c.order_id == table.c.order_id)
    statement = sa.select(table, orders.c.number, orders.c.holder.label("customer")).join(
        orders, joined, isouter=True
    )
    return connection.execute(
        statement.where(*where).order_by(at.desc(), table.c.id.desc()).limit(limit)
    ).all()


def messages_of(connection: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the messages of these orders without their content, the oldest first."""
    along = (messages.c.order_id, messages.c.purpose, messages.c.promise)
    where = (messages.c.store_id == store_id, messages.c.order_id.in_(order_ids))
    rows = connection.execute(sa.select(*_SHOWN).where(*where).order_by(*along)).all()
    return _by_order(order_ids, sorted(rows, key=lambda row: (row.written_at, row.id)))


def of_case(connection: Connection, store_id: int, case_id: str) -> list[Any]:
    """Return the messages that were written in a case, oldest first."""
    rows = connection.execute(
        sa.select(*_SHOWN).where(messages.c.store_id == store_id, messages.c.case_id == case_id)
    )
    return sorted(rows, key=lambda row: (row.written_at, row.id))


def decisions_of(connection: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the decisions about these orders, the oldest first."""
    along = (decisions.c.order_id, decisions.c.at)
    where = (decisions.c.store_id == store_id, decisions.c.order_id.in_(order_ids))
    rows = connection.execute(sa.select(decisions).where(*where).order_by(*along)).all()
    return _by_order(order_ids, sorted(rows, key=lambda row: (row.at, row.id)))


def _by_order(order_ids: Sequence[str], rows: Sequence[Any]) -> dict[str, list[Any]]:
    # The queries ask for the order of the index that they need. Asked for time, or for no order at all, SQLite
    # without statistics walks through the whole store instead.
    found: dict[str, list[Any]] = {order_id: [] for order_id in order_ids}
    for row in rows:
        found[row.order_id].append(row)
    return found


def content(connection: Connection, store_id: int, message_id: str, key: Key) -> dict[str, str] | None:
    """Return a message's recipient, subject, text and HTML, or None if the store has no such message."""
    sealed = connection.scalar(
        sa.select(messages.c.sealed_content).where(
            messages.c.store_id == store_id, messages.c.id == message_id
        )
    )
    found: dict[str, str] | None = json.loads(key.open(sealed, f"message:{message_id}")) if sealed else None
    return found
