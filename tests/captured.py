"""The requests that a real WooCommerce store sent, ready to be posted or kept again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vefa.inbound import Request

SECRET = "vefa-woo-webhook-secret-&<1>"
DELIVERED = {
    "13": "2026-11-21T21:09:05+00:00",
    "14": "2026-11-21T21:09:33+00:00",
    "18": "2026-11-21T21:10:27+00:00",
    "22": "2026-11-21T21:11:18+00:00",
    "23": "2026-11-21T21:11:43+00:00",
}
PLATFORM_STATUS = {
    **dict.fromkeys(("13", "14", "18", "21", "23", "24"), "completed"),
    **dict.fromkeys(("15", "25"), "cancelled"),
    **dict.fromkeys(("16", "26"), "refunded"),
    "22": "delivered",
    "28": "pending",
    "20": "deleted",
}
TRACKED = {"13", "14", "18", "22", "23", "24"}
REFUNDS = {("16", "37.40"), ("18", "4.90"), ("26", "151.20")}


@dataclass(frozen=True)
class Captured:
    """One request: headers, body, and when it was received."""

    headers: dict[str, str]
    body: bytes
    received_at: datetime

    @property
    def signed(self) -> bool:
        return any(name.lower() == "x-wc-webhook-signature" for name in self.headers)

    def request(self, store: str) -> Request:
        return Request(store, "woocommerce", self.headers, self.body)


def captured() -> list[Captured]:
    """Return every request in the order of arrival."""
    lines = (Path(__file__).parent / "data" / "woocommerce.jsonl").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        entry = json.loads(line)
        headers = {name: value for name, value in entry["headers"] if name.lower() != "content-length"}
        found.append(
            Captured(headers, entry["body"].encode(), datetime.fromtimestamp(entry["received_at"], UTC))
        )
    return found
