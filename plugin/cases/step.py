"""One act of a member on a case: read under a lock, done once for one form, noted where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases import entries, records, standing
from vefa.cases.case import CaseState, Channel, EntryKind
from vefa.cases.records import cases
from vefa.clock import time_ordered_id
from vefa.customers import vault
from vefa.errors import ConflictError, NotFoundError
from vefa.locales import mark
from vefa.promises import given
from vefa.promises.given import GivenKind
from vefa.staff import records as staff
from vefa.staff.account import Account
from vefa.stores.sealing import Key
from vefa.stores.store import Store

# As much as is kept of what a browser names its form.
LONGEST_NAME = 200
NOTHING: Mapping[str, Any] = {}


class HistoryNotSeenError(ConflictError):
    """Somebody writes to a customer whose history they have not looked at."""


@dataclass(frozen=True, slots=True)
class Step:
    """An act on a case as it stands; ``key`` is the store's own, ``name`` the act's identity."""

    connection: Connection
    store: Store
    key: Key
    case: Any
    by: Account
    name: str
    now: datetime

    @property
    def done(self) -> bool:
        """Whether this very act was done already: its form came twice."""
        table = records.entries
        known = sa.select(table.c.id).where(
            table.c.store_id == self.store.id, table.c.case_id == self.case.id, table.c.key == self.name
        )
        return self.connection.scalar(known) is not None

    @property
    def closed(self) -> bool:
        """Whether the case is closed."""
        return bool(self.case.state == CaseState.CLOSED.value)

    def note(
        self,
        kind: EntryKind,
        action: str,
        *,
        text: str | None = None,
        channel: Channel | None = None,
        detail: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Enter the act in the conversation, with words sealed under the customer's key, and in the audit trail."""
        person = None
        if text:
            person = vault.ensure_key(self.connection, self.store.id, self.case.holder, self.key)
        entries.add(
            self.connection,
            self.store.id,
            person,
            self.case.id,
            kind=kind,
            at=self.now,
            key=self.name,
            text=text,
            channel=channel,
            author_id=self.by.id,
            detail=detail,
        )
        told = {"case": self.case.number} | dict(detail)
        staff.note(self.connection, self.store.id, self.by.id, f"case.{action}", detail=told, now=self.now)

    def change(self, **values: Any) -> None:
        """Write some of the case's columns, and where it stands in the list now."""
        if values:
            records.change(self.connection, self.store.id, self.case.id, **values)
        standing.refresh(self.connection, self.store.id, self.case.id)

    def promise(self, kind: GivenKind, due_at: datetime) -> str:
        """Promise something in the case; whoever looks after it has to keep that, else who acts."""
        return given.give(
            self.connection,
            self.store.id,
            case_id=self.case.id,
            order_id=self.case.order_id,
            holder=self.case.holder,
            kind=kind,
            due_at=due_at,
            made_by=self.by.id,
            owner_id=self.case.assignee_id or self.by.id,
            now=self.now,
        )

    def must_be_open(self) -> None:
        """Raise ``ConflictError`` for a closed case."""
        if self.closed:
            raise ConflictError(mark("This case is closed. Reopen it first."))


def step(
    connection: Connection,
    store: Store,
    key: Key,
    case_id: str,
    by: Account,
    form: str | None,
    now: datetime,
) -> Step:
    """Read the case for an act, so that no other act comes between; raises ``NotFoundError`` for another store's.

    ``form`` is the identity of the form that was sent; without one every call is an act of its own.
    """
    row = connection.execute(
        sa.select(cases).where(cases.c.store_id == store.id, cases.c.id == case_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such case in this store.")
    return Step(connection, store, key, row, by, f"form:{form or time_ordered_id(now)}"[:LONGEST_NAME], now)


def words(text: str) -> str:
    """Return what was written, without blanks around it; raises ``ConflictError`` if that is nothing."""
    written = text.strip()
    if not written:
        raise ConflictError(mark("There is nothing to keep: write something first."))
    return written
