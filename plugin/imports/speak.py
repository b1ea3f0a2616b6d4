"""What an order as a file tells of it says as facts, each at its own moment."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from vefa.facts import flatten
from vefa.imports.fields import Field
from vefa.imports.statuses import State
from vefa.imports.told import Parcel, Told
from vefa.locales import fold_email
from vefa.orders.order import Order, Shipment
from vefa.platforms._import import NAME, STANDS, Spoken

# Paths that tell of delivery alone: all that a file may add to an order that another platform tells of.
OF_DELIVERY = ("promise/", "shipments/")
UNNAMED = "1"


@dataclass(frozen=True, slots=True)
class Speech:
    """The facts of one order, and the personal data, by holder."""

    facts: tuple[Spoken, ...] = ()
    personal: tuple[Spoken, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """What speaking needs: the instant the file tells of, and the keyed digest of a text."""

    as_of: datetime
    digest: Callable[[str], str] = field(repr=False)


def speak(told: Told, order_id: str, known: Order | None, voice: Voice) -> Speech:
    """Return everything that a file says of an order; ``known`` is the order as it is known, if it is."""
    mine = order_id.startswith(f"{NAME}:")
    names = shipment_names(told.parcels, known.shipments if known else ())
    facts = [
        *_placed(told, order_id, voice),
        *_moment("order.paid", told.paid_at, "paid_at"),
        *_moment("order.cancelled", told.cancelled_at, "cancelled_at"),
        *_stands(told, voice),
    ]
    for parcel, name in zip(told.parcels, names, strict=True):
        if name is not None:
            facts += _parcel(parcel, name, voice.as_of)
    if mine:
        return Speech(tuple(facts), tuple(_personal(told, order_id, voice)))
    return Speech(tuple(_only_delivery(facts, voice.as_of)))


def _only_delivery(facts: Iterable[Spoken], as_of: datetime) -> Iterable[Spoken]:
    for kind, at, values in facts:
        kept = {path: value for path, value in values.items() if path.startswith(OF_DELIVERY)}
        if kept:
            # Whoever placed the order, the file says so only now.
            yield (STANDS, as_of, kept) if kind == "order.placed" else (kind, at, kept)


def _placed(told: Told, order_id: str, voice: Voice) -> list[Spoken]:
    document = {
        "number": told.number,
        "placed_at": _written(told.placed_at),
        "placed": True if told.placed_at else None,
        "deleted": False if told.placed_at else None,
        "currency": told.currency if told.total is not None else None,
        "total": None if told.total is None else format(told.total, "f"),
        "lines": [dict(line) for line in told.lines] or None,
        "customer": {"holder": holder_of(told, order_id, voice)} if told.person else None,
        "ship_to": {
            "country": told.country,
            "region": told.region,
            "city": told.city,
            "told": _told(told, voice),
        },
        "shipping": {"service": told.service},
        "payment": {"on_delivery": told.on_delivery},
        "promise": {
            "deliver_by": _written(told.deliver_by),
            "deliver_from": _written(told.deliver_from),
            "ship_by": _written(told.ship_by),
            "source": "checkout" if told.deliver_by else None,
        },
        "marketplace": told.marketplace,
    }
    kind, at = ("order.placed", told.placed_at) if told.placed_at else (STANDS, voice.as_of)
    values = {path: value for path, value in flatten(document).items() if value is not None}
    return [(kind, at, values)]


def _written(value: date | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if value else None


def _moment(kind: str, at: datetime | None, path: str) -> list[Spoken]:
    return [(kind, at, {path: _written(at)})] if at else []


def _stands(told: Told, voice: Voice) -> list[Spoken]:
    """Say how far the order has come; since when, the file does not tell."""
    values: dict[str, Any] = {"platform_status": told.status} if told.status else {}
    if told.state is not None:
        values["state"] = State.PLACED.value if told.state is State.AWAITING else told.state.value
    if told.state is State.AWAITING and not told.on_delivery:
        values["payment/paid"] = False
    if told.is_paid:
        values |= {"payment/paid": True, "paid": True}
    return [(STANDS, voice.as_of, values)] if values else []


def _parcel(parcel: Parcel, name: str, as_of: datetime) -> Iterable[Spoken]:
    head = {"id": name, "carrier": parcel.carrier, "tracking_number": parcel.tracking}
    named = {path: value for path, value in flatten({"shipments": {name: head}}).items() if value is not None}
    moments = (
        ("shipment.shipped", "shipped_at", parcel.shipped_at),
        ("shipment.delivered", "delivered_at", parcel.delivered_at),
    )
    found = [
        (kind, at, named | flatten({"shipments": {name: {path: _written(at)}}}))
        for kind, path, at in moments
        if at is not None
    ]
    return found or [("shipment.created", as_of, named)]


def shipment_names(parcels: Sequence[Parcel], known: Sequence[Shipment]) -> list[str | None]:
    """Return the name of each parcel among the shipments that are known; None where it cannot be told which it is.

    A parcel is the one with its tracking number, or the only one. A new one is named by its tracking number.
    """
    standing = [one for one in known if not one.cancelled and one.id]
    by_number = {one.tracking_number: one.id for one in standing if one.tracking_number}
    if len(parcels) == 1 and len(standing) == 1:
        return [standing[0].id]
    return [
        by_number.get(parcel.tracking or "")
        or (parcel.tracking if parcel.tracking else None if standing else UNNAMED)
        for parcel in parcels
    ]


def holder_of(told: Told, order_id: str, voice: Voice) -> str:
    """Return the vault row of an order's customer: one an e-mail address, else a phone number, else the order."""
    email, phone = told.person.get(Field.EMAIL.value), told.person.get(Field.PHONE.value)
    known = fold_email(email) if email else phone
    return f"{NAME}:{voice.digest(f'holder:{known}')[:32]}" if known else f"order:{order_id}"


def _told(told: Told, voice: Voice) -> str | None:
    """Return a keyed digest of what is personal, by which a corrected file is seen to correct it."""
    if not told.person and not told.postal_code:
        return None
    personal = json.dumps([dict(told.person), told.postal_code], sort_keys=True, ensure_ascii=False)
    return voice.digest(f"told:{personal}")[:32]


def _personal(told: Told, order_id: str, voice: Voice) -> Iterable[Spoken]:
    at = told.placed_at or voice.as_of
    if told.person:
        yield holder_of(told, order_id, voice), at, told.person
    if told.postal_code:
        yield f"order:{order_id}", at, {"ship_to/postal_code": told.postal_code}
