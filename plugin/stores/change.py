"""Changes a store's settings, and keeps the terms that stood until now for the orders placed under them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import dump_json, upsert
from vefa.stores import schema
from vefa.stores.records import by_id, by_slug, earlier_settings, stores
from vefa.stores.store import Sending, Store


def change(connection: Connection, slug: str, changes: Mapping[str, Any], *, now: datetime) -> Store:
    """Change settings of a store from ``now`` on, and return the store.

    Raises ``SettingsError`` for settings that never change (the address, the platform, country, time zone and
    currency) and for values that cannot be used, and where sending is on, for taking the reply address away.
    """
    store = by_slug(connection, slug)
    fixed = sorted(changes.keys() - set(schema.CHANGEABLE))
    if fixed:
        raise schema.SettingsError(f"{', '.join(fixed)} cannot be changed.", fixed)
    if store.outgoing.mode is Sending.ON and "reply_to" in changes and not changes["reply_to"]:
        raise schema.SettingsError("While sending is on, a store needs a reply address.", ["reply_to"])
    row = connection.execute(sa.select(stores).where(stores.c.id == store.id)).one()
    before = json.loads(row.settings)
    document = schema.load(before | dict(changes))
    ceiling = document.pop("ceiling", row.ceiling)
    connection.execute(
        stores.update().where(stores.c.id == store.id).values(settings=dump_json(document), ceiling=ceiling)
    )
    after = by_id(connection, store.id)
    if all(getattr(store, name) == getattr(after, name) for name in schema.TERMS):
        return after
    _keep_terms(connection, store, before, now)
    return by_id(connection, store.id)


def _keep_terms(connection: Connection, store: Store, before: Mapping[str, Any], now: datetime) -> None:
    """Write down until when the terms stood; terms that stood for no time leave no trace."""
    stood = {name: before[name] for name in schema.TERMS if name in before}
    last = store.earlier[-1][0] if store.earlier else now
    row = {"store_id": store.id, "until": max(now, last), "settings": dump_json(stood)}
    upsert(connection, earlier_settings, [row], update=())


def differences(before: Store, after: Store) -> dict[str, list[Any]]:
    """Return what a change was about, for the audit trail: each setting's value before and after, as text."""
    names = [name for name in schema.CHANGEABLE if name != "ceiling"]
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in names}
    pairs["ceiling"] = (before.outgoing.ceiling, after.outgoing.ceiling)
    return {name: [_plain(one), _plain(other)] for name, (one, other) in pairs.items() if one != other}


def _plain(value: Any) -> Any:
    if isinstance(value, (frozenset, set)):
        return sorted(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value if value is None or isinstance(value, (bool, int, str, list, tuple)) else str(value)
