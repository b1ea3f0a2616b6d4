"""What a shop answers when it is asked for its history, as it would have been heard: each thing at its moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vefa.errors import UnreadableError
from vefa.facts import Fact, escape, merge
from vefa.imports.back import MOST_ORDERS, History
from vefa.imports.findings import Asked
from vefa.imports.rehearsal import Heard
from vefa.orders.fold import fold
from vefa.orders.order import Order, Shipment
from vefa.platforms import Context, Fetched, Personal, Platform
from vefa.platforms._import import KINDS, MOST_FACTS, NAME, STANDS, TOPIC, Spoken, body_of, key_of
from vefa.stores.store import Store

ORDER = "order:"
# What an order says of itself from the first, whatever becomes of it.
FROM_THE_FIRST = (
    "number", "placed", "placed_at", "deleted", "currency", "total", "customer", "ship_to", "shipping", "lines",
    "payment", "promise", "marketplace", "tags",
)  # fmt: skip
# A little later than placing, so that what came with the order does not come before it.
MOMENT = timedelta(microseconds=1)


@dataclass(slots=True)
class Known:
    """What was read of the orders of a shop so far, by subject."""

    facts: dict[str, list[Fact]] = field(default_factory=dict)
    personal: dict[str, list[Personal]] = field(default_factory=dict)
    unreadable: int = 0

    def take(self, platform: Platform, store: Store, one: Fetched, as_of: datetime) -> None:
        """Read one body that the shop answered; what cannot be read is counted."""
        try:
            reading = platform.read(one.body, _context(store, one, as_of))
        except UnreadableError:
            self.unreadable += 1
            return
        subjects = {fact.subject for fact in reading.facts if fact.subject.startswith(ORDER)}
        for fact in reading.facts:
            if fact.subject in subjects:
                self.facts.setdefault(fact.subject, []).append(fact)
        if len(subjects) == 1:
            self.personal.setdefault(subjects.pop(), []).extend(reading.personal)


def _context(store: Store, one: Fetched, as_of: datetime) -> Context:
    return Context(
        one.key,
        one.topic,
        as_of,
        status_map=store.status_map,
        promise_keys=store.promise_keys,
        money_unit=store.counts_in,
        country=store.country,
        timezone=store.timezone,
        delivered_keys=store.arrival_keys,
    )


def history_of(known: Known, asked: Asked) -> History:
    """Return the history that a shop's orders tell, of those placed in the days that are asked about."""
    history = History()
    history.not_judged["unreadable"] = known.unreadable
    orders = [_folded(subject, facts, asked) for subject, facts in known.facts.items()]
    placed = [one for one in orders if one.placed_at and asked.since <= one.placed_at <= asked.as_of]
    placed.sort(key=lambda one: (one.placed_at, one.id), reverse=True)
    history.not_judged["too_many"] = len(placed[MOST_ORDERS:])
    placed = placed[:MOST_ORDERS]
    if placed and not any(one.delivered_at for one in placed):
        # A shop that never says that a parcel arrived would have every one of them late.
        history.not_judged["shop_tells_no_arrival"] = len(placed)
        return history
    for one in placed:
        subject = ORDER + one.id
        history.bodies += _heard(one, known.facts[subject], known.personal.get(subject, ()), asked)
    return history


def _folded(subject: str, facts: Sequence[Fact], asked: Asked) -> Order:
    return fold(subject.removeprefix(ORDER), facts, asked.as_of)


def _heard(
    order: Order, facts: Sequence[Fact], personal: Sequence[Personal], asked: Asked
) -> Iterator[Heard]:
    """Yield what would have been heard of an order: what has a moment of its own at that, and at last how it stands.

    Where the shop does not say when a parcel arrived, but only that it had by its last change, nothing is heard
    before that, so that nobody is thought to have been written to in between.
    """
    assert order.placed_at is not None  # noqa: S101 - history_of lets no other order through
    known = order.delivered_after is None
    last = min(max([order.placed_at + MOMENT, *(fact.at for fact in facts)]), asked.as_of)
    at = order.placed_at if known else last
    told = [(one.holder, min(one.at, at), one.values) for one in personal]
    if known:
        yield _body(order, [("order.placed", at, _from_the_first(facts))], told, at)
        said = [_spoken(fact) for fact in facts if not fact.asked_for]
        said += [one for shipment in order.shipments for one in _moments(shipment, at)]
        for one in said:
            if one[1] <= asked.as_of:
                yield _body(order, [one], (), max(one[1], at))
    stands = [_spoken(fact) for fact in facts[-MOST_FACTS:]]
    yield _body(order, stands, () if known else told, last)


def _from_the_first(facts: Iterable[Fact]) -> dict[str, object]:
    registers = merge(facts)
    return {path: value for path, (_, value) in registers.items() if path.split("/")[0] in FROM_THE_FIRST}


def _moments(shipment: Shipment, placed_at: datetime) -> Iterator[Spoken]:
    """Yield when a parcel left and arrived, as far as the shop says so to the moment."""
    if not shipment.id or shipment.cancelled:
        return
    head = f"shipments/{escape(shipment.id)}"
    named = {f"{head}/carrier": shipment.carrier, f"{head}/tracking_number": shipment.tracking_number}
    known = {path: value for path, value in named.items() if value}
    for kind, leaf, at, after in (
        ("shipment.shipped", "shipped_at", shipment.shipped_at, shipment.shipped_after),
        ("shipment.delivered", "delivered_at", shipment.delivered_at, shipment.delivered_after),
    ):
        if at is not None and after is None and at >= placed_at:
            yield kind, at, {**known, f"{head}/{leaf}": at.isoformat()}


def _spoken(fact: Fact) -> Spoken:
    return (fact.type if fact.type in KINDS else STANDS), fact.at, fact.values


def _body(order: Order, facts: Sequence[Spoken], personal: Sequence[Spoken], at: datetime) -> Heard:
    body = body_of(order.id, facts, personal)
    return Heard(at, NAME, TOPIC, key_of(body), body)
