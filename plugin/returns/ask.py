"""Asks for a return: checks it against the order, lets the policy decide, and writes both down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from vefa.clock import time_ordered_id
from vefa.customers.vault import ensure_key
from vefa.database import dump_json
from vefa.errors import VefaError
from vefa.lateness.judgement import assess
from vefa.locales import mark, negotiate
from vefa.orders.order import Order
from vefa.policy import book
from vefa.promises.calendar import calendar_of
from vefa.returns import records
from vefa.returns.consult import consult, terms_of
from vefa.returns.request import Marks, Pieces, Reason, Source, State, Verdict, Wanted, left
from vefa.stores.sealing import Key
from vefa.stores.store import Store

LONGEST_WORDS = 4000


class AskError(VefaError):
    """A return cannot be asked for; ``msgid`` and ``values`` say why, for the language of whoever asks."""

    def __init__(self, msgid: str, **values: object) -> None:
        super().__init__(msgid % values)
        self.msgid, self.values = msgid, values


NOTHING_CHOSEN = mark("Choose at least one item to send back.")
NOT_IN_ORDER = mark("One of these items is not part of the order.")
ENDED = mark("This order was cancelled or refunded, so nothing of it can be sent back.")
TOO_MANY = mark("Of %(item)s you can send back at most %(n)s.")
ASKED_ALREADY = mark("A return of %(item)s was asked for already.")
NO_REASON = mark("Choose why you want to send it back.")
NO_WISH = mark("Choose what you would like instead.")
TOO_LONG = mark("Please write at most %(n)s characters.")


def ask(
    connection: Connection,
    store: Store,
    key: Key,
    *,
    order: Order,
    holder: str,
    lines: Mapping[str, int],
    reason: str,
    wanted: str,
    words: str | None,
    language: str | None,
    source: Source = Source.PAGE,
    now: datetime,
) -> str:
    """Write a request down with what the policy decides about it, and return its id.

    ``lines`` maps line ids to how many pieces come back. Raises ``AskError`` for a request that cannot be: nothing or
    more than was ordered is chosen, a piece is in another return already, the order has ended.
    """
    chosen = {line: quantity for line, quantity in lines.items() if quantity}
    _check_words(reason, wanted, words)
    _check_pieces(order, chosen, records.of_orders(connection, store.id, [order.id])[order.id])
    found = assess(order, store, calendar_of(store), now)
    decision = consult(connection, store, found, reason=reason, wanted=wanted, lines=chosen, now=now)
    identity = time_ordered_id(now)
    person = ensure_key(connection, store.id, holder, key)
    terms = terms_of(connection, store, order.country)
    spoken = (words or "").strip() or None
    row = {
        "store_id": store.id,
        "id": identity,
        "order_id": order.id,
        "order_number": order.number,
        "holder": holder,
        "source": Source(source).value,
        "lines": dump_json(chosen),
        "reason": reason,
        "wanted": wanted,
        "sealed_words": records.seal_words(person, store.id, identity, spoken),
        "language": negotiate(language or order.locale, store.languages),
        "state": State.ASKED.value,
        "requested_at": now,
        "refund_due_at": terms.refund_due_at(Marks(now), Wanted(wanted)),
    }
    records.add(connection, row)
    book.record(connection, store.id, records.named(identity), order.id, decision, now)
    return identity


def returnable(connection: Connection, store_id: int, order: Order) -> dict[str, int]:
    """Return how many pieces of each line can still be asked for; nothing of an order that has ended."""
    if order.ended_at is not None:
        return {}
    return _left(order, records.of_orders(connection, store_id, [order.id])[order.id])


def _left(order: Order, rows: Sequence[Any]) -> dict[str, int]:
    standing = [_whole(row, order) for row in rows if row.verdict != Verdict.REFUSED]
    return left({line.id: line.quantity for line in order.lines}, standing)


def _whole(row: Any, order: Order) -> Pieces:
    """Return a return's pieces; one whose pieces are not known holds the whole order."""
    return records.pieces(row) or {line.id: line.quantity for line in order.lines}


def _check_words(reason: str, wanted: str, words: str | None) -> None:
    if reason not in set(Reason):
        raise AskError(NO_REASON)
    if wanted not in set(Wanted):
        raise AskError(NO_WISH)
    if len(words or "") > LONGEST_WORDS:
        raise AskError(TOO_LONG, n=LONGEST_WORDS)


def _check_pieces(order: Order, chosen: Mapping[str, int], rows: Sequence[Any]) -> None:
    if order.ended_at is not None:
        raise AskError(ENDED)
    if not chosen:
        raise AskError(NOTHING_CHOSEN)
    ordered = {line.id: line for line in order.lines}
    rest = _left(order, rows)
    for line_id, quantity in chosen.items():
        line = ordered.get(line_id)
        if line is None:
            raise AskError(NOT_IN_ORDER)
        item = line.title or line.sku or line.id
        if rest[line_id] == 0 and line.quantity > 0:
            raise AskError(ASKED_ALREADY, item=item)
        if not 0 < quantity <= rest[line_id]:
            raise AskError(TOO_MANY, item=item, n=rest[line_id])
