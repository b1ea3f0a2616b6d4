"""One order: how it stands in a sentence, its promises, parcels and customer, and its story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from vefa.carriers.number import placed
from vefa.customers.customer import Customer
from vefa.lateness import records as lateness
from vefa.lateness.listing import Listed
from vefa.orders import listing as orders
from vefa.orders.records import facts_of, subject
from vefa.outreach import listing as outreach
from vefa.panel import visit, words
from vefa.panel.rows import holder, people, state_of, told
from vefa.panel.story import Entry, Sources, promise_title, story
from vefa.promises import records as ledger
from vefa.promises.promise import State
from vefa.returns import listing as returns


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise as the page shows it."""

    title: Markup
    shape: str
    word: str
    source: str
    superseded: bool


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything that the page of one order shows."""

    listed: Listed
    shape: str
    word: Markup
    why: Markup
    customer: Customer
    order: Any
    lines: Sequence[Any]
    shipments: Sequence[Any]
    promises: Sequence[Promised]
    story: Sequence[Entry]
    told: Markup


def read(connection: Connection, listed: Listed) -> OrderPage:
    """Read one order with everything that belongs to it."""
    store, order_id = visit.store(), listed.order_id
    details = orders.details(connection, store.id, order_id)
    promises = ledger.of_orders(connection, store.id, [order_id])[order_id]
    messages = outreach.messages_of(connection, store.id, [order_id])[order_id]
    decisions = outreach.decisions_of(connection, store.id, [order_id])[order_id]
    named = subject(order_id)
    sources = Sources(
        placed(facts_of(connection, store.id, [named])[named], visit.now()),
        promises,
        lateness.changes_of(connection, store.id, order_id),
        messages,
        decisions,
        details.order.currency,
        returns.of_order(connection, store.id, order_id),
    )
    return OrderPage(
        listed,
        *state_of(listed),
        words.reason(listed.reason, listed.evidence),
        people(connection, [listed])[holder(listed)],
        details.order,
        details.lines,
        details.shipments,
        [promised(promise) for promise in reversed(promises)],
        story(sources),
        told(messages, decisions),
    )


def promised(promise: Mapping[str, Any]) -> Promised:
    """Return a row of the ledger as pages show it."""
    shape, word = words.PROMISE_STATES[State(promise["state"])]
    source = words.SOURCES.get(promise["source"], words.NOT_KNOWN)
    return Promised(promise_title(promise), shape, word, source, promise["superseded_at"] is not None)
