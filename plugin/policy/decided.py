"""What was decided about cases and returns, by which version of the policy, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.clock import time_ordered_id
from vefa.database import dump_json, insert_into
from vefa.locales.money import as_unit
from vefa.policy import decision, document
from vefa.policy.decision import Decision
from vefa.policy.default import FIRST_VERSION, default
from vefa.policy.records import decision_records, policies
from vefa.policy.table import Kind
from vefa.stores.records import by_id
from vefa.stores.store import Store


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision as it was recorded about a subject."""

    id: str
    subject: str
    order_id: str | None
    at: datetime
    decision: Decision


def keep_first(connection: Connection, store: Store, now: datetime) -> None:
    """Write the default down as version 1, so that what was decided by it can be read for ever."""
    row = {
        "store_id": store.id,
        "version": FIRST_VERSION,
        "document": dump_json(document.to_document(default(store.country, store.usual_unit))),
        "changed_at": now,
    }
    statement = insert_into(connection.dialect.name, policies).values(row)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["store_id", "version"]))


def record(
    connection: Connection,
    store_id: int,
    subject: str,
    order_id: str | None,
    decided: Decision,
    now: datetime,
) -> str:
    """Write a decision down about a subject (``case:<id>``, ``return:<id>``), and return the record's id."""
    if decided.version == FIRST_VERSION:
        keep_first(connection, by_id(connection, store_id), now)
    identity = time_ordered_id(now)
    connection.execute(
        decision_records.insert().values(
            store_id=store_id,
            id=identity,
            subject=subject,
            order_id=order_id,
            at=now,
            policy_version=decided.version,
            row_id=decided.row_id,
            outcome=decided.outcome.value,
            document=dump_json(decision.to_document(decided)),
        )
    )
    return identity


def records_of(connection: Connection, store_id: int, subject: str) -> list[Recorded]:
    """Return what was decided about a subject, the newest first."""
    return sorted(
        latest(connection, store_id, [subject], every=True), key=lambda one: (one.at, one.id), reverse=True
    )


def latest(
    connection: Connection, store_id: int, subjects: Sequence[str], *, every: bool = False
) -> list[Recorded]:
    """Return the newest decision about each subject, or with ``every`` all of them, the oldest first."""
    where = (decision_records.c.store_id == store_id, decision_records.c.subject.in_(subjects))
    # Sorted here and not by the database, which would walk the store's whole history in the order wanted.
    found = sorted(
        connection.execute(sa.select(decision_records).where(*where)), key=lambda row: (row.at, row.id)
    )
    rows = found if every else list({row.subject: row for row in found}.values())
    return [_recorded(row) for row in rows]


def _recorded(row: Any) -> Recorded:
    return Recorded(
        row.id, row.subject, row.order_id, row.at, decision.from_document(json.loads(row.document))
    )


def counts(connection: Connection, store_id: int, since: datetime) -> dict[str, int]:
    """Return how many decisions each row has made since an instant, by row id, whatever the version."""
    found = connection.execute(
        sa.select(decision_records.c.row_id, sa.func.count())
        .where(decision_records.c.store_id == store_id, decision_records.c.at >= since)
        .group_by(decision_records.c.row_id)
    )
    return dict(found.tuples().all())


def goodwill_given(
    connection: Connection, store_id: int, order_ids: Sequence[str], since: datetime, currency: str
) -> Decimal:
    """Return the goodwill decided about a customer's orders since an instant, once for each subject."""
    found = connection.execute(
        sa.select(decision_records).where(
            decision_records.c.store_id == store_id,
            decision_records.c.at >= since,
            decision_records.c.order_id.in_(order_ids),
        )
    )
    newest = {row.subject: row for row in sorted(found, key=lambda row: (row.at, row.id))}
    given = [_recorded(row).decision for row in newest.values() if row.outcome == Kind.GOODWILL.value]
    amounts = (as_unit(one.amount or Decimal(0), one.currency or "", currency) for one in given)
    return sum((amount for amount, unit in amounts if unit == currency), Decimal(0))
