"""Asking a WooCommerce shop by its REST interface (v3) with a key that the merchant makes there.

Sources: WooCommerce's REST documentation and its orders controller. ``modified_after`` compares the shop's local time
unless ``dates_are_gmt`` is set, is exclusive, and takes an instant without an offset as it stands (one with an offset
is turned into local time); it came with WooCommerce 5.8. Basic authentication needs HTTPS; where a server takes the
header away, the key goes into the query.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from vefa.errors import RefusedByShopError, UnreachableError
from vefa.exchange import Answer, Shop
from vefa.platforms import AccessKey
from vefa.platforms._asking import decoded, judge

API = "/wp-json/wc/v3"
KEY, SECRET = "consumer_key", "consumer_secret"
ACCESS = (AccessKey(KEY, secret=False), AccessKey(SECRET))
LONGEST_URL = 500
PAGE_OF_A_FIREWALL = (
    "A page of a firewall or host answered {what} instead of WooCommerce ({status}): let /wp-json/ through."
)
NO_INTERFACE = (
    "WooCommerce's interface is not at {url}{api}: is the address right, and are the permalinks not plain?"
)
MOVED = "The shop leads on to {origin}: enter that address in its place."
READS_ONLY = "The key may not {what}: give one that reads and writes, or set the webhooks up by hand."


def base_of(url: str | None) -> str | None:
    """Return the address of the shop, https and without what stands behind it, or None if it is none.

    Plain http is left to this machine, since the keys travel with every request.
    """
    text = (url or "").strip()[:LONGEST_URL]
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    here = _is_here(host)
    if parts.scheme not in ("http", "https") or parts.username is not None or not (here or "." in host):
        return None
    scheme = "http" if here and parts.scheme == "http" else "https"
    name = f"[{host}]" if ":" in host else host
    folder = parts.path.partition("/wp-json")[0].partition("/wp-admin")[0].rstrip("/")
    return f"{scheme}://{name}{f':{port}' if port else ''}{folder}"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def ask(
    shop: Shop, method: str, path: str, query: Mapping[str, str] | None = None, document: Any = None
) -> Answer:
    """Ask once below the interface's address; only a 400 or 404 that WooCommerce itself gave is left to the caller.

    Raises ``RefusedByShopError``, ``BusyError`` or ``UnreachableError``.
    """
    body = None if document is None else json.dumps(document).encode()
    answer = _authorized(shop, method, API + path, dict(query or {}), body)
    what = f"{method} {API}{path}"
    if 300 <= answer.status < 400 and (location := answer.headers.get("location")):
        raise UnreachableError(MOVED.format(origin=base_of(location) or "another address"))
    page = _is_page(answer)
    if answer.status == 404 and (page or (path.count("/") == 1 and _code(answer) == "rest_no_route")):
        raise UnreachableError(NO_INTERFACE.format(url=shop.url, api=API))
    if page and answer.status < 500 and answer.status != 429:
        raise UnreachableError(PAGE_OF_A_FIREWALL.format(what=what, status=answer.status))
    if answer.status in (401, 403) and method != "GET":
        raise RefusedByShopError(READS_ONLY.format(what=what))
    if answer.status != 400:
        judge(answer, what)
    return answer


def _authorized(shop: Shop, method: str, path: str, query: dict[str, str], body: bytes | None) -> Answer:
    key, secret = shop.keys.get(KEY, ""), shop.keys.get(SECRET, "")
    basic = base64.b64encode(f"{key}:{secret}".encode()).decode()
    headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body else {})
    answer = shop.ask(
        method, path, query=query, headers=headers | {"Authorization": f"Basic {basic}"}, body=body
    )
    # A key that is not good is called so; where nobody seems to have come, the header was lost on its way.
    if answer.status != 401 or not _code(answer).startswith("woocommerce_rest_cannot"):
        return answer
    return shop.ask(method, path, query={**query, KEY: key, SECRET: secret}, headers=headers, body=body)


def _is_page(answer: Answer) -> bool:
    kind = answer.headers.get("content-type", "").lower()
    return "json" not in kind and answer.body.lstrip()[:1] == b"<"


def _code(answer: Answer) -> str:
    """Return WooCommerce's own word for an error, or nothing."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    return str(document.get("code", ""))[:100] if isinstance(document, dict) else ""


def says_unknown(answer: Answer) -> bool:
    """Say whether WooCommerce itself answered that there is no such order (any more)."""
    return answer.status == 404 and _code(answer).endswith("_invalid_id")


def listed(answer: Answer, what: str) -> list[dict[str, Any]]:
    """Return the objects of an answer; raises ``UnreachableError`` for anything else."""
    document = decoded(answer, what)
    if answer.status != 200 or not isinstance(document, list):
        raise UnreachableError(
            f"The store answered {what} with something other than a list ({answer.status})."
        )
    return [one for one in document if isinstance(one, dict)]


def total_of(answer: Answer, name: str) -> int | None:
    """Return what one of the two headers says that count what was found, if it is there."""
    said = answer.headers.get(name, "")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None
