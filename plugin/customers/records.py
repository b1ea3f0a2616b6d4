"""What was asked about customers' data by law, and what was erased, in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, dump_json, of_subjects, table, upsert
from vefa.platforms import Asked, Wish
from vefa.stores.sealing import Key

erasures = table(
    "erasures",
    Declaration(Kind.PRIMARY, "customer", "for good: it is needed to refuse what was erased"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    # An order's subject, or "holder:" with the keyed digest of a holder, which tells nobody who it was.
    sa.Column("subject", sa.String(300), primary_key=True),
    # What stands in the place of the holder in rows that are kept.
    sa.Column("pseudonym", sa.String(60), nullable=False),
    sa.Column("erased_at", Instant, nullable=False),
)

requests = table(
    "privacy_requests",
    Declaration(
        Kind.PRIMARY, "customer", "as long as the store; who, until it is done", personal=("sealed_who",)
    ),
    sa.Column("store_id", sa.Integer, primary_key=True),
    # The key of the event that asked, or of the act of a person.
    sa.Column("id", sa.String(320), primary_key=True),
    sa.Column("wish", sa.String(12), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("holder", sa.String(300)),
    sa.Column("sealed_who", sa.LargeBinary),
    sa.Column("done_at", Instant),
    sa.Index(None, "store_id", "holder"),
    sa.Index(None, "store_id", "done_at", "wish", "asked_at"),
)

_ERASED = of_subjects(erasures, "subject")


@dataclass(frozen=True, slots=True)
class Erased:
    """That somebody or something was erased, when, and what stands in the holder's place."""

    pseudonym: str
    at: datetime


def holder_subject(holder: str, key: Key) -> str:
    """Return under which subject the erasure of a holder is noted; ``key`` is the store's."""
    return f"holder:{key.index(holder)}"


def number_subject(subject: str, key: Key) -> str:
    """Return under which subject the erasure of a tracking number, given as a subject of facts, is noted."""
    return f"number:{key.index(subject)}"


def erased(connection: Connection, store_id: int, subjects: Sequence[str]) -> dict[str, Erased]:
    """Return what is noted of these subjects' erasure; those never erased have no entry."""
    if not subjects:
        return {}
    rows = connection.execute(_ERASED, {"store_id": store_id, "subjects": subjects})
    return {row.subject: Erased(row.pseudonym, row.erased_at) for row in rows}


def note_erasures(
    connection: Connection, store_id: int, subjects: Iterable[str], pseudonym: str, at: datetime
) -> None:
    """Enter into the erasure log that these subjects were erased at an instant."""
    rows = [
        {"store_id": store_id, "subject": subject, "pseudonym": pseudonym, "erased_at": at}
        for subject in sorted(set(subjects))
    ]
    upsert(connection, erasures, rows, update=("pseudonym", "erased_at"))


def _purpose(store_id: int, request_id: str) -> str:
    return f"privacy request:{store_id}:{request_id}"


def ask(connection: Connection, store_id: int, request_id: str, asked: Asked, key: Key) -> None:
    """Write down what was asked; the same request twice is one."""
    who = {"subjects": list(asked.subjects), "email": asked.email, "phone": asked.phone}
    row = {
        "store_id": store_id,
        "id": request_id,
        "wish": asked.wish.value,
        "asked_at": asked.at,
        "holder": asked.holder,
        "sealed_who": key.seal(dump_json(who).encode(), _purpose(store_id, request_id)),
        "done_at": None,
    }
    upsert(connection, requests, [row], update=())


def close_of(
    connection: Connection, store_id: int, holders: Sequence[str], pseudonym: str, now: datetime
) -> None:
    """Close every request of customers who were erased, and forget who they were."""
    connection.execute(
        requests.update()
        .where(requests.c.store_id == store_id, requests.c.holder.in_(holders))
        .values(holder=pseudonym, sealed_who=None, done_at=sa.func.coalesce(requests.c.done_at, now))
    )


def close(connection: Connection, store_id: int, request_id: str, now: datetime) -> None:
    """Say that a request was answered, and forget who asked."""
    connection.execute(
        requests.update()
        .where(requests.c.store_id == store_id, requests.c.id == request_id, requests.c.done_at.is_(None))
        .values(sealed_who=None, done_at=now)
    )


def assign(connection: Connection, store_id: int, request_id: str, holder: str) -> None:
    """Say under which name the customer of a request is held."""
    connection.execute(
        requests.update()
        .where(requests.c.store_id == store_id, requests.c.id == request_id)
        .values(holder=holder)
    )


def open_requests(connection: Connection, store_id: int, key: Key, ids: Sequence[str]) -> dict[str, Asked]:
    """Return those of these requests that nobody has answered yet."""
    found = {}
    rows = connection.execute(
        sa.select(requests).where(
            requests.c.store_id == store_id, requests.c.id.in_(ids), requests.c.done_at.is_(None)
        )
    )
    for row in rows:
        who = json.loads(key.open(row.sealed_who, _purpose(store_id, row.id))) if row.sealed_who else {}
        found[row.id] = Asked(
            Wish(row.wish),
            row.asked_at,
            row.holder,
            tuple(who.get("subjects") or ()),
            who.get("email"),
            who.get("phone"),
        )
    return found


def copies_wanted(connection: Connection, store_id: int) -> list[tuple[str, str | None, datetime]]:
    """Return who waits for a copy of their data: the request, the holder, and when it was asked; oldest first."""
    rows = connection.execute(
        sa.select(requests.c.id, requests.c.holder, requests.c.asked_at)
        .where(
            requests.c.store_id == store_id,
            requests.c.wish == Wish.COPY.value,
            requests.c.done_at.is_(None),
        )
        .order_by(requests.c.asked_at, requests.c.id)
    )
    return [(row.id, row.holder, row.asked_at) for row in rows]
