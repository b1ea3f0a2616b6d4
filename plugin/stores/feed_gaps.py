"""The holes there were in what a store's platforms told: from when to when, why, and what closed them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, table, upsert

# What closed a hole: the platform was asked, its events came again, or a member said that nothing happened.
ASKED, CAME_AGAIN, BY_HAND = "asked", "came_again", "by_hand"

feed_gaps = table(
    "feed_gaps",
    Declaration(Kind.PRIMARY, "store", "until the store is removed"),
    sa.Column("store_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("platform", sa.String(40), primary_key=True),
    sa.Column("began", Instant, primary_key=True),
    sa.Column("ended", Instant, nullable=False),
    sa.Column("reason", sa.String(30), nullable=False),
    sa.Column("outcome", sa.String(20), nullable=False),
    # Changes of orders that asking brought to light, once they have been read.
    sa.Column("untold", sa.Integer, nullable=False),
    sa.Column("account_id", sa.String(36)),
)


def keep(
    connection: Connection,
    store_id: int,
    platform: str,
    *,
    began: datetime,
    ended: datetime,
    reason: str,
    outcome: str,
    account_id: str | None = None,
) -> None:
    """Write down a hole that is closed."""
    row = {
        "store_id": store_id,
        "platform": platform,
        "began": began,
        "ended": ended,
        "reason": reason,
        "outcome": outcome,
        "untold": 0,
        "account_id": account_id,
    }
    upsert(connection, feed_gaps, [row], update=("ended", "reason", "outcome", "untold", "account_id"))


def newest(connection: Connection, store_id: int, platform: str, limit: int) -> Sequence[Any]:
    """Return the last closed holes of a platform, the newest first."""
    return connection.execute(
        sa.select(feed_gaps)
        .where(feed_gaps.c.store_id == store_id, feed_gaps.c.platform == platform)
        .order_by(feed_gaps.c.began.desc())
        .limit(limit)
    ).all()


def since(connection: Connection, store_id: int, after: datetime) -> Sequence[Any]:
    """Return the holes of all platforms of a store that ended after an instant."""
    return connection.execute(
        sa.select(feed_gaps)
        .where(feed_gaps.c.store_id == store_id, feed_gaps.c.ended > after)
        .order_by(feed_gaps.c.platform, feed_gaps.c.began)
    ).all()


def settle(connection: Connection, store_id: int, platform: str, began: datetime, untold: int) -> None:
    """Write what asking brought to light about a hole that is closed."""
    connection.execute(
        feed_gaps.update()
        .where(feed_gaps.c.store_id == store_id, feed_gaps.c.platform == platform, feed_gaps.c.began == began)
        .values(untold=untold)
    )
