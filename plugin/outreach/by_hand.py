"""Messages that a person lets leave: an answer in a case, the word about a return.

A person pressed Send, so they leave in shadow mode too, without quiet hours or limits of number; only the stop
button holds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.clock import time_ordered_id
from vefa.errors import ConfigurationError
from vefa.outreach import records
from vefa.outreach.letterbox import Posted, row
from vefa.outreach.paper import Letter
from vefa.outreach.records import messages
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.work import make_due

SEND = "send"


class ByHand(StrEnum):
    """What a message by hand is for."""

    CASE_REPLY = "case_reply"
    RETURN_APPROVED = "return_approved"
    RETURN_REFUSED = "return_refused"
    RETURN_SETTLED = "return_settled"


BY_HAND = frozenset(purpose.value for purpose in ByHand)


def write(
    connection: Connection,
    store: Store,
    key: Key,
    *,
    purpose: ByHand,
    order_id: str | None,
    holder: str,
    reason_key: str,
    to: str,
    letter: Letter,
    case_id: str | None = None,
    references: Sequence[str] = (),
    language: str,
    now: datetime,
    message_id: str | None = None,
) -> str:
    """Write a message that leaves as soon as it can, and return the id of its row.

    ``reason_key`` tells messages of one purpose and order apart; saying the same again writes nothing and returns the
    row that is there. ``message_id`` is the row's id where a link in the letter names it already. Raises
    ``ConfigurationError`` where the store has no address to write from.
    """
    if not store.sender or not store.reply_to:
        raise ConfigurationError("A message needs a reply address that a person reads: set reply_to first.")
    there = connection.scalar(
        sa.select(messages.c.id).where(
            messages.c.store_id == store.id,
            messages.c.order_id == (order_id or ""),
            messages.c.purpose == purpose.value,
            messages.c.promise == reason_key,
        )
    )
    if there is not None:
        return str(there)
    identity = message_id or time_ordered_id(now)
    posted = Posted(
        identity,
        purpose.value,
        order_id or "",
        reason_key,
        holder,
        to,
        letter,
        case_id=case_id,
        references=references,
    )
    records.add_messages(connection, [row(store, key, posted, now) | {"language": language}])
    make_due(connection, store.id, SEND, {identity: now})
    return identity


def thread_of(
    connection: Connection, store_id: int, *, order_id: str | None, case_id: str | None
) -> tuple[str, ...]:
    """Return the Message-IDs of what was sent about an order or in a case, the oldest first."""
    columns = (messages.c.id, messages.c.message_id, messages.c.written_at)
    sent = (messages.c.store_id == store_id, messages.c.state.in_((records.SENT, records.UNKNOWN)))
    found: dict[str, Any] = {}
    for column, value in ((messages.c.order_id, order_id), (messages.c.case_id, case_id)):
        if value:
            for one in connection.execute(sa.select(*columns).where(*sent, column == value)):
                found[one.id] = one
    return tuple(one.message_id for one in sorted(found.values(), key=lambda one: (one.written_at, one.id)))
