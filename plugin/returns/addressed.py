"""Whom a letter about a return goes to, and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.customers.vault import customers
from vefa.locales import negotiate
from vefa.orders.records import lines, orders
from vefa.outreach.links import links_for
from vefa.promises.calendar import local_date
from vefa.returns import records
from vefa.returns.letter import Envelope
from vefa.returns.request import Wanted
from vefa.staff.account import Account
from vefa.stores.sealing import Key
from vefa.stores.store import Store


def addressed(
    connection: Connection,
    store: Store,
    key: Key,
    public_url: str,
    row: Any,
    by: Account,
    message_id: str | None,
    now: datetime,
) -> tuple[Envelope, str | None]:
    """Return a letter's envelope, and the customer's e-mail address where one is known."""
    person = customers(connection, store.id, [row.holder], key)[row.holder]
    language = negotiate(row.language, store.languages)
    links = links_for(
        store,
        key,
        public_url,
        holder=row.holder,
        order_id=row.order_id,
        message_id=message_id,
        language=language,
        now=now,
    )
    envelope = Envelope(
        store=store,
        links=links,
        language=language,
        signed_by=by.name,
        customer_name=person.name,
        order_number=row.order_number,
        items=items(connection, store.id, row),
        requested_on=local_date(row.requested_at, store.zone),
        wanted=Wanted(row.wanted),
    )
    return envelope, person.email


def items(connection: Connection, store_id: int, row: Any) -> list[tuple[str, int]]:
    """Return the titles and quantities of what comes back; nothing where the store did not say."""
    names = titles(connection, store_id, [row.order_id])[row.order_id]
    return [(names.get(line, line), quantity) for line, quantity in records.pieces(row).items()]


def titles(connection: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return by order and line what the items of these orders are called."""
    found: dict[str, dict[str, str]] = {order_id: {} for order_id in order_ids}
    for line in connection.execute(
        sa.select(lines.c.order_id, lines.c.line_id, lines.c.title, lines.c.sku).where(
            lines.c.store_id == store_id, lines.c.order_id.in_(order_ids)
        )
    ):
        found[line.order_id][line.line_id] = line.title or line.sku or line.line_id
    return found


def country_of(connection: Connection, store_id: int, order_id: str) -> str | None:
    """Return the country that an order goes to, where it is known."""
    found: str | None = connection.scalar(
        sa.select(orders.c.country).where(orders.c.store_id == store_id, orders.c.order_id == order_id)
    )
    return found
