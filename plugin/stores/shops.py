"""Which of a platform's shops is which store: connecting, finding and closing them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import dump_json
from vefa.stores.records import TakenError, connections, stores
from vefa.stores.sealing import Key


def by_account(connection: Connection, platform: str, account: str) -> int | None:
    """Return the number of the store that a platform's shop is connected to, or None."""
    found: int | None = connection.scalar(
        sa.select(connections.c.store_id).where(
            connections.c.platform == platform, connections.c.account == account
        )
    )
    return found


def accounts_of(connection: Connection, store_id: int) -> dict[str, str | None]:
    """Return the platforms that a store is connected to, each with the platform's own name of the shop."""
    rows = connection.execute(
        sa.select(connections.c.platform, connections.c.account)
        .where(connections.c.store_id == store_id)
        .order_by(connections.c.platform)
    )
    return {row.platform: row.account for row in rows}


def connect(
    connection: Connection,
    store_id: int,
    platform: str,
    secrets: Sequence[str],
    key: Key,
    account: str | None = None,
) -> None:
    """Let another platform write to a store; a store that had been closed is open again.

    Raises ``TakenError`` if the store is connected to it already, or the platform's shop to another store.
    """
    follow(connection, store_id, platform, secrets, key)
    set_account(connection, store_id, platform, account)


def follow(connection: Connection, store_id: int, service: str, secrets: Sequence[str], key: Key) -> None:
    """Let a tracking service write to a store, which says nothing of whether the shop is open.

    Raises ``TakenError`` if the store is connected to it already.
    """
    mine = sa.and_(connections.c.store_id == store_id, connections.c.platform == service)
    if connection.execute(sa.select(connections.c.store_id).where(mine)).first():
        raise TakenError(f"This store is connected to {service!r} already.")
    sealed = key.seal(dump_json(list(secrets)).encode(), f"secrets:{store_id}")
    connection.execute(
        connections.insert().values(store_id=store_id, platform=service, sealed_secrets=sealed)
    )


def prove(connection: Connection, store_id: int, platform: str, now: datetime) -> None:
    """Keep that a store is the platform's shop whose name was entered, as its platform itself has shown."""
    connection.execute(
        connections.update()
        .where(connections.c.store_id == store_id, connections.c.platform == platform)
        .values(proved_at=now)
    )


def is_proved(connection: Connection, store_id: int, platform: str) -> bool:
    """Say whether a store has shown that it is the platform's shop whose name was entered."""
    return bool(
        connection.scalar(
            sa.select(connections.c.proved_at).where(
                connections.c.store_id == store_id, connections.c.platform == platform
            )
        )
    )


def set_account(connection: Connection, store_id: int, platform: str, account: str | None) -> None:
    """Say which of the platform's shops a store is, and open it again where it had been closed.

    Another shop has to be proved anew. Raises ``TakenError`` if another store is that shop.
    """
    if account is not None and by_account(connection, platform, account) not in (None, store_id):
        raise TakenError(f"The shop {account!r} is another store already.")
    connection.execute(
        connections.update()
        .where(connections.c.store_id == store_id, connections.c.platform == platform)
        .values(
            account=account,
            proved_at=sa.case((connections.c.account == account, connections.c.proved_at), else_=None),
        )
    )
    connection.execute(stores.update().where(stores.c.id == store_id).values(closed_at=None))


def close(connection: Connection, store_id: int, *, now: datetime) -> None:
    """Close a store whose platform says that the shop is gone: nothing is sent until it is connected again."""
    connection.execute(
        stores.update().where(stores.c.id == store_id, stores.c.closed_at.is_(None)).values(closed_at=now)
    )


def closed_at(connection: Connection, store_id: int) -> datetime | None:
    """Return since when a store is closed, or None."""
    found: datetime | None = connection.scalar(sa.select(stores.c.closed_at).where(stores.c.id == store_id))
    return found
