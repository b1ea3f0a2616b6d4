"""Looks at orders whose promise may have harmed somebody: decides, writes messages, owns contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from vefa import locales
from vefa.carriers.known import name_of, page_of
from vefa.clock import time_ordered_id
from vefa.customers.customer import Customer
from vefa.database import reading
from vefa.lateness.judgement import Assessment
from vefa.lateness.look import assess_orders
from vefa.outreach import letterbox, records
from vefa.outreach.asking import REASON
from vefa.outreach.by_hand import BY_HAND, SEND
from vefa.outreach.decide import TOO_SOON, Decision, Verdict, applies, contradiction, decide
from vefa.outreach.known import Known, holder_of, read
from vefa.outreach.letterbox import Posted
from vefa.outreach.links import Links, links_for
from vefa.outreach.message import LetterFacts, render
from vefa.outreach.permission import PACKAGE
from vefa.outreach.purpose import Purpose
from vefa.promises.calendar import local_date
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Sending, Store
from vefa.work import Result, make_due

__all__ = ["PACKAGE", "holder_of", "letter_facts", "look"]

LONGEST_LIST = 20


@dataclass(slots=True)
class _Found:
    """What a look has read, and what it has decided so far."""

    store: Store
    key: Key
    public_url: str
    now: datetime
    assessed: dict[str, Assessment]
    messages: dict[str, list[Any]]
    decisions: dict[str, list[Any]]
    known: Known
    made: list[tuple[str, str, str, Decision]] = field(default_factory=list)
    written: list[dict[str, Any]] = field(default_factory=list)
    contradicted: dict[str, str] = field(default_factory=dict)
    again: dict[str, datetime] = field(default_factory=dict)


def look(
    engine: Engine, master: Key, public_url: str, store_id: int, subjects: Sequence[str], now: datetime
) -> Result:
    """Decide about every purpose for these orders; the notices of all come before the apologies of any,
    and those before the questions.

    ``public_url`` is the address under which customers reach the pages that the letters link to.
    """
    with reading(engine) as connection:
        found = _read(connection, master, public_url, store_id, subjects, now)
    for order_id in subjects:
        _contradictions(found, order_id)
    for purpose in Purpose:
        for order_id in subjects:
            _consider(found, order_id, purpose)

    def write(connection: Connection) -> None:
        records.contradict(connection, store_id, found.contradicted, now)
        records.add_decisions(connection, store_id, found.made, now)
        records.add_messages(connection, found.written)
        leaving = [row["id"] for row in found.written if row["state"] == records.WRITTEN]
        make_due(connection, store_id, SEND, dict.fromkeys(leaving, now))

    return Result(write, found.again)


def _read(
    connection: Connection,
    master: Key,
    public_url: str,
    store_id: int,
    subjects: Sequence[str],
    now: datetime,
) -> _Found:
    store, key = with_key(connection, store_id, master)
    assessed = assess_orders(connection, store_id, subjects, now)
    messages = records.messages_of(connection, store_id, subjects)
    return _Found(
        store,
        key,
        public_url,
        now,
        assessed,
        messages,
        records.decisions_of(connection, store_id, subjects),
        read(connection, store, key, assessed, messages, now),
    )


def _contradictions(found: _Found, order_id: str) -> None:
    for message in found.messages[order_id]:
        if message.purpose in BY_HAND:
            continue
        if message.state in (records.SENT, records.UNKNOWN) and message.contradicted_at is None:
            reason = contradiction(
                Purpose(message.purpose), message.promise, message.settled_at, found.assessed[order_id]
            )
            if reason:
                found.contradicted[message.id] = reason


def _consider(found: _Found, order_id: str, purpose: Purpose) -> None:
    assessed = found.assessed[order_id]
    past = [one for one in found.decisions[order_id] if one.purpose == purpose]
    key = _reason_key(purpose, assessed, past)
    mine = [one for one in found.messages[order_id] if one.purpose == purpose and one.promise == key]
    if mine or not key:
        return
    last = next((one for one in reversed(past) if one.promise == key), None)
    if last is None and not _concerns(purpose, assessed):
        return
    if last is not None and purpose is Purpose.FEEDBACK and last.verdict == Verdict.SKIP:
        return  # a question that was not right at its time does not become so later
    decision = decide(purpose, assessed, found.known.situation(purpose, assessed, found.now), found.now)
    if decision.verdict is Verdict.WAIT and decision.until:
        found.again[order_id] = min(decision.until, found.again.get(order_id, decision.until))
    if decision.reason == TOO_SOON:
        return
    if last is None or (last.verdict, last.reason, last.until) != (
        decision.verdict,
        decision.reason,
        decision.until,
    ):
        found.made.append((order_id, purpose.value, key, decision))
    if decision.verdict is Verdict.WRITE:
        _write(found, order_id, purpose, key)


def _reason_key(purpose: Purpose, assessed: Assessment, past: Sequence[Any]) -> str:
    """Return what tells messages of one purpose about an order apart: the promise, or that it arrived."""
    if purpose is Purpose.FEEDBACK:
        return REASON
    promise = assessed.judgement.promise
    return promise.key if promise else (past[-1].promise if past else "")


def _concerns(purpose: Purpose, assessed: Assessment) -> bool:
    """Say whether a decision is worth writing down: the purpose applies, or only just does not."""
    why_not = applies(purpose, assessed)
    if purpose is Purpose.FEEDBACK:
        return why_not is None
    return why_not in (None, "unconfirmed") or (
        why_not == "delivered_meanwhile" and assessed.judgement.reason == "delivered_late"
    )


def _write(found: _Found, order_id: str, purpose: Purpose, promise_key: str) -> None:
    store, now, assessed = found.store, found.now, found.assessed[order_id]
    person = found.known.person(assessed)
    assert person.email is not None  # noqa: S101 - decide lets nobody without an address through
    language = locales.negotiate(assessed.order.locale, store.languages)
    identity = time_ordered_id(now)
    links = links_for(
        store,
        found.key,
        found.public_url,
        holder=person.holder,
        order_id=order_id,
        message_id=identity,
        language=language,
        now=now,
    )
    posted = Posted(
        identity,
        purpose.value,
        order_id,
        promise_key,
        person.holder,
        person.email,
        render(letter_facts(purpose, assessed, store, person, language, links)),
        shadow=store.outgoing.mode is Sending.SHADOW,
        unsubscribe=links.preferences if purpose is Purpose.FEEDBACK else None,
    )
    row = letterbox.row(store, found.key, posted, now)
    found.known.note(row["recipient_index"], purpose, now)
    found.written.append(row | {"language": language})


def letter_facts(
    purpose: Purpose, assessed: Assessment, store: Store, person: Customer, language: str, links: Links
) -> LetterFacts:
    """Gather what a letter tells, with dates in the zone of the promise."""
    order, promise = assessed.order, assessed.judgement.promise
    assert promise is not None  # noqa: S101 - decide lets no order without a promise through
    shipment = order.shipment(promise.shipment_id) if promise.shipment_id else None
    parcel = shipment or next(iter(order.active_shipments), None)
    shipped_at = parcel.shipped_at if parcel else None
    delivered_at = shipment.delivered_at if shipment else order.delivered_at
    zone = promise.zone
    return LetterFacts(
        purpose=purpose.value,
        language=language,
        store_name=store.name,
        brand_colour=store.brand_colour,
        signed_by=store.signed_by,
        phone=store.phone,
        reply_to=store.reply_to or "",
        customer_name=person.name,
        order_number=order.number,
        promised_by=promise.due_day,
        delivered_on=local_date(delivered_at, zone) if delivered_at else None,
        shipped_on=local_date(shipped_at, zone) if shipped_at else None,
        carrier=name_of((parcel.carrier if parcel else None) or order.carrier, language),
        tracking_number=parcel.tracking_number if parcel else None,
        tracking_url=page_of(parcel.tracking_url, parcel.carrier, parcel.tracking_number) if parcel else None,
        items=tuple(line.title for line in order.lines if line.title)[:LONGEST_LIST],
        links=links,
    )
