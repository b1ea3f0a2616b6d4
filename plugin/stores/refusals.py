"""Requests that were refused at a store's address: how many of which platform and reason in an hour, never what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, insert_into, table

KEPT = timedelta(days=14)
# The reasons: the signature does not fit, the body is too large, the platform in the address is none, and others.
SIGNATURE, TOO_LARGE, ADDRESS, OTHER = "signature", "too_large", "address", "other"
# A shop's events come by its application, but nobody has shown that the store is that shop.
UNPROVED = "unproved"

refusals = table(
    "refusals",
    Declaration(Kind.PASSING, "store", "14 days"),
    sa.Column("store_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("platform", sa.String(40), primary_key=True),
    sa.Column("reason", sa.String(20), primary_key=True),
    sa.Column("hour", Instant, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("last_at", Instant, nullable=False),
    intake=True,
)


@dataclass(frozen=True, slots=True)
class Refused:
    """How many requests of a platform were refused for one reason, when the first was and when the last.

    ``platform`` is empty where the address names none.
    """

    platform: str
    reason: str
    number: int
    first_at: datetime
    last_at: datetime


def add(connection: Connection, store_id: int, hour: datetime, refused: Refused) -> None:
    """Add refused requests of one hour to those that are counted."""
    insert = insert_into(connection.dialect.name, refusals).values(
        store_id=store_id,
        platform=refused.platform,
        reason=refused.reason,
        hour=hour,
        number=refused.number,
        first_at=refused.first_at,
        last_at=refused.last_at,
    )
    connection.execute(
        insert.on_conflict_do_update(
            index_elements=["store_id", "platform", "reason", "hour"],
            set_={
                "number": refusals.c.number + insert.excluded.number,
                "last_at": insert.excluded.last_at,
            },
        )
    )


def since(connection: Connection, store_id: int, after: datetime) -> list[Refused]:
    """Return what was refused after an instant, hour by hour, as far as an hour's last one came after it."""
    columns = refusals.c
    rows = connection.execute(
        sa.select(columns.platform, columns.reason, columns.number, columns.first_at, columns.last_at)
        .where(columns.store_id == store_id, columns.last_at > after)
        .order_by(columns.platform, columns.reason, columns.hour)
    )
    return [Refused(*row) for row in rows]


def together(found: Sequence[Refused]) -> list[Refused]:
    """Return one line for each platform and reason; what was refused last stands first."""
    lines: dict[tuple[str, str], Refused] = {}
    for one in found:
        before = lines.get((one.platform, one.reason), one)
        number = one.number if before is one else before.number + one.number
        lines[one.platform, one.reason] = Refused(
            one.platform,
            one.reason,
            number,
            min(before.first_at, one.first_at),
            max(before.last_at, one.last_at),
        )
    return sorted(lines.values(), key=lambda one: one.last_at, reverse=True)


def drop_old(connection: Connection, now: datetime) -> None:
    """Delete the counts that are older than they are kept, of every store."""
    connection.execute(refusals.delete().where(refusals.c.hour < now - KEPT))
