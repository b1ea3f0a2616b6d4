"""An order as its facts tell it at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    """How far an order has come."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    DELETED = "deleted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """One item of an order; ``quantity`` counts pieces."""

    id: str
    title: str | None = None
    sku: str | None = None
    quantity: int = 1
    price: Decimal | None = None
    requires_shipping: bool = True
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel, or several under one number, on its way.

    ``lines`` maps line ids to quantities and is empty where the store does not say what is inside.
    ``delivered_at`` is None where a carrier moved the parcel again after a delivery; ``by_person`` says that a person
    of the store vouches for it. ``shipped_after`` and ``delivered_after`` are set where the event itself was lost: it
    happened after that instant, and at the latest at ``shipped_at`` or ``delivered_at``.
    """

    id: str
    carrier: str | None = None
    service: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    lines: tuple[tuple[str, int], ...] = ()
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled: bool = False
    scan: str | None = None
    scan_at: datetime | None = None
    carrier_eta: date | datetime | None = None
    by_person: bool = False
    shipped_after: datetime | None = None
    delivered_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back."""

    id: str
    amount: Decimal | None
    created_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """A delivery date as the store said it: when, for which shipment, and whether the customer agreed to it.

    ``deliver_by`` None takes the date back. ``by_person`` says that a person of the store set it by hand.
    """

    at: datetime
    deliver_by: date | datetime | None
    source: str = "checkout"
    agreed: bool = False
    shipment_id: str | None = None
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """One order.

    ``id`` is ``<platform>:<the platform's id>``. ``placed`` is False for a stub: something is known of the order, but
    not yet that it was placed. ``shipped_at`` and ``delivered_at`` say when the last part of the order left and
    arrived, and are None while a part is missing. ``news_at`` is the latest instant at which anything was heard of
    the order itself (reviews and contacts do not count). ``shipped_after`` and ``delivered_after`` are bounds, as
    those of a ``Shipment``. ``consent`` is what the customer said to advertising mail, None where nobody asked.
    ``marketplace`` names the marketplace through which the order came, and is empty where only that it did is known.
    ``service`` is the shipping method as the customer saw it, ``method`` the platform's own id of it, which is the
    same in every language; ``promise_days`` are the working days that the checkout named with it.
    ``implausible`` counts facts whose time cannot be right.
    """

    id: str
    number: str
    status: Status = Status.UNKNOWN
    platform_status: str | None = None
    placed: bool = False
    placed_at: datetime | None = None
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cancelled_at: datetime | None = None
    refunded_at: datetime | None = None
    deleted_at: datetime | None = None
    currency: str | None = None
    total: Decimal | None = None
    holder: str | None = None
    locale: str | None = None
    consent: bool | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    service: str | None = None
    method: str | None = None
    promise_days: int | None = None
    carrier: str | None = None
    on_delivery: bool = False
    awaits_payment: bool = False
    lines: tuple[Line, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    promised: tuple[Promised, ...] = ()
    ship_by: date | datetime | None = None
    tags: tuple[str, ...] = ()
    marketplace: str | None = None
    news_at: datetime | None = None
    implausible: int = 0
    shipped_after: datetime | None = None
    delivered_after: datetime | None = None

    @property
    def ended_at(self) -> datetime | None:
        """When the order was cancelled, refunded in full or deleted, whichever was first."""
        ends = [at for at in (self.cancelled_at, self.refunded_at, self.deleted_at) if at]
        return min(ends) if ends else None

    @property
    def active_shipments(self) -> tuple[Shipment, ...]:
        """The shipments that were not cancelled."""
        return tuple(shipment for shipment in self.shipments if not shipment.cancelled)

    def vouched_for(self, shipment_id: str = "") -> bool:
        """Say whether a person of the store vouches for the delivery of a shipment, or of every one of them."""
        wanted = [one for one in self.active_shipments if shipment_id in ("", one.id)]
        return bool(wanted) and all(one.by_person for one in wanted)

    def shipment(self, shipment_id: str) -> Shipment | None:
        """Return a shipment by its id."""
        return next((shipment for shipment in self.shipments if shipment.id == shipment_id), None)
