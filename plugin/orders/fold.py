"""Folds facts into an order: the newest value of every path, and the moments at which states were entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vefa.facts import PERSON, Fact, assemble, escape, in_sequence, merge
from vefa.orders.history import (
    amount,
    due,
    instant,
    last_moved,
    marks,
    moments,
    part,
    promised,
    refunded_at,
    refunds,
)
from vefa.orders.order import Line, Order, Shipment, Status

NOT_NEWS = ("review.posted", "customer.contacted_us", "refund.created")
# The path at which a person of the store says that the whole order has arrived, whatever its shipments are.
WHOLE = "delivered_at"


def fold(order_id: str, facts: Iterable[Fact], now: datetime) -> Order:
    """Return the order that the facts up to ``now`` tell of.

    The result depends neither on the order nor on the repetition of ``facts``.
    """
    every = list(facts)
    seen = in_sequence(fact for fact in every if fact.at <= now and not fact.implausible)
    registers = merge(seen)
    document = assemble(registers)
    entered = moments(seen)
    since = marks(seen)
    plain = _plain(order_id, document, seen, since.get("paid"))
    vouched = frozenset(path for path, ((_, rank), _) in registers.items() if rank == PERSON)
    whole = instant(document.get(WHOLE)) if WHOLE in vouched else None
    shipments = _shipments(document, Clues(entered, since, last_moved(seen, since), vouched, whole))
    given_back = refunds(document, seen)
    active = [shipment for shipment in shipments if not shipment.cancelled]
    reached: dict[str, Any] = {
        "deleted_at": since.get("deleted"),
        "refunded_at": entered.get("refunded") or refunded_at(plain["total"], given_back),
        "cancelled_at": instant(document.get("cancelled_at"))
        or since.get("cancelled")
        or entered.get("cancelled"),
        "delivered_at": _complete(
            () if whole else plain["lines"], active, [shipment.delivered_at for shipment in active]
        ),
        "shipped_at": _complete(plain["lines"], active, [shipment.shipped_at for shipment in active]),
    }
    return Order(
        **plain,
        **reached,
        status=_status(document, plain, reached, known=bool(shipments)),
        shipments=shipments,
        refunds=given_back,
        promised=promised(seen),
        implausible=sum(fact.implausible for fact in every),
    )


def _plain(
    order_id: str, document: Mapping[str, Any], seen: Sequence[Fact], paid: datetime | None
) -> dict[str, Any]:
    """Return the fields of an order that stand in the document as they are."""
    customer, place = part(document, "customer"), part(document, "ship_to")
    payment, shipping = part(document, "payment"), part(document, "shipping")
    paid_at = instant(document.get("paid_at")) or paid
    on_delivery = bool(payment.get("on_delivery"))
    news = [fact.at for fact in seen if fact.type not in NOT_NEWS]
    return {
        "id": order_id,
        "number": str(document.get("number") or order_id.partition(":")[2]),
        "platform_status": document.get("platform_status"),
        "placed": bool(document.get("placed")),
        "placed_at": instant(document.get("placed_at")),
        "paid_at": paid_at,
        "currency": document.get("currency"),
        "total": amount(document.get("total")),
        "holder": customer.get("holder"),
        "locale": customer.get("locale"),
        "consent": _yes_or_no(customer.get("email_marketing_consent")),
        "country": place.get("country"),
        "region": place.get("region"),
        "city": place.get("city"),
        "service": shipping.get("service"),
        "carrier": shipping.get("carrier"),
        "on_delivery": on_delivery,
        "awaits_payment": payment.get("paid") is False and paid_at is None and not on_delivery,
        "lines": tuple(_line(line, position) for position, line in enumerate(document.get("lines") or ())),
        "ship_by": due(part(document, "promise").get("ship_by")),
        "tags": tuple(str(tag) for tag in document.get("tags") or ()),
        "news_at": max(news, default=None),
    }


def _yes_or_no(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _line(line: Mapping[str, Any], position: int) -> Line:
    return Line(
        id=str(line.get("id") or position),
        title=line.get("title"),
        sku=line.get("sku"),
        quantity=int(line["quantity"]) if line.get("quantity") is not None else 1,
        price=amount(line.get("price")),
        requires_shipping=line.get("requires_shipping") is not False,
        category=line.get("category"),
    )


@dataclass(frozen=True, slots=True)
class Clues:
    """What tells when a shipment left and arrived where no fact gives the moment itself.

    ``entered``: when the order's states were entered; ``since``: since when marks stand; ``moved``: when a scan last
    showed a shipment under way, by its path. ``vouched``: paths of which a person of the store said the newest word;
    ``whole``: when, by a person's word, everything had arrived.
    """

    entered: Mapping[str, datetime]
    since: Mapping[str, datetime]
    moved: Mapping[str, datetime]
    vouched: frozenset[str] = frozenset()
    whole: datetime | None = None


def _shipments(document: Mapping[str, Any], clues: Clues) -> tuple[Shipment, ...]:
    found = part(document, "shipments")
    listed = document.get("shipment_ids")
    shipments = [
        _shipment(identity, found[identity], clues)
        for identity in sorted(found)
        if isinstance(found[identity], Mapping) and (listed is None or identity in listed)
    ]
    if not shipments and ("shipped" in clues.entered or "delivered" in clues.entered or clues.whole):
        shipments = [_shipment("", {}, clues)]
    return tuple(shipments)


def _shipment(identity: str, values: Mapping[str, Any], clues: Clues) -> Shipment:
    scan, path = part(values, "scan"), f"shipments/{escape(identity)}"
    entered, since = clues.entered, clues.since
    shipped_at = instant(values.get("shipped_at")) or since.get(f"{path}/shipped") or entered.get("shipped")
    told = instant(values.get("delivered_at"))
    by_person = told is not None and f"{path}/delivered_at" in clues.vouched
    if told is None and clues.whole and not (shipped_at and shipped_at > clues.whole):
        told, by_person = clues.whole, True
    delivered_at = told or since.get(f"{path}/delivered") or entered.get("delivered")
    moved = clues.moved.get(path)
    if moved and delivered_at and moved > delivered_at:
        delivered_at, by_person = None, False
    return Shipment(
        id=identity,
        carrier=values.get("carrier"),
        service=values.get("service"),
        tracking_number=values.get("tracking_number"),
        tracking_url=values.get("tracking_url"),
        lines=tuple(
            (str(line["id"]), int(line["quantity"]) if line.get("quantity") is not None else 1)
            for line in values.get("lines") or ()
        ),
        shipped_at=shipped_at or entered.get("delivered"),
        delivered_at=delivered_at,
        cancelled=bool(values.get("cancelled")),
        scan=scan.get("status"),
        scan_at=instant(scan.get("at")),
        carrier_eta=due(values.get("carrier_eta")),
        by_person=by_person,
    )


def _complete(
    lines: Sequence[Line], shipments: Sequence[Shipment], moments: Sequence[datetime | None]
) -> datetime | None:
    """Return the last of the shipments' moments, or None while a part of the order is without one.

    Where shipments say what is inside, every line that needs shipping has to be covered; a shipment that does not say
    is taken to hold whatever the others do not.
    """
    known = [moment for moment in moments if moment is not None]
    if not known or len(known) < len(moments):
        return None
    if all(shipment.lines for shipment in shipments):
        inside: dict[str, int] = {}
        for shipment in shipments:
            for line, quantity in shipment.lines:
                inside[line] = inside.get(line, 0) + quantity
        if any(line.requires_shipping and inside.get(line.id, 0) < line.quantity for line in lines):
            return None
    return max(known)


ENDS = (
    ("deleted_at", Status.DELETED),
    ("refunded_at", Status.REFUNDED),
    ("cancelled_at", Status.CANCELLED),
    ("delivered_at", Status.DELIVERED),
)


def _status(
    document: Mapping[str, Any], plain: Mapping[str, Any], reached: Mapping[str, Any], *, known: bool
) -> Status:
    """Return how far an order has come; ``known`` says whether there is a shipment."""
    for name, status in ENDS:
        if reached[name]:
            return status
    if document.get("state") == "unknown" or not (plain["placed"] or known or plain["paid_at"]):
        return Status.UNKNOWN
    if reached["shipped_at"]:
        return Status.SHIPPED
    paid = plain["paid_at"] or document.get("state") == "paid" or part(document, "payment").get("paid")
    return Status.PAID if paid else Status.PLACED
