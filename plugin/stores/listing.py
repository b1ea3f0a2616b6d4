"""Stores as the panel lists them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from sqlalchemy import Connection

from vefa.stores import records
from vefa.stores.store import Store


def some(connection: Connection, numbers: Sequence[int]) -> list[Store]:
    """Return the stores with these numbers that exist, in the order of their slugs."""
    return sorted(records.some(connection, numbers), key=attrgetter("slug"))
