"""What a file tells of one order: its rows put together, days made instants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from vefa.imports.fields import Field
from vefa.imports.rows import Row, amount_of, currency_of
from vefa.imports.statuses import State
from vefa.imports.terms import Terms

NOON = time(12)
PERSONS = (Field.NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL, Field.PHONE)
OF_LINES = (Field.TITLE, Field.SKU, Field.QUANTITY, Field.PRICE)
# How far states have come, for an order whose rows tell several.
ORDER_OF_STATES = tuple(State)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel as a file tells of it."""

    tracking: str | None = None
    carrier: str | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One order as a file tells of it; ``rows`` are the numbers of its rows, ``person`` is personal.

    ``state`` is how far it has come, ``status`` the store's word for it. Amounts are in ``currency``. ``on_delivery``
    is None where nothing says how it is paid.
    """

    number: str
    rows: tuple[int, ...]
    placed_at: datetime | None = None
    paid_at: datetime | None = None
    cancelled_at: datetime | None = None
    contacted_at: datetime | None = None
    deliver_by: date | datetime | None = None
    deliver_from: date | datetime | None = None
    ship_by: date | datetime | None = None
    status: str | None = None
    state: State | None = None
    service: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    postal_code: str | None = None
    total: Decimal | None = None
    currency: str | None = None
    on_delivery: bool | None = None
    marketplace: str | None = None
    lines: tuple[Mapping[str, Any], ...] = ()
    parcels: tuple[Parcel, ...] = ()
    person: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_paid(self) -> bool:
        """Whether it was paid some day: nothing leaves unpaid but what is paid at the door."""
        left = self.state in (State.SHIPPED, State.DELIVERED) or any(
            one.shipped_at or one.delivered_at for one in self.parcels
        )
        return (
            self.paid_at is None
            and not self.on_delivery
            and (self.state is State.PAID or (self.on_delivery is False and left))
        )

    @property
    def delivered_at(self) -> datetime | None:
        """When the last parcel arrived, or None while one is not known to have."""
        moments = [one.delivered_at for one in self.parcels]
        known = [at for at in moments if at is not None]
        return max(known) if known and len(known) == len(moments) else None


def together(rows: Sequence[Row], terms: Terms) -> Told:
    """Put the rows of one order together: of each field the first value that one of them tells."""
    first: dict[Field, Any] = {}
    for row in reversed(rows):
        first |= row.values
    placed_at = _instant(first.get(Field.PLACED_AT), terms)
    status, state = _state(rows)
    return Told(
        number=str(first[Field.NUMBER]),
        rows=tuple(row.number for row in rows),
        placed_at=placed_at,
        paid_at=_instant(first.get(Field.PAID_AT), terms, placed_at),
        cancelled_at=_instant(first.get(Field.CANCELLED_AT), terms, placed_at),
        contacted_at=_instant(first.get(Field.CONTACTED_AT), terms, placed_at),
        deliver_by=first.get(Field.DELIVER_BY),
        deliver_from=first.get(Field.DELIVER_FROM),
        ship_by=first.get(Field.SHIP_BY),
        status=status,
        state=state,
        service=first.get(Field.SERVICE),
        country=first.get(Field.COUNTRY),
        region=first.get(Field.REGION),
        city=first.get(Field.CITY),
        postal_code=first.get(Field.POSTAL_CODE),
        total=amount_of(first, Field.TOTAL, terms),
        currency=currency_of(first, terms),
        on_delivery=first.get(Field.PAYMENT),
        marketplace=first.get(Field.MARKETPLACE),
        lines=_lines(rows, terms),
        parcels=_parcels(rows, terms, placed_at),
        person={one.value: first[one] for one in PERSONS if first.get(one)},
    )


def _instant(told: date | datetime | None, terms: Terms, after: datetime | None = None) -> datetime | None:
    """Return the instant of a day: its noon in the store's zone, yet neither before ``after`` nor in the future."""
    if told is None or isinstance(told, datetime):
        return told
    noon = datetime.combine(told, NOON, terms.store.zone).astimezone(UTC)
    same_day = after is not None and after.astimezone(terms.store.zone).date() == told
    if same_day and after is not None:
        noon = max(noon, after)
    return min(noon, terms.as_of) if terms.as_of.astimezone(terms.store.zone).date() == told else noon


def _state(rows: Iterable[Row]) -> tuple[str | None, State | None]:
    """Return the word and state of the row that has come least far, since the whole order has come no further."""
    told = [row.values[Field.STATUS] for row in rows if Field.STATUS in row.values]
    known = [one for one in told if one[1] is not None]
    if not known:
        return told[0] if told else (None, None)
    word, state = min(known, key=lambda one: ORDER_OF_STATES.index(one[1]))
    return word, state


def _lines(rows: Sequence[Row], terms: Terms) -> tuple[Mapping[str, Any], ...]:
    found: list[Mapping[str, Any]] = []
    for row in rows:
        if Field.TITLE not in row.values and Field.SKU not in row.values:
            continue
        price = amount_of(row.values, Field.PRICE, terms)
        line: dict[str, Any] = {"id": str(len(found) + 1), "quantity": row.values.get(Field.QUANTITY, 1)}
        line |= {one.value: row.values[one] for one in (Field.TITLE, Field.SKU) if one in row.values}
        found.append(line if price is None else line | {"price": format(price, "f")})
    return tuple(found)


def _parcels(rows: Sequence[Row], terms: Terms, placed_at: datetime | None) -> tuple[Parcel, ...]:
    """Return the parcels of an order: one for every tracking number, or one without."""
    by_number: dict[str | None, Parcel] = {}
    for row in rows:
        tracking = row.values.get(Field.TRACKING)
        if tracking is None and any(by_number):
            tracking = next(iter(by_number))
        shipped = _instant(row.values.get(Field.SHIPPED_AT), terms, placed_at)
        delivered = _instant(row.values.get(Field.DELIVERED_AT), terms, shipped or placed_at)
        before = by_number.pop(None, None) if tracking and None in by_number else by_number.get(tracking)
        before = before or Parcel(tracking)
        by_number[tracking] = Parcel(
            tracking,
            before.carrier or row.values.get(Field.CARRIER),
            before.shipped_at or shipped,
            before.delivered_at or delivered,
        )
    return tuple(one for one in by_number.values() if one != Parcel())
