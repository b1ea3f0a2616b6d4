"""A copy of what is held about one customer, for the member of staff who hands it over."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from sqlalchemy import Connection

from vefa.carriers.number import placed
from vefa.cases import past
from vefa.cases.entries import of_cases
from vefa.customers import records, seek, vault
from vefa.errors import NotFoundError
from vefa.feedback import records as answers
from vefa.feedback.answer import words_of
from vefa.insights import people
from vefa.orders.records import facts_of
from vefa.outreach import listing
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.state import state
from vefa.returns import records as returns
from vefa.staff import records as staff
from vefa.staff.permission import Act
from vefa.stores.records import key_of
from vefa.stores.sealing import Key


@panel.post("/customers/<path:holder>/copy", endpoint="copy_customer")
def copy(holder: str) -> Response:
    """Hand over everything that is held about a customer as JSON, and close their request for it."""
    visit.require(Act.APPROVE)
    store, now = visit.store(), visit.now()
    with visit.reading() as connection:
        if not people.known(connection, store.id, holder):
            raise NotFoundError(f"There is no customer {holder!r}.")
        key = key_of(connection, store.id, state().master)
        person = seek.find(connection, store.id, key, [holder])
        document = assemble(connection, store.id, key, person)
    with visit.writing() as connection:
        detail = {"orders": len(person.subjects)}
        staff.note(connection, store.id, visit.member().id, "customer_copied", detail=detail, now=now)
        for request_id, asked_by, _ in records.copies_wanted(connection, store.id):
            if asked_by in person.holders:
                records.close(connection, store.id, request_id, now)
    text = json.dumps({"store": store.name, "at": now.isoformat(), **document}, ensure_ascii=False, indent=2)
    answer = Response(text, content_type="application/json; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="customer.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def assemble(connection: Connection, store_id: int, key: Key, person: seek.Person) -> dict[str, Any]:
    """Return what is held about a person: fields, orders, letters, conversations, answers and returns."""
    holders, orders = person.holders, person.order_ids
    keys = vault.keys(connection, store_id, holders, key)
    values = vault.values_of(connection, store_id, holders, key)
    facts = facts_of(connection, store_id, person.subjects)
    return {
        "fields": {holder: found for holder, found in values.items() if found},
        "orders": {
            order_id: [
                {"at": fact.at.isoformat(), "type": fact.type, "values": dict(fact.values)}
                for fact in sorted(
                    placed(facts[f"{seek.ORDER}{order_id}"], visit.now()), key=lambda one: one.stamp
                )
            ]
            for order_id in orders
        },
        "letters": _letters(connection, store_id, key, orders),
        "conversations": _conversations(connection, store_id, holders, keys),
        "answers": [
            {
                "order": row.order_id,
                "at": row.at.isoformat(),
                "score": row.score,
                "words": words_of(row, keys.get(row.holder)),
            }
            for rows in answers.of_orders(connection, store_id, orders).values()
            for row in rows
        ],
        "returns": [
            {
                "order": row.order_id,
                "at": row.requested_at.isoformat(),
                "reason": row.reason,
                "words": returns.words(row, keys.get(row.holder)),
            }
            for rows in returns.of_orders(connection, store_id, orders).values()
            for row in rows
        ],
    }


def _letters(connection: Connection, store_id: int, key: Key, orders: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for rows in listing.messages_of(connection, store_id, orders).values():
        for row in rows:
            content = listing.content(connection, store_id, row.id, key) or {}
            kept = {name: content[name] for name in ("to", "subject", "text") if name in content}
            found.append({"at": row.written_at.isoformat(), "state": row.state} | kept)
    return found


def _conversations(
    connection: Connection, store_id: int, holders: Sequence[str], keys: Mapping[str, Key]
) -> list[list[dict[str, Any]]]:
    cases = {
        one.case.id: one.case.holder
        for holder in holders
        for one in past.history(connection, store_id, holder, visit.now()).cases
    }
    spoken = of_cases(
        connection, store_id, {identity: keys.get(holder) for identity, holder in cases.items()}
    )
    return [
        [{"at": one.at.isoformat(), "kind": one.kind.value, "text": one.text} for one in entries if one.text]
        for entries in spoken.values()
    ]
