"""Asking Shopify's Admin GraphQL interface: one query, its errors by name, and what it left in the store's bucket."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vefa.errors import BusyError, RefusedByShopError, UnreachableError
from vefa.exchange import Answer, Shop
from vefa.platforms import _shopify_query as query
from vefa.platforms._asking import DEFAULT_WAIT, LONGEST_WAIT, decoded, judge
from vefa.platforms._shopify_scopes import SCOPES
from vefa.platforms._shopify_token import TOKEN, App, by_credentials

WHAT = "the GraphQL interface"
MOST_POINTS = 1_000_000
THROTTLED, TOO_DEAR, DENIED = "THROTTLED", "MAX_COST_EXCEEDED", "ACCESS_DENIED"
# Fields that Shopify may withhold from an application, such as protected customer data; the rest is told.
WITHHELD = frozenset(
    {
        "customer", "email", "phone", "shippingAddress", "billingAddress", "firstName", "lastName", "city",
        "defaultEmailAddress", "defaultPhoneNumber", "returns", "metafields",
    }
)  # fmt: skip
# Only the date on which a token was given is asked of it, and tokens that are not kept need none.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """An answer's data, what is wrong with the query (None: nothing), and how many seconds to let the store be."""

    data: Document
    fault: str | None = None
    wait: float = 0.0


def ask(shop: Shop, text: str, variables: Mapping[str, Any] | None = None) -> Said:
    """Ask once; where a token is missing or has come to its end, with one that the client credentials give.

    Raises ``RefusedByShopError`` where the token is not good for it, ``BusyError`` where the bucket is empty, and
    ``UnreachableError`` where there is no sound answer.
    """
    body = json.dumps({"query": text, "variables": dict(variables or {})}).encode()
    token = shop.keys.get(TOKEN) or _token(shop)
    if not token:
        raise RefusedByShopError("There is neither a token nor a client id with its secret.")
    answer = _post(shop, token, body)
    if answer.status == 401 and shop.keys.get(TOKEN) and (other := _token(shop)):
        answer = _post(shop, other, body)
    judge(answer, WHAT)
    document = decoded(answer, WHAT)
    if not isinstance(document, dict) or answer.status == 404:
        raise UnreachableError(f"There is no GraphQL interface at {query.PATH}.")
    return _said(document)


def _post(shop: Shop, token: str, body: bytes) -> Answer:
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    return shop.ask("POST", query.PATH, headers={**headers, "X-Shopify-Access-Token": token}, body=body)


def _token(shop: Shop) -> str | None:
    client, secret = shop.keys.get("client_id"), shop.keys.get("client_secret")
    return by_credentials(shop, App(client, secret), UNDATED)[TOKEN] if client and secret else None


def _said(document: Document) -> Said:
    errors = document.get("errors") or ()
    if isinstance(errors, str):
        raise RefusedByShopError(f"Shopify refuses the query: {errors[:200]}")
    faults = (
        [_name(one) for one in errors if isinstance(one, Mapping)] if isinstance(errors, Sequence) else []
    )
    cost = _part(_part(document, "extensions"), "cost")
    if THROTTLED in faults:
        raise BusyError("The bucket of the store's interface is empty.", max(wait_of(cost), 1.0))
    data = document.get("data")
    serious = [name for name in faults if name]
    # What is withheld takes all around it along, where that cannot be without it.
    nothing_left = not isinstance(data, dict) or None in data.values()
    if DENIED in serious or ("" in faults and nothing_left):
        raise RefusedByShopError(
            f"Shopify refuses the query: is the app installed, and does it have {', '.join(SCOPES)}?"
        )
    return Said(data if isinstance(data, dict) else {}, serious[0] if serious else None, wait_of(cost))


def wait_of(cost: Mapping[str, Any]) -> float:
    """Return after how many seconds a query as dear as the last one fits into the bucket again.

    Points come back steadily, ``restoreRate`` a second.
    """
    status = _part(cost, "throttleStatus")
    asked, left = _points(cost.get("requestedQueryCost")), _points(status.get("currentlyAvailable"))
    rate = _points(status.get("restoreRate"))
    if asked is None or left is None:
        return 0.0
    if not rate:
        return DEFAULT_WAIT.total_seconds()
    return min(max(0.0, (asked - left) / rate), LONGEST_WAIT.total_seconds())


def _points(value: Any) -> float | None:
    sound = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_POINTS
    return float(value) if sound else None


def _part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def _name(error: Mapping[str, Any]) -> str:
    """Return the code of an error, or nothing where it only says that a field is withheld."""
    code = str(_part(error, "extensions").get("code") or error.get("message") or "unnamed")[:100]
    path = error.get("path")
    withheld = isinstance(path, list) and any(one in WITHHELD for one in path if isinstance(one, str))
    if code == DENIED and withheld:
        return ""
    return THROTTLED if code.upper() == THROTTLED else code
