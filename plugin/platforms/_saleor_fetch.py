"""Asking Saleor's GraphQL interface: what changed, a page at a time, and single orders.

Source: docs.saleor.io, ``orders`` query, "Usage limits". A parcel's tracking number and metadata change without the
order's ``updatedAt``, so a pass about once an hour also asks for the parcels of orders that left in the last weeks.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from vefa.errors import RefusedByShopError, UnreachableError
from vefa.exchange import Shop
from vefa.fields import parse_instant
from vefa.platforms import Fetched, Page
from vefa.platforms import _saleor_query as query
from vefa.platforms._asking import decoded, judge
from vefa.platforms._saleor_order import FETCHED, UNDER_WAY
from vefa.platforms._saleor_schema import gid

PATH = "/graphql/"
# How long after its last change a parcel of an order is still asked for, and in which passes: those that begin in the
# first minutes of an hour, which one of them does, and those that found changes over more than an hour.
ON_THE_WAY = timedelta(days=21)
MINUTES_OF_AN_HOUR = 20
LONG_PASS = timedelta(hours=1)
LEFT = ("PARTIALLY_FULFILLED", "FULFILLED")
TOO_DEAR = "QueryCostError"
NOT_ALLOWED = ("PermissionDenied", "InvalidTokenError", "ExpiredSignatureError", "JSONWebTokenError")
SPACE = re.compile(r"\s")

Document = dict[str, Any]


def base_of(account: str | None, url: str | None) -> str | None:
    """Return the origin of Saleor's interface from its address, or from the domain alone."""
    text = (url or "").strip() or (f"https://{account}" if account else "")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port, host = parts.port, parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or SPACE.search(text):
        return None
    if parts.path.rstrip("/") not in ("", "/graphql", "/dashboard"):
        return None
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def page_of(shop: Shop, since: datetime | None, cursor: str | None) -> Page:
    """Return a page of the orders that changed, and after the last one the parcels that may have changed alone.

    A cursor says which of the two it belongs to. Raises as ``Fetches.fetch``.
    """
    kind, _, after = (cursor or "changed ").partition(" ")
    if kind == "parcels" and since is not None:
        return _parcels(shop, since, after or None)
    wanted: Document = {"updatedAt": {"gte": since.isoformat()}} if since else {}
    orders = _list(shop, query.CHANGED, {"after": after or None, "filter": wanted}, query.PAGE)
    found = tuple(_fetched(FETCHED, order) for order in _nodes(orders))
    onward = _onward(orders, "changed")
    if onward is None and since is not None and _asks_for_parcels(since, found):
        onward = "parcels "
    return Page(found, onward)


def _asks_for_parcels(since: datetime, found: Sequence[Fetched]) -> bool:
    newest = max((one.at for one in found if one.at), default=since)
    return since.minute < MINUTES_OF_AN_HOUR or newest - since > LONG_PASS


def _parcels(shop: Shop, since: datetime, after: str | None) -> Page:
    changed = {"gte": (since - ON_THE_WAY).isoformat(), "lte": since.isoformat()}
    wanted = {"updatedAt": changed, "status": list(LEFT)}
    orders = _list(shop, query.UNDER_WAY, {"after": after, "filter": wanted}, query.LIGHT_PAGE)
    return Page(tuple(_fetched(UNDER_WAY, order) for order in _nodes(orders)), _onward(orders, "parcels"))


def one_of(shop: Shop, number: str) -> tuple[Fetched, ...]:
    """Return one order by the part of its id behind the colon, nothing where Saleor does not know it."""
    data, _ = ask(shop, query.ONE, {"id": gid("Order", number)})
    order = (data or {}).get("order")
    return (_fetched(FETCHED, order),) if isinstance(order, Mapping) else ()


def ask(
    shop: Shop, text: str, variables: Mapping[str, Any] | None = None
) -> tuple[Document | None, str | None]:
    """Ask Saleor by GraphQL and return its data, or None with the name of what is wrong with the query.

    Raises ``RefusedByShopError`` where the token is not good for it, ``BusyError`` and ``UnreachableError``.
    """
    body = json.dumps({"query": text, "variables": variables or {}}).encode()
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if shop.keys.get("auth_token"):
        headers["Authorization"] = f"Bearer {shop.keys['auth_token']}"
    answer = shop.ask("POST", PATH, headers=headers, body=body)
    # What is wrong with a query is answered with 400 and says so in its body.
    if answer.status != 400:
        judge(answer, "the GraphQL interface")
    document = decoded(answer, "the GraphQL interface")
    if not isinstance(document, dict) or answer.status == 404:
        raise UnreachableError(f"There is no GraphQL interface at {PATH}.")
    names = [_name(error) for error in document.get("errors") or () if isinstance(error, Mapping)]
    if any(name in NOT_ALLOWED for name in names):
        raise RefusedByShopError("Saleor refuses the query: is the app installed, and may it manage orders?")
    data = document.get("data")
    return (data if isinstance(data, dict) and not names else None), (names[0] if names else None)


def _list(shop: Shop, text: str, variables: Document, first: int) -> Document:
    """Return the connection ``orders``; where a page costs more than the server allows, a smaller one."""
    data, fault = ask(shop, text, {"first": first, **variables})
    if fault == TOO_DEAR:
        data, fault = ask(shop, text, {"first": query.SMALL_PAGE, **variables})
    orders = (data or {}).get("orders")
    if not isinstance(orders, dict):
        raise UnreachableError(f"Saleor answers no list of orders ({fault or 'no reason given'}).")
    return orders


def _nodes(orders: Document) -> list[Document]:
    edges = orders.get("edges")
    listed = edges if isinstance(edges, list) else ()
    nodes = [edge.get("node") for edge in listed if isinstance(edge, Mapping)]
    return [node for node in nodes if isinstance(node, dict)]


def _onward(orders: Document, kind: str) -> str | None:
    info = orders.get("pageInfo")
    if not isinstance(info, Mapping) or not info.get("hasNextPage") or not info.get("endCursor"):
        return None
    return f"{kind} {info['endCursor']}"


def _fetched(topic: str, order: Mapping[str, Any]) -> Fetched:
    # Escaped, since half of a character, which a name may have become, can be written in no other way.
    body = json.dumps({"order": order}, sort_keys=True).encode()
    digest = hashlib.sha256(body).hexdigest()[:32]
    named = ":".join(ascii(order.get(name)).strip("'")[:100] for name in ("id", "updatedAt"))
    key = f"saleor:{topic}:{named}:{digest}"
    try:
        at = parse_instant(str(order.get("updatedAt"))).astimezone(UTC)
    except ValueError:
        at = None
    return Fetched(key, topic, body, at)


def _name(error: Mapping[str, Any]) -> str:
    """Return the name of an error: Saleor gives that of its exception, else its words say it."""
    extensions = error.get("extensions")
    exception = extensions.get("exception") if isinstance(extensions, Mapping) else None
    code = exception.get("code") if isinstance(exception, Mapping) else None
    return str(code or error.get("message") or "unnamed")[:100]
