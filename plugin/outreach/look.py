"""Looks at orders whose promise may have harmed somebody: decides, writes messages, owns contradictions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from vefa import locales
from vefa.clock import time_ordered_id
from vefa.customers.customer import Customer
from vefa.customers.vault import customers
from vefa.database import dump_json, reading
from vefa.lateness.judgement import Assessment
from vefa.lateness.look import assess_orders
from vefa.outreach import records
from vefa.outreach.decide import Decision, Purpose, Situation, Verdict, applies, contradiction, decide
from vefa.outreach.message import LetterFacts, render
from vefa.promises.calendar import local_date
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.stores.zones import only_zone
from vefa.work import Result, make_due

PACKAGE = "outreach"
SEND = "send"
LONGEST_LIST = 20


@dataclass(slots=True)
class _Found:
    """What a look has read, and what it has decided so far."""

    store: Store
    key: Key
    now: datetime
    assessed: dict[str, Assessment]
    messages: dict[str, list[Any]]
    decisions: dict[str, list[Any]]
    people: dict[str, Customer]
    recent: dict[str, list[datetime]]
    made: list[tuple[str, str, str, Decision]] = field(default_factory=list)
    written: list[dict[str, Any]] = field(default_factory=list)
    contradicted: dict[str, str] = field(default_factory=dict)
    again: dict[str, datetime] = field(default_factory=dict)

    def person(self, order_id: str) -> Customer:
        return self.people[holder_of(self.assessed[order_id])]


def holder_of(found: Assessment) -> str:
    """Return whose vault row an order's customer stands in."""
    return found.order.holder or f"order:{found.order.id}"


def look(engine: Engine, master: Key, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
    """Decide about every purpose for these orders; the notices of all come before the apologies of any."""
    with reading(engine) as connection:
        found = _read(connection, master, store_id, subjects, now)
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
    connection: Connection, master: Key, store_id: int, subjects: Sequence[str], now: datetime
) -> _Found:
    store, key = with_key(connection, store_id, master)
    assessed = assess_orders(connection, store_id, subjects, now)
    people = customers(connection, store_id, sorted({holder_of(one) for one in assessed.values()}), key)
    indexes = [key.index(locales.fold_email(person.email)) for person in people.values() if person.email]
    return _Found(
        store,
        key,
        now,
        assessed,
        records.messages_of(connection, store_id, subjects),
        records.decisions_of(connection, store_id, subjects),
        people,
        records.recent(connection, store_id, indexes, now),
    )


def _contradictions(found: _Found, order_id: str) -> None:
    for message in found.messages[order_id]:
        if message.state in (records.SENT, records.UNKNOWN) and message.contradicted_at is None:
            reason = contradiction(
                Purpose(message.purpose), message.promise, message.settled_at, found.assessed[order_id]
            )
            if reason:
                found.contradicted[message.id] = reason


def _consider(found: _Found, order_id: str, purpose: Purpose) -> None:
    assessed = found.assessed[order_id]
    promise = assessed.judgement.promise
    past = [one for one in found.decisions[order_id] if one.purpose == purpose]
    key = promise.key if promise else (past[-1].promise if past else "")
    mine = [one for one in found.messages[order_id] if one.purpose == purpose and one.promise == key]
    if mine or not key:
        return
    last = next((one for one in reversed(past) if one.promise == key), None)
    if last is None and not _concerns(purpose, assessed):
        return
    person = found.person(order_id)
    read = situation(found.store, person, found.recent, found.key, assessed, found.now)
    decision = decide(purpose, assessed, read, found.now)
    if last is None or (last.verdict, last.reason, last.until) != (
        decision.verdict,
        decision.reason,
        decision.until,
    ):
        found.made.append((order_id, purpose.value, key, decision))
    if decision.verdict is Verdict.WAIT and decision.until:
        found.again[order_id] = min(decision.until, found.again.get(order_id, decision.until))
    if decision.verdict is Verdict.WRITE:
        _write(found, order_id, purpose, key, person)


def _concerns(purpose: Purpose, assessed: Assessment) -> bool:
    """Say whether a decision is worth writing down: the purpose applies, or only just does not."""
    why_not = applies(purpose, assessed)
    return why_not in (None, "unconfirmed") or (
        why_not == "delivered_meanwhile" and assessed.judgement.reason == "delivered_late"
    )


def situation(
    store: Store,
    person: Customer,
    recent: dict[str, list[datetime]],
    key: Key,
    assessed: Assessment,
    now: datetime,
) -> Situation:
    """Gather what a decision about an order's customer reads."""
    zone = only_zone(assessed.order.country, now) or store.zone
    index = key.index(locales.fold_email(person.email)) if person.email else ""
    return Situation(store, zone, bool(person.email), tuple(recent.get(index, ())))


def _write(found: _Found, order_id: str, purpose: Purpose, promise_key: str, person: Customer) -> None:
    store, now = found.store, found.now
    assert person.email is not None  # noqa: S101 - decide lets nobody without an address through
    language = locales.negotiate(found.assessed[order_id].order.locale, store.languages)
    letter = render(letter_facts(purpose, found.assessed[order_id], store, person, language))
    index = found.key.index(locales.fold_email(person.email))
    found.recent.setdefault(index, []).append(now)
    identity = time_ordered_id(now)
    content = {"to": person.email, "subject": letter.subject, "text": letter.text, "html": letter.html}
    shadow = store.outgoing.mode.value == "shadow"
    found.written.append(
        {
            "store_id": store.id,
            "id": identity,
            "order_id": order_id,
            "purpose": purpose.value,
            "promise": promise_key,
            "holder": person.holder,
            "recipient_index": index,
            "language": language,
            "message_id": f"<{identity}@{(store.sender or 'vefa.invalid').rpartition('@')[2]}>",
            "sealed_content": found.key.seal(dump_json(content).encode(), f"message:{identity}"),
            "state": records.DROPPED if shadow else records.WRITTEN,
            "reason": "shadow" if shadow else None,
            "shadow": shadow,
            "tries": 0,
            "written_at": now,
            "settled_at": now if shadow else None,
        }
    )


def letter_facts(
    purpose: Purpose, assessed: Assessment, store: Store, person: Customer, language: str
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
        carrier=(parcel.carrier if parcel else None) or order.carrier,
        tracking_number=parcel.tracking_number if parcel else None,
        tracking_url=parcel.tracking_url if parcel else None,
        items=tuple(line.title for line in order.lines if line.title)[:LONGEST_LIST],
    )
