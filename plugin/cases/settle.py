"""Brings a case up to date with what was said in it: what it is, whom it waits for, when it is due."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from vefa.cases import decision, entries, records, standing
from vefa.cases.case import CaseKind, CaseState
from vefa.cases.deadline import legal_reply_due
from vefa.cases.said import Background
from vefa.cases.triage import BY_HAND, Triage, from_document, together
from vefa.database import dump_json
from vefa.promises import given
from vefa.stores.store import Store

TRIAGE = decision.TRIAGE


def bring_up_to_date(
    connection: Connection, store: Store, case_id: str, known: Background, order_id: str | None, now: datetime
) -> None:
    """Write what follows from all that was said in a case, whatever the order in which it came.

    What a person decided about the case (``by_hand``) stays; what checkout promised is written once.
    """
    case = records.by_id(connection, store.id, case_id)
    said = _said(connection, store.id, case_id, known)
    values = _values(case, said, store, known, order_id)
    due_at = standing.open_due(given.of_cases(connection, store.id, [case_id])[case_id])
    changed = {name: value for name, value in values.items() if getattr(case, name) != value}
    if changed:
        records.change(connection, store.id, case_id, **changed)
        case = records.by_id(connection, store.id, case_id)
    place = standing.priority(connection, case, due_at).rank_at
    if (case.due_at, case.rank_at) != (due_at, place):
        records.change(connection, store.id, case_id, due_at=due_at, rank_at=place)
    if case.state != CaseState.CLOSED.value and decision.is_called_for(
        connection, store.id, case, list(changed)
    ):
        decision.decide_case(connection, store, case, now, known.orders.get(order_id or ""))


def _said(
    connection: Connection, store_id: int, case_id: str, known: Background
) -> list[tuple[Any, Mapping[str, Any], Triage]]:
    """Return the customer's entries with what was read in each, read anew where the facts changed since."""
    found = []
    for row in entries.rows_of(connection, store_id, case_id):
        detail = json.loads(row.detail)
        if TRIAGE not in detail:
            continue
        read = known.triage.get(row.key) or from_document(detail[TRIAGE])
        if read.document() != detail[TRIAGE]:
            detail[TRIAGE] = read.document()
            entries.change_detail(connection, store_id, row.id, detail)
        found.append((row, detail, read))
    return found


def _values(
    case: Any,
    said: list[tuple[Any, Mapping[str, Any], Triage]],
    store: Store,
    known: Background,
    order_id: str | None,
) -> dict[str, Any]:
    first, _, _ = said[0]
    scores = [detail["score"] for _, detail, _ in said if detail.get("score") is not None]
    languages = [detail["language"] for _, detail, _ in said if detail.get("language")]
    values: dict[str, Any] = {
        "opened_at": first.at,
        "channel": first.channel,
        "last_customer_at": said[-1][0].at,
        "score": min(scores, default=None),
        "language": next(iter(languages), None),
    }
    read = together([(row.at, row.key, one) for row, _, one in said])
    if BY_HAND not in json.loads(case.because):
        values |= {"kind": read.kind.value, "reason": read.reason.value, "severity": read.severity.value}
        values["because"] = dump_json(read.because)
    assessed = known.orders.get(order_id or "")
    if assessed is not None:
        values["order_number"] = assessed.order.number
    expected = known.expected(order_id)
    # What checkout promised may be learned after the case was opened; once written it never changes.
    if case.expected is None and expected is not None:
        values["expected"] = dump_json(expected)
    if case.first_replied_at is None:
        country = (assessed.order.country if assessed else None) or store.country
        values["legal_due_at"] = _legal(case, said, country, store)
    return values


def _legal(
    case: Any, said: list[tuple[Any, Mapping[str, Any], Triage]], country: str | None, store: Store
) -> datetime | None:
    """Return the law's date for the earliest complaint in a case; a question has none."""
    complaints = [row.at for row, _, read in said if read.kind is CaseKind.COMPLAINT]
    if BY_HAND in json.loads(case.because):
        complaints = [case.opened_at] if case.kind == CaseKind.COMPLAINT.value else []
    return legal_reply_due(country, store, min(complaints)) if complaints else None
