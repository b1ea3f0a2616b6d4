"""One late order followed through, from rows alone: promised, late, written to, answered, decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from markupsafe import Markup
from sqlalchemy import Connection

from vefa.cases import entries
from vefa.cases.case import EntryKind
from vefa.cases.records import cases
from vefa.customers import vault
from vefa.locales import mark
from vefa.orders.records import orders
from vefa.outreach import listing as outreach
from vefa.outreach.purpose import Purpose
from vefa.outreach.records import SENT, messages
from vefa.panel import case_words, receipts, rows, words
from vefa.panel.state import state
from vefa.panel.story import promise_title
from vefa.panel.text import case_title, say
from vefa.policy import book
from vefa.promises import records as ledger
from vefa.promises.promise import PromiseKind, State
from vefa.stores.records import key_of
from vefa.stores.store import Store

LATE = ("late", "not_received")
LONGEST_QUOTE = 200
STORY, LETTER = mark("See the order"), mark("Read the letter")
READ, OPEN, WHY = mark("Read it in the conversation"), mark("Open the case"), mark("See why")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: when, what, in whose words if any, and where the panel shows it."""

    at: datetime
    icon: str
    kind: str
    title: Markup
    detail: Markup
    address: str
    label: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """An order that was late, and what came of it."""

    order_id: str
    number: str
    steps: list[Step]


def story(connection: Connection, store: Store, now: datetime) -> Followed | None:
    """Return the order that shows most: late, written about, with a case; None while no order was late."""
    found = _chosen(connection, store.id)
    if found is None:
        return None
    steps = sorted(_steps(connection, store, found), key=lambda step: step.at)
    return Followed(found.order_id, found.name, [step for step in steps if step.at <= now])


def _chosen(connection: Connection, store_id: int) -> Any:
    """Return the latest late order with a letter before its case, else with a letter, else with a case."""
    joined = sa.and_(orders.c.store_id == cases.c.store_id, orders.c.order_id == cases.c.order_id)
    written = sa.exists().where(
        messages.c.store_id == store_id,
        messages.c.order_id == cases.c.order_id,
        messages.c.purpose == Purpose.DELAY_NOTICE.value,
        messages.c.written_at < cases.c.opened_at,
    )
    return connection.execute(
        sa.select(cases, orders.c.number.label("name"))
        .join(orders, joined)
        .where(cases.c.store_id == store_id, cases.c.reason.in_(LATE))
        .order_by(written.desc(), cases.c.first_replied_at.is_not(None).desc(), cases.c.opened_at.desc())
        .limit(1)
    ).first()


def _steps(connection: Connection, store: Store, case: Any) -> Iterator[Step]:
    order = url_for("panel.one", order_id=case.order_id)
    page = url_for("panel.case", number=case.number)
    yield from _promised(connection, store, case, order)
    yield from _letters(connection, store, case, order)
    key = key_of(connection, store.id, state().master)
    person = vault.keys(connection, store.id, [case.holder], key).get(case.holder)
    talk = entries.of_case(connection, store.id, case.id, person)
    said = next((one for one in talk if one.kind is EntryKind.CUSTOMER), None)
    if said:
        heard = say(case_words.CHANNELS[said.channel]) if said.channel else Markup()
        quote = (said.text or "")[:LONGEST_QUOTE]
        yield Step(
            said.at, "message-circle", "is-note", say(mark("The customer speaks")), heard, page, READ, quote
        )
    reason = say(case_words.REASONS[case.reason])
    yield Step(case.opened_at, "flag", "is-late", case_title(case.number), reason, page, OPEN)
    for one in book.records_of(connection, store.id, f"case:{case.id}")[:1]:
        yield Step(
            one.at,
            "scale",
            "is-held",
            say(mark("The policy decides")),
            receipts.outcome(one.decision),
            page,
            WHY,
        )
    replied = next((one for one in talk if one.kind is EntryKind.REPLY), None)
    if replied:
        quote = (replied.text or "")[:LONGEST_QUOTE]
        yield Step(
            replied.at,
            "heart-handshake",
            "is-kept",
            say(mark("A person answers")),
            Markup(),
            page,
            READ,
            quote,
        )


def _promised(connection: Connection, store: Store, case: Any, order: str) -> Iterator[Step]:
    for promise in ledger.of_orders(connection, store.id, [case.order_id])[case.order_id]:
        if promise["kind"] != PromiseKind.DELIVERY.value:
            continue
        what = promise_title(promise)
        source = say(words.SOURCES.get(promise["source"], words.NOT_KNOWN))
        yield Step(
            promise["made_at"],
            "bookmark",
            "is-note",
            say(mark("Promised: %(what)s"), what=what),
            source,
            order,
            STORY,
        )
        if promise["state"] == State.BROKEN.value and promise["settled_at"]:
            title = say(mark("The day passes, and the parcel is not there"))
            yield Step(promise["settled_at"], "alert-triangle", "is-broken", title, what, order, STORY)


def _letters(connection: Connection, store: Store, case: Any, order: str) -> Iterator[Step]:
    for one in outreach.messages_of(connection, store.id, [case.order_id])[case.order_id]:
        if one.purpose not in (Purpose.DELAY_NOTICE, Purpose.APOLOGY):
            continue
        sent = one.state == SENT
        title = (
            say(mark("Vefa writes to the customer"))
            if sent
            else say(mark("Vefa would write to the customer"))
        )
        address = url_for("demonstration.letter", message_id=one.id) if sent else order
        _, word = rows.message_state(one)
        yield Step(one.written_at, "mail", "is-kept" if sent else "is-held", title, word, address, LETTER)
