"""What a store's platforms told, as it is kept in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.imports.findings import Asked
from vefa.imports.rehearsal import Heard
from vefa.journal import READ, facts, raw_bodies, raw_purpose
from vefa.stores.sealing import Key

MOST_BODIES = 200_000


def kept_bodies(connection: Connection, store_id: int, key: Key, asked: Asked) -> Iterator[Heard]:
    """Yield the bodies that tell of the time that is asked about, each at the last instant that it speaks of."""
    moments = _moments(connection, asked)
    rows = connection.execute(
        sa.select(raw_bodies)
        .where(raw_bodies.c.store_id == store_id, raw_bodies.c.state == READ)
        .order_by(raw_bodies.c.received_at.desc())
        .limit(MOST_BODIES)
    )
    for row in rows:
        at = moments.get(row.key, row.received_at)
        if asked.since <= at <= asked.as_of:
            plain = key.open(row.sealed_body, raw_purpose(store_id, row.key))
            yield Heard(at, row.platform, row.topic, row.key, plain)


def _moments(connection: Connection, asked: Asked) -> dict[str, datetime]:
    """Return by body the last instant of which it tells; a body that speaks of several names each behind a hash."""
    found: dict[str, datetime] = {}
    mine = (facts.c.store_id == asked.store_id, facts.c.at >= asked.since)
    for name, at in connection.execute(sa.select(facts.c.key, facts.c.at).where(*mine)):
        body = name.rpartition("#")[0] or name
        found[body] = max(found.get(body, at), at)
    return found
