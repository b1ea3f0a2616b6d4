"""What a store gave so that its platform's interface answers: an address and keys, sealed by the store's key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import dump_json
from vefa.stores.records import connections
from vefa.stores.sealing import Key


@dataclass(frozen=True, slots=True)
class Access:
    """The base address of an interface, without a trailing slash, and the keys for it.

    ``pull`` says that the store sends no events by itself, so that asking is all there is.
    """

    url: str
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    pull: bool = False


def _purpose(store_id: int, platform: str) -> str:
    return f"access:{store_id}:{platform}"


def give(connection: Connection, store_id: int, platform: str, access: Access | None, key: Key) -> None:
    """Keep what opens the interface of a store's platform, or forget it."""
    sealed = None
    if access is not None:
        document = {"url": access.url, "keys": dict(access.keys), "pull": access.pull}
        sealed = key.seal(dump_json(document).encode(), _purpose(store_id, platform))
    connection.execute(
        connections.update()
        .where(connections.c.store_id == store_id, connections.c.platform == platform)
        .values(sealed_access=sealed)
    )


def of(connection: Connection, store_id: int, platform: str, key: Key) -> Access | None:
    """Return what opens the interface of a store's platform, or None where the store gave nothing."""
    sealed = connection.scalar(
        sa.select(connections.c.sealed_access).where(
            connections.c.store_id == store_id, connections.c.platform == platform
        )
    )
    return Access(**json.loads(key.open(sealed, _purpose(store_id, platform)))) if sealed else None


def askable(connection: Connection, store_id: int) -> set[str]:
    """Return the platforms of a store whose interface can be asked."""
    rows = connection.scalars(
        sa.select(connections.c.platform).where(
            connections.c.store_id == store_id, connections.c.sealed_access.is_not(None)
        )
    )
    return set(rows)
