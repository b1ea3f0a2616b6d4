"""A small invented stream in which every case of Shows 1, 2 and 4 occurs, and its replay in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from click.testing import CliRunner
from tests.shows import Told, told

from vefa.cli._stream import Disturbance
from vefa.cli.replay import replay

ZONE = ZoneInfo("Europe/Istanbul")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST = datetime(2026, 3, 2, 10, 1, tzinfo=ZONE)
STORE = {
    "slug": "small",
    "country": "TR",
    "timezone": "Europe/Istanbul",
    "languages": ["tr"],
    "reply_to": "care@small.example",
}
# When a parcel arrives, counted from the end of the promised day; None: never.
ARRIVALS = (-30 * HOUR, -HOUR / 2, HOUR, 6 * HOUR, 9 * HOUR - HOUR / 60, 10 * HOUR, 2 * DAY, None)
# Who ordered twice: beside a parcel that never comes, and again within days.
SAME_CUSTOMER = {15: 0, 17: 1}
# What was posted: how long after the arrival, and the score. The bad one opens a case before the apology is due.
REVIEWS = {8: (20 * HOUR, 5), 10: (HOUR, 1)}
DELAYED = ("--delay-days", "3", "--seed", "1")
SHUFFLED = ("--shuffle-days", "3", "--duplicate", "0.3", "--seed", "1")


def _event(kind: str, at: datetime, name: str, **data: Any) -> dict[str, Any]:
    return {"id": f"{kind} {name}", "type": kind, "timestamp": at.isoformat(), "data": data}


def _order(number: int) -> list[dict[str, Any]]:
    order_id, at = f"o{number}", FIRST + number * 20 * timedelta(minutes=1)
    due = date(2026, 3, 10) + number % 3 * DAY
    over = datetime.combine(due + DAY, time(), ZONE)
    arrival = ARRIVALS[number % len(ARRIVALS)]
    customer = SAME_CUSTOMER.get(number, number)
    parcel = {"order_id": order_id, "shipment_id": "s1"}
    document = {
        "id": order_id,
        "number": order_id,
        "placed_at": at.isoformat(),
        "customer": {"id": f"c{customer}", "email": f"c{customer}@example.com"},
        "ship_to": {"country": "TR"},
        "lines": [{"id": "1", "quantity": 1}],
        "promise": {"deliver_by": due.isoformat(), "source": "checkout"},
    }
    found = [_event("order.placed", at, order_id, order=document)]
    # Minutes later, so that several events of an order fall into one step of the clock.
    handed_over = at + timedelta(minutes=3)
    found.append(
        _event("shipment.shipped", handed_over, order_id, **parcel, shipped_at=handed_over.isoformat())
    )
    if arrival is None or arrival > DAY:
        found.append(_event("shipment.scanned", over + 20 * HOUR, order_id, **parcel, status="in_transit"))
    if arrival is not None:
        at = over + arrival
        found.append(_event("shipment.delivered", at, order_id, **parcel, delivered_at=at.isoformat()))
    if arrival is not None and number in REVIEWS:
        pause, score = REVIEWS[number]
        found.append(_event("review.posted", at + pause, order_id, order_id=order_id, score=score))
    return found


@dataclass(frozen=True)
class Small:
    """The stream and its store as files."""

    folder: Path

    @cached_property
    def files(self) -> tuple[Path, Path]:
        stream, store = self.folder / "small.jsonl", self.folder / "small.json"
        events = sorted(
            (event for number in range(24) for event in _order(number)), key=lambda one: one["timestamp"]
        )
        stream.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        store.write_text(json.dumps(STORE), encoding="utf-8")
        return stream, store

    def replay(self, *options: str) -> dict[str, Any]:
        stream, store = self.files
        done = CliRunner().invoke(
            replay, [str(stream), "--store", str(store), "--json", "--details", *options]
        )
        assert done.exit_code == 0, done.output
        report: dict[str, Any] = json.loads(done.stdout)
        return report

    def told(self, *, delayed: bool = False) -> dict[str, Told]:
        return told(self.files[0], ZONE, Disturbance(delay_days=3, seed=1) if delayed else None)
