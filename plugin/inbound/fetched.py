"""Keeps what a platform answered, the way every event is kept: sealed, durable, and each thing once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from vefa import journal
from vefa.database import Databases, reading
from vefa.platforms import Fetched
from vefa.stores.sealing import Key


def keep_fetched(
    databases: Databases,
    key: Key,
    store_id: int,
    platform: str,
    bodies: Sequence[Fetched],
    now: datetime,
) -> int:
    """Write bodies that the journal does not have into intake, durably, and return how many those were."""
    if not bodies:
        return 0
    with reading(databases.main) as connection:
        known = journal.known(connection, store_id, [one.key for one in bodies])
    new = [
        journal.Kept(
            store_id,
            one.key,
            platform,
            one.topic,
            now,
            key.seal(one.body, journal.raw_purpose(store_id, one.key)),
            one.at,
        )
        for one in bodies
        if one.key not in known
    ]
    with databases.intake.begin() as connection:
        journal.keep(connection, new)
    return len(new)
