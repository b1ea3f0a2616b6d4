"""A case as one row of a list, and the rows of one customer, order or number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.case import CaseKind, CaseState, Channel, Outcome, Reason, Severity
from vefa.cases.records import cases
from vefa.errors import NotFoundError

MOST = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as one row of a list; ``because`` holds the codes of why it was read as it was."""

    id: str
    number: int
    holder: str
    order_id: str | None
    order_number: str | None
    kind: CaseKind
    reason: Reason
    severity: Severity
    because: Any
    channel: Channel
    language: str | None
    state: CaseState
    outcome: Outcome | None
    assignee_id: str | None
    opened_at: datetime
    last_customer_at: datetime
    first_replied_at: datetime | None
    last_replied_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    legal_due_at: datetime | None
    rank_at: datetime
    score: int | None
    expected: Any

    def is_pressing(self, horizon: datetime) -> bool:
        """Say whether the law's own date comes before ``horizon``."""
        return self.legal_due_at is not None and self.legal_due_at <= horizon


def listed(connection: Connection, statement: sa.Select[Any]) -> list[Listed]:
    """Read rows of the table of cases."""
    return [_read(row) for row in connection.execute(statement)]


def _read(row: Any) -> Listed:
    return Listed(
        id=row.id,
        number=row.number,
        holder=row.holder,
        order_id=row.order_id,
        order_number=row.order_number,
        kind=CaseKind(row.kind),
        reason=Reason(row.reason),
        severity=Severity(row.severity),
        because=json.loads(row.because),
        channel=Channel(row.channel),
        language=row.language,
        state=CaseState(row.state),
        outcome=Outcome(row.outcome) if row.outcome else None,
        assignee_id=row.assignee_id,
        opened_at=row.opened_at,
        last_customer_at=row.last_customer_at,
        first_replied_at=row.first_replied_at,
        last_replied_at=row.last_replied_at,
        closed_at=row.closed_at,
        due_at=row.due_at,
        legal_due_at=row.legal_due_at,
        rank_at=row.rank_at,
        score=row.score,
        expected=json.loads(row.expected) if row.expected else None,
    )


def case(connection: Connection, store_id: int, number: int) -> Listed:
    """Return the case with this number; raises ``NotFoundError`` if the store has no such case."""
    statement = sa.select(cases).where(cases.c.store_id == store_id, cases.c.number == number)
    for found in listed(connection, statement):
        return found
    raise NotFoundError(f"There is no case {number}.")


def of_cases(connection: Connection, store_id: int, case_ids: Sequence[str]) -> list[Listed]:
    """Return the cases with these ids, in no particular order."""
    statement = sa.select(cases).where(cases.c.store_id == store_id, cases.c.id.in_(case_ids))
    return listed(connection, statement)


def of_customer(connection: Connection, store_id: int, holders: Sequence[str]) -> list[Listed]:
    """Return the cases of a customer, who may stand in several rows of the vault, newest first."""
    return _newest(connection, store_id, [cases.c.holder == holder for holder in holders])


def of_order(connection: Connection, store_id: int, order_id: str) -> list[Listed]:
    """Return the cases about an order, newest first."""
    return _newest(connection, store_id, [cases.c.order_id == order_id])


def _newest(connection: Connection, store_id: int, owners: Sequence[sa.ColumnElement[bool]]) -> list[Listed]:
    found = []
    for owner in owners:
        ids = sa.select(cases).where(cases.c.store_id == store_id, owner).order_by(cases.c.opened_at.desc())
        found += listed(connection, ids.limit(MOST))
    return sorted(found, key=lambda row: (row.opened_at, row.id), reverse=True)[:MOST]
