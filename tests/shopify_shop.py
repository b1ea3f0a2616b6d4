"""A Shopify shop on this machine: its Admin GraphQL interface, answering from orders as its webhooks write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from tests.fake_shop import Asked, FakeShop, answer
from tests.shopify import gid

from vefa.exchange import Answer

PATH = "POST /admin/api/2026-07/graphql.json"
GRANT = "POST /admin/oauth/access_token"
CLIENT, SECRET, TOKEN = "0123456789abcdef0123456789abcdef", "shpss_hush", "shpat_T"
KEYS = {"client_id": CLIENT, "client_secret": SECRET, "access_token": TOKEN}
BUCKET, RATE = 2000.0, 100.0

Document = dict[str, Any]


def nodes(listed: Iterable[Any], first: int, after: int = 0) -> Document:
    """Return a connection that holds as many as were asked for."""
    whole = list(listed)
    shown = whole[after : after + first]
    more = len(whole) > after + first
    return {
        "nodes": shown,
        "pageInfo": {"hasNextPage": more, "endCursor": str(after + first) if more else None},
    }


def money(text: str | None, currency: str = "TRY") -> Document | None:
    """Return an amount as GraphQL writes it, without zeros at the end."""
    if text is None:
        return None
    whole, _, part = text.partition(".")
    return {"presentmentMoney": {"amount": f"{whole}.{part.rstrip('0') or '0'}", "currencyCode": currency}}


def place(one: Document | None) -> Document | None:
    return one and {
        "firstName": one["first_name"], "lastName": one["last_name"], "phone": one.get("phone"),
        "city": one["city"], "countryCodeV2": one["country_code"], "provinceCode": one["province_code"],
    }  # fmt: skip


def line(one: Document) -> Document:
    return {
        "id": gid("LineItem", one["id"]), "title": one["title"], "name": one["title"], "sku": one.get("sku"),
        "quantity": one["quantity"], "currentQuantity": one.get("current_quantity", one["quantity"]),
        "requiresShipping": one["requires_shipping"], "originalUnitPriceSet": money(one["price"]),
    }  # fmt: skip


def parcel(one: Document, events: Iterable[Document], room: Mapping[str, int]) -> Document:
    told = [
        {"id": gid("FulfillmentEvent", event["id"]), "status": event["status"].upper(),
         "happenedAt": event["happened_at"], "createdAt": event["happened_at"],
         "estimatedDeliveryAt": event.get("estimated_delivery_at")}
        for event in sorted(events, key=lambda event: event["happened_at"], reverse=True)
        if event["fulfillment_id"] == one["id"]
    ]  # fmt: skip
    inside = [
        {"quantity": each["quantity"], "lineItem": {"id": gid("LineItem", each["id"])}}
        for each in one["line_items"]
    ]
    tracked = {name: one.get(f"tracking_{name}") for name in ("company", "number", "url")}
    return {
        "id": gid("Fulfillment", one["id"]), "status": one["status"].upper(), "displayStatus": "FULFILLED",
        "createdAt": one["created_at"], "updatedAt": one["updated_at"], "trackingInfo": [tracked],
        "fulfillmentLineItems": nodes(inside, room["fulfillmentLineItems"]), "events": nodes(told, room["events"]),
    }  # fmt: skip


def refund(one: Document, room: Mapping[str, int]) -> Document:
    paid = [
        {"id": gid("OrderTransaction", each["id"]), "kind": each["kind"].upper(), "status": each["status"].upper(),
         "amountSet": money(each["amount"])}
        for each in one["transactions"]
    ]  # fmt: skip
    return {
        "id": gid("Refund", one["id"]), "createdAt": one["created_at"], "processedAt": one.get("processed_at"),
        "transactions": nodes(paid, room["transactions"]),
    }  # fmt: skip


def customer(one: Document | None) -> Document | None:
    return one and {
        "id": gid("Customer", one["id"]), "firstName": one["first_name"], "lastName": one["last_name"],
        "defaultEmailAddress": {"emailAddress": one["email"], "marketingState": "NOT_SUBSCRIBED"},
        "defaultPhoneNumber": {"phoneNumber": one["phone"]},
    }  # fmt: skip


def graphql(one: Document, room: Mapping[str, int]) -> Document:
    """Return an order as the interface has it; ``events``, ``returns`` and ``metafields`` stand beside the rest."""
    events, returns = one.get("events", ()), one.get("returns", ())
    reason = one.get("cancel_reason")
    return {
        "id": gid("Order", one["id"]), "name": one["name"], "createdAt": one["created_at"],
        "processedAt": one["processed_at"], "updatedAt": zulu(one["updated_at"]),
        "cancelledAt": one.get("cancelled_at"), "cancelReason": reason and reason.upper(),
        "currencyCode": one["currency"], "presentmentCurrencyCode": one["currency"],
        "displayFinancialStatus": one["financial_status"].upper(),
        "paymentGatewayNames": one.get("payment_gateway_names", []), "customerLocale": one["customer_locale"],
        "customerAcceptsMarketing": False, "tags": [], "email": one["email"], "phone": one.get("phone"),
        "customAttributes": [{"key": each["name"], "value": each["value"]} for each in one["note_attributes"]],
        "totalPriceSet": money(one["total_price"]), "totalShippingPriceSet": None,
        "customer": customer(one["customer"]), "shippingAddress": place(one["shipping_address"]),
        "billingAddress": None, "shippingLines": nodes([], 1),
        "metafields": nodes(one.get("metafields", ()), room["metafields"]),
        "lineItems": nodes(map(line, one["line_items"]), room["lineItems"]),
        "fulfillments": [parcel(each, events, room) for each in one["fulfillments"]][: room["fulfillments"]],
        "refunds": [refund(each, room) for each in one["refunds"]][: room["refunds"]],
        "returns": nodes(returns, room["returns"]),
    }  # fmt: skip


def zulu(text: str) -> str:
    return datetime.fromisoformat(text).isoformat().replace("+00:00", "Z")


class ShopifyShop(FakeShop):
    """A shop with orders by number; a page has at most ``most``, and ``left`` points are in the bucket."""

    def __init__(self, orders: Iterable[Document], most: int = 4) -> None:
        super().__init__({PATH: self.respond, GRANT: self.grant})
        self.orders = {one["id"]: one for one in orders}
        self.most, self.left, self.life = most, BUCKET, 86_399
        self.refresh = ""
        self.token, self.webhooks, self.grants = TOKEN, list[Document](), list[dict[str, str]]()

    def grant(self, asked: Asked) -> Answer:
        """Give a token: for the pair alone, for the code, for a session, or for the last refresh token."""
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        self.grants.append(form)
        good = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if not good or form.get("refresh_token", self.refresh) != self.refresh or form.get("code") == "used":
            return answer({"error": "invalid_request"}, 400)
        self.token = f"shpat_{len(self.grants)}"
        given = {"access_token": self.token, "scope": "read_orders", "expires_in": self.life}
        if "expiring" in form or "refresh_token" in form:
            self.refresh = f"shprt_{len(self.grants)}"
            given["refresh_token"] = self.refresh
        return answer(given)

    def respond(self, asked: Asked) -> Answer:
        if asked.headers.get("x-shopify-access-token") != self.token:
            return answer({"errors": "[API] Invalid API key or access token"}, 401)
        text, variables = asked.json["query"], asked.json["variables"]
        cost = 950.0 if "orders(" in text else 890.0
        status = {"maximumAvailable": BUCKET, "currentlyAvailable": self.left, "restoreRate": RATE}
        extensions = {"cost": {"requestedQueryCost": cost, "throttleStatus": status}}
        if self.left < cost:
            throttled = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            return answer({"errors": [throttled], "extensions": extensions})
        return answer({"data": self.data(text, variables), "extensions": extensions})

    def data(self, text: str, variables: Mapping[str, Any]) -> Document:
        room = {name: int(first) for name, first in re.findall(r"(\w+)\(first: (\d+)", text)}
        if "orders(" in text:
            return {"orders": self.listed(variables, room)}
        if "webhookSubscriptionCreate" in text or "webhookSubscriptionUpdate" in text:
            return self.changed(variables)
        if "webhookSubscriptions" in text:
            return {"webhookSubscriptions": nodes(self.webhooks, 100)}
        order = self.orders.get(int(variables["id"].rpartition("/")[2]))
        if order is None:
            return {"order": None}
        if "totalPriceSet" in text:
            return {"order": graphql(order, room)}
        lines = nodes(map(line, order["line_items"]), variables["first"], int(variables["after"]))
        return {"order": {"id": variables["id"], "updatedAt": order["updated_at"], "lineItems": lines}}

    def listed(self, variables: Mapping[str, Any], room: Mapping[str, int]) -> Document:
        since = re.fullmatch(
            r"updated_at:>='([^']+)'", variables["query"] or "updated_at:>='2000-01-01T00:00:00Z'"
        )
        assert since, variables
        after = datetime.fromisoformat(since[1])
        changed = [one for one in self.orders.values() if datetime.fromisoformat(one["updated_at"]) >= after]
        changed.sort(key=lambda one: (datetime.fromisoformat(one["updated_at"]), one["id"]))
        page = nodes(changed, min(variables["first"], self.most), int(variables["after"] or 0))
        return page | {"nodes": [graphql(one, room) for one in page["nodes"]]}

    def changed(self, variables: Mapping[str, Any]) -> Document:
        wanted = variables["webhookSubscription"]
        made = {"userErrors": [], "webhookSubscription": {"id": "gid://shopify/WebhookSubscription/1"}}
        if "id" in variables:
            one = next(each for each in self.webhooks if each["id"] == variables["id"])
            one["uri"] = wanted["uri"]
            return {"webhookSubscriptionUpdate": made}
        number = len(self.webhooks) + 1
        one = {"id": gid("WebhookSubscription", number), "topic": variables["topic"], "uri": wanted["uri"]}
        self.webhooks.append(one)
        return {"webhookSubscriptionCreate": made}
