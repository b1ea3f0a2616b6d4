"""Writes the recorded orders of an invented store: 40 orders in three languages over a month.

Usage: python make_orders.py [--end 2026-11-15T18:00] [--output orders.jsonl]

The same end gives the same file. Days are counted back from the end; what would happen after it has not happened
yet and is left out. Nobody in it exists: names are made up, and mail goes to domains kept for examples.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

ISTANBUL = timezone(timedelta(hours=3))
FIRST_NUMBER = 1003
CARRIER = "Demo Kargo"

Event = dict[str, Any]

PEOPLE: dict[str, list[tuple[str, str, str]]] = {
    "tr": [
        ("Ayşe", "Yıldırım", "ayse.yildirim@example.com"),
        ("Abdurrahman Şükrü", "Müslümoğlu-Karaosmanoğlu", "a.s.m.karaosmanoglu@example.org"),
        ("İrem", "Işık", "irem@example.net"),
        ("Çağla Nur", "Öztürk", "cagla.nur@example.com"),
        ("Oğuzhan", "Güneş", "oguzhan.gunes@example.org"),
        ("Şule", "Ağaoğlu", "sule@example.com"),
        ("Ümit", "Çelik", "umit.celik@example.net"),
        ("Gülsüm", "Deniz", "gulsum.deniz@example.com"),
        ("Hüseyin Avni", "Büyükkarabacakoğlu", "huseyin.avni@example.org"),
        ("Elâ", "Kılıç", "ela.kilic@example.com"),
        ("Nazlı", "Er", "nazli.er@example.net"),
        ("Tuğrul", "Şimşek", "tugrul@example.com"),
        ("Pınar", "Doğan", "pinar.dogan@example.org"),
        ("Koray", "Su", "koray.su@example.com"),
    ],
    "fa": [
        ("زهرا", "احمدی", "zahra.ahmadi@example.com"),
        ("سیده فاطمه‌زهرا", "موسوی‌نژاد طباطبایی", "f.mousavi@example.org"),
        ("محمدرضا", "کریمی", "mr.karimi@example.net"),
        ("نیلوفر", "گل‌محمدی", "niloufar@example.com"),
        ("امیرحسین", "رضایی", "amirhossein@example.org"),
        ("شیرین", "یزدانی", "shirin.yazdani@example.com"),
        ("بهرام", "پاک‌نهاد", "bahram@example.net"),
        ("مریم", "صادقی", "maryam.sadeghi@example.com"),
        ("کیوان", "جهانگیری", "keyvan@example.org"),
        ("پریسا", "نوری", "parisa.nouri@example.com"),
        ("عبدالرحیم", "شمس‌الدینی کرمانشاهی", "a.shams@example.net"),
        ("لیلا", "فرهادی", "leila@example.com"),
        ("آرش", "کمالی", "arash.kamali@example.org"),
    ],
    "en": [
        ("Maeve", "O'Sullivan", "maeve@example.com"),
        ("Bartholomew Alexander", "Featherstonehaugh-Cholmondeley", "b.a.featherstonehaugh@example.org"),
        ("Jonas", "de Vries", "jonas.devries@example.net"),
        ("Anneliese", "Schäfer", "anneliese@example.com"),
        ("Liam", "Byrne", "liam.byrne@example.org"),
        ("Zoë", "van den Berg", "zoe@example.com"),
        ("Pádraig", "Ó Ceallaigh", "padraig@example.net"),
        ("Sanne", "Bakker", "sanne.bakker@example.com"),
        ("Friederike", "Groß", "friederike@example.org"),
        ("Niamh", "Walsh", "niamh.walsh@example.com"),
        ("Thijs", "Visser", "thijs@example.net"),
        ("Karoline", "Weiß", "karoline@example.com"),
        ("Oisín", "Kavanagh", "oisin@example.org"),
    ],
}
PLACES: dict[str, list[tuple[str, str, str]]] = {
    "tr": [("TR", "35", "İzmir"), ("TR", "06", "Ankara"), ("TR", "34", "İstanbul"), ("TR", "61", "Trabzon")],
    "fa": [("IR", "07", "شیراز"), ("IR", "23", "تهران"), ("IR", "10", "اصفهان"), ("IR", "03", "تبریز")],
    "en": [("IE", "C", "Cork"), ("NL", "UT", "Utrecht"), ("DE", "HH", "Hamburg"), ("IE", "L", "Dublin")],
}
MONEY = {"tr": ("TRY", 1.0), "fa": ("IRR", 10_000.0), "en": ("EUR", 0.025)}
GOODS = [
    ("KOLYE-01", "Mercan kolye", 1450),
    ("KUPE-07", "Gümüş küpe", 690),
    ("KUPA-03", "El yapımı seramik kupa", 420),
    ("ORTU-12", "Keten masa örtüsü, 160 × 220 cm", 1180),
    ("TAHTA-02", "Zeytin ağacı sunum tahtası", 860),
    ("SABUN-09", "Defne sabunu, altılı", 240),
]
REVIEWS = {
    ("tr", 5): ("Çok güzel", "Tam zamanında geldi, paketleme özenliydi."),
    ("tr", 2): ("Geç geldi", "Ürün iyi, ama söylenen günde gelmedi."),
    ("fa", 5): ("عالی", "به‌موقع رسید و بسته‌بندی تمیز بود."),
    ("fa", 2): ("دیر رسید", "کالا خوب است، ولی دیرتر از تاریخ گفته‌شده رسید."),
    ("en", 5): ("Lovely", "Arrived on the day it was promised."),
    ("en", 2): ("Late", "Nice necklace, but it was for a birthday and came after it."),
}


@dataclass
class Order:
    """One order being told: every method adds an event; days count from the day it was placed."""

    number: int
    language: str
    person: tuple[str, str, str]
    day: date
    chance: random.Random
    events: list[Event] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    total: str = "0"

    @property
    def id(self) -> str:
        """The store's own id of the order."""
        return f"demo-{self.number}"

    def at(self, day: int, hour: int, minute: int | None = None) -> str:
        """Return a moment of a day; the minute is left to chance."""
        moment = datetime(self.day.year, self.day.month, self.day.day, hour, tzinfo=ISTANBUL)
        minute = self.chance.randrange(60) if minute is None else minute
        return (moment + timedelta(days=day, minutes=minute)).isoformat()

    def on(self, day: int) -> str:
        """Return a date."""
        return (self.day + timedelta(days=day)).isoformat()

    def money(self, lira: float) -> str:
        """Return a price in the customer's currency; rials have no fraction in daily use."""
        code, rate = MONEY[self.language]
        return f"{lira * rate:.0f}" if code == "IRR" else f"{lira * rate:.2f}"

    def say(self, kind: str, at: str, /, **data: Any) -> None:
        """Add an event."""
        if kind != "order.placed":
            data = {"order_id": self.id, **data}
        identity = f"{self.id}-{len(self.events) + 1}"
        self.events.append({"id": identity, "type": kind, "timestamp": at, "data": data})

    def place(
        self,
        goods: int = 0,
        *,
        hour: int = 11,
        on_delivery: bool = False,
        service: str = "Standart",
        **promise: Any,
    ) -> None:
        """Place the order; ``promise`` is what the checkout promised, ``goods`` how many kinds of goods."""
        at = self.at(0, hour)
        first, last, email = self.person
        country, region, city = self.chance.choice(PLACES[self.language])
        chosen = self.chance.sample(GOODS, goods or self.chance.choice((1, 1, 2, 3)))
        self.lines = [
            {
                "id": f"{self.id}-line-{place}",
                "sku": sku,
                "title": title,
                "quantity": 1 if lira > 500 else self.chance.randint(1, 3),
                "price": self.money(lira),
                "requires_shipping": True,
            }
            for place, (sku, title, lira) in enumerate(chosen, 1)
        ]
        self.total = self.money(
            sum(lira * line["quantity"] for (_, _, lira), line in zip(chosen, self.lines, strict=True)) + 80
        )
        order: dict[str, Any] = {
            "id": self.id,
            "number": f"DEMO-{self.number}",
            "placed_at": at,
            "currency": MONEY[self.language][0],
            "total": self.total,
            "shipping_price": self.money(80),
            "customer": {
                "id": f"customer-{self.number}",
                "email": email,
                "name": f"{first} {last}",
                "first_name": first,
                "last_name": last,
                "locale": {"tr": "tr-TR", "fa": "fa-IR", "en": "en-IE"}[self.language],
            },
            "payment": {"method": "kapıda ödeme" if on_delivery else "kart", "on_delivery": on_delivery},
            "ship_to": {"country": country, "region": region, "city": city},
            "ship_from": {"country": "TR", "region": "48", "city": "Bodrum"},
            "shipping": {"service": service, "carrier": CARRIER},
            "lines": self.lines,
            "tags": ["DEMO"],
        }
        if promise:
            order["promise"] = {"source": "checkout", **promise}
        self.say("order.placed", at, order=order)
        if not on_delivery:
            self.pay(0, hour + 1)

    def pay(self, day: int, hour: int) -> None:
        """Pay the order."""
        at = self.at(day, hour)
        self.say("order.paid", at, paid_at=at, amount=self.total)

    def cancel(self, day: int, hour: int, by: str, reason: str) -> None:
        """Cancel the order."""
        at = self.at(day, hour)
        self.say("order.cancelled", at, cancelled_at=at, by=by, reason=reason)

    def ship(self, day: int, parcel: int = 1, lines: slice = slice(None)) -> None:
        """Make a parcel and hand it to the carrier."""
        tracking = f"DK{self.number}{parcel:02d}TR"
        shipment = {
            "id": f"{self.id}-parcel-{parcel}",
            "carrier": CARRIER,
            "tracking_number": tracking,
            "tracking_url": f"https://track.example/{tracking}",
            "lines": [{"id": line["id"], "quantity": line["quantity"]} for line in self.lines[lines]],
        }
        self.say("shipment.created", self.at(day, 10), shipment=shipment)
        at = self.at(day, 16)
        self.parcel("shipment.shipped", at, parcel, shipped_at=at)

    def parcel(self, kind: str, at: str, parcel: int = 1, /, **data: Any) -> None:
        """Add an event about one parcel."""
        self.say(kind, at, shipment_id=f"{self.id}-parcel-{parcel}", **data)

    def scan(self, day: int, status: str, place: str, parcel: int = 1, hour: int = 8, **data: Any) -> None:
        """Add a carrier's scan."""
        at = self.at(day, hour)
        self.parcel("shipment.scanned", at, parcel, status=status, at=at, place=place, **data)

    def deliver(self, day: int, hour: int = 14, parcel: int = 1) -> None:
        """Deliver a parcel."""
        if hour > 9:
            self.scan(day, "out_for_delivery", "Dağıtım merkezi", parcel)
        at = self.at(day, hour)
        self.parcel("shipment.delivered", at, parcel, delivered_at=at)

    def review(self, day: int, score: int) -> None:
        """Let the customer say what they think."""
        title, text = REVIEWS[self.language, score]
        at = self.at(day, 20)
        self.say("review.posted", at, score=score, title=title, text=text, public=True, at=at)


def kept(order: Order) -> None:
    """Promise a day and keep it."""
    days = order.chance.randint(3, 5)
    order.place(deliver_by=order.on(5), ship_by=order.on(2))
    order.ship(order.chance.randint(1, 2))
    order.scan(2, "in_transit", "Aktarma merkezi", hour=21)
    order.deliver(days, hour=order.chance.randint(10, 17))
    if order.chance.random() < 0.4:
        order.review(days + 2, 5)


def late(order: Order) -> None:
    """Deliver two or three days after the promised day."""
    days = order.chance.randint(6, 7)
    order.place(deliver_by=order.on(4))
    order.ship(2)
    order.scan(3, "in_transit", "Aktarma merkezi")
    order.scan(5, "in_transit", "Bölge deposu")
    order.deliver(days)
    if order.number % 2:
        order.review(days + 1, 2)


def late_by_a_night(order: Order) -> None:
    """Deliver early in the morning after the promised day, before anybody could have been written to."""
    order.place(deliver_by=order.on(4))
    order.ship(1)
    order.scan(4, "attempted", "Kapıda", hour=19, detail="Adreste bulunamadı")
    order.deliver(5, hour=7)


def late_and_open(order: Order) -> None:
    """Let the promised day pass with the parcel still on its way."""
    order.place(deliver_by=order.on(4))
    order.ship(2)
    order.scan(3, "in_transit", "Aktarma merkezi")


def lost(order: Order) -> None:
    """Send a parcel of which nothing is heard for weeks."""
    order.place(deliver_by=order.on(4))
    order.ship(1)
    order.scan(2, "in_transit", "Aktarma merkezi")


def held_up(order: Order) -> None:
    """Let the carrier report a problem while the promise can still be kept."""
    order.place(deliver_by=order.on(6))
    order.ship(1)
    order.scan(3, "exception", "Bölge deposu", detail="Paket hasarlı, yeniden ambalajlanıyor")


def slower_than_promised(order: Order) -> None:
    """Let the carrier itself expect to arrive after the promised day."""
    order.place(deliver_by=order.on(5))
    order.ship(1)
    order.scan(2, "in_transit", "Aktarma merkezi", carrier_eta=order.on(7))


def not_handed_over(order: Order) -> None:
    """Let the day for handing the parcel to the carrier pass."""
    order.place(ship_by=order.on(1), deliver_by=order.on(5))


def cancelled_by_customer(order: Order) -> None:
    """Cancel within hours, and pay back."""
    order.place(deliver_by=order.on(5))
    order.cancel(0, 14, "customer", "Vazgeçtim")
    refund(order, 1, order.total)


def cancelled_after_waiting(order: Order) -> None:
    """Let the promised day pass, and then cancel."""
    order.place(deliver_by=order.on(4))
    order.cancel(7, 15, "merchant", "Stokta kalmadı")
    refund(order, 8, order.total)


def refund(order: Order, day: int, amount: str) -> None:
    """Pay money back."""
    at = order.at(day, 12)
    order.say("refund.created", at, refund={"id": f"{order.id}-refund", "amount": amount, "created_at": at})


def sent_back(order: Order) -> None:
    """Deliver in time, take the goods back, and pay back."""
    kept(order)
    ret = {
        "id": f"{order.id}-return",
        "lines": [{"id": order.lines[0]["id"], "quantity": 1}],
        "wanted": "refund",
    }
    order.say(
        "return.requested", order.at(7, 19), **{"return": ret | {"reason": "Rengi beklediğim gibi değil"}}
    )
    order.say("return.received", order.at(12, 11), **{"return": ret})
    refund(order, 13, order.total)
    order.say("return.closed", order.at(13, 13), **{"return": ret})


def partly_refunded(order: Order) -> None:
    """Deliver late, and give the shipping price back."""
    late(order)
    refund(order, 9, order.money(80))


def two_parcels(order: Order) -> None:
    """Send two parcels, of which one is late and still on its way."""
    order.place(2, deliver_by=order.on(4))
    order.ship(1, 1, slice(0, 1))
    order.ship(3, 2, slice(1, None))
    order.deliver(3, parcel=1)
    order.scan(5, "in_transit", "Aktarma merkezi", 2)


def two_parcels_in_time(order: Order) -> None:
    """Send two parcels, both in time."""
    order.place(2, deliver_by=order.on(6))
    order.ship(1, 1, slice(0, 1))
    order.ship(3, 2, slice(1, None))
    order.deliver(3, parcel=1)
    order.deliver(5, parcel=2)


def revised_and_agreed(order: Order) -> None:
    """Name a later day to which the customer agrees, and keep it."""
    order.place(deliver_by=order.on(4))
    order.say(
        "promise.revised",
        order.at(2, 15),
        deliver_by=order.on(9),
        agreed_by_customer=True,
        reason="Müşteri tatilde",
    )
    order.ship(5)
    order.deliver(8)


def revised_alone(order: Order) -> None:
    """Name a later day without asking."""
    order.place(deliver_by=order.on(4))
    order.say(
        "promise.revised",
        order.at(3, 15),
        deliver_by=order.on(8),
        agreed_by_customer=False,
        reason="Stokta kalmadı",
    )
    order.ship(6)
    order.deliver(8, hour=11)


def by_the_hour(order: Order) -> None:
    """Promise an hour, and come after it."""
    order.place(service="Ekspres", hour=9, deliver_by=order.at(1, 15, 0))
    order.ship(0)
    order.deliver(1, hour=16)


def by_delivery_days(order: Order) -> None:
    """Promise no day at the checkout; the store's delivery days make the promise."""
    order.place(service="Standart")
    order.ship(1)


def paid_at_the_door(order: Order) -> None:
    """Take the money at the door, in time."""
    order.place(on_delivery=True, deliver_by=order.on(5))
    order.ship(1)
    order.deliver(4)
    order.pay(4, 15)


def fresh(order: Order) -> None:
    """Place an order and no more."""
    order.place(hour=9, ship_by=order.on(2), deliver_by=order.on(5))


Story = Callable[[Order], None]
STORIES: list[tuple[int, str, Story]] = [
    (30, "tr", kept),
    (29, "en", lost),
    (29, "fa", kept),
    (28, "en", kept),
    (27, "tr", late),
    (26, "fa", late),
    (25, "en", sent_back),
    (25, "tr", kept),
    (24, "fa", revised_and_agreed),
    (23, "en", late),
    (22, "tr", two_parcels_in_time),
    (21, "fa", kept),
    (20, "tr", cancelled_by_customer),
    (19, "en", kept),
    (18, "fa", late_by_a_night),
    (18, "tr", cancelled_after_waiting),
    (17, "en", partly_refunded),
    (16, "fa", kept),
    (15, "tr", revised_alone),
    (14, "en", kept),
    (13, "fa", late),
    (12, "tr", by_the_hour),
    (11, "en", kept),
    (11, "fa", kept),
    (10, "tr", late_and_open),
    (9, "en", late),
    (9, "fa", late_and_open),
    (8, "tr", kept),
    (8, "fa", two_parcels),
    (7, "en", late_and_open),
    (7, "tr", paid_at_the_door),
    (6, "fa", kept),
    (5, "en", late_and_open),
    (4, "tr", held_up),
    (4, "fa", slower_than_promised),
    (3, "en", not_handed_over),
    (2, "tr", by_delivery_days),
    (2, "fa", not_handed_over),
    (1, "en", fresh),
    (1, "tr", fresh),
]


def stream(end: datetime) -> Iterator[Event]:
    """Return every event up to ``end``, in the order in which they happened."""
    chance = random.Random("mercan")
    waiting = {language: list(people) for language, people in PEOPLE.items()}
    events: list[Event] = []
    for number, (days, language, story) in enumerate(STORIES, FIRST_NUMBER):
        day = end.date() - timedelta(days=days)
        order = Order(number, language, waiting[language].pop(0), day, chance)
        story(order)
        events += order.events
    happened = [event for event in events if datetime.fromisoformat(event["timestamp"]) <= end]
    return iter(sorted(happened, key=lambda event: datetime.fromisoformat(event["timestamp"])))


def write(end: datetime, path: Path) -> None:
    """Write the stream up to ``end`` to a file, one event a line."""
    with path.open("w", encoding="utf-8") as file:
        for event in stream(end):
            file.write(json.dumps(event, ensure_ascii=False) + "\n")


def main() -> None:
    """Read the command line and write the stream."""
    parser = argparse.ArgumentParser(description="Write the recorded orders of an invented store.")
    parser.add_argument("--end", type=datetime.fromisoformat, default=datetime(2026, 11, 15, 18))
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("orders.jsonl"))
    options = parser.parse_args()
    end = options.end
    write(end.astimezone(ISTANBUL) if end.tzinfo else end.replace(tzinfo=ISTANBUL), options.output)


if __name__ == "__main__":
    main()
