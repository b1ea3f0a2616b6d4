"""One order's life, planned from beginning to end when it is placed: its events, and what is true about it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from demonstration import words
from demonstration.people import LOCALES, Person
from demonstration.shops import Carrier, Shop

DAY = timedelta(days=1)
Event = dict[str, Any]


@dataclass
class Truth:
    """What is true about an order, whatever Vefa makes of it; instants as ISO texts, None: never.

    ``late_from`` is when the promised day ended without the goods. ``spoke_at`` is when the customer first said
    anything by themselves, in words, a review or a return.
    """

    shop: str
    order_id: str
    customer: str
    promised: str
    late_from: str | None = None
    delivered_at: str | None = None
    cancelled_at: str | None = None
    spoke_at: str | None = None
    why: str = ""


@dataclass
class Life:
    """An order being told; every method adds events. Days are dates in the shop's zone."""

    shop: Shop
    person: Person
    id: str
    number: str
    placed_at: datetime
    start: date
    chance: random.Random
    events: list[Event] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    total: str = "0"
    truth: Truth = field(init=False)

    def plan(self) -> Life:
        """Tell the whole life; ``start`` is the day on which the live part begins."""
        chance, shop = self.chance, self.shop
        service = chance.choices(list(shop.services), (0.8, 0.2))[0]
        promised = self.working(self.placed_at.date(), shop.services[service])
        self.truth = Truth(shop.slug, self.id, self.person.email, promised.isoformat())
        on_delivery = shop.settings["country"] == self.person.place[0] and chance.random() < shop.cash
        self._place(service, promised, on_delivery=on_delivery)
        if chance.random() < 0.035:
            self._cancel(self.placed_at + timedelta(minutes=chance.randrange(20, 300)), paid=not on_delivery)
            return self
        carrier = chance.choices(shop.carriers, [one.share for one in shop.carriers])[0]
        arrivals = self._send(carrier)
        delivered = None if None in arrivals else max(at for at in arrivals if at)
        if delivered and on_delivery:
            self.say(
                "order.paid", delivered + timedelta(minutes=2), paid_at=_iso(delivered), amount=self.total
            )
        self._judge(promised, delivered)
        self._afterwards(promised, delivered)
        return self

    def working(self, day: date, days: int) -> date:
        """Return the day that lies so many working days after another."""
        while days or self.is_off(day):
            day += DAY
            days -= not self.is_off(day) and days > 0
        return day

    def is_off(self, day: date) -> bool:
        """Say whether nobody works on a day."""
        return day.weekday() in self.shop.weekend or f"{day:%m-%d}" in self.shop.holidays

    def at(self, day: date, first: int, last: int) -> datetime:
        """Return a moment of a day between two hours, left to chance."""
        minute = self.chance.randrange(first * 60, last * 60)
        return datetime.combine(
            day, time(minute // 60, minute % 60, self.chance.randrange(60)), self.shop.zone
        )

    def say(self, kind: str, at: datetime, /, **data: Any) -> None:
        """Add an event."""
        if kind not in ("order.placed", "customer.contacted_us"):
            data = {"order_id": self.id, **data}
        identity = f"{self.id}-{len(self.events) + 1}"
        self.events.append({"id": identity, "type": kind, "timestamp": _iso(at), "data": data})

    def _place(self, service: str, promised: date, *, on_delivery: bool) -> None:
        chance, person, shop = self.chance, self.person, self.shop
        code, factor, shipping = shop.money[person.language]

        def money(amount: float) -> str:
            return f"{round(amount, -3):.0f}" if code == "IRT" else f"{amount:.2f}"

        chosen = chance.sample(shop.goods, chance.choices((1, 2, 3), (0.6, 0.3, 0.1))[0])
        priced = [
            (sku, titles, price * factor, 1 + (price < 500 and chance.random() < 0.5))
            for sku, titles, price in chosen
        ]
        self.lines = [
            {
                "id": f"{self.id}-{place}",
                "sku": sku,
                "title": titles[person.language],
                "quantity": quantity,
                "price": money(price),
                "requires_shipping": True,
            }
            for place, (sku, titles, price, quantity) in enumerate(priced, 1)
        ]
        self.total = money(sum(price * quantity for _, _, price, quantity in priced) + shipping)
        country, region, city = person.place
        home, home_region, home_city = shop.from_city
        customer = {
            "id": f"{shop.slug}-{person.number}",
            "email": person.email,
            "name": f"{person.first} {person.last}",
            "first_name": person.first,
            "last_name": person.last,
            "locale": LOCALES[person.language],
            "email_marketing_consent": person.consent,
        }
        order = {
            "id": self.id,
            "number": self.number,
            "placed_at": _iso(self.placed_at),
            "currency": code,
            "total": self.total,
            "shipping_price": money(shipping),
            "customer": customer | ({"phone": person.phone} if person.phone else {}),
            "payment": {"method": "cash" if on_delivery else "card", "on_delivery": on_delivery},
            "ship_to": {"country": country, "region": region, "city": city},
            "ship_from": {"country": home, "region": home_region, "city": home_city},
            "shipping": {"service": service},
            "lines": self.lines,
            "promise": {"source": "checkout", "deliver_by": promised.isoformat()},
            "tags": ["DEMO"],
        }
        self.say("order.placed", self.placed_at, order=order)
        if not on_delivery:
            at = self.placed_at + timedelta(minutes=1)
            self.say("order.paid", at, paid_at=_iso(at), amount=self.total)

    def _cancel(self, at: datetime, *, paid: bool) -> None:
        reason = words.CANCELLED[self.person.language]
        self.say("order.cancelled", at, cancelled_at=_iso(at), by="customer", reason=reason)
        self.truth.cancelled_at = _iso(at)
        if paid:
            back = self.at(self.working(at.date(), 1), 10, 16)
            money = {"id": f"{self.id}-refund", "amount": self.total, "created_at": _iso(back)}
            self.say("refund.created", back, refund=money)

    def _send(self, carrier: Carrier) -> list[datetime | None]:
        """Send one parcel or two, and return when each arrives."""
        several = len(self.lines) > 1 and self.chance.random() < 0.35
        parts = [self.lines[:1], self.lines[1:]] if several else [self.lines]
        return [self._parcel(carrier, number, part) for number, part in enumerate(parts, 1)]

    def _parcel(self, carrier: Carrier, number: int, lines: list[dict[str, Any]]) -> datetime | None:
        chance, places = self.chance, words.PLACES[self.person.language]
        day = self.working(
            self.placed_at.date(), 1 if self.placed_at.hour < 15 or chance.random() < 0.7 else 2
        )
        if number > 1:
            day = self.working(day, chance.choice((0, 1)))
        identity, tracking = f"{self.id}-p{number}", f"{self.id.upper().replace('-', '')}{number:02d}"
        shipment = {
            "id": identity,
            "carrier": carrier.name,
            "tracking_number": tracking,
            "tracking_url": f"https://track.example/{tracking}",
            "lines": [{"id": line["id"], "quantity": line["quantity"]} for line in lines],
        }
        packed = max(self.at(day, 9, 12), self.placed_at + timedelta(minutes=30))
        self.say("shipment.created", packed, shipment=shipment)
        left = max(self.at(day, 15, 18), packed + timedelta(hours=1))
        self.say("shipment.shipped", left, shipment_id=identity, shipped_at=_iso(left))

        def scan(status: str, at: datetime, place: str, **more: Any) -> None:
            self.say(
                "shipment.scanned", at, shipment_id=identity, status=status, at=_iso(at), place=place, **more
            )

        self._scan_if_working(carrier, scan, self.at(day, 20, 24), places[0])
        travel = chance.randint(*carrier.days)
        if chance.random() < carrier.slow:
            travel += chance.randint(2, 5)
            self.truth.why = f"slow parcel of {carrier.name}"
        city, since, more = self.shop.slow_depot
        if self.person.place[2] == city and day >= self.start + since * DAY:
            travel += more
            self.truth.why = f"slow depot {city}"
        if chance.random() < carrier.lost:
            self.truth.why = f"lost by {carrier.name}"
            return None
        arrives = self._travel(carrier, day, travel)
        between = day + (arrives - day) / 2
        if between > day:
            # A carrier that knows of the delay often says so, before the promised day is over.
            late = arrives > date.fromisoformat(self.truth.promised) and chance.random() < 0.6
            eta = {"carrier_eta": arrives.isoformat()} if late else {}
            self._scan_if_working(carrier, scan, self.at(between, 1, 7), places[1], **eta)
        if chance.random() < 0.03:
            scan("attempted", self.at(arrives, 10, 18), places[2], detail=self.shop.settings["languages"][0])
            arrives = self._travel(carrier, arrives, 1)
        out = self.at(arrives, 7, 9)
        scan("out_for_delivery", out, places[2])
        at = self.at(arrives, 10, 19)
        self.say("shipment.delivered", at, shipment_id=identity, delivered_at=_iso(at))
        return at

    def _scan_if_working(self, carrier: Carrier, scan: Any, at: datetime, place: str, **more: Any) -> None:
        if not self._strikes(carrier, at.date()):
            scan("in_transit", at, place, **more)

    def _strikes(self, carrier: Carrier, day: date) -> bool:
        if carrier.strike is None:
            return False
        first, last = (self.start + days * DAY for days in carrier.strike)
        return first <= day <= last

    def _travel(self, carrier: Carrier, day: date, days: int) -> date:
        """Return the day on which a parcel arrives that left on a day; strikes and weekends do not count."""
        while days > 0:
            day += DAY
            if self._strikes(carrier, day):
                self.truth.why = f"strike at {carrier.name}"
            elif carrier.weekend or not self.is_off(day):
                days -= 1
        return day

    def _judge(self, promised: date, delivered: datetime | None) -> None:
        over = datetime.combine(promised + DAY, time(), self.shop.zone)
        self.truth.delivered_at = _iso(delivered) if delivered else None
        if delivered is None or delivered >= over:
            self.truth.late_from = _iso(over)

    def _afterwards(self, promised: date, delivered: datetime | None) -> None:
        chance, person, language = self.chance, self.person, self.person.language
        if self.truth.late_from:
            over = promised + DAY
            if person.temper > 0.72 and (delivered is None or delivered.date() > over or person.temper > 0.9):
                at = self.at(over + chance.choice((0, 0, 1)) * DAY, 9, 22)
                self._contact(at, chance.choice(words.LATE[language]))
            if delivered and 0.5 < person.temper <= 0.78:
                self._review(
                    delivered + timedelta(hours=chance.randrange(3, 40)), chance.choice((1, 2, 2)), words.BAD
                )
        elif delivered and chance.random() < 0.12:
            self._review(
                delivered + timedelta(hours=chance.randrange(50, 120)), chance.choice((4, 5, 5)), words.GOOD
            )
        if delivered and chance.random() < 0.045:
            self._return(delivered)

    def _contact(self, at: datetime, text: str) -> None:
        self._spoke(at)
        self.say(
            "customer.contacted_us",
            at,
            customer_id=f"{self.shop.slug}-{self.person.number}",
            order_id=self.id,
            channel=self.chance.choice(("email", "email", "chat", "phone")),
            at=_iso(at),
            text=text,
        )

    def _review(self, at: datetime, score: int, texts: Any) -> None:
        self._spoke(at)
        title, text = self.chance.choice(texts[self.person.language])
        # Most who are content leave stars and no words.
        wordy = score < 4 or self.chance.random() < 0.25
        said = {"title": title, "text": text} if wordy else {}
        self.say("review.posted", at, score=score, public=True, at=_iso(at), **said)

    def _return(self, delivered: datetime) -> None:
        asked = delivered + timedelta(days=self.chance.randint(1, 6), hours=2)
        self._spoke(asked)
        ret = {
            "id": f"{self.id}-return",
            "lines": [{"id": self.lines[0]["id"], "quantity": 1}],
            "wanted": "refund",
        }
        reason = self.chance.choice(words.RETURNS[self.person.language])
        self.say("return.requested", asked, **{"return": ret | {"reason": reason}})
        if self.chance.random() < 0.75:
            received = asked + timedelta(days=self.chance.randint(4, 9))
            self.say("return.received", received, **{"return": ret})
            paid = received + timedelta(days=self.chance.randint(1, 3))
            amount = self.lines[0]["price"]
            money = {"id": f"{self.id}-refund", "amount": amount, "created_at": _iso(paid)}
            self.say("refund.created", paid, refund=money)
            self.say("return.closed", paid + timedelta(hours=1), **{"return": ret})

    def _spoke(self, at: datetime) -> None:
        if self.truth.spoke_at is None or datetime.fromisoformat(self.truth.spoke_at) > at:
            self.truth.spoke_at = _iso(at)


def _iso(at: datetime) -> str:
    return at.isoformat()
