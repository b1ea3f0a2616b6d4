"""Stores as the panel lists them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.stores.records import stores, to_store
from vefa.stores.store import Store


def some(connection: Connection, numbers: Sequence[int]) -> list[Store]:
    """Return the stores with these numbers that exist, in the order of their slugs."""
    rows = connection.execute(sa.select(stores).where(stores.c.id.in_(numbers)).order_by(stores.c.slug))
    return [to_store(row) for row in rows]
