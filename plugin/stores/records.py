"""Stores and their connections to platforms, in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Mapped, mapped_column

from vefa.database import Declaration, Instant, Kind, db, dump_json
from vefa.errors import ConfigurationError, UnknownAddressError
from vefa.stores import schema
from vefa.stores.document import to_store
from vefa.stores.sealing import Key, new_key
from vefa.stores.store import Evidence, Outgoing, Sending, Store

# WooCommerce never says that a parcel arrived, Shopify only of carriers that it follows itself, Saleor only where an
# app writes it down: until the store says that its feed does, an arrival that was not heard of is no lateness.
NO_WORD_OF_ARRIVAL = ("woocommerce", "shopify", "saleor")


class TakenError(ConfigurationError):
    """A store has this slug already."""


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
    # Since when the platform says that the shop is gone: nothing is sent, whatever the other switches say.
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    ceiling: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class ConnectionRecord(db.Model):  # type: ignore[name-defined,misc]
    """One platform that may write to a store's address, with its secrets sealed by the store's key.

    ``account`` is the platform's own name of the shop, by which an application's one address finds the store, once it
    is proved that the store is that shop.
    """

    __tablename__ = "connections"
    __table_args__ = (
        sa.UniqueConstraint("platform", "account"),
        {
            "info": Declaration(Kind.PRIMARY, "store", "until the store is removed").info(),
        },
    )

    store_id: Mapped[int] = mapped_column(sa.ForeignKey("stores.id"), primary_key=True, autoincrement=False)
    platform: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    sealed_secrets: Mapped[bytes] = mapped_column(sa.LargeBinary)
    account: Mapped[str | None] = mapped_column(sa.String(255))
    sealed_access: Mapped[bytes | None] = mapped_column(sa.LargeBinary)
    # Since when it is shown that the store is the account: a name alone can be claimed by anybody.
    proved_at: Mapped[datetime | None] = mapped_column(Instant)


class EarlierSettingsRecord(db.Model):  # type: ignore[name-defined,misc]
    """The terms that stood until an instant: what was promised under them stays promised."""

    __tablename__ = "earlier_settings"
    __table_args__ = ({"info": Declaration(Kind.PRIMARY, "store", "until the store is removed").info()},)

    store_id: Mapped[int] = mapped_column(sa.ForeignKey("stores.id"), primary_key=True, autoincrement=False)
    until: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    settings: Mapped[str] = mapped_column(sa.Text)


stores = cast(sa.Table, StoreRecord.__table__)
connections = cast(sa.Table, ConnectionRecord.__table__)
earlier_settings = cast(sa.Table, EarlierSettingsRecord.__table__)
# A store's row is repeated for each of its earlier terms; most have none, and reading them costs no second query.
_STORES = (
    sa.select(stores, earlier_settings.c.until, earlier_settings.c.settings.label("earlier"))
    .outerjoin(earlier_settings, earlier_settings.c.store_id == stores.c.id)
    .order_by(stores.c.id, earlier_settings.c.until)
)
_BY_ID = _STORES.where(stores.c.id == sa.bindparam("store_id"))
_KEY = sa.select(stores.c.sealed_key).where(stores.c.id == sa.bindparam("store_id"))


def add(
    connection: Connection, document: Mapping[str, Any], secrets: Sequence[str], *, master: Key, now: datetime
) -> Store:
    """Add a store with its first platform and secrets, in shadow mode.

    Raises ``SettingsError`` if the settings cannot be used and ``TakenError`` if the slug is taken.
    """
    settings = schema.load(document)
    ceiling = settings.pop("ceiling", Outgoing().ceiling)
    if settings["platform"] in NO_WORD_OF_ARRIVAL:
        settings.setdefault("delivery_evidence", Evidence.NONE.value)
    taken = connection.execute(sa.select(stores.c.id).where(stores.c.slug == settings["slug"])).first()
    if taken:
        raise TakenError(f"A store {settings['slug']!r} exists already.")
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
    rows = connection.execute(_STORES.where(stores.c.slug == slug)).all()
    if not rows:
        raise UnknownAddressError(f"There is no store {slug!r}.")
    return to_store(rows)


def by_id(connection: Connection, store_id: int) -> Store:
    """Return the store with this number; it has to exist."""
    return to_store(connection.execute(_BY_ID, {"store_id": store_id}))


def with_key(connection: Connection, store_id: int, master: Key) -> tuple[Store, Key]:
    """Return a store and its own key."""
    rows = connection.execute(_BY_ID, {"store_id": store_id}).all()
    return to_store(rows), Key(master.open(rows[0].sealed_key, f"store key:{store_id}"))


def all_stores(connection: Connection) -> dict[int, Store]:
    """Return every store by its number."""
    rows = connection.execute(_STORES)
    return {store_id: to_store(mine) for store_id, mine in groupby(rows, key=attrgetter("id"))}


def first_id(connection: Connection) -> int | None:
    """Return the number of the oldest store, or None where there is none yet."""
    found: int | None = connection.scalar(sa.select(sa.func.min(stores.c.id)))
    return found


def some(connection: Connection, numbers: Sequence[int]) -> list[Store]:
    """Return the stores with these numbers that exist, in the order of their numbers."""
    rows = connection.execute(_STORES.where(stores.c.id.in_(numbers)))
    return [to_store(mine) for _, mine in groupby(rows, key=attrgetter("id"))]


def key_of(connection: Connection, store_id: int, master: Key) -> Key:
    """Return a store's own key."""
    sealed: bytes = connection.execute(_KEY, {"store_id": store_id}).scalar_one()
    return Key(master.open(sealed, f"store key:{store_id}"))


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
