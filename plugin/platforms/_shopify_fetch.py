"""What changed in a Shopify store, a page at a time, and single orders, each with all of its parts.

Shopify gives orders of the last 60 days, unless the application was allowed to read all of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from vefa.errors import BusyError, UnreachableError
from vefa.exchange import Shop
from vefa.fields import parse_instant
from vefa.platforms import Fetched, Page
from vefa.platforms import _shopify_query as query
from vefa.platforms._shopify_graphql import TOO_DEAR, Document, Said, ask
from vefa.platforms._shopify_order import FETCHED

MOST_LINES = 1000
LONGEST_CURSOR = 1500
NUMBER = re.compile(r"[1-9][0-9]{0,18}")
SPACE = re.compile(r"\s")


def base_of(account: str | None, url: str | None) -> str | None:
    """Return the origin of a shop's interface, from its name or its address."""
    text = (url or "").strip() or (account or "")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port, host = parts.port, parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or SPACE.search(text):
        return None
    if parts.path.rstrip("/") not in ("", "/admin") or parts.query or parts.fragment:
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def page_of(shop: Shop, since: datetime | None, cursor: str | None) -> Page:
    """Return a page of the orders that changed, those with many parts asked for once more; raises as ``fetch``."""
    wanted = f"updated_at:>='{since.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}'" if since else None
    said = _list(shop, {"after": cursor, "query": wanted})
    orders = _connection(said.data.get("orders"), "the list of orders")
    found, wait = [], said.wait
    for order in _nodes(orders):
        whole, more = _whole(shop, order)
        found.append(_fetched(whole))
        wait = max(wait, more)
    return Page(tuple(found), _onward(orders), wait)


def one_of(shop: Shop, number: str) -> tuple[Fetched, ...]:
    """Return one order by the number of its global id, nothing where Shopify does not know it."""
    if not NUMBER.fullmatch(number):
        return ()
    order, _ = _one(shop, f"gid://shopify/Order/{number}")
    return (_fetched(order),) if order is not None else ()


def _list(shop: Shop, variables: Document) -> Said:
    """Ask for a page; where it costs more than the store's plan allows, for a smaller one."""
    said = ask(shop, query.CHANGED, {"first": query.PAGE, **variables})
    if said.fault == TOO_DEAR:
        said = ask(shop, query.CHANGED, {"first": query.SMALL_PAGE, **variables})
    return _sound(said)


def _sound(said: Said) -> Said:
    if said.fault is not None:
        raise UnreachableError(f"Shopify does not answer the query ({said.fault}).")
    return said


def _whole(shop: Shop, order: Document) -> tuple[Document, float]:
    """Return an order with all of its parts; where the bucket is empty, as it stands, to be asked for again."""
    if not is_cut(order, query.FEW) or not isinstance(order.get("id"), str):
        return order, 0.0
    try:
        whole, wait = _one(shop, order["id"])
    except BusyError as error:
        return order | {"cut": True}, error.wait
    return (order, wait) if whole is None else (whole, wait)


def _one(shop: Shop, gid: str) -> tuple[Document | None, float]:
    said = _sound(ask(shop, query.ONE, {"id": gid}))
    if "order" not in said.data:
        raise UnreachableError("Shopify does not answer what was asked of one order.")
    order = said.data["order"]
    if not isinstance(order, dict):
        return None, said.wait
    lines, wait = _rest(shop, gid, order.get("lineItems"))
    if lines:
        # The page's own lines, then those behind them, as if there had been room for all.
        order = order | {"lineItems": {"nodes": [*_nodes(order["lineItems"]), *lines], "pageInfo": {}}}
    return order, max(said.wait, wait)


def _rest(shop: Shop, gid: str, connection: Any) -> tuple[list[Document], float]:
    """Return the lines behind the first page of them."""
    found: list[Document] = []
    wait, cursor = 0.0, _onward(connection) if isinstance(connection, dict) else None
    while cursor and len(found) < MOST_LINES - query.MANY["lines"]:
        variables = {"id": gid, "first": query.LINES_AT_ONCE, "after": cursor}
        said = _sound(ask(shop, query.LINES, variables))
        order = said.data.get("order")
        more = order.get("lineItems") if isinstance(order, dict) else None
        if not isinstance(more, dict):
            break
        found += _nodes(more)
        wait, cursor = max(wait, said.wait), _onward(more)
    return found[: MOST_LINES - query.MANY["lines"]], wait


def is_cut(order: Mapping[str, Any], room: Mapping[str, int]) -> bool:
    """Say whether an order may have more parts than a query with that much room was answered with."""
    lines = order.get("lineItems")
    if isinstance(lines, dict) and _onward(lines):
        return True
    parcels = order.get("fulfillments")
    if not isinstance(parcels, list):
        return False
    inside = (one.get("fulfillmentLineItems") for one in parcels if isinstance(one, dict))
    return (
        len(parcels) >= room["parcels"]
        or any(len(_nodes(one)) >= room["parcel_lines"] for one in inside if isinstance(one, dict))
        or any(_length(order.get(name)) >= room[name] for name in ("refunds", "returns", "metafields"))
        or any(_length(one.get("transactions")) >= room["transactions"] for one in _nodes(order, "refunds"))
    )


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else len(_nodes(value)) if isinstance(value, dict) else 0


def _connection(value: Any, what: str) -> Document:
    if not isinstance(value, dict) or not isinstance(value.get("nodes"), list):
        raise UnreachableError(f"Shopify does not answer {what}.")
    return value


def _nodes(connection: Mapping[str, Any], name: str = "nodes") -> list[Document]:
    nodes = connection.get(name)
    return [one for one in nodes if isinstance(one, dict)] if isinstance(nodes, list) else []


def _onward(connection: Mapping[str, Any]) -> str | None:
    info = connection.get("pageInfo")
    if not isinstance(info, Mapping) or not info.get("hasNextPage"):
        return None
    cursor = info.get("endCursor")
    return cursor if isinstance(cursor, str) and 0 < len(cursor) <= LONGEST_CURSOR else None


def _fetched(order: Document) -> Fetched:
    # Escaped, since half of a character, which a name may have become, can be written in no other way.
    body = json.dumps({"order": order}, sort_keys=True).encode()
    digest = hashlib.sha256(body).hexdigest()[:32]
    named = ":".join(
        ascii(str(order.get(name)).rpartition("/")[2]).strip("'")[:60] for name in ("id", "updatedAt")
    )
    try:
        at = parse_instant(str(order.get("updatedAt"))).astimezone(UTC)
    except ValueError:
        at = None
    return Fetched(f"shopify:{FETCHED}:{named}:{digest}", FETCHED, body, at)
