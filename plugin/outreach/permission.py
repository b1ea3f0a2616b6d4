"""What forbids a message to somebody: a hold while a person is at work, the customer's own no, an answer given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.customers.vault import vault
from vefa.database import Declaration, Instant, Kind, of_subjects, table, upsert
from vefa.orders.records import orders
from vefa.work import make_due

PACKAGE = "outreach"
FEEDBACK = "feedback"
WITHOUT_CUSTOMER = "order:"

holds = table(
    "holds",
    Declaration(Kind.PRIMARY, "customer", "until it is lifted, then as long as its case"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("holder", sa.String(300), primary_key=True),
    sa.Column("placed_by", sa.String(80), primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Column("lifted_at", Instant),
    sa.Index(None, "store_id", "placed_by", "lifted_at"),
)

suppressions = table(
    "suppressions",
    Declaration(Kind.PRIMARY, "customer", "for good: it is needed to honour the customer's no"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("recipient_index", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Column("source", sa.String(20), nullable=False),
    sa.Column("lifted_at", Instant),
)

answered = table(
    "answered",
    Declaration(Kind.PRIMARY, "order", "as long as the order"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("order_id", sa.String(300), primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

_ANSWERED = of_subjects(answered, "order_id")
_HOLDERS = of_subjects(vault, "holder").with_only_columns(vault.c.holder, vault.c.email_index)
_SHARING = of_subjects(vault, "email_index").with_only_columns(vault.c.holder, vault.c.email_index)
_HELD = (
    of_subjects(holds, "holder")
    .with_only_columns(holds.c.holder, holds.c.placed_by, holds.c.since)
    .where(holds.c.lifted_at.is_(None))
)
_SUPPRESSED = (
    of_subjects(suppressions, "recipient_index")
    .with_only_columns(suppressions.c.recipient_index)
    .where(suppressions.c.kind == sa.bindparam("of_kind"), suppressions.c.lifted_at.is_(None))
)


def hold(connection: Connection, store_id: int, holder: str, placed_by: str, now: datetime) -> None:
    """Hold automatic messages to a customer; ``placed_by`` names why, such as ``case:<id>``."""
    row = {
        "store_id": store_id,
        "holder": holder,
        "placed_by": placed_by,
        "since": now,
        "lifted_at": None,
    }
    upsert(connection, holds, [row], update=("lifted_at",))


def lift(connection: Connection, store_id: int, placed_by: str, now: datetime) -> None:
    """Lift the holds that were placed by something, and let outreach look again at those customers' orders."""
    mine = (holds.c.store_id == store_id, holds.c.placed_by == placed_by, holds.c.lifted_at.is_(None))
    holders = list(connection.scalars(sa.select(holds.c.holder).where(*mine)))
    connection.execute(holds.update().where(*mine).values(lifted_at=now))
    if holders:
        same = same_people(connection, store_id, holders)
        everybody = sorted(set().union(*same.values()))
        due = orders_of(connection, store_id, everybody)
        make_due(connection, store_id, PACKAGE, dict.fromkeys(due, now))


def same_people(connection: Connection, store_id: int, holders: Sequence[str]) -> dict[str, set[str]]:
    """Return for each of these customers everybody with the same e-mail address, themselves included.

    A guest's every order is a customer of its own until the address tells.
    """
    indexes = {
        row.holder: row.email_index
        for row in connection.execute(_HOLDERS, {"store_id": store_id, "subjects": holders})
        if row.email_index
    }
    sharing: dict[str, set[str]] = {}
    if indexes:
        wanted = sorted(set(indexes.values()))
        for row in connection.execute(_SHARING, {"store_id": store_id, "subjects": wanted}):
            sharing.setdefault(row.email_index, set()).add(row.holder)
    return {holder: {holder} | sharing.get(indexes.get(holder, ""), set()) for holder in holders}


def orders_of(connection: Connection, store_id: int, holders: Sequence[str]) -> list[str]:
    """Return the ids of these customers' orders; an order without a customer is its own."""
    found = connection.scalars(
        sa.select(orders.c.order_id).where(orders.c.store_id == store_id, orders.c.holder.in_(holders))
    )
    alone = {one.removeprefix(WITHOUT_CUSTOMER) for one in holders if one.startswith(WITHOUT_CUSTOMER)}
    return sorted({*found} | alone)


def held(connection: Connection, store_id: int, holders: Sequence[str]) -> dict[str, str]:
    """Return who among these customers is held, and by what."""
    rows = connection.execute(_HELD, {"store_id": store_id, "subjects": holders})
    found = sorted(rows, key=lambda row: (row.since, row.placed_by), reverse=True)
    return {row.holder: row.placed_by for row in found}


def note_answer(connection: Connection, store_id: int, order_id: str, now: datetime) -> None:
    """Keep that a customer said how an order was, so that nobody asks; call it where an answer is written down."""
    row = {"store_id": store_id, "order_id": order_id, "at": now}
    upsert(connection, answered, [row], update=())


def who_answered(connection: Connection, store_id: int, order_ids: Sequence[str]) -> set[str]:
    """Return about which of these orders a customer has said how it was."""
    rows = connection.execute(_ANSWERED, {"store_id": store_id, "subjects": order_ids})
    return {row.order_id for row in rows}


def suppress(
    connection: Connection, store_id: int, recipient_index: str, kind: str, source: str, now: datetime
) -> None:
    """Keep that an address wants no messages of a kind (``feedback``); saying it again changes nothing."""
    row = {
        "store_id": store_id,
        "recipient_index": recipient_index,
        "kind": kind,
        "since": now,
        "source": source,
        "lifted_at": None,
    }
    upsert(connection, suppressions, [row], update=("lifted_at",))


def allow_again(
    connection: Connection, store_id: int, recipient_index: str, kind: str, now: datetime
) -> None:
    """Take a no back, as the customer asked by their own hand."""
    connection.execute(
        suppressions.update()
        .where(
            suppressions.c.store_id == store_id,
            suppressions.c.recipient_index == recipient_index,
            suppressions.c.kind == kind,
            suppressions.c.lifted_at.is_(None),
        )
        .values(lifted_at=now)
    )


def suppressed(connection: Connection, store_id: int, indexes: Sequence[str], kind: str) -> set[str]:
    """Return which of these addresses want no messages of a kind."""
    rows = connection.execute(_SUPPRESSED, {"store_id": store_id, "subjects": indexes, "of_kind": kind})
    return {row.recipient_index for row in rows}
