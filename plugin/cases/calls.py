"""Keeps notes of telephone calls: what was said, by whom, and what the call settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from vefa.cases import entries
from vefa.cases.case import Channel, Direction, EntryKind
from vefa.cases.open import Said, open_or_continue
from vefa.cases.promising import ANSWERS, Promising
from vefa.cases.step import Step, step, words
from vefa.clock import time_ordered_id
from vefa.errors import ConflictError
from vefa.locales import mark
from vefa.promises import given
from vefa.promises.given import GivenKind
from vefa.staff import records as staff
from vefa.staff.account import Account
from vefa.stores.sealing import Key
from vefa.stores.store import Store


def call(
    connection: Connection,
    store: Store,
    key: Key,
    by: Account,
    text: str,
    direction: Direction,
    *,
    case_id: str | None = None,
    holder: str | None = None,
    order_id: str | None = None,
    reached: bool = True,
    promised: Promising | None = None,
    form: str | None = None,
    now: datetime,
) -> str:
    """Keep a note of a telephone call and return the id of its case.

    Without ``case_id`` the call opens or continues a case of the customer ``holder``. Where somebody was ``reached``,
    the call keeps what was promised in the case: to call, to answer. Raises ``ConflictError`` for a closed case.
    """
    said, form = words(text), form or time_ordered_id(now)
    detail = {"direction": direction.value, "reached": reached}
    if case_id is not None:
        act = step(connection, store, key, case_id, by, form, now)
        if act.done:
            return case_id
        act.must_be_open()
        act.note(EntryKind.CALL, "call", text=said, channel=Channel.PHONE, detail=detail)
    else:
        if holder is None:
            raise ConflictError(mark("Choose the customer or the order that the call was about."))
        name = f"call:{form}"
        there = entries.cases_of_keys(connection, store.id, [name])
        if there:
            return there[name]
        one = Said(name, holder, now, Channel.PHONE, order_id, said, author_id=by.id, detail=detail)
        act = _opened(connection, store, key, replace(one, entry=EntryKind.CALL), by, form)
    _talked(act, reached=reached, promised=promised)
    return str(act.case.id)


def _opened(connection: Connection, store: Store, key: Key, said: Said, by: Account, form: str) -> Step:
    """Open a case with a call, or continue the customer's, and note it in the audit trail."""
    case_id = open_or_continue(connection, store, key, [said], said.at)[said.key]
    act = step(connection, store, key, case_id, by, form, said.at)
    told = {"case": act.case.number, "direction": said.detail["direction"]}
    staff.note(connection, store.id, by.id, "case.call", detail=told, now=said.at)
    return act


def _talked(act: Step, *, reached: bool, promised: Promising | None) -> None:
    if reached:
        given.settle(
            act.connection, act.store.id, act.case.id, (*ANSWERS, GivenKind.CALLBACK), kept=True, now=act.now
        )
    if promised is not None:
        promised.give(act)
    if reached:
        first = act.case.first_replied_at or act.now
        act.change(first_replied_at=first, last_replied_at=act.now, legal_due_at=None)
    else:
        act.change()
