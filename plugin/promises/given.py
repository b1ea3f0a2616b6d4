"""Promises that a person gave in the store's name: an answer, a call, a refund, a date in a letter.

What an order promises follows from its facts (``vefa.promises.ledger``); these stand by themselves, because a person
gave them. Both have the same five states.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.clock import time_ordered_id
from vefa.database import Declaration, Instant, Kind, table
from vefa.promises.promise import State


class GivenKind(StrEnum):
    """What was promised: the first answer in a case, an answer, a call, a refund, or something in words."""

    FIRST_REPLY = "first_reply"
    REPLY = "reply"
    CALLBACK = "callback"
    REFUND = "refund"
    OTHER = "other"


given = table(
    "given_promises",
    Declaration(Kind.PRIMARY, "customer", "as long as the case"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    # Clustered by case, since a case's promises are always read and settled together.
    sa.Column("case_id", sa.String(36), primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("order_id", sa.String(300)),
    sa.Column("holder", sa.String(300), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("not_before", Instant),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("made_by", sa.String(36)),
    sa.Column("owner_id", sa.String(36)),
    sa.Column("kept_at", Instant),
    sa.Column("released_at", Instant),
    sa.Column("superseded_at", Instant),
    sa.Index(
        "ix_given_promises_open",
        "store_id",
        "due_at",
        sqlite_where=sa.text("kept_at IS NULL AND released_at IS NULL AND superseded_at IS NULL"),
        postgresql_where=sa.text("kept_at IS NULL AND released_at IS NULL AND superseded_at IS NULL"),
    ),
)


def state_of(row: Any, now: datetime) -> State:
    """Judge a given promise at ``now``: kept in time, broken, released, or still open.

    One that a later date superseded counts as broken, as everywhere.
    """
    if row.kept_at is not None and row.kept_at <= row.due_at:
        return State.KEPT
    if row.released_at is not None and row.released_at <= row.due_at:
        return State.RELEASED
    if row.superseded_at is not None or now > row.due_at:
        return State.BROKEN
    return State.OPEN


def is_open(row: Any) -> bool:
    """Say whether a promise still has to be kept, be it overdue or not."""
    return row.kept_at is None and row.released_at is None and row.superseded_at is None


def give(
    connection: Connection,
    store_id: int,
    *,
    case_id: str,
    order_id: str | None,
    holder: str,
    kind: GivenKind,
    due_at: datetime,
    not_before: datetime | None = None,
    made_by: str | None = None,
    owner_id: str | None = None,
    now: datetime,
) -> str:
    """Write a promise down and return its id; ``owner_id`` is the account that has to keep it.

    An open promise of the same kind in the same case is superseded.
    """
    identity = time_ordered_id(now)
    connection.execute(
        given.update()
        .where(
            given.c.store_id == store_id,
            given.c.case_id == case_id,
            given.c.kind == kind.value,
            given.c.kept_at.is_(None),
            given.c.released_at.is_(None),
            given.c.superseded_at.is_(None),
        )
        .values(superseded_at=now)
    )
    connection.execute(
        given.insert().values(
            store_id=store_id,
            id=identity,
            case_id=case_id,
            order_id=order_id,
            holder=holder,
            kind=kind.value,
            due_at=due_at,
            not_before=not_before,
            made_at=now,
            made_by=made_by,
            owner_id=owner_id,
        )
    )
    return identity


def settle(
    connection: Connection,
    store_id: int,
    case_id: str,
    kinds: Sequence[GivenKind],
    *,
    kept: bool,
    now: datetime,
) -> None:
    """Note that a case's open promises of these kinds were kept, or that nobody waits for them any more."""
    connection.execute(
        given.update()
        .where(
            given.c.store_id == store_id,
            given.c.case_id == case_id,
            given.c.kind.in_([kind.value for kind in kinds]),
            given.c.kept_at.is_(None),
            given.c.released_at.is_(None),
            given.c.superseded_at.is_(None),
        )
        .values(**({"kept_at": now} if kept else {"released_at": now}))
    )


def of_cases(connection: Connection, store_id: int, case_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the promises given in these cases, oldest first."""
    found: dict[str, list[Any]] = {case_id: [] for case_id in case_ids}
    rows = connection.execute(
        sa.select(given)
        .where(given.c.store_id == store_id, given.c.case_id.in_(case_ids))
        .order_by(given.c.made_at, given.c.id)
    )
    for row in rows:
        found[row.case_id].append(row)
    return found


def hand_over(connection: Connection, store_id: int, case_id: str, holder: str) -> None:
    """Note whose promises a case's are, once it is known who the customer is."""
    connection.execute(
        given.update().where(given.c.store_id == store_id, given.c.case_id == case_id).values(holder=holder)
    )


def own(connection: Connection, store_id: int, case_id: str, owner_id: str | None) -> None:
    """Note who has to keep the open promises of a case."""
    connection.execute(
        given.update()
        .where(
            given.c.store_id == store_id,
            given.c.case_id == case_id,
            given.c.kept_at.is_(None),
            given.c.released_at.is_(None),
            given.c.superseded_at.is_(None),
        )
        .values(owner_id=owner_id)
    )


def open_by_owner(connection: Connection, store_id: int, kind: GivenKind) -> dict[str, int]:
    """Count the open promises of a kind that each member has to keep."""
    rows = connection.execute(
        sa.select(given.c.owner_id, sa.func.count())
        .where(
            given.c.store_id == store_id,
            given.c.kind == kind.value,
            given.c.owner_id.is_not(None),
            given.c.kept_at.is_(None),
            given.c.released_at.is_(None),
            given.c.superseded_at.is_(None),
        )
        .group_by(given.c.owner_id)
    )
    return {row.owner_id: row[1] for row in rows}
