"""What a real Medusa store's subscriber made of its events, signed anew, and that store's Admin API."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.build import SECRET, sign
from tests.fake_shop import Asked, Route, answer

from vefa import clock
from vefa.exchange import Answer
from vefa.inbound import Request

KEY = "sk_0123456789"
BASIC = "Basic c2tfMDEyMzQ1Njc4OTo="
# What becomes of the five orders, by their numbers.
STATUS = {"3": "cancelled", "4": "refunded", "5": "delivered", "6": "paid", "7": "delivered"}
PLATFORM_STATUS = {"3": "canceled", "4": "pending", "5": "completed", "6": "pending", "7": "completed"}
TRACKED = {"5": "PN000000005SE", "7": "PN000000007SE"}
DELIVERED = {"5": "2026-11-21T21:25:42.774000+00:00", "7": "2026-11-21T21:26:26.588000+00:00"}
SHIPPED = {"5": "2026-11-21T21:25:40.523000+00:00", "7": "2026-11-21T21:26:24.074000+00:00"}
TOTAL = {"3": "37.4", "4": "67.8", "5": "23.9", "6": "77.2", "7": "19.8"}
REFUNDS = {("4", "67.8"), ("5", "4.9")}


@dataclass(frozen=True)
class Captured:
    """One request of the store, without a signature: Medusa's own plugin signs nothing."""

    event: str
    body: bytes
    received_at: datetime

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    def request(self, store: str, secret: str = SECRET) -> Request:
        """Return the request as the subscriber signs it."""
        headers = sign(
            self.body, clock.real_now(), secret, f"msg_{hashlib.sha256(self.body).hexdigest()[:32]}"
        )
        return Request(store, "medusa", headers, self.body)


def captured() -> list[Captured]:
    """Return every request in the order of arrival."""
    lines = (Path(__file__).parent / "data" / "medusa.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Captured(one["event"], one["body"].encode(), datetime.fromtimestamp(one["received_at"], UTC))
        for one in map(json.loads, lines)
    ]


def newest() -> dict[str, dict[str, Any]]:
    """Return each order as the store has it in the end."""
    return {one.document["order"]["id"]: one.document["order"] for one in captured()}


def payments() -> list[dict[str, Any]]:
    """Return the payments as the store lists them: when each changed last, and of which order it is."""
    found = {}
    for one in captured():
        if one.event.startswith("payment."):
            order = one.document["order"]
            found[one.document["data"]["id"]] = {
                "id": one.document["data"]["id"],
                "updated_at": order["payment_collections"][0]["updated_at"],
                "payment_collection": {"order": {"id": order["id"]}},
            }
    return list(found.values())


def admin_api(orders: Mapping[str, dict[str, Any]], paid: list[dict[str, Any]]) -> dict[str, Route]:
    """Return the routes of the store's Admin API, to whoever brings its key."""

    def guarded(route: Route) -> Route:
        def respond(asked: Asked) -> Answer:
            if asked.headers.get("authorization") != BASIC:
                return answer({"message": "Unauthorized"}, 401)
            return route(asked)

        return respond

    def one(asked: Asked) -> Answer:
        order = orders.get(asked.parts["id"])
        return answer({"order": order}) if order else answer({"type": "not_found"}, 404)

    return {
        "GET /admin/orders": guarded(lambda asked: answer({"orders": _listed(asked, [*orders.values()])})),
        "GET /admin/payments": guarded(lambda asked: answer({"payments": _listed(asked, paid)})),
        "GET /admin/orders/{id}": guarded(one),
    }


def _listed(asked: Asked, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    named = {value for name, value in asked.query.items() if name.startswith("id[")}
    since, offset = asked.query.get("updated_at[$gte]", ""), int(asked.query.get("offset", "0"))
    found = [row for row in rows if row["updated_at"] >= since and (not named or row["id"] in named)]
    found.sort(key=lambda row: str(row[asked.query.get("order", "id")]))
    return found[offset : offset + int(asked.query["limit"])]
