"""What happens to one order of every kind that a shop has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from large import desk
from large.shop import Act, Shop, Told
from vefa.stores.store import Store


def email_of(customer: str) -> str:
    """Return the address of the customer with this number."""
    return f"buyer{customer}@example.com"


def phone_of(customer: str) -> str:
    """Return the telephone of the customer with this number."""
    return f"+90555{customer}"


@dataclass(frozen=True, slots=True)
class Order:
    """A prototype in the making: its number and customer, and the instants counted back from now."""

    shop: Shop
    store: Store
    number: str
    customer: str
    now: datetime

    @property
    def id(self) -> str:
        """The order's id in the program."""
        return f"standard:{self.number}"

    @property
    def holder(self) -> str:
        """Whose order it is."""
        return f"standard:{self.customer}"

    def at(self, days_ago: float) -> datetime:
        """Return the instant so many days before now, spread a little by the order's number."""
        return self.now - timedelta(days=days_ago) - timedelta(minutes=int(self.number) % 700)

    def tell(self, days_ago: float, topic: str, **data: Any) -> None:
        """Let the platform tell something about the order."""
        self.shop.plan(self.store.id, self.at(days_ago), Told(topic, {"order_id": self.number} | data))

    def do(self, days_ago: float, what: Act) -> None:
        """Let a member or the customer do something."""
        self.shop.plan(self.store.id, self.at(days_ago), what)

    def place(self, days_ago: float, due: float | None, *, guest: bool = False, mail: bool = True) -> None:
        """Let the order be placed; ``due`` is the promised day, counted back from now."""
        who: dict[str, Any] = {"name": f"Customer {self.customer}", "phone": phone_of(self.customer)}
        who |= {"email": email_of(self.customer)} if mail else {}
        who |= {} if guest else {"id": self.customer, "locale": self.store.languages[0]}
        lines = [
            {"id": str(n), "title": f"Bakır cezve {n}", "quantity": n, "price": "120.00"} for n in (1, 2, 3)
        ]
        order: dict[str, Any] = {
            "id": self.number,
            "number": self.number,
            "placed_at": self.at(days_ago).isoformat(),
            "currency": "TRY",
            "total": "499.90",
            "shipping_price": "29.90",
            "payment": {"method": "card", "paid": True},
            "customer": who,
            "ship_to": {"country": self.store.country, "city": "Van", "postal_code": "65000"},
            "lines": lines,
        }
        if due is not None:
            order["promise"] = {"deliver_by": self.at(due).date().isoformat(), "source": "checkout"}
        self.shop.plan(self.store.id, self.at(days_ago), Told("order.placed", {"order": order}))

    def ship(self, days_ago: float) -> None:
        """Let the parcel leave."""
        parcel = {"carrier": "Aras", "tracking_number": f"TRK{self.number}"}
        at = self.at(days_ago).isoformat()
        self.tell(days_ago, "shipment.shipped", shipment_id="S1", shipped_at=at, **parcel)

    def scan(self, days_ago: float, status: str = "in_transit") -> None:
        """Let a carrier scan the parcel."""
        self.tell(days_ago, "shipment.scanned", shipment_id="S1", status=status, place="Erzincan")

    def arrive(self, days_ago: float) -> None:
        """Let the parcel be delivered."""
        at = self.at(days_ago).isoformat()
        self.tell(days_ago, "shipment.delivered", shipment_id="S1", delivered_at=at)


Story = Callable[[Order], None]


def good(order: Order, *, guest: bool = False) -> None:
    """Arrived in time, asked two days later."""
    order.place(15, 8, guest=guest)
    order.ship(14)
    order.scan(12)
    order.arrive(9.5)


def answered(order: Order, score: int, words: str = "") -> None:
    """Arrived in time; the customer says on the page how it was."""
    good(order)
    order.do(6, desk.answer(order, score, words))


def reviewed(order: Order, score: int, text: str | None = None) -> None:
    """Arrived in time; the customer posts a review in the store."""
    good(order)
    order.tell(8.4, "review.posted", score=score, text=text, public=True)


def late(order: Order, days: float, *, mail: bool = True, guest: bool = False) -> None:
    """On its way, and so many days over its date."""
    order.place(days + 8, days, mail=mail, guest=guest)
    order.ship(days + 6)
    order.scan(min(days + 4, 2.5))


def lost(order: Order) -> None:
    """Left more than a month ago, and nothing was heard of it since."""
    order.place(46, 38)
    order.ship(44)


LATE = partial(late, days=3)


def delivered_late(order: Order) -> None:
    """Arrived three days after its date."""
    order.place(22, 14)
    order.ship(20)
    order.scan(18)
    order.arrive(11)


def at_risk(order: Order) -> None:
    """Something is the matter with the parcel a day before its date."""
    order.place(6, -1)
    order.ship(5)
    order.scan(1.5, "exception")


def on_track(order: Order, *, shipped: bool = False) -> None:
    """Has time left."""
    order.place(2.6, -6)
    if shipped:
        order.ship(1.8)


def unwatched(order: Order) -> None:
    """Nobody promised a date."""
    order.place(9, None)
    order.ship(8)


def cancelled(order: Order) -> None:
    """Be cancelled by the customer before anything left."""
    order.place(12, 4)
    order.tell(11, "order.cancelled", by="customer", reason="changed my mind")


def complaint(order: Order, text: str, days_ago: float = 6, *, story: Story = delivered_late) -> None:
    """Something is said in the store's own contact form."""
    story(order)
    order.tell(days_ago, "customer.contacted_us", customer_id=order.customer, channel="chat", text=text)


def solved(order: Order, text: str, *, story: Story = good, calls: bool = False, first: float = 6) -> None:
    """Complained, was answered, and the case is closed."""
    complaint(order, text, first, story=story)
    if calls:
        order.do(first - 0.2, desk.ask_call(order))
        order.do(first - 0.7, desk.call(order))
    order.do(first - 1, desk.reply(order))
    order.do(first - 3, desk.close(order))


def replied(order: Order, text: str, *, promise: float | None = None, days_ago: float = 3) -> None:
    """Complained and was answered; ``promise`` is the day of what was promised, counted back from now."""
    complaint(order, text, days_ago)
    due = order.at(promise) if promise is not None else None
    order.do(days_ago - 0.5, desk.reply(order, due))


def returned(order: Order, until: str) -> None:
    """Sent back, up to a step of the return."""
    good(order)
    asked = {
        "id": f"R{order.number}",
        "reason": "damaged",
        "wanted": "refund",
        "lines": [{"id": "1", "quantity": 1}],
    }
    order.tell(8.2, "return.requested", **{"return": asked})
    ways = {
        "asked": (),
        "refused": (desk.refuse,),
        "approved": (desk.approve,),
        "sent": (desk.approve, desk.mark_sent),
    }
    for day, step in enumerate(ways.get(until, (desk.approve, desk.mark_sent, desk.receive))):
        order.do(7.2 - day, step(order))
    if until == "closed":
        refund = {"id": f"F{order.number}", "amount": "120.00"}
        order.tell(3, "refund.created", refund=refund)
