"""Enters what a platform answered into the journal, as every event is entered: sealed, and each thing once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from vefa import journal
from vefa.database import Databases, reading
from vefa.inbound.move import Wakes, enter_all
from vefa.platforms import Fetched
from vefa.stores import records as stores
from vefa.stores.sealing import Key


def enter_fetched(
    databases: Databases,
    master: Key,
    wakes: Wakes,
    store_id: int,
    platform: str,
    bodies: Sequence[Fetched],
    now: datetime,
) -> int:
    """Enter bodies that the journal does not have, and return how many those were.

    They do not wait in intake as an event does, whose sender wants an answer: when this returns they are known, so
    that a hole in the feed is filled before anything is decided that waited for it.
    """
    if not bodies:
        return 0
    with reading(databases.main) as connection:
        key = stores.key_of(connection, store_id, master)
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
    if new:
        enter_all(databases, master, wakes, new, now)
    return len(new)
