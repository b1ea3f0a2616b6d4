"""What a person does to a return: accept or refuse it, note that it is under way or here, settle it by hand.

Every act enters the audit trail, and the customer hears of it in a letter where an e-mail address is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from vefa.clock import time_ordered_id
from vefa.database import dump_json
from vefa.outreach import by_hand
from vefa.outreach.by_hand import ByHand
from vefa.outreach.paper import Letter
from vefa.returns import letter, records
from vefa.returns.addressed import addressed, country_of
from vefa.returns.consult import Terms, terms_of
from vefa.returns.letter import Refusal
from vefa.returns.plan import NO_ALTERNATIVE, NO_REASON, NOT_NOW, ActError, check_approval, check_length, plan
from vefa.returns.request import Marks, Step, Verdict, Wanted, may, state_of
from vefa.staff import records as staff
from vefa.staff.account import Account
from vefa.stores.sealing import Key
from vefa.stores.store import Store


def approve(
    connection: Connection,
    store: Store,
    key: Key,
    public_url: str,
    return_id: str,
    by: Account,
    *,
    now: datetime,
    **wanted: Any,
) -> str | None:
    """Accept a return and tell the customer how it goes on; return the message's id, None without an address.

    ``wanted`` is what ``plan`` reads. Raises ``ActError`` where the return has moved on, no way back is named, or the
    code is another return's.
    """
    row = _ready(connection, store, return_id, Step.APPROVE)
    approval = plan(connection, store, row, wanted, now)
    check_approval(connection, store, row, approval, now)
    told = asdict(approval) | {
        "send_by": approval.send_by.isoformat(),
        "refund_by": approval.refund_by and approval.refund_by.isoformat(),
    }
    marks = replace(records.marks(row), verdict=Verdict.APPROVED)
    values = {"code": approval.code, "told": dump_json(told), **_decided(by, Verdict.APPROVED, now)}
    _keep(connection, store, row, marks, values, by, "return_approved", now)
    identity = time_ordered_id(now)
    envelope, to = addressed(connection, store, key, public_url, row, by, identity, now)
    written = letter.approved(envelope, approval)
    return _post(connection, store, key, row, ByHand.RETURN_APPROVED, "approved", to, written, identity, now)


def refuse(
    connection: Connection,
    store: Store,
    key: Key,
    public_url: str,
    return_id: str,
    by: Account,
    *,
    reason: str,
    alternative: str,
    now: datetime,
) -> str | None:
    """Refuse a return and tell the customer why, what there is instead, and how to reach a person.

    Raises ``ActError`` without a reason or an alternative, or where the return has moved on.
    """
    row = _ready(connection, store, return_id, Step.REFUSE)
    refusal = Refusal(reason.strip(), alternative.strip())
    check_length(*asdict(refusal).values())
    if not refusal.reason:
        raise ActError(NO_REASON)
    if not refusal.alternative:
        raise ActError(NO_ALTERNATIVE)
    marks = replace(records.marks(row), verdict=Verdict.REFUSED)
    values = {"told": dump_json(asdict(refusal)), **_decided(by, Verdict.REFUSED, now)}
    _keep(connection, store, row, marks, values, by, "return_refused", now)
    identity = time_ordered_id(now)
    envelope, to = addressed(connection, store, key, public_url, row, by, identity, now)
    written = letter.refused(envelope, refusal)
    return _post(connection, store, key, row, ByHand.RETURN_REFUSED, "refused", to, written, identity, now)


def mark_sent(connection: Connection, store: Store, return_id: str, by: Account, *, now: datetime) -> None:
    """Note that the customer has shown the proof of having sent the goods; nobody is written to."""
    row = _ready(connection, store, return_id, Step.SEND)
    marks = replace(records.marks(row), sent_at=now)
    _keep(connection, store, row, marks, {"sent_at": now}, by, "return_sent", now)


def mark_received(
    connection: Connection,
    store: Store,
    key: Key,
    public_url: str,
    return_id: str,
    by: Account,
    *,
    tell: bool = True,
    now: datetime,
) -> str | None:
    """Note that the goods are here and, unless ``tell`` is off, tell the customer by when the money follows."""
    row = _ready(connection, store, return_id, Step.RECEIVE)
    marks = replace(records.marks(row), received_at=now)
    terms = _keep(connection, store, row, marks, {"received_at": now}, by, "return_received", now)
    if not tell:
        return None
    identity = time_ordered_id(now)
    envelope, to = addressed(connection, store, key, public_url, row, by, identity, now)
    due = terms.refund_due_at(marks, Wanted(row.wanted))
    written = letter.received(envelope, terms.day(due) if due else None)
    return _post(connection, store, key, row, ByHand.RETURN_SETTLED, "received", to, written, identity, now)


def close(connection: Connection, store: Store, return_id: str, by: Account, *, now: datetime) -> None:
    """Note that a return is settled, where the store's platform says nothing of refunds; nobody is written to."""
    row = _ready(connection, store, return_id, Step.CLOSE)
    marks = replace(records.marks(row), settled_at=now, closed_at=now)
    values = {"settled_at": now, "closed_at": now}
    _keep(connection, store, row, marks, values, by, "return_closed", now)


def _ready(connection: Connection, store: Store, return_id: str, step: Step) -> Any:
    row = records.one(connection, store.id, return_id)
    if not may(records.marks(row), step):
        raise ActError(NOT_NOW)
    return row


def _decided(by: Account, verdict: Verdict, now: datetime) -> dict[str, Any]:
    return {"verdict": verdict.value, "decided_at": now, "decided_by": by.id}


def _keep(
    connection: Connection,
    store: Store,
    row: Any,
    marks: Marks,
    values: Mapping[str, Any],
    by: Account,
    action: str,
    now: datetime,
) -> Terms:
    """Write what a person did, with the state and the date for the money that follow from it."""
    terms = terms_of(connection, store, country_of(connection, store.id, row.order_id))
    followed = {"state": state_of(marks).value}
    due = row.refund_due_at if marks.closed_at else terms.refund_due_at(marks, Wanted(row.wanted))
    if not records.change(connection, row, {**values, **followed, "refund_due_at": due}):
        raise ActError(NOT_NOW)
    detail = {"return": row.id, "number": row.number, "order": row.order_id}
    staff.note(connection, store.id, by.id, action, detail=detail, now=now)
    return terms


def _post(
    connection: Connection,
    store: Store,
    key: Key,
    row: Any,
    purpose: ByHand,
    step: str,
    to: str | None,
    written: Letter,
    identity: str,
    now: datetime,
) -> str | None:
    """Let a letter leave as an answer in the order's thread; without an address nothing is written."""
    if to is None:
        return None
    return by_hand.write(
        connection,
        store,
        key,
        purpose=purpose,
        order_id=row.order_id,
        holder=row.holder,
        reason_key=f"return:{row.id}:{step}:{now.isoformat()}",
        to=to,
        letter=written,
        references=by_hand.thread_of(connection, store.id, order_id=row.order_id, case_id=None),
        language=written.language,
        now=now,
        message_id=identity,
    )
