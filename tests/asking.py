"""Who may be asked how a good delivery was, when, and why others are not: worked out from a recorded stream alone.

Nothing of the program is used here but the steps of its clock. ``plan`` plays the customers' side: their orders, what
they said of them, and from when on a case of theirs is open, which holds every automatic message to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from vefa.cli._stream import ceiling

ASK_AFTER, OLDEST = timedelta(hours=48), timedelta(days=7)
AFTER_THE_END = timedelta(days=2)
LIMITS = ((timedelta(days=14), 1), (timedelta(days=90), 4))
BAD = 2


@dataclass(frozen=True)
class Review:
    """What a customer posted, and at which step Vefa learns of it."""

    score: int
    words: bool
    known_at: datetime

    @property
    def calls_for_a_case(self) -> bool:
        return self.score <= BAD or self.words


@dataclass(frozen=True)
class Bought:
    """One order as far as asking needs it; ``awake`` gives the first moment that is not night."""

    order_id: str
    customer: str
    known_at: datetime
    over: datetime
    awake: Callable[[datetime], datetime]
    ship_by: datetime | None = None
    shipped_known_at: datetime | None = None
    delivered_at: datetime | None = None
    delivery_known_at: datetime | None = None
    reviews: tuple[Review, ...] = ()
    notice_at: datetime | None = None

    def case_at(self) -> datetime | None:
        """When what was said of this order opens a case."""
        calling = [max(one.known_at, self.known_at) for one in self.reviews if one.calls_for_a_case]
        return min(calling, default=None)

    @property
    def is_good(self) -> bool:
        return self.delivered_at is not None and self.delivered_at < self.over

    def suffers(self, now: datetime) -> bool:
        """Whether, by what is known at ``now``, the customer waits for this order beyond a promised moment."""
        if self.known_at > now or (self.delivery_known_at is not None and self.delivery_known_at <= now):
            return False
        left = self.shipped_known_at is not None and self.shipped_known_at <= now
        unsent = self.ship_by is not None and not left and now > self.ship_by
        return now >= self.over or unsent


@dataclass(frozen=True)
class Asked:
    """What becomes of a question about one order: written at a moment, or not for a reason, or never thought of."""

    at: datetime | None = None
    reason: str | None = None


@dataclass
class Plan:
    """The whole of a stream: from when on a customer is held, and what becomes of every question."""

    held: dict[str, datetime] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)


def cases_at(orders: Mapping[str, Bought]) -> dict[str, datetime]:
    """Return when each customer's first case opens; none is closed in a recorded stream."""
    found: dict[str, datetime] = {}
    for order in orders.values():
        at = order.case_at()
        if at is not None:
            found[order.customer] = min(at, found.get(order.customer, at))
    return found


def plan(orders: Mapping[str, Bought], end: datetime) -> Plan:
    """Work out every question up to the end of the stream, in the order in which they come up."""
    made = Plan(held=cases_at(orders))
    of_customer: dict[str, list[Bought]] = {}
    for order in orders.values():
        of_customer.setdefault(order.customer, []).append(order)
    for customer, theirs in of_customer.items():
        written: list[datetime] = []
        turns = sorted((first_look(one), one.order_id) for one in theirs if one.is_good)
        while turns:
            now, order_id = turns.pop(0)
            if now > end:
                continue
            order = orders[order_id]
            verdict = _judge(order, theirs, made.held.get(customer), written, now)
            if verdict is None and order.awake(now) > now:
                turns = sorted([*turns, (ceiling(order.awake(now)), order_id)])
                continue
            if verdict is None:
                written.append(now)
            made.asked[order_id] = Asked(now if verdict is None else None, verdict)
    return made


def first_look(order: Bought) -> datetime:
    assert order.delivered_at is not None and order.delivery_known_at is not None
    return max(ceiling(order.delivered_at + ASK_AFTER), order.delivery_known_at, order.known_at)


def _judge(
    order: Bought, theirs: Sequence[Bought], held: datetime | None, written: Sequence[datetime], now: datetime
) -> str | None:
    assert order.delivered_at is not None
    if now - order.delivered_at > OLDEST + ASK_AFTER:
        return "too_old"
    if any(other.suffers(now) for other in theirs if other is not order):
        return "another_suffers"
    if order.notice_at is not None and order.notice_at <= now:
        return "told_already"
    if any(review.known_at <= now for review in order.reviews):
        return "said_already"
    if any(sum(at > now - span for at in written) >= limit for span, limit in LIMITS):
        return "asked_lately"
    return "case_open" if held is not None and held <= now else None


def with_notice(order: Bought, at: datetime | None) -> Bought:
    return replace(order, notice_at=at)
