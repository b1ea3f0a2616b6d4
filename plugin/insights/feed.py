"""How what a store sends is dealt with: when it was last heard, and what could not be read or done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.carriers import services
from vefa.insights.figure import COUNT_UP_TO, Figure
from vefa.journal import UNREADABLE, raw_bodies
from vefa.orders.order import Status
from vefa.orders.records import orders
from vefa.work import work

SCREEN = "settings"
RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Feed:
    """When a store was last heard and what Vefa failed at; ``unknown`` names states of orders that it cannot read."""

    last_at: datetime | None
    unreadable: Figure
    dead: Figure
    unknown: Sequence[tuple[str, int]]


def feed(connection: Connection, store_id: int, now: datetime) -> Feed:
    """Return how a store's feed is at ``now``."""
    return Feed(
        _last(connection, store_id),
        unreadable(connection, store_id),
        dead(connection, store_id),
        unknown_states(connection, store_id, now),
    )


def _last(connection: Connection, store_id: int) -> datetime | None:
    found: datetime | None = connection.scalar(
        sa.select(raw_bodies.c.received_at)
        .where(raw_bodies.c.store_id == store_id, _of_the_store())
        .order_by(raw_bodies.c.received_at.desc())
        .limit(1)
    )
    return found


def _of_the_store() -> sa.ColumnElement[bool]:
    """Leave out what carriers say: it goes on for days after a store has fallen silent."""
    return raw_bodies.c.platform.not_in(sorted(services()))


def unreadable(connection: Connection, store_id: int) -> Figure:
    """Count the kept events that could not be read."""
    some = (
        sa.select(sa.literal(1))
        .select_from(raw_bodies)
        # Written out, so that SQLite sees that its partial index on this very condition fits.
        .where(raw_bodies.c.store_id == store_id, sa.text(f"raw_bodies.state = '{UNREADABLE}'"))
        .limit(COUNT_UP_TO + 1)
    )
    return Figure(connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0, SCREEN)


def dead(connection: Connection, store_id: int) -> Figure:
    """Count what was tried several times and set aside."""
    some = (
        sa.select(sa.literal(1))
        .select_from(work)
        .where(work.c.store_id == store_id, sa.text("due_at IS NULL"))
        .limit(COUNT_UP_TO + 1)
    )
    return Figure(connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0, SCREEN)


def unknown_states(connection: Connection, store_id: int, now: datetime) -> list[tuple[str, int]]:
    """Return the platform's states that Vefa cannot read, of orders of the last 7 days, with how many are in each."""
    rows = connection.execute(
        sa.select(orders.c.platform_status, sa.func.count().label("number"))
        .where(
            orders.c.store_id == store_id,
            orders.c.placed_at > now - RECENT,
            # Written out, so that SQLite sees that its partial index on this very condition fits.
            sa.text(f"orders.status = '{Status.UNKNOWN.value}'"),
            orders.c.platform_status.is_not(None),
        )
        .group_by(orders.c.platform_status)
        .order_by(sa.desc("number"), orders.c.platform_status)
        .limit(5)
    )
    return [(row.platform_status, row.number) for row in rows]
