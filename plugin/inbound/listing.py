"""What came in, as the panel shows it: how the feed is, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.journal import UNREADABLE, intake, raw_bodies
from vefa.stores.records import connections

COUNT_UP_TO = 10_000


@dataclass(frozen=True, slots=True)
class Feed:
    """One platform's feed: events since an instant (at most one more than ``COUNT_UP_TO``), and the last one."""

    platform: str
    recent: int
    last_at: datetime | None


def feeds(connection: Connection, store_id: int, since: datetime) -> list[Feed]:
    """Return the feed of every platform that the store is connected to."""
    names = connection.scalars(
        sa.select(connections.c.platform)
        .where(connections.c.store_id == store_id)
        .order_by(connections.c.platform)
    ).all()
    return [_feed(connection, store_id, name, since) for name in names]


def _feed(connection: Connection, store_id: int, platform: str, since: datetime) -> Feed:
    mine = (raw_bodies.c.store_id == store_id, raw_bodies.c.platform == platform)
    some = sa.select(sa.literal(1)).where(*mine, raw_bodies.c.received_at > since).limit(COUNT_UP_TO + 1)
    recent = connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    last_at: datetime | None = connection.scalar(
        sa.select(raw_bodies.c.received_at).where(*mine).order_by(raw_bodies.c.received_at.desc()).limit(1)
    )
    return Feed(platform, recent, last_at)


def waiting(connection: Connection, store_id: int) -> int:
    """Count the events of a store that wait in intake."""
    some = sa.select(sa.literal(1)).where(intake.c.store_id == store_id).limit(COUNT_UP_TO + 1)
    return connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0


def unreadable(connection: Connection, store_id: int, limit: int = 50) -> Sequence[Any]:
    """Return the newest events that could not be read: when, which, and why."""
    return connection.execute(
        sa.select(
            raw_bodies.c.key,
            raw_bodies.c.platform,
            raw_bodies.c.topic,
            raw_bodies.c.received_at,
            raw_bodies.c.error,
        )
        # Written out, so that SQLite sees that its partial index on this very condition fits.
        .where(raw_bodies.c.store_id == store_id, sa.text(f"raw_bodies.state = '{UNREADABLE}'"))
        .order_by(raw_bodies.c.received_at.desc())
        .limit(limit)
    ).all()
