"""What the answer about one Shopify order says: the same facts as its webhooks, each with its own date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from marshmallow import ValidationError

from vefa.facts import Fact
from vefa.platforms import Context, Reading
from vefa.platforms import _shopify_schema as schema
from vefa.platforms._shopify_answer import events_of, order_of, returns_of
from vefa.platforms._shopify_order import Snapshot, happened, subject_of
from vefa.platforms._shopify_schema import key_of
from vefa.platforms._shopify_shipment import carried

# Below every webhook of the same instant.
LOWEST_RANK = -1
UNPAID = "payment/paid"

Document = Mapping[str, Any]


def asked(document: Document, context: Context) -> Reading:
    """Read an answer; raises ``ValidationError`` that names the field at fault.

    An order that was cut, since the store's bucket was empty, is to be asked for once more.
    """
    answer = document.get("order")
    if not isinstance(answer, Mapping):
        raise ValidationError("Not an order.", "order")
    snapshot = Snapshot(schema.Order.load(order_of(answer)), context)
    said = snapshot.reading()
    order, *parts = said.facts
    facts = (*_without_credit(order), *parts, *_carried(snapshot, answer), *_returned(snapshot, answer))
    return Reading(facts, said.personal, reread=(snapshot.number,) if answer.get("cut") else ())


def _without_credit(order: Fact) -> Iterable[Fact]:
    """Let a webhook say whether an order that is not paid was sold on credit, which an answer does not tell."""
    if order.values.get(UNPAID) is not False:
        return (order,)
    rest = {path: value for path, value in order.values.items() if path != UNPAID}
    paid = replace(order, key=f"{order.key}#unpaid", rank=LOWEST_RANK, values={UNPAID: False})
    return (replace(order, values=rest), paid)


def _carried(snapshot: Snapshot, answer: Document) -> Iterable[Fact]:
    subject, context = subject_of(snapshot.number), snapshot.context
    for event in events_of(answer):
        one = schema.Carried.load(event)
        at = happened(context, one.get("happened_at"), one.get("created_at"))
        yield replace(carried(subject, one, context, at), key=f"{context.key}#event:{key_of(one)}")


def _returned(snapshot: Snapshot, answer: Document) -> Iterable[Fact]:
    subject, context = subject_of(snapshot.number), snapshot.context
    for one in returns_of(answer):
        state, number = one["state"], one["id"]
        since = schema.Since.load({"at": one["at"]}).get("at")
        yield Fact(
            subject,
            f"{context.key}#return:{number}",
            f"return.{state}",
            datetime.fromisoformat(since) if since else snapshot.at,
            context.received_at,
            len(state),
            {f"returns/{number}/state": state},
        )
