"""Folds facts into an order: the newest value of every path, and the moments at which states were entered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from vefa.facts import Fact, Stamp, assemble, digest, escape, merge
from vefa.orders.order import Line, Order, Promised, Refund, Shipment, Status

NOT_NEWS = ("review.posted", "customer.contacted_us", "refund.created")
UNDOES = {"placed", "paid", "shipped", "delivered"}
Registers = Mapping[str, tuple[Stamp, Any]]


def fold(order_id: str, facts: Iterable[Fact], now: datetime) -> Order:
    """Return the order that the facts up to ``now`` tell of.

    The result depends neither on the order nor on the repetition of ``facts``.
    """
    every = list(facts)
    seen = sorted((fact for fact in every if fact.at <= now and not fact.implausible), key=_sequence)
    registers = merge(seen)
    document = assemble(registers)
    moments = _moments(seen)
    shipments = _shipments(document, registers, moments)
    order = _plain(order_id, document, seen)
    order = replace(
        order,
        shipments=shipments,
        refunds=_refunds(document, seen),
        promised=_promised(seen),
        implausible=sum(fact.implausible for fact in every),
        deleted_at=registers["deleted"][0][0] if document.get("deleted") else None,
        cancelled_at=instant(document.get("cancelled_at")) or moments.get("cancelled"),
    )
    order = replace(
        order,
        refunded_at=moments.get("refunded") or _refunded_at(order),
        shipped_at=_complete(order, [shipment.shipped_at for shipment in order.active_shipments]),
        delivered_at=_complete(order, [shipment.delivered_at for shipment in order.active_shipments]),
    )
    return replace(order, status=_status(order, document))


def _sequence(fact: Fact) -> tuple[datetime, int, str]:
    return (fact.at, fact.rank, digest(fact.values))


def instant(value: Any) -> datetime | None:
    """Read an instant that an adapter wrote, or None."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def due(value: Any) -> date | datetime | None:
    """Read a date or an instant that an adapter wrote, or None."""
    if not isinstance(value, str) or not value:
        return None
    return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)


def _amount(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None


def _moments(seen: Sequence[Fact]) -> dict[str, datetime]:
    """Find when each state of a platform that sends states was entered.

    A status that means less takes nothing back, so the run of ``shipped`` and ``delivered`` goes on through it; the
    runs of ``cancelled`` and ``refunded`` end where the order is alive again.
    """
    entered: dict[str, datetime] = {}
    for fact in seen:
        state = fact.values.get("state")
        if state is None:
            continue
        if state in UNDOES:
            entered.pop("cancelled", None)
            entered.pop("refunded", None)
        entered.setdefault(state, fact.at)
    return entered


def _plain(order_id: str, document: Mapping[str, Any], seen: Sequence[Fact]) -> Order:
    customer, place = _part(document, "customer"), _part(document, "ship_to")
    payment, shipping = _part(document, "payment"), _part(document, "shipping")
    paid_at = instant(document.get("paid_at"))
    on_delivery = bool(payment.get("on_delivery"))
    news = [fact.at for fact in seen if fact.type not in NOT_NEWS]
    return Order(
        id=order_id,
        number=str(document.get("number") or order_id.partition(":")[2]),
        platform_status=document.get("platform_status"),
        placed=bool(document.get("placed")),
        placed_at=instant(document.get("placed_at")),
        paid_at=paid_at,
        currency=document.get("currency"),
        total=_amount(document.get("total")),
        holder=customer.get("holder"),
        locale=customer.get("locale"),
        country=place.get("country"),
        region=place.get("region"),
        city=place.get("city"),
        service=shipping.get("service"),
        carrier=shipping.get("carrier"),
        on_delivery=on_delivery,
        awaits_payment=payment.get("paid") is False and paid_at is None and not on_delivery,
        lines=tuple(_line(line, position) for position, line in enumerate(document.get("lines") or ())),
        ship_by=due(_part(document, "promise").get("ship_by")),
        tags=tuple(str(tag) for tag in document.get("tags") or ()),
        news_at=max(news, default=None),
    )


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _line(line: Mapping[str, Any], position: int) -> Line:
    return Line(
        id=str(line.get("id") or position),
        title=line.get("title"),
        sku=line.get("sku"),
        quantity=int(line["quantity"]) if line.get("quantity") is not None else 1,
        price=_amount(line.get("price")),
        requires_shipping=line.get("requires_shipping") is not False,
    )


def _shipments(
    document: Mapping[str, Any], registers: Registers, moments: Mapping[str, datetime]
) -> tuple[Shipment, ...]:
    found = _part(document, "shipments")
    listed = document.get("shipment_ids")
    shipments = [
        _shipment(identity, found[identity], registers, moments)
        for identity in sorted(found)
        if isinstance(found[identity], Mapping) and (listed is None or identity in listed)
    ]
    if not shipments and ("shipped" in moments or "delivered" in moments):
        shipments = [_shipment("", {}, registers, moments)]
    return tuple(shipments)


def _shipment(
    identity: str, values: Mapping[str, Any], registers: Registers, moments: Mapping[str, datetime]
) -> Shipment:
    scan = _part(values, "scan")
    shipped_at = instant(values.get("shipped_at")) or moments.get("shipped") or moments.get("delivered")
    delivered_at = instant(values.get("delivered_at")) or moments.get("delivered")
    path = f"shipments/{escape(identity)}"
    moved, arrived = registers.get(f"{path}/moving_at"), registers.get(f"{path}/delivered_at")
    if moved and (moved[0] > arrived[0] if arrived else delivered_at is not None and moved[0][0] > delivered_at):
        delivered_at = None
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
        shipped_at=shipped_at,
        delivered_at=delivered_at,
        cancelled=bool(values.get("cancelled")),
        scan=scan.get("status"),
        scan_at=instant(scan.get("at")),
        carrier_eta=due(values.get("carrier_eta")),
    )


def _refunds(document: Mapping[str, Any], seen: Sequence[Fact]) -> tuple[Refund, ...]:
    found = []
    for identity, values in sorted(_part(document, "refunds").items()):
        path = f"refunds/{escape(identity)}/amount"
        first = next((fact.at for fact in seen if path in fact.values), None)
        created_at = instant(values.get("created_at")) or first
        if created_at:
            found.append(Refund(identity, _amount(values.get("amount")), created_at, values.get("reason")))
    return tuple(sorted(found, key=lambda refund: (refund.created_at, refund.id)))


def _refunded_at(order: Order) -> datetime | None:
    """Return when the refunds reached the order's total, or None."""
    returned = Decimal(0)
    for refund in order.refunds:
        returned += refund.amount or 0
        if order.total and returned >= order.total:
            return refund.created_at
    return None


def _promised(seen: Sequence[Fact]) -> tuple[Promised, ...]:
    """List the delivery dates in the order in which they were said, without repetitions in a row."""
    said: list[Promised] = []
    for fact in seen:
        for path, value in sorted(fact.values.items()):
            head, _, leaf = path.rpartition("/")
            if leaf != "deliver_by" or not (head == "promise" or head.startswith("shipments/")):
                continue
            shipment = None if head == "promise" else head.partition("/")[2]
            source = str(fact.values.get(f"{head}/source") or ("checkout" if fact.type != "promise.revised" else "store"))
            agreed = bool(fact.values.get(f"{head}/agreed_by_customer"))
            last = next((one for one in reversed(said) if one.shipment_id == shipment), None)
            if last is None or last.deliver_by != due(value):
                said.append(Promised(fact.at, due(value), source, agreed, shipment))
    return tuple(said)


def _complete(order: Order, moments: Sequence[datetime | None]) -> datetime | None:
    """Return the last of the shipments' moments, or None while a part of the order is without one.

    Where shipments say what is inside, every line that needs shipping has to be covered; a shipment that does not say
    is taken to hold whatever the others do not.
    """
    known = [moment for moment in moments if moment is not None]
    if not known or len(known) < len(moments):
        return None
    shipments = order.active_shipments
    if all(shipment.lines for shipment in shipments):
        inside: dict[str, int] = {}
        for shipment in shipments:
            for line, quantity in shipment.lines:
                inside[line] = inside.get(line, 0) + quantity
        if any(line.requires_shipping and inside.get(line.id, 0) < line.quantity for line in order.lines):
            return None
    return max(known)


def _status(order: Order, document: Mapping[str, Any]) -> Status:
    if order.deleted_at:
        return Status.DELETED
    if order.refunded_at:
        return Status.REFUNDED
    if order.cancelled_at:
        return Status.CANCELLED
    if order.delivered_at:
        return Status.DELIVERED
    if document.get("state") == "unknown" or not (order.placed or order.shipments or order.paid_at):
        return Status.UNKNOWN
    if order.shipped_at:
        return Status.SHIPPED
    paid = order.paid_at or document.get("state") == "paid" or _part(document, "payment").get("paid")
    return Status.PAID if paid else Status.PLACED
