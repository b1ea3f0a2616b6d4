"""What lies behind a customer: earlier cases, orders, and what was written to them, as it stands beside a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.listed import Listed, of_customer
from vefa.customers.vault import vault
from vefa.lateness.records import judgements
from vefa.orders.records import orders
from vefa.outreach.records import messages
from vefa.promises import given
from vefa.promises import records as ledger
from vefa.promises.promise import State

MOST = 20
MOST_HOLDERS = 50


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case with how many of the promises given in it stand in which state."""

    case: Listed
    promises: Counter[State] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order with how its delivery stands, and how many of its promises stand in which state."""

    order_id: str
    number: str
    status: str
    placed_at: datetime | None
    total: str | None
    currency: str | None
    lateness: str | None
    promises: Counter[State] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message that was written to the customer."""

    id: str
    purpose: str
    state: str
    written_at: datetime
    order_id: str | None
    case_id: str | None


@dataclass(frozen=True, slots=True)
class History:
    """Everything behind a customer, each part newest first and bounded."""

    cases: Sequence[PastCase]
    orders: Sequence[PastOrder]
    messages: Sequence[PastMessage]

    def count(self, state: State) -> int:
        """Count the promises in a state, those of orders and those that people gave."""
        return sum(one.promises[state] for part in (self.cases, self.orders) for one in part)


def same_person(connection: Connection, store_id: int, holder: str) -> list[str]:
    """Return every row of the vault with the e-mail address of this one, itself first.

    Somebody who orders as a guest stands in the vault once for every order.
    """
    index = connection.scalar(
        sa.select(vault.c.email_index).where(vault.c.store_id == store_id, vault.c.holder == holder)
    )
    if index is None:
        return [holder]
    others = connection.scalars(
        sa.select(vault.c.holder)
        .where(vault.c.store_id == store_id, vault.c.email_index == index, vault.c.holder != holder)
        .limit(MOST_HOLDERS)
    )
    return [holder, *sorted(others)]


def history(
    connection: Connection, store_id: int, holder: str, now: datetime, *, without: str | None = None
) -> History:
    """Return what lies behind a customer; ``without`` is the id of the case that it is shown beside."""
    holders = same_person(connection, store_id, holder)
    past = [one for one in of_customer(connection, store_id, holders) if one.id != without][:MOST]
    promised = given.of_cases(connection, store_id, [one.id for one in past])
    return History(
        [PastCase(one, Counter(given.state_of(row, now) for row in promised[one.id])) for one in past],
        _orders(connection, store_id, holders),
        _messages(connection, store_id, holders),
    )


def _orders(connection: Connection, store_id: int, holders: Sequence[str]) -> list[PastOrder]:
    lateness = sa.and_(judgements.c.store_id == orders.c.store_id, judgements.c.order_id == orders.c.order_id)
    # A guest's order that names no customer is known by its own row of the vault.
    own = [name.removeprefix("order:") for name in holders if name.startswith("order:")]
    known = set(own)
    for name in holders:
        # The ids alone, which the index by customer holds; asked for whole rows, SQLite walks through the store.
        statement = sa.select(orders.c.order_id).where(orders.c.store_id == store_id, orders.c.holder == name)
        known |= set(connection.scalars(statement))
    rows = connection.execute(
        sa.select(orders, judgements.c.state)
        .outerjoin(judgements, lateness)
        .where(orders.c.store_id == store_id, orders.c.order_id.in_(sorted(known)))
    )
    newest = sorted(rows, key=lambda row: (row.placed_at is not None, row.placed_at, row.order_id))
    shown = newest[::-1][:MOST]
    promised = ledger.of_orders(connection, store_id, [row.order_id for row in shown])
    return [
        PastOrder(
            order_id=row.order_id,
            number=row.number,
            status=row.status,
            placed_at=row.placed_at,
            total=row.total,
            currency=row.currency,
            lateness=row.state,
            promises=Counter(State(promise["state"]) for promise in promised[row.order_id]),
        )
        for row in shown
    ]


def _messages(connection: Connection, store_id: int, holders: Sequence[str]) -> list[PastMessage]:
    columns = (messages.c[name] for name in ("id", "purpose", "state", "written_at", "order_id", "case_id"))
    names = list(columns)
    found: list[PastMessage] = []
    for holder in holders:
        rows = connection.execute(
            sa.select(*names)
            .where(messages.c.store_id == store_id, messages.c.holder == holder)
            .order_by(messages.c.written_at.desc())
            .limit(MOST)
        )
        found += [
            PastMessage(row.id, row.purpose, row.state, row.written_at, row.order_id or None, row.case_id)
            for row in rows
        ]
    return sorted(found, key=lambda message: (message.written_at, message.id), reverse=True)[:MOST]
