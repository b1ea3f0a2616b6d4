"""Asks the policy what to do about a case, and keeps the answer with its reasons."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases import entries
from vefa.cases.case import EntryKind
from vefa.lateness.judgement import Assessment
from vefa.lateness.look import assess_orders
from vefa.orders.records import orders
from vefa.policy import book
from vefa.policy.decide import decide
from vefa.policy.situation import Known, Situation, Source, situation_of
from vefa.policy.table import Column, Wanted
from vefa.promises.calendar import calendar_of
from vefa.stores.store import Store

YEAR = timedelta(days=365)
MOST_ORDERS = 200
TRIAGE = "triage"


def decide_case(
    connection: Connection, store: Store, case: Any, now: datetime, assessed: Assessment | None = None
) -> str:
    """Let the policy in force decide about a case as it stands now, and return the id of the decision's record.

    ``assessed`` is the case's order where it was read already. A case without an order is decided by its reason.
    """
    if assessed is None and case.order_id is not None:
        assessed = assess_orders(connection, store.id, [case.order_id], now)[case.order_id]
    published = book.in_force(connection, store)
    wanted = _wanted(connection, store.id, case.id)
    situation = _situation(connection, store, case, wanted, assessed, published.policy.currency, now)
    decided = decide(published.policy, situation, now)
    identity = book.record(connection, store.id, f"case:{case.id}", case.order_id, decided, now)
    entries.add(
        connection,
        store.id,
        None,
        case.id,
        kind=EntryKind.DECISION,
        at=now,
        key=f"decision:{identity}",
        detail={
            "record": identity,
            "outcome": decided.outcome.value,
            "row": decided.row_id,
            "reason": case.reason,
            "wanted": wanted,
        },
    )
    return identity


def is_called_for(connection: Connection, store_id: int, case: Any, changed: Sequence[str]) -> bool:
    """Say whether a case has no decision yet, or whether it has become another case since the last one."""
    last = _last(connection, store_id, case.id, EntryKind.DECISION)
    if last is None or "expected" in changed:
        return True
    return (last["reason"], last["wanted"]) != (case.reason, _wanted(connection, store_id, case.id))


def _last(connection: Connection, store_id: int, case_id: str, kind: EntryKind) -> Any:
    found = [row for row in entries.rows_of(connection, store_id, case_id) if row.kind == kind.value]
    return json.loads(max(found, key=lambda row: (row.at, row.id)).detail) if found else None


def _wanted(connection: Connection, store_id: int, case_id: str) -> str:
    """Return what the customer asked for last, in words of the policy."""
    details = (json.loads(row.detail) for row in reversed(entries.rows_of(connection, store_id, case_id)))
    said = (detail.get(TRIAGE, {}).get("wanted") for detail in details)
    return next((wanted for wanted in said if wanted), Wanted.NOTHING.value)


def _situation(
    connection: Connection,
    store: Store,
    case: Any,
    wanted: str,
    assessed: Assessment | None,
    currency: str | None,
    now: datetime,
) -> Situation:
    calendar = calendar_of(store)
    if assessed is None:
        facts = {
            Column.REASON: Known(case.reason, Source.CUSTOMER),
            Column.WANTED: Known(wanted, Source.CUSTOMER),
        }
        return Situation(facts=facts, zone=store.zone, calendar=calendar)
    theirs = _orders_of(connection, store.id, assessed.order.holder)
    return situation_of(
        assessed,
        reason=case.reason,
        wanted=wanted,
        orders_of_customer=len(theirs) if theirs else None,
        now=now,
        zone=store.zone,
        calendar=calendar,
        given=_given(connection, store, theirs, currency, now),
    )


def _orders_of(connection: Connection, store_id: int, holder: str | None) -> list[str]:
    if holder is None:
        return []
    return list(
        connection.scalars(
            sa.select(orders.c.order_id)
            .where(orders.c.store_id == store_id, orders.c.holder == holder)
            .limit(MOST_ORDERS)
        )
    )


def _given(
    connection: Connection, store: Store, order_ids: Sequence[str], currency: str | None, now: datetime
) -> Decimal | None:
    """Return the goodwill that the customer received in a year, None where it cannot be counted."""
    if not order_ids or currency is None:
        return None
    return book.goodwill_given(connection, store.id, order_ids, now - YEAR, currency)
