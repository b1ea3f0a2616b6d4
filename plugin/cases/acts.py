"""What a member does with a case besides writing and talking to the customer: note, assign, judge, close, reopen.

Every act is one transaction of the caller, leaves an entry in the conversation and a row in the audit trail, and is
done once however often its ``form`` is sent.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases import settle
from vefa.cases.case import CaseKind, CaseState, EntryKind, Outcome, Reason, Severity
from vefa.cases.deadline import first_reply_due
from vefa.cases.records import change, seen
from vefa.cases.said import Background
from vefa.cases.step import Step, step, words
from vefa.cases.triage import BY_HAND
from vefa.database import dump_json, upsert
from vefa.errors import ConflictError
from vefa.lateness.look import assess_orders
from vefa.locales import mark
from vefa.outreach import permission
from vefa.promises import given
from vefa.promises.calendar import calendar_of
from vefa.promises.given import GivenKind
from vefa.staff import records as staff
from vefa.staff.account import Account
from vefa.staff.permission import Act, may
from vefa.stores.sealing import Key
from vefa.stores.store import Store


def see_history(connection: Connection, store_id: int, case_id: str, by: Account, now: datetime) -> None:
    """Note that a member was shown what lies behind the customer of a case."""
    row = {"store_id": store_id, "case_id": case_id, "account_id": by.id, "history_seen_at": now}
    upsert(connection, seen, [row], update=("history_seen_at",))


def history_seen_at(connection: Connection, store_id: int, case_id: str, account_id: str) -> datetime | None:
    """Return when a member was shown what lies behind the customer of a case, or None."""
    at: datetime | None = connection.scalar(
        sa.select(seen.c.history_seen_at).where(
            seen.c.store_id == store_id, seen.c.case_id == case_id, seen.c.account_id == account_id
        )
    )
    return at


def note(
    connection: Connection,
    store: Store,
    key: Key,
    case_id: str,
    by: Account,
    text: str,
    *,
    form: str | None = None,
    now: datetime,
) -> None:
    """Keep an internal note, which no customer ever sees."""
    act = step(connection, store, key, case_id, by, form, now)
    if not act.done:
        act.note(EntryKind.NOTE, "note", text=words(text))


def assign(
    connection: Connection,
    store: Store,
    key: Key,
    case_id: str,
    by: Account,
    assignee_id: str | None,
    *,
    form: str | None = None,
    now: datetime,
) -> None:
    """Give a case, with the promises that are open in it, to a member who may answer; None leaves it to nobody."""
    act = step(connection, store, key, case_id, by, form, now)
    if act.done or act.case.assignee_id == assignee_id:
        return
    act.must_be_open()
    if assignee_id is not None:
        role = staff.role_in(connection, store.id, assignee_id)
        if role is None or not may(role, Act.ANSWER):
            raise ConflictError(
                mark("Only a member of this store who may answer customers can look after a case.")
            )
    act.note(EntryKind.ASSIGNED, "assign", detail={"to": assignee_id, "before": act.case.assignee_id})
    given.own(connection, store.id, case_id, assignee_id)
    act.change(assignee_id=assignee_id)


def change_triage(
    connection: Connection,
    store: Store,
    key: Key,
    case_id: str,
    by: Account,
    *,
    kind: CaseKind,
    reason: Reason,
    severity: Severity,
    form: str | None = None,
    now: datetime,
) -> None:
    """Say by hand what a case is about; nothing that is said later changes that, and the policy is asked anew."""
    act = step(connection, store, key, case_id, by, form, now)
    after = {"kind": kind.value, "reason": reason.value, "severity": severity.value}
    before = {name: getattr(act.case, name) for name in after}
    if act.done or before == after:
        return
    detail = {"act": "triage", "before": before, "after": after}
    act.note(EntryKind.HAND, "change_triage", detail=detail)
    change(connection, store.id, case_id, **after, because=dump_json([BY_HAND]))
    order_id = act.case.order_id
    orders = assess_orders(connection, store.id, [order_id], now) if order_id else {}
    settle.bring_up_to_date(connection, store, case_id, Background(orders, {}), order_id, now)


def close(
    connection: Connection,
    store: Store,
    key: Key,
    case_id: str,
    by: Account,
    outcome: Outcome,
    *,
    form: str | None = None,
    now: datetime,
) -> None:
    """Close a case: nobody waits for what is open in it, and automatic messages to the customer go on."""
    act = step(connection, store, key, case_id, by, form, now)
    if act.done:
        return
    if act.closed:
        raise ConflictError(mark("This case is closed already."))
    act.note(EntryKind.CLOSED, "close", detail={"outcome": outcome.value})
    finish(act, outcome)


def finish(act: Step, outcome: Outcome) -> None:
    """Write what closing a case means, in the step of an act that closes it."""
    given.settle(act.connection, act.store.id, act.case.id, tuple(GivenKind), kept=False, now=act.now)
    permission.lift(act.connection, act.store.id, f"case:{act.case.id}", act.now)
    act.change(state=CaseState.CLOSED.value, closed_at=act.now, outcome=outcome.value)


def reopen(
    connection: Connection,
    store: Store,
    key: Key,
    case_id: str,
    by: Account,
    *,
    form: str | None = None,
    now: datetime,
) -> None:
    """Open a closed case again, and hold automatic messages to its customer again.

    Somebody who was never answered is promised an answer anew.
    """
    act = step(connection, store, key, case_id, by, form, now)
    if act.done:
        return
    if not act.closed:
        raise ConflictError(mark("This case is open already."))
    act.note(EntryKind.REOPENED, "reopen")
    permission.hold(connection, store.id, act.case.holder, f"case:{case_id}", now)
    if act.case.first_replied_at is None:
        act.promise(GivenKind.FIRST_REPLY, first_reply_due(store, calendar_of(store), now))
    act.change(state=CaseState.OPEN.value, closed_at=None, outcome=None)
