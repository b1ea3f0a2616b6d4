"""Brings a case's dates and its place in the list up to what is promised in it now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.case import CaseKind, Severity
from vefa.cases.past import same_person
from vefa.cases.priority import LOOKED_BACK, Priority, rank
from vefa.cases.records import cases
from vefa.promises import given


def refresh(connection: Connection, store_id: int, case_id: str) -> Priority:
    """Write when the earliest open promise of a case is due and where the case stands, and return that.

    Call it in the transaction that gives, keeps or releases a promise of the case, or changes what the case is.
    """
    row = connection.execute(
        sa.select(cases).where(cases.c.store_id == store_id, cases.c.id == case_id)
    ).one()
    due_at = open_due(given.of_cases(connection, store_id, [case_id])[case_id])
    found = priority(connection, row, due_at)
    connection.execute(
        cases.update()
        .where(cases.c.store_id == store_id, cases.c.id == case_id)
        .values(due_at=due_at, rank_at=found.rank_at)
    )
    return found


def priority(connection: Connection, row: Any, due_at: datetime | None) -> Priority:
    """Explain the place of a case whose earliest open promise is due at ``due_at``."""
    return rank(
        severity=Severity(row.severity),
        opened_at=row.opened_at,
        due_at=due_at,
        legal_due_at=row.legal_due_at,
        prior_complaints=_complaints_before(connection, row),
    )


def open_due(promises: Sequence[Any]) -> datetime | None:
    """Return when the earliest of these promises that nobody kept, released or replaced is due."""
    return min((one.due_at for one in promises if given.is_open(one)), default=None)


def _complaints_before(connection: Connection, row: Any) -> int:
    holders = same_person(connection, row.store_id, row.holder)
    found: int = connection.execute(
        sa.select(sa.func.count())
        .select_from(cases)
        .where(
            cases.c.store_id == row.store_id,
            cases.c.holder.in_(holders),
            cases.c.kind == CaseKind.COMPLAINT.value,
            cases.c.opened_at >= row.opened_at - LOOKED_BACK,
            sa.tuple_(cases.c.opened_at, cases.c.id)
            < sa.tuple_(sa.literal(row.opened_at, cases.c.opened_at.type), sa.literal(row.id)),
        )
    ).scalar_one()
    return found
