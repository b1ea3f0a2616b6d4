"""Stores and their connections to platforms, in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from functools import lru_cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Mapped, mapped_column

from vefa.database import Declaration, Instant, Kind, db, dump_json
from vefa.errors import ConfigurationError, UnknownAddressError
from vefa.stores import schema
from vefa.stores.sealing import Key, new_key
from vefa.stores.store import Evidence, Outgoing, Sending, Store


class StoreRecord(db.Model):  # type: ignore[name-defined,misc]
    """One store: its settings as a document, its switches as columns, its key sealed by the master key."""

    __tablename__ = "stores"
    __table_args__ = (
        {"info": Declaration(Kind.PRIMARY, "store", "until the store is removed", scoped=False).info()},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(sa.String(64), unique=True)
    settings: Mapped[str] = mapped_column(sa.Text)
    sealed_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sending: Mapped[str] = mapped_column(sa.String(10), default=Sending.SHADOW.value)
    sending_since: Mapped[datetime | None] = mapped_column(Instant)
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    ceiling: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class ConnectionRecord(db.Model):  # type: ignore[name-defined,misc]
    """One platform that may write to a store's address, with its secrets sealed by the store's key."""

    __tablename__ = "connections"
    __table_args__ = (
        {
            "info": Declaration(Kind.PRIMARY, "store", "until the store is removed").info(),
        },
    )

    store_id: Mapped[int] = mapped_column(sa.ForeignKey("stores.id"), primary_key=True, autoincrement=False)
    platform: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    sealed_secrets: Mapped[bytes] = mapped_column(sa.LargeBinary)


stores = cast(sa.Table, StoreRecord.__table__)
connections = cast(sa.Table, ConnectionRecord.__table__)
_BY_ID = sa.select(stores).where(stores.c.id == sa.bindparam("store_id"))


def to_store(row: Any) -> Store:
    """Build the value of a store from its row."""
    return _store(row.id, row.slug, row.settings, row.sending, row.sending_since, row.stopped_at, row.ceiling)


@lru_cache(maxsize=1024)
def _store(
    store_id: int,
    slug: str,
    settings: str,
    sending: str,
    since: datetime | None,
    stopped_at: datetime | None,
    ceiling: int | None,
) -> Store:
    document: dict[str, Any] = json.loads(settings)
    document.pop("ceiling", None)
    for name in ("languages", "promise_keys", "extra_holidays"):
        if name in document:
            document[name] = tuple(document[name])
    for name in ("cut_off", "quiet_from", "quiet_until"):
        if document.get(name):
            document[name] = time.fromisoformat(document[name])
    if document.get("weekend") is not None:
        document["weekend"] = frozenset(schema.WEEKDAYS.index(day) for day in document["weekend"])
    if "delivery_evidence" in document:
        document["delivery_evidence"] = Evidence(document["delivery_evidence"])
    document.setdefault("name", slug)
    document.pop("slug")
    outgoing = Outgoing(Sending(sending), since, stopped_at, ceiling)
    return Store(id=store_id, slug=slug, outgoing=outgoing, **document)


def add(
    connection: Connection, document: Mapping[str, Any], secrets: Sequence[str], *, master: Key, now: datetime
) -> Store:
    """Add a store with its first platform and secrets, in shadow mode.

    Raises ``ConfigurationError`` if the settings cannot be used or the slug is taken.
    """
    settings = schema.load(document)
    ceiling = settings.pop("ceiling", Outgoing().ceiling)
    if settings["platform"] == "woocommerce":
        settings.setdefault("delivery_evidence", Evidence.NONE.value)
    taken = connection.execute(sa.select(stores.c.id).where(stores.c.slug == settings["slug"])).first()
    if taken:
        raise ConfigurationError(f"A store {settings['slug']!r} exists already.")
    key = new_key()
    inserted = connection.execute(
        stores.insert().values(
            slug=settings["slug"],
            settings=dump_json(settings),
            sealed_key=b"",
            sending=Sending.SHADOW.value,
            ceiling=ceiling,
            created_at=now,
        )
    )
    store_id: int = inserted.inserted_primary_key[0]  # type: ignore[index]
    connection.execute(
        stores.update()
        .where(stores.c.id == store_id)
        .values(sealed_key=master.seal(key.secret, f"store key:{store_id}"))
    )
    connection.execute(
        connections.insert().values(
            store_id=store_id,
            platform=settings["platform"],
            sealed_secrets=key.seal(dump_json(list(secrets)).encode(), f"secrets:{store_id}"),
        )
    )
    return by_slug(connection, settings["slug"])


def by_slug(connection: Connection, slug: str) -> Store:
    """Return the store with this slug; raises ``UnknownAddressError`` if there is none."""
    row = connection.execute(sa.select(stores).where(stores.c.slug == slug)).first()
    if row is None:
        raise UnknownAddressError(f"There is no store {slug!r}.")
    return to_store(row)


def by_id(connection: Connection, store_id: int) -> Store:
    """Return the store with this number; it has to exist."""
    return to_store(connection.execute(_BY_ID, {"store_id": store_id}).one())


def with_key(connection: Connection, store_id: int, master: Key) -> tuple[Store, Key]:
    """Return a store and its own key."""
    row = connection.execute(_BY_ID, {"store_id": store_id}).one()
    return to_store(row), Key(master.open(row.sealed_key, f"store key:{store_id}"))


def all_stores(connection: Connection) -> dict[int, Store]:
    """Return every store by its number."""
    return {row.id: to_store(row) for row in connection.execute(sa.select(stores).order_by(stores.c.id))}


def key_of(connection: Connection, store_id: int, master: Key) -> Key:
    """Return a store's own key."""
    row = connection.execute(_BY_ID, {"store_id": store_id}).one()
    return Key(master.open(row.sealed_key, f"store key:{store_id}"))


def secrets_of(connection: Connection, store_id: int, platform: str, key: Key) -> list[str]:
    """Return the secrets that a platform may sign with; raises ``UnknownAddressError`` without a connection."""
    row = connection.execute(
        sa.select(connections.c.sealed_secrets).where(
            connections.c.store_id == store_id, connections.c.platform == platform
        )
    ).first()
    if row is None:
        raise UnknownAddressError(f"This store is not connected to {platform!r}.")
    secrets: list[str] = json.loads(key.open(row.sealed_secrets, f"secrets:{store_id}"))
    return secrets


def set_secrets(
    connection: Connection, store_id: int, platform: str, secrets: Sequence[str], key: Key
) -> None:
    """Replace a connection's secrets; two stand side by side while a secret is being changed."""
    connection.execute(
        connections.update()
        .where(connections.c.store_id == store_id, connections.c.platform == platform)
        .values(sealed_secrets=key.seal(dump_json(list(secrets)).encode(), f"secrets:{store_id}"))
    )


def change(connection: Connection, slug: str, changes: Mapping[str, Any]) -> Store:
    """Change settings of a store that nothing was derived from, and return the store.

    Raises ``ConfigurationError`` for other settings and values that cannot be used, and where sending is on, for
    taking the reply address away.
    """
    store = by_slug(connection, slug)
    fixed = sorted(changes.keys() - set(schema.CHANGEABLE))
    if fixed:
        raise ConfigurationError(
            f"{', '.join(fixed)} cannot be changed: promises were derived from what stands."
        )
    if store.outgoing.mode is Sending.ON and "reply_to" in changes and not changes["reply_to"]:
        raise ConfigurationError("While sending is on, a store needs a reply address.")
    row = connection.execute(_BY_ID, {"store_id": store.id}).one()
    settings = schema.load(json.loads(row.settings) | dict(changes))
    ceiling = settings.pop("ceiling", row.ceiling)
    connection.execute(
        stores.update().where(stores.c.id == store.id).values(settings=dump_json(settings), ceiling=ceiling)
    )
    return by_id(connection, store.id)


def switch(connection: Connection, store: Store, *, sending: bool, now: datetime) -> None:
    """Switch sending on or back to shadow; switching on opens the door only for reasons from ``now`` on.

    Raises ``ConfigurationError`` without a monitored reply address.
    """
    if sending and not store.reply_to:
        raise ConfigurationError("Sending needs a reply address that a person reads: set reply_to first.")
    values: dict[str, Any] = {"sending": (Sending.ON if sending else Sending.SHADOW).value}
    if sending and store.outgoing.mode is not Sending.ON:
        values["sending_since"] = now
    connection.execute(stores.update().where(stores.c.id == store.id).values(**values))


def stop(connection: Connection, store: Store, *, now: datetime) -> None:
    """Stop every message of a store at ``now``."""
    connection.execute(stores.update().where(stores.c.id == store.id).values(stopped_at=now))


def resume(connection: Connection, store: Store, *, now: datetime) -> None:
    """Let messages leave again; like switching on, it releases nothing that is older than ``now``."""
    values: dict[str, Any] = {"stopped_at": None}
    if store.outgoing.mode is Sending.ON:
        values["sending_since"] = now
    connection.execute(stores.update().where(stores.c.id == store.id).values(**values))
