"""How much each platform of a store sent by itself, hour by hour: what a silence is judged by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, insert_into, table

HOUR = timedelta(hours=1)
SLOT = timedelta(minutes=10)
KEPT = timedelta(weeks=10)

feed_hours = table(
    "feed_hours",
    Declaration(Kind.PRIMARY, "store", "10 weeks"),
    sa.Column("store_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("platform", sa.String(40), primary_key=True),
    sa.Column("hour", Instant, primary_key=True),
    sa.Column("events", sa.Integer, nullable=False),
    # Which ten minutes of the hour something came in, one bit each.
    sa.Column("slots", sa.Integer, nullable=False),
    sa.Column("last_at", Instant),
    # How many changes of orders were found by asking, of which no event had told for a while.
    sa.Column("untold", sa.Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of a platform: events that it sent, as bits the ten minutes with any, and changes found by asking."""

    hour: datetime
    events: int
    slots: int
    untold: int


@dataclass(slots=True)
class _Tally:
    """What is added to an hour; the fields are the table's columns."""

    events: int = 0
    slots: int = 0
    last_at: datetime | None = None
    untold: int = 0

    def heard(self, at: datetime) -> None:
        self.events += 1
        self.slots |= slot_of(at)
        self.last_at = max(self.last_at or at, at)


def hour_of(at: datetime) -> datetime:
    """Return the beginning of the hour of an instant, in UTC."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def slot_of(at: datetime) -> int:
    """Return the bit of the ten minutes of an instant within its hour."""
    return 1 << (at.minute // 10)


def count(
    connection: Connection,
    store_id: int,
    sent: Iterable[tuple[str, datetime]],
    untold: Iterable[tuple[str, datetime]] = (),
) -> None:
    """Count what platforms sent, by platform and instant of receipt, and changes that only asking told of."""
    tallies: dict[tuple[str, datetime], _Tally] = defaultdict(_Tally)
    for platform, at in sent:
        tallies[platform, hour_of(at)].heard(at)
    for platform, at in untold:
        tallies[platform, hour_of(at)].untold += 1
    for (platform, hour), tally in tallies.items():
        row = {"store_id": store_id, "platform": platform, "hour": hour} | asdict(tally)
        connection.execute(_adding(connection.dialect.name), row)


def _adding(dialect: str) -> sa.Executable:
    insert = insert_into(dialect, feed_hours)
    new, old = insert.excluded, feed_hours.c
    later = sa.or_(old.last_at.is_(None), old.last_at < new.last_at)
    adding: sa.Executable = insert.on_conflict_do_update(
        index_elements=["store_id", "platform", "hour"],
        set_={
            "events": old.events + new.events,
            "slots": old.slots.bitwise_or(new.slots),
            "last_at": sa.case((later, sa.func.coalesce(new.last_at, old.last_at)), else_=old.last_at),
            "untold": old.untold + new.untold,
        },
    )
    return adding


def hours(connection: Connection, store_id: int, since: datetime) -> dict[str, list[Hour]]:
    """Return by platform the hours since an instant in which anything came, the oldest first."""
    columns = feed_hours.c
    rows = connection.execute(
        sa.select(columns.platform, columns.hour, columns.events, columns.slots, columns.untold)
        .where(columns.store_id == store_id, columns.hour >= since)
        .order_by(columns.platform, columns.hour)
    )
    found: dict[str, list[Hour]] = {}
    for platform, hour, events, slots, untold in rows:
        found.setdefault(platform, []).append(Hour(hour, events, slots, untold))
    return found


def last_sent(connection: Connection, store_id: int) -> Mapping[str, datetime]:
    """Return when each platform sent something by itself for the last time, as far back as hours are kept."""
    rows = connection.execute(
        sa.select(feed_hours.c.platform, sa.func.max(feed_hours.c.last_at))
        .where(feed_hours.c.store_id == store_id, feed_hours.c.last_at.is_not(None))
        .group_by(feed_hours.c.platform)
    )
    return {row[0]: row[1] for row in rows}


def untold(connection: Connection, store_id: int, platform: str, since: datetime, until: datetime) -> int:
    """Count the changes that only asking told of, in the hours from one instant to another."""
    number = connection.scalar(
        sa.select(sa.func.sum(feed_hours.c.untold)).where(
            feed_hours.c.store_id == store_id,
            feed_hours.c.platform == platform,
            feed_hours.c.hour >= hour_of(since),
            feed_hours.c.hour <= until,
        )
    )
    return int(number or 0)


def drop_old(connection: Connection, store_id: int, now: datetime) -> None:
    """Delete the hours that are older than they are kept."""
    connection.execute(
        feed_hours.delete().where(feed_hours.c.store_id == store_id, feed_hours.c.hour < now - KEPT)
    )
