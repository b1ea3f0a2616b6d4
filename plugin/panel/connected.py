"""One platform of a store as it is connected: what it gave, what it signs with, and what has come from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from flask import abort
from sqlalchemy import Connection

from vefa.inbound import listing
from vefa.key_sets import is_key_set
from vefa.orders.listing import one_number
from vefa.panel import visit
from vefa.panel.state import state
from vefa.platforms import Platform, platforms
from vefa.stores import access, records
from vefa.stores.access import Access
from vefa.stores.sealing import Key
from vefa.stores.shops import accounts_of


@dataclass(frozen=True, slots=True)
class First:
    """What has come from a platform: an order's number, and when the last body did."""

    number: str | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One platform of the store as it is connected."""

    name: str
    platform: Platform
    account: str | None
    given: Access | None
    key: Key
    secrets: list[str] = field(repr=False)


def standing(connection: Connection, name: str) -> Standing:
    """Return a platform of the store; one that it is not connected to is not there."""
    store_id = visit.store().id
    accounts = accounts_of(connection, store_id)
    if name not in platforms() or name not in accounts:
        abort(404)
    key = records.key_of(connection, store_id, state().master)
    given = access.of(connection, store_id, name, key)
    kept = records.secrets_of(connection, store_id, name, key)
    signing = [one for one in kept if not is_key_set(one)]
    return Standing(name, platforms()[name], accounts[name], given, key, signing)


def read(name: str) -> Standing:
    """Return a platform of the store, as ``standing`` does."""
    with visit.reading() as connection:
        return standing(connection, name)


def first(connection: Connection, name: str) -> First:
    """Return what has come from a platform of the store."""
    store_id = visit.store().id
    came = {feed.platform: feed.last_at for feed in listing.feeds(connection, store_id, visit.now())}
    return First(one_number(connection, store_id, name), came.get(name))
