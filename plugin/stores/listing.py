"""Stores as the panel lists them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from operator import attrgetter

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.stores import records
from vefa.stores.store import Store


def some(connection: Connection, numbers: Sequence[int]) -> list[Store]:
    """Return the stores with these numbers that exist, in the order of their slugs."""
    return sorted(records.some(connection, numbers), key=attrgetter("slug"))


def numbers_of(connection: Connection, slugs: Collection[str]) -> dict[str, int]:
    """Return the numbers of the stores with these slugs, as far as there are such."""
    table = records.stores
    rows = connection.execute(sa.select(table.c.slug, table.c.id).where(table.c.slug.in_(sorted(slugs))))
    return {row.slug: row.id for row in rows}
