"""Folds facts into an order: the newest value of every path, and the moments at which states were entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from vefa.carriers.number import placed
from vefa.facts import PERSON, Fact, assemble, in_sequence, merge
from vefa.orders.history import (
    amount,
    due,
    instant,
    last_moved,
    marks,
    moments,
    not_before,
    part,
    promised,
    refunded_at,
    refunds,
)
from vefa.orders.order import Line, Order, Status
from vefa.orders.parcels import Clues, bound, complete, shipments_of

NOT_NEWS = ("review.posted", "customer.contacted_us", "refund.created")
# The path at which a person of the store says that the whole order has arrived, whatever its shipments are.
WHOLE = "delivered_at"


def fold(order_id: str, facts: Iterable[Fact], now: datetime) -> Order:
    """Return the order that the facts up to ``now`` tell of.

    Facts about its parcels' tracking numbers may be among them. The result depends neither on the order nor on the
    repetition of ``facts``.
    """
    every = placed(list(facts), now)
    seen = in_sequence(fact for fact in every if fact.at <= now and not fact.implausible)
    registers = merge(seen)
    document = assemble(registers)
    entered = moments(seen)
    since = marks(seen)
    plain = _plain(order_id, document, seen, since.get("paid"))
    vouched = frozenset(path for path, ((_, rank), _) in registers.items() if rank == PERSON)
    whole = instant(document.get(WHOLE)) if WHOLE in vouched else None
    after = not_before(seen, entered, since)
    clues = Clues(entered, since, last_moved(seen, since), vouched, whole, after)
    shipments = shipments_of(document, clues)
    given_back = refunds(document, seen)
    active = [shipment for shipment in shipments if not shipment.cancelled]
    reached: dict[str, Any] = {
        "deleted_at": since.get("deleted"),
        "refunded_at": entered.get("refunded") or refunded_at(plain["total"], given_back),
        "cancelled_at": instant(document.get("cancelled_at"))
        or since.get("cancelled")
        or entered.get("cancelled"),
        "delivered_at": complete(
            () if whole else plain["lines"], active, [shipment.delivered_at for shipment in active]
        ),
        "shipped_at": complete(plain["lines"], active, [shipment.shipped_at for shipment in active]),
    }
    return Order(
        **plain,
        **reached,
        shipped_after=bound(reached["shipped_at"], active, "shipped"),
        delivered_after=bound(reached["delivered_at"], active, "delivered"),
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
        "method": shipping.get("method"),
        "promise_days": shipping.get("promise_days"),
        "carrier": shipping.get("carrier"),
        "on_delivery": on_delivery,
        "awaits_payment": payment.get("paid") is False and paid_at is None and not on_delivery,
        "lines": tuple(_line(line, position) for position, line in enumerate(document.get("lines") or ())),
        "ship_by": due(part(document, "promise").get("ship_by")),
        "tags": tuple(str(tag) for tag in document.get("tags") or ()),
        "marketplace": _text_or_none(document.get("marketplace")),
        "news_at": max(news, default=None),
    }


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None


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
