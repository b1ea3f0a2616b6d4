"""Looks at the returns of orders again: joins the store's words to what is written, and lets the policy speak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from vefa import journal, locales
from vefa.clock import time_ordered_id
from vefa.customers.vault import ensure_key, keys, values_of
from vefa.database import dump_json, reading
from vefa.facts import Fact
from vefa.lateness.judgement import Assessment
from vefa.lateness.look import assess_orders
from vefa.orders.records import subject
from vefa.outreach.look import holder_of
from vefa.policy import book
from vefa.policy.decision import Decision
from vefa.returns import records
from vefa.returns.consult import Terms, consult, terms_of
from vefa.returns.request import Reason, Source, State, Wanted, reason_of, state_of
from vefa.returns.settle import Standing, settle
from vefa.returns.told import TYPES, told
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.work import Result, make_due

PACKAGE = "returns"
# An order of a platform that sends states tells its refunds there.
WOKEN_BY = TYPES | {"refund.created", "order.updated"}
# How often and how long a return is looked at whose order is not known yet.
SOON, LONG_AGO = timedelta(hours=6), timedelta(days=60)


@dataclass(slots=True)
class _Found:
    """What a look has read of one store, and what it has found to be written."""

    store: Store
    key: Key
    now: datetime
    assessed: dict[str, Assessment]
    facts: dict[str, list[Fact]]
    rows: dict[str, list[Any]]
    said: dict[str, dict[str, Any]]
    people: dict[str, Key]
    new: list[tuple[dict[str, Any], str | None]] = field(default_factory=list)
    changed: list[tuple[Any, dict[str, Any], str | None]] = field(default_factory=list)
    decided: list[tuple[str, str, Decision]] = field(default_factory=list)
    again: dict[str, datetime] = field(default_factory=dict)


def look(engine: Engine, master: Key, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
    """Bring the returns of these orders up to date; what the store asks for is decided by the policy on arrival.

    Nothing is approved here: a person does that in the panel.
    """
    with reading(engine) as connection:
        ids = records.concerned(connection, store_id, subjects)
        if not ids:
            return Result()
        found = _read(connection, master, store_id, ids, now)
        for order_id in ids:
            _consider(connection, found, order_id)
    if not (found.new or found.changed or found.decided):
        return Result(again=found.again)
    return Result(lambda connection: _write(connection, found), found.again)


def _read(connection: Connection, master: Key, store_id: int, ids: Sequence[str], now: datetime) -> _Found:
    store, key = with_key(connection, store_id, master)
    assessed = assess_orders(connection, store_id, ids, now)
    facts = journal.facts_of(connection, store_id, [subject(order_id) for order_id in ids])
    rows = records.of_orders(connection, store_id, ids)
    said = values_of(connection, store_id, [f"order:{order_id}" for order_id in ids], key)
    holders = {holder_of(one) for one in assessed.values()}
    holders |= {row.holder for several in rows.values() for row in several}
    people = keys(connection, store_id, sorted(holders), key)
    return _Found(store, key, now, assessed, facts, rows, said, people)


def _consider(connection: Connection, found: _Found, order_id: str) -> None:
    facts, order = found.facts[subject(order_id)], found.assessed[order_id].order
    rows = {row.id: row for row in found.rows[order_id]}
    terms = terms_of(connection, found.store, order.country)
    for standing in settle([records.known(row) for row in rows.values()], told(facts, found.now), order):
        row = rows[standing.known.id] if standing.known else None
        values, words = _values(found, order_id, standing, row, terms)
        if row is None:
            values |= {"store_id": found.store.id, "id": time_ordered_id(found.now), "order_id": order_id}
            found.new.append((values, words))
        else:
            changed = {name: value for name, value in values.items() if getattr(row, name) != value}
            said_before = records.words(row, found.people.get(row.holder))
            if changed or (words is not None and words != said_before):
                found.changed.append((row, changed, words if words is not None else said_before))
        became_known = row is not None and row.verdict is None and row.order_number != order.number
        if row is None or became_known:
            _decide(connection, found, values | {"order_id": order_id, "id": row.id if row else values["id"]})
        if not order.placed and found.now - standing.marks.requested_at < LONG_AGO:
            found.again[order_id] = found.now + SOON
    ahead = [
        fact.at for fact in facts if fact.type in WOKEN_BY and fact.at > found.now and not fact.implausible
    ]
    if ahead:
        found.again[order_id] = min([*ahead, *filter(None, [found.again.get(order_id)])])


def _values(
    found: _Found, order_id: str, standing: Standing, row: Any, terms: Terms
) -> tuple[dict[str, Any], str | None]:
    """Return the columns of a return as it stands, and the customer's words where the store passed them on."""
    assessment, marks, said = found.assessed[order_id], standing.marks, standing.told
    values: dict[str, Any] = {
        "order_number": assessment.order.number,
        "holder": holder_of(assessment),
        "state": state_of(marks).value,
        "requested_at": marks.requested_at,
        "received_at": marks.received_at,
        "closed_at": marks.closed_at,
        "refund_id": standing.refund_id,
        "store_ref": said.ref if said else row.store_ref,
    }
    words = None
    if said and (row is None or row.source == Source.STORE):
        spoken = found.said[f"order:{order_id}"].get(f"returns/{said.ref}/reason")
        reason = reason_of(spoken)
        words = spoken if reason is Reason.OTHER else None
        language = locales.negotiate(assessment.order.locale, found.store.languages)
        values |= {"reason": reason.value, "wanted": said.wanted.value, "language": language}
        values |= {"lines": dump_json(dict(said.lines)), "source": Source.STORE.value}
    if row is None or marks != records.marks(row):
        wanted = Wanted(values.get("wanted") or row.wanted)
        due = terms.refund_due_at(marks, wanted)
        values["refund_due_at"] = row.refund_due_at if row is not None and marks.closed_at else due
    return values, words


def _decide(connection: Connection, found: _Found, values: dict[str, Any]) -> None:
    """Ask the policy about the request as things stood when it was made."""
    if values["state"] == State.CLOSED or values.get("verdict"):
        return
    order_id, asked_at = values["order_id"], values["requested_at"]
    then = assess_orders(connection, found.store.id, [order_id], asked_at)[order_id]
    decision = consult(
        connection,
        found.store,
        then,
        reason=values["reason"],
        wanted=values["wanted"],
        lines=records.pieces_in(values["lines"]),
        now=asked_at,
    )
    found.decided.append((values["id"], order_id, decision))


def _write(connection: Connection, found: _Found) -> None:
    store, now = found.store, found.now
    for values, words in found.new:
        sealed = _seal(connection, found, values["holder"], values["id"], words)
        records.add(connection, values | {"sealed_words": sealed})
    for row, changed, words in found.changed:
        holder = changed.get("holder", row.holder)
        sealed = _seal(connection, found, holder, row.id, words)
        values = changed | ({"sealed_words": sealed} if words is not None else {})
        if not records.change(connection, row, values):
            make_due(connection, store.id, PACKAGE, {row.order_id: now})
    for return_id, order_id, decision in found.decided:
        book.record(connection, store.id, records.named(return_id), order_id, decision, now)


def _seal(
    connection: Connection, found: _Found, holder: str, return_id: str, words: str | None
) -> bytes | None:
    if words is None:
        return None
    person = ensure_key(connection, found.store.id, holder, found.key)
    return records.seal_words(person, found.store.id, return_id, words)
