"""A customer asks to be called: a number, a time, and a member who has to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases import entries, records, standing
from vefa.cases.case import Channel, EntryKind
from vefa.cases.open import Said, open_or_continue
from vefa.clock import time_ordered_id
from vefa.customers import vault
from vefa.promises import given
from vefa.promises.given import GivenKind
from vefa.staff.account import Role
from vefa.staff.permission import Act, may
from vefa.staff.records import memberships
from vefa.stores.sealing import Key
from vefa.stores.store import Store


@dataclass(frozen=True, slots=True)
class Window:
    """When a customer wants to be called."""

    not_before: datetime
    due_at: datetime


def ask(
    connection: Connection,
    store: Store,
    key: Key,
    *,
    holder: str,
    order_id: str | None,
    phone_e164: str,
    not_before: datetime,
    due_at: datetime,
    words: str,
    language: str | None,
    now: datetime,
    form: str | None = None,
) -> str:
    """Promise a customer to be called between two instants, and return the id of the case in which it stands.

    Asking anew releases the call that was asked for before. The number is sealed under the customer's key. Whoever
    looks after the case has to call, else the member with the fewest open calls.
    """
    name = f"callback:{form or time_ordered_id(now)}"
    said = Said(name, holder, now, Channel.PAGE, order_id, words, language=language)
    there = entries.cases_of_keys(connection, store.id, [name])
    if there:
        return there[name]
    case_id = open_or_continue(connection, store, key, [said], now)[name]
    window = Window(not_before, due_at)
    promise = _promise(connection, store.id, records.by_id(connection, store.id, case_id), window, now)
    entries.add(
        connection,
        store.id,
        vault.ensure_key(connection, store.id, holder, key),
        case_id,
        kind=EntryKind.CALLBACK,
        at=now,
        key=f"{name}:number",
        text=phone_e164,
        channel=Channel.PAGE,
        detail=promise,
    )
    standing.refresh(connection, store.id, case_id)
    return case_id


def _promise(
    connection: Connection, store_id: int, case: Any, window: Window, now: datetime
) -> dict[str, str | None]:
    """Promise the call, releasing one that was asked for before, and return what the entry notes of it."""
    owner_id = case.assignee_id or _next_caller(connection, store_id)
    given.settle(connection, store_id, case.id, [GivenKind.CALLBACK], kept=False, now=now)
    promise_id = given.give(
        connection,
        store_id,
        case_id=case.id,
        order_id=case.order_id,
        holder=case.holder,
        kind=GivenKind.CALLBACK,
        not_before=window.not_before,
        due_at=window.due_at,
        owner_id=owner_id,
        now=now,
    )
    return {
        "not_before": window.not_before.isoformat(),
        "due_at": window.due_at.isoformat(),
        "owner": owner_id,
        "promise": promise_id,
    }


def _next_caller(connection: Connection, store_id: int) -> str | None:
    """Return the member who may answer and has the fewest open calls; among equals, who joined first."""
    burden = given.open_by_owner(connection, store_id, GivenKind.CALLBACK)
    members = connection.execute(
        sa.select(memberships.c.account_id, memberships.c.role)
        .where(memberships.c.store_id == store_id)
        .order_by(memberships.c.joined_at, memberships.c.account_id)
    ).all()
    able = [row.account_id for row in members if may(Role(row.role), Act.ANSWER)]
    return min(able, key=lambda member: burden.get(member, 0), default=None)
