"""What was received and what it said: intake, raw bodies and facts.

``intake`` lies in a database of its own that the web process writes; the worker moves its rows here. Raw bodies are
sealed by whoever hands them over; facts hold personal data only by reference to a vault row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, dump_json, of_subjects, table, upsert
from vefa.facts import Fact

intake = table(
    "intake",
    Declaration(Kind.PASSING, "event", "until the worker has moved it", personal=("sealed_body",)),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(300), primary_key=True),
    sa.Column("platform", sa.String(40), nullable=False),
    sa.Column("topic", sa.String(100), nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    # When the sender says that it happened, where its request says so beside the body.
    sa.Column("sent_at", Instant),
    sa.Column("sealed_body", sa.LargeBinary, nullable=False),
    sa.Index(None, "received_at"),
    intake=True,
)

raw_bodies = table(
    "raw_bodies",
    Declaration(Kind.PRIMARY, "event", "raw_days of the store, 90 unless set", personal=("sealed_body",)),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(300), primary_key=True),
    sa.Column("platform", sa.String(40), nullable=False),
    sa.Column("topic", sa.String(100), nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("sent_at", Instant),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("sealed_body", sa.LargeBinary, nullable=False),
    sa.Index(None, "store_id", "received_at"),
    sa.Index(None, "store_id", "platform", "received_at"),
    sa.Index(
        "ix_raw_bodies_unreadable",
        "store_id",
        "received_at",
        sqlite_where=sa.text("state = 'unreadable'"),
        postgresql_where=sa.text("state = 'unreadable'"),
    ),
)

facts = table(
    "facts",
    Declaration(Kind.PRIMARY, "order", "until the store or the person asks for erasure"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("subject", sa.String(300), primary_key=True),
    sa.Column("key", sa.String(320), primary_key=True),
    sa.Column("type", sa.String(60), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("learned_at", Instant, nullable=False),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)

READ, UNREADABLE, COUNTED = "read", "unreadable", "counted"
# The body held a person who was erased; its key stays, so that it is known when it is told again.
ERASED = "erased"

_FACTS = of_subjects(facts, "subject")
_TOLD = _FACTS.with_only_columns(facts.c.subject).distinct()
_KNOWN = of_subjects(raw_bodies, "key").with_only_columns(raw_bodies.c.key)
_RELEASE = intake.delete().where(intake.c.store_id == sa.bindparam("s"), intake.c.key == sa.bindparam("k"))


def raw_purpose(store_id: int, key: str) -> str:
    """Return what a raw body is sealed for."""
    return f"raw body:{store_id}:{key}"


@dataclass(frozen=True, slots=True)
class Kept:
    """One received body as it waits in intake; ``body`` is sealed."""

    store_id: int
    key: str
    platform: str
    topic: str
    received_at: datetime
    body: bytes
    sent_at: datetime | None = None


def keep(connection: Connection, bodies: Sequence[Kept]) -> None:
    """Write received bodies into intake; one that waits there already stays as it is."""
    upsert(
        connection,
        intake,
        [
            {
                "store_id": body.store_id,
                "key": body.key,
                "platform": body.platform,
                "topic": body.topic,
                "received_at": body.received_at,
                "sent_at": body.sent_at,
                "sealed_body": body.body,
            }
            for body in bodies
        ],
        update=(),
    )


def waiting(connection: Connection, limit: int, *, hold: bool = False) -> list[Kept]:
    """Return the oldest bodies in intake, at most ``limit``.

    With ``hold`` they are this transaction's on PostgreSQL until it ends, and what is another's is passed over.
    """
    statement = sa.select(intake).order_by(intake.c.received_at).limit(limit)
    rows = connection.execute(statement.with_for_update(skip_locked=True) if hold else statement)
    return [
        Kept(row.store_id, row.key, row.platform, row.topic, row.received_at, row.sealed_body, row.sent_at)
        for row in rows
    ]


def release(connection: Connection, bodies: Sequence[Kept]) -> None:
    """Delete from intake the bodies that stand in the journal."""
    if bodies:
        connection.execute(_RELEASE, [{"s": body.store_id, "k": body.key} for body in bodies])


def known(connection: Connection, store_id: int, keys: Sequence[str]) -> set[str]:
    """Return which of these event keys the journal has already."""
    rows = connection.execute(_KNOWN, {"store_id": store_id, "subjects": keys})
    return {row.key for row in rows}


def enter(connection: Connection, entries: Iterable[tuple[Kept, str, str | None]]) -> None:
    """Write raw bodies with their state and, for an unreadable one, the reason."""
    upsert(
        connection,
        raw_bodies,
        [
            {
                "store_id": body.store_id,
                "key": body.key,
                "platform": body.platform,
                "topic": body.topic,
                "received_at": body.received_at,
                "sent_at": body.sent_at,
                "state": state,
                "error": error,
                "sealed_body": body.body,
            }
            for body, state, error in entries
        ],
        update=(),
    )


def append(connection: Connection, store_id: int, new: Sequence[Fact]) -> None:
    """Write facts; one whose key its subject has already stays as it is."""
    upsert(
        connection,
        facts,
        [
            {
                "store_id": store_id,
                "subject": fact.subject,
                "key": fact.key,
                "type": fact.type,
                "at": fact.at,
                "learned_at": fact.learned_at,
                "rank": fact.rank,
                "data": dump_json(fact.values),
            }
            for fact in new
        ],
        update=(),
    )


def facts_of(connection: Connection, store_id: int, subjects: Sequence[str]) -> dict[str, list[Fact]]:
    """Return every fact about these subjects, implausible ones included, in no particular order."""
    found: dict[str, list[Fact]] = {subject: [] for subject in subjects}
    rows = connection.execute(_FACTS, {"store_id": store_id, "subjects": subjects})
    for _, subject, key, kind, at, learned_at, rank, data in rows:
        found[subject].append(Fact(subject, key, kind, at, learned_at, rank, json.loads(data)))
    return found


def told_of(connection: Connection, store_id: int, subjects: Sequence[str]) -> set[str]:
    """Return the subjects among these of which anything was ever said."""
    return {*connection.scalars(_TOLD, {"store_id": store_id, "subjects": subjects})}


def subjects_of(connection: Connection, store_id: int, prefix: str, after: str, limit: int) -> list[str]:
    """Return subjects that begin with ``prefix`` and come after ``after``, in order, for a rebuild."""
    rows = connection.execute(
        sa.select(facts.c.subject)
        .distinct()
        .where(
            facts.c.store_id == store_id,
            facts.c.subject > (after or prefix),
            facts.c.subject < prefix + "\U0010ffff",
        )
        .order_by(facts.c.subject)
        .limit(limit)
    )
    return [row.subject for row in rows]


def forget(connection: Connection, store_id: int, subjects: Sequence[str]) -> None:
    """Delete every fact about these subjects."""
    connection.execute(facts.delete().where(facts.c.store_id == store_id, facts.c.subject.in_(subjects)))


def blank(connection: Connection, store_id: int, keys: Sequence[str]) -> None:
    """Take the bodies out of these rows, and whatever was said of why they could not be read; the keys stay."""
    connection.execute(
        raw_bodies.update()
        .where(raw_bodies.c.store_id == store_id, raw_bodies.c.key.in_(keys))
        .values(sealed_body=b"", state=ERASED, error=None)
    )


def drop_raw(connection: Connection, store_id: int, before: datetime, limit: int = 500) -> int:
    """Delete raw bodies received before an instant, a bounded number at a time, and return how many."""
    old = (
        sa.select(raw_bodies.c.key)
        .where(raw_bodies.c.store_id == store_id, raw_bodies.c.received_at < before)
        .order_by(raw_bodies.c.received_at)
        .limit(limit)
    )
    deleted = connection.execute(
        raw_bodies.delete().where(raw_bodies.c.store_id == store_id, raw_bodies.c.key.in_(old))
    )
    return deleted.rowcount
