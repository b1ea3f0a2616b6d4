"""How the feed of each of a store's platforms stands: how far it was asked, and the hole that is being filled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, insert_into, table
from vefa.stores.feed_state import FeedState

feeds = table(
    "feeds",
    Declaration(Kind.PRIMARY, "store", "until the store is removed"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("platform", sa.String(40), primary_key=True),
    # Everything that the platform changed up to here has been asked for.
    sa.Column("asked_until", Instant),
    # A pass that is under way: since when changes are asked for, when it began, and where it stands.
    sa.Column("pass_since", Instant),
    sa.Column("pass_began", Instant),
    sa.Column("cursor", sa.Text),
    sa.Column("pass_found", sa.Integer, nullable=False, server_default="0"),
    # The last pass that came to its end, and how many orders it told of that no event had.
    sa.Column("checked_at", Instant),
    sa.Column("found", sa.Integer, nullable=False, server_default="0"),
    sa.Column("failing_since", Instant),
    sa.Column("error", sa.Text),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    # The last hole in what came; while it has no end, nobody is written to about the store's orders.
    sa.Column("gap_from", Instant),
    sa.Column("gap_until", Instant),
    sa.Column("gap_reason", sa.String(30)),
    # When the platform's own webhooks were last seen to, and when some had been switched off, and which.
    sa.Column("installed_at", Instant),
    sa.Column("mended_at", Instant),
    sa.Column("mended", sa.Text),
    # What the platform changed since then, its events should have told.
    sa.Column("watched_since", Instant),
    # Since when nothing has come although it is improbable that nothing happened.
    sa.Column("silent_since", Instant),
    # Requests that were refused while none was taken.
    sa.Column("refused", sa.Integer, nullable=False, server_default="0"),
    sa.Column("refused_since", Instant),
    sa.Column("refused_reason", sa.String(20)),
)


def states(connection: Connection, store_id: int) -> dict[str, FeedState]:
    """Return how the feed of each platform stands of which anything is known."""
    rows = connection.execute(sa.select(feeds).where(feeds.c.store_id == store_id))
    return {row.platform: _state(row) for row in rows}


def state(connection: Connection, store_id: int, platform: str) -> FeedState:
    """Return how the feed of one platform stands."""
    return states(connection, store_id).get(platform, FeedState(platform))


def _state(row: Any) -> FeedState:
    values = dict(row._mapping)
    values.pop("store_id")
    return FeedState(**values)


def note(connection: Connection, store_id: int, platform: str, **values: Any) -> None:
    """Write some columns of a feed's row, which is made if it is not there."""
    insert = insert_into(connection.dialect.name, feeds).values(
        store_id=store_id, platform=platform, **values
    )
    connection.execute(
        insert.on_conflict_do_update(index_elements=["store_id", "platform"], set_=values)
        if values
        else insert.on_conflict_do_nothing()
    )


def open_gap(connection: Connection, store_id: int, platform: str, since: datetime, reason: str) -> None:
    """Say that what happened since an instant may not have been told; a hole that is open already stays as it is."""
    if not state(connection, store_id, platform).gap_open:
        note(connection, store_id, platform, gap_from=since, gap_until=None, gap_reason=reason)


def with_gap(connection: Connection, store_id: int) -> set[str]:
    """Return the platforms of a store of which events may be missing, so that nobody is written to."""
    rows = connection.scalars(
        sa.select(feeds.c.platform).where(
            feeds.c.store_id == store_id, feeds.c.gap_from.is_not(None), feeds.c.gap_until.is_(None)
        )
    )
    return set(rows)
