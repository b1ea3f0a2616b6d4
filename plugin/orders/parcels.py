"""Which shipments an order's facts tell of, and when each of them, and all together, left and arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from vefa.facts import escape
from vefa.orders.history import due, instant, part
from vefa.orders.order import Line, Shipment


@dataclass(frozen=True, slots=True)
class Clues:
    """What tells when a shipment left and arrived where no fact gives the moment itself.

    ``entered``: when the order's states were entered; ``since``: since when marks stand; ``moved``: when a scan last
    showed a shipment under way, by its path. ``vouched``: paths of which a person of the store said the newest word;
    ``whole``: when, by a person's word, everything had arrived; ``after``: after which instant a state or mark came
    to be, where the event was lost.
    """

    entered: Mapping[str, datetime]
    since: Mapping[str, datetime]
    moved: Mapping[str, datetime]
    vouched: frozenset[str] = frozenset()
    whole: datetime | None = None
    after: Mapping[str, datetime] = field(default_factory=dict)


def shipments_of(document: Mapping[str, Any], clues: Clues) -> tuple[Shipment, ...]:
    """Return the shipments of an order's document; one without a name where only the order's state tells of it."""
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
    shipped_at, shipped_after = _moment(clues, instant(values.get("shipped_at")), path, "shipped")
    told = instant(values.get("delivered_at"))
    by_person = told is not None and f"{path}/delivered_at" in clues.vouched
    if told is None and clues.whole and not (shipped_at and shipped_at > clues.whole):
        told, by_person = clues.whole, True
    delivered_at, delivered_after = _moment(clues, told, path, "delivered")
    moved = clues.moved.get(path)
    if moved and delivered_at and moved > delivered_at:
        delivered_at, delivered_after, by_person = None, None, False
    if shipped_at is None:
        shipped_at, shipped_after = clues.entered.get("delivered"), clues.after.get("delivered")
    return Shipment(
        id=identity,
        carrier=values.get("carrier") or scan.get("carrier"),
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
        by_person=by_person,
        shipped_after=shipped_after,
        delivered_after=delivered_after,
    )


def _moment(
    clues: Clues, told: datetime | None, path: str, state: str
) -> tuple[datetime | None, datetime | None]:
    """Return when a shipment came to be so, and after which instant where the event itself was lost."""
    if told is not None:
        return told, None
    mark = f"{path}/{state}"
    if mark in clues.since:
        return clues.since[mark], clues.after.get(mark)
    return clues.entered.get(state), clues.after.get(state)


def bound(at: datetime | None, shipments: Sequence[Shipment], state: str) -> datetime | None:
    """Return after which instant the last of the shipments came to be so, or None where the moment is known."""
    if at is None or all(getattr(one, f"{state}_after") is None for one in shipments):
        return None
    bounds = [getattr(one, f"{state}_after") or getattr(one, f"{state}_at") for one in shipments]
    after = max(bound for bound in bounds if bound)
    return after if after < at else None


def complete(
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
