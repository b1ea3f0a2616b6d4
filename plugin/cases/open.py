"""Opens a case for what a customer said, or continues the one that is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from vefa.cases import entries, records, settle
from vefa.cases.case import CaseState, Channel, EntryKind
from vefa.cases.deadline import first_reply_due
from vefa.cases.records import cases
from vefa.cases.said import Background, Said, background
from vefa.clock import time_ordered_id
from vefa.customers import vault
from vefa.database import dump_json
from vefa.outreach import permission
from vefa.promises import given
from vefa.promises.calendar import calendar_of
from vefa.promises.given import GivenKind
from vefa.stores.sealing import Key
from vefa.stores.store import Store

__all__ = ["Said", "open_or_continue"]

REOPENED_WITHIN = timedelta(days=14)
FROM_FACTS = (Channel.REVIEW, Channel.PLATFORM)


@dataclass(slots=True)
class _Desk:
    """One batch on its way into cases."""

    connection: Connection
    store: Store
    key: Key
    now: datetime
    known: Background
    people: dict[str, Key] = field(default_factory=dict)

    def person(self, holder: str) -> Key:
        if holder not in self.people:
            self.people[holder] = vault.ensure_key(self.connection, self.store.id, holder, self.key)
        return self.people[holder]


def open_or_continue(
    connection: Connection,
    store: Store,
    key: Key,
    said: Sequence[Said],
    now: datetime,
    known: Background | None = None,
) -> dict[str, str]:
    """Enter what was said into cases and return in which case each thing stands; call it while writing.

    What has its key in a case already enters no second one. The open case of the same customer and order is
    continued, one closed less than ``REOPENED_WITHIN`` ago is opened again, else a new one is made: its promise of a
    first reply, the hold on automatic messages and the decision are written with it. ``known`` is what
    ``background`` read before the transaction, where there is much to read.
    """
    if not said:
        return {}
    desk = _Desk(connection, store, key, now, known or background(connection, store, said, now))
    records.take_turns(connection, store.id)
    there = entries.cases_of_keys(connection, store.id, [one.key for one in said])
    in_sequence = sorted(said, key=lambda one: (one.at, one.key))
    # Whose case it is may have become known since; that comes first, so that what is new finds it.
    for one in in_sequence:
        if one.key in there:
            _hand_over(desk, there[one.key], one)
    for one in in_sequence:
        if one.key not in there:
            there[one.key] = _enter(desk, one)
    orders: dict[str, str | None] = {there[one.key]: one.order_id for one in in_sequence}
    for case_id, order_id in orders.items():
        settle.bring_up_to_date(connection, store, case_id, desk.known, order_id, now)
    return there


def _enter(desk: _Desk, one: Said) -> str:
    case = _continued(desk, one)
    if case is None:
        case_id = _open(desk, one)
        _write(desk, case_id, one)
        _note(desk, case_id, one, EntryKind.OPENED)
        return case_id
    _write(desk, case.id, one)
    _wake(desk, case, one)
    return str(case.id)


def _continued(desk: _Desk, one: Said) -> Any | None:
    """Return the case that goes on with what was said: one that is open, else the last one if just closed."""
    last = records.last_of(desk.connection, desk.store.id, one.holder, one.order_id)
    if last is None or last.state != CaseState.CLOSED.value:
        return last
    return last if last.closed_at > desk.now - REOPENED_WITHIN else None


def _open(desk: _Desk, one: Said) -> str:
    store, now = desk.store, desk.now
    case_id = time_ordered_id(now)
    read = desk.known.triage[one.key]
    assessed = desk.known.orders.get(one.order_id or "")
    desk.connection.execute(
        cases.insert().values(
            store_id=store.id,
            id=case_id,
            number=records.next_number(desk.connection, store.id),
            holder=one.holder,
            order_id=one.order_id,
            order_number=assessed.order.number if assessed else None,
            kind=read.kind.value,
            reason=read.reason.value,
            severity=read.severity.value,
            because=dump_json(read.because),
            channel=one.channel.value,
            language=one.language,
            state=CaseState.OPEN.value,
            opened_at=one.at,
            last_customer_at=one.at,
            rank_at=one.at,
            score=one.score,
        )
    )
    permission.hold(desk.connection, store.id, one.holder, f"case:{case_id}", now)
    _promise(desk, case_id, one, GivenKind.FIRST_REPLY)
    return case_id


def _promise(desk: _Desk, case_id: str, one: Said, kind: GivenKind) -> None:
    """Promise an answer by the end of the next working day, counted from when the customer spoke."""
    given.give(
        desk.connection,
        desk.store.id,
        case_id=case_id,
        order_id=one.order_id,
        holder=one.holder,
        kind=kind,
        due_at=first_reply_due(desk.store, calendar_of(desk.store), one.at),
        now=desk.now,
    )


def _wake(desk: _Desk, case: Any, one: Said) -> None:
    """Put a case that was closed, or waited for the customer, before the store again, with an answer promised."""
    if case.state == CaseState.OPEN.value:
        return
    if case.state == CaseState.CLOSED.value:
        _note(desk, case.id, one, EntryKind.REOPENED)
        permission.hold(desk.connection, desk.store.id, case.holder, f"case:{case.id}", desk.now)
    records.change(
        desk.connection, desk.store.id, case.id, state=CaseState.OPEN.value, closed_at=None, outcome=None
    )
    promises = given.of_cases(desk.connection, desk.store.id, [case.id])[case.id]
    answers = [row for row in promises if row.kind in (GivenKind.FIRST_REPLY, GivenKind.REPLY)]
    if not any(given.is_open(row) for row in answers):
        _promise(desk, case.id, one, GivenKind.REPLY if case.first_replied_at else GivenKind.FIRST_REPLY)


def _note(desk: _Desk, case_id: str, one: Said, kind: EntryKind) -> None:
    """Note in the conversation that the case was opened, or opened again, by what was said."""
    entries.add(
        desk.connection,
        desk.store.id,
        None,
        case_id,
        kind=kind,
        at=desk.now,
        key=f"{kind.value}:{one.key}",
        channel=one.channel,
    )


def _write(desk: _Desk, case_id: str, one: Said) -> None:
    detail = dict(one.detail)
    if one.score is not None:
        detail["score"] = one.score
    if one.language:
        detail["language"] = one.language
    detail[settle.TRIAGE] = desk.known.triage[one.key].document()
    entries.add(
        desk.connection,
        desk.store.id,
        desk.person(one.holder),
        case_id,
        kind=one.entry,
        at=one.at,
        key=one.key,
        text=one.text,
        channel=one.channel,
        author_id=one.author_id,
        detail=detail,
    )
    # Reviews and contacts of the platform are facts of the order already; what else was said is told to outreach.
    if one.order_id and one.channel not in FROM_FACTS:
        permission.note_answer(desk.connection, desk.store.id, one.order_id, desk.now)


def _hand_over(desk: _Desk, case_id: str, one: Said) -> None:
    """Give a case to the customer of its order, who was not known when it was opened.

    Words are sealed anew under that customer's key. A case that the customer has beside it stays apart.
    """
    case = records.by_id(desk.connection, desk.store.id, case_id)
    if case.holder == one.holder or case.order_id != one.order_id or one.order_id is None:
        return
    if records.last_of(desk.connection, desk.store.id, one.holder, one.order_id) is not None:
        return
    before = vault.keys(desk.connection, desk.store.id, [case.holder], desk.key).get(case.holder)
    entries.seal_again(desk.connection, desk.store.id, case_id, before, desk.person(one.holder))
    records.change(desk.connection, desk.store.id, case_id, holder=one.holder)
    given.hand_over(desk.connection, desk.store.id, case_id, one.holder)
    if case.state != CaseState.CLOSED.value:
        permission.lift(desk.connection, desk.store.id, f"case:{case_id}", desk.now)
        permission.hold(desk.connection, desk.store.id, one.holder, f"case:{case_id}", desk.now)
