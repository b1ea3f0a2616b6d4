"""Whether Vefa knows when a store's parcels are due: from the store's delivery days, or from dates of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.promises.promise import PromiseKind, State
from vefa.promises.records import promises
from vefa.stores.store import Store

SPAN = timedelta(days=90)
COUNT_UP_TO = 1000
# The promises that follow from the store's settings; every other source is a date that somebody said.
BY_SETTINGS = "store"


def dated(connection: Connection, store_id: int, now: datetime, most: int = COUNT_UP_TO) -> int:
    """Count the delivery dates that checkouts named in the last 90 days, at most ``most``."""
    found = 0
    # State by state, so that the index leads past every promise that is older.
    for state in State:
        some = (
            sa.select(sa.literal(1))
            .where(
                promises.c.store_id == store_id,
                promises.c.state == state.value,
                promises.c.due_at > now - SPAN,
                promises.c.kind == PromiseKind.DELIVERY.value,
                promises.c.source != BY_SETTINGS,
                promises.c.made_at > now - SPAN,
            )
            .limit(most - found)
        )
        found += connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
        if found >= most:
            break
    return found


def is_watched(connection: Connection, store: Store, now: datetime) -> bool:
    """Say whether any parcel of a store can be late: its delivery days are set, or its orders bring dates."""
    return bool(store.delivery_days) or dated(connection, store.id, now, most=1) > 0


def not_watched(connection: Connection, stores: Iterable[Store], now: datetime) -> set[int]:
    """Return the numbers of the stores of which no parcel can be late."""
    return {store.id for store in stores if not is_watched(connection, store, now)}
