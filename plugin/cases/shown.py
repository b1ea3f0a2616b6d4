"""A conversation as its customer may read it: what they and the store said to each other, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases import entries
from vefa.cases.case import CaseState, Channel, EntryKind
from vefa.cases.entries import Entry
from vefa.cases.open import Said, open_or_continue
from vefa.cases.records import cases
from vefa.cases.step import words
from vefa.clock import time_ordered_id
from vefa.customers import vault
from vefa.errors import NotFoundError
from vefa.stores.sealing import Key
from vefa.stores.store import Store

# Everything that is not named here is the store's own: notes, decisions, who looks after the case.
WORDS = (EntryKind.CUSTOMER, EntryKind.REPLY)
EVENTS = (EntryKind.CALL, EntryKind.CALLBACK, EntryKind.CLOSED, EntryKind.REOPENED)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a conversation: words of the customer or the store, or, without words, that something happened."""

    at: datetime
    kind: EntryKind
    channel: Channel | None
    text: str | None = None
    score: int | None = None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A case as its customer reads it, oldest first."""

    store_name: str
    number: int
    order_number: str | None
    state: CaseState
    parts: Sequence[Part]


def conversation(connection: Connection, store: Store, key: Key, case_id: str) -> Conversation:
    """Return what the customer of a case may read; raises ``NotFoundError`` for another store's case."""
    row = _row(connection, store.id, case_id)
    person = vault.keys(connection, store.id, [row.holder], key).get(row.holder)
    said = entries.of_case(connection, store.id, case_id, person)
    return Conversation(store.name, row.number, row.order_number, CaseState(row.state), shown(said))


def shown(said: Sequence[Entry]) -> list[Part]:
    """Return the parts of a conversation that its customer may read."""
    return [part for part in map(_part, said) if part is not None]


def _part(one: Entry) -> Part | None:
    if one.kind in EVENTS or (one.kind is EntryKind.CUSTOMER and one.author_id is not None):
        # What a member wrote down during a call is a note of the store, though the customer said it.
        return Part(one.at, one.kind, one.channel)
    if one.kind not in WORDS:
        return None
    score = one.detail.get("score") if one.kind is EntryKind.CUSTOMER else None
    return Part(one.at, one.kind, one.channel, one.text, score) if one.text or score else None


def say_more(
    connection: Connection,
    store: Store,
    key: Key,
    case_id: str,
    text: str,
    now: datetime,
    *,
    language: str | None = None,
    form: str | None = None,
) -> str:
    """Let the customer of a case go on, and return the id of the case in which the words stand.

    That is the same one, unless it was closed long ago. The same ``form`` twice is said once.
    """
    row = _row(connection, store.id, case_id)
    said = Said(
        f"page:{form or time_ordered_id(now)}",
        row.holder,
        now,
        Channel.PAGE,
        row.order_id,
        words(text),
        language=language,
    )
    return open_or_continue(connection, store, key, [said], now)[said.key]


def _row(connection: Connection, store_id: int, case_id: str) -> Any:
    row = connection.execute(
        sa.select(cases).where(cases.c.store_id == store_id, cases.c.id == case_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("There is no such conversation.")
    return row
