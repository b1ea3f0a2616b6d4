"""A WooCommerce shop's REST interface on this machine: it lists, filters and refuses as WooCommerce 11 does."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.captured import Captured
from tests.fake_shop import Asked, FakeShop, answer, failing

from vefa.exchange import Answer

KEYS = {"consumer_key": "ck_test", "consumer_secret": "cs_test"}
BASIC = "Basic " + base64.b64encode(b"ck_test:cs_test").decode()
API = "/wp-json/wc/v3"
TRACKING = "VEFA21-FULFIL"


def newest(requests: Iterable[Captured]) -> dict[str, dict[str, Any]]:
    """Return each order as the shop has it in the end; one that was deleted lies in the bin."""
    found: dict[str, dict[str, Any]] = {}
    deleted: dict[str, datetime] = {}
    for one in requests:
        topic = next(
            (value for name, value in one.headers.items() if name.lower() == "x-wc-webhook-topic"), ""
        )
        if not topic.startswith("order."):
            continue
        order = json.loads(one.body)
        number = str(order["id"])
        if topic == "order.deleted":
            deleted[number] = one.received_at
        elif number not in found or order["date_modified_gmt"] >= found[number]["date_modified_gmt"]:
            found[number] = order
    for number, at in deleted.items():
        found[number] |= {"status": "trash", "date_modified_gmt": f"{at:%Y-%m-%dT%H:%M:%S}"}
    return found


def fulfilment(order: dict[str, Any], number: int = 3, **meta: Any) -> dict[str, Any]:
    """Return a fulfilment of a whole order, as WooCommerce 11.0.1 answers it."""
    items = [{"item_id": line["id"], "qty": line["quantity"]} for line in order["line_items"]]
    at = f"{order['date_created_gmt']}Z"
    fields = {"_items": items, "_shipment_provider": "dhl", "_date_fulfilled": at} | meta
    return {
        "id": number, "entity_type": "WC_Order", "entity_id": str(order["id"]), "status": "fulfilled",
        "is_fulfilled": "1", "date_updated": at, "date_deleted": None,
        "meta_data": [{"id": place, "key": key, "value": value} for place, (key, value) in enumerate(fields.items())],
    }  # fmt: skip


class WooShop(FakeShop):
    """The orders and webhooks of a shop; ``most`` is how many orders it gives out at once, whatever is asked."""

    def __init__(self, orders: dict[str, dict[str, Any]], most: int = 100) -> None:
        super().__init__()
        self.orders, self.most = orders, most
        self.fulfilments: dict[str, list[dict[str, Any]]] = {}
        self.webhooks: list[dict[str, Any]] = []
        self.header_arrives = True
        routes = {
            "GET /orders": self._orders,
            "GET /orders/{id}": self._order,
            "GET /orders/{id}/fulfillments": self._fulfilments,
            "GET /webhooks": lambda asked: answer(self.webhooks if asked.query["page"] == "1" else []),
            "POST /webhooks": self._made,
            "PUT /webhooks/{id}": self._changed,
        }
        for route, respond in routes.items():
            method, path = route.split(" ")
            self.routes[f"{method} {API}{path}"] = self._guarded(respond)

    def _guarded(self, respond: Any) -> Any:
        def guarded(asked: Asked) -> Answer:
            by_header = self.header_arrives and asked.headers.get("authorization") == BASIC
            if self.header_arrives and not by_header:
                return failing(401, {"code": "woocommerce_rest_authentication_error"})(asked)
            if by_header or all(asked.query.get(name) == value for name, value in KEYS.items()):
                return respond(asked)  # type: ignore[no-any-return]
            return failing(401, {"code": "woocommerce_rest_cannot_view"})(asked)

        return guarded

    def _orders(self, asked: Asked) -> Answer:
        query = asked.query
        assert query["dates_are_gmt"] == "true" and "Z" not in query.get("modified_after", "")
        found = [
            one
            for one in self.orders.values()
            if (one["status"] == "trash") == (query["status"] == "trash")
            and query.get("modified_after", "") < one["date_modified_gmt"] < query.get("modified_before", "9")
        ]
        by = "date_modified_gmt" if query["orderby"] == "modified" else "id"
        found.sort(key=lambda one: one[by])
        number, begin = min(int(query["per_page"]), self.most), int(query.get("offset", 0))
        page = found[begin : begin + number]
        return answer(page, x_wp_total=str(len(found)), x_wp_totalpages=str(-(-len(found) // number)))

    def _order(self, asked: Asked) -> Answer:
        order = self.orders.get(asked.parts["id"])
        if order is None:
            return answer(
                {"code": "woocommerce_rest_shop_order_invalid_id"}, 404, date="Sun, 22 Nov 2026 09:00:00 GMT"
            )
        return answer(order)

    def _fulfilments(self, asked: Asked) -> Answer:
        return answer(self.fulfilments.get(asked.parts["id"], []))

    def _made(self, asked: Asked) -> Answer:
        self.webhooks.append({"id": len(self.webhooks) + 1, **asked.json})
        return answer(self.webhooks[-1], 201)

    def _changed(self, asked: Asked) -> Answer:
        (webhook,) = [one for one in self.webhooks if str(one["id"]) == asked.parts["id"]]
        webhook |= asked.json
        return answer(webhook)


def captured_shop(requests: Iterable[Captured]) -> WooShop:
    """Open the shop that the captured requests came from, with the parcel of order 21."""
    shop = WooShop(newest(requests))
    parcel = fulfilment(
        shop.orders["21"], _tracking_number=TRACKING, _tracking_url=f"https://dhl.example/{TRACKING}"
    )
    shop.fulfilments["21"] = [parcel]
    return shop
