"""Webhooks of one Shopify shop: those that are missing are made, those that lead elsewhere than before are mended.

Source: shopify.dev, ``webhookSubscriptions``, ``webhookSubscriptionCreate``, ``webhookSubscriptionUpdate``. Each
application sees its own alone. Shopify removes a subscription after some failures in a row. The compliance topics
can be asked for in the application's configuration only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from vefa.errors import RefusedByShopError, UnreachableError
from vefa.exchange import Shop
from vefa.platforms import Installed
from vefa.platforms import _shopify_query as query
from vefa.platforms._shopify_graphql import Said, ask
from vefa.platforms._shopify_order import FETCHED
from vefa.platforms._shopify_token import BY_APP
from vefa.platforms._shopify_topics import COMPLIANCE, TOPICS

MOST_PAGES = 20
WANTED = tuple(topic for topic in TOPICS if topic not in COMPLIANCE and topic != FETCHED)

MADE, MENDED, STANDING = "made", "mended", "standing"

Document = Mapping[str, Any]


def install(shop: Shop, address: str) -> Installed:
    """See to a subscription of the shop for each topic at ``address``.

    Those of an operator's application stand in its configuration. Without the secret that signs them nothing is made,
    since nothing that came would be believed. A topic that the application may not read is passed over.
    """
    if shop.keys.get(BY_APP):
        return Installed(standing=WANTED)
    if not shop.keys.get("client_secret"):
        return Installed()
    found = list(_subscriptions(shop))
    done: dict[str, list[str]] = {MADE: [], MENDED: [], STANDING: []}
    refused = None
    for topic in WANTED:
        mine = [one for one in found if one.get("topic") == named(topic) and _is_ours(one, address)]
        try:
            done[_see_to(shop, topic, mine, address)].append(topic)
        except RefusedByShopError as error:
            refused = error
    if refused and not any(done.values()):
        raise refused
    return Installed(tuple(done[MADE]), tuple(done[MENDED]), tuple(done[STANDING]))


def _see_to(shop: Shop, topic: str, mine: Sequence[Document], address: str) -> str:
    """See to one topic and say what had to be done; one that the application may not read is refused."""
    if any(_leads_to(one, address) for one in mine):
        return STANDING
    if mine:
        _change(shop, query.MEND, "webhookSubscriptionUpdate", {"id": mine[0]["id"]}, address)
        return MENDED
    _change(shop, query.SUBSCRIBE, "webhookSubscriptionCreate", {"topic": named(topic)}, address)
    return MADE


def named(topic: str) -> str:
    """Return a topic by its name in GraphQL: ``orders/create`` is ``ORDERS_CREATE``."""
    return topic.replace("/", "_").upper()


def _subscriptions(shop: Shop) -> Iterable[Document]:
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        connection = _sound(ask(shop, query.WEBHOOKS, {"after": cursor})).get("webhookSubscriptions")
        nodes = connection.get("nodes") if isinstance(connection, Mapping) else None
        if not isinstance(connection, Mapping) or not isinstance(nodes, list):
            raise UnreachableError("Shopify does not answer the list of webhooks.")
        yield from (one for one in nodes if isinstance(one, Mapping) and isinstance(one.get("id"), str))
        info = connection.get("pageInfo")
        cursor = info.get("endCursor") if isinstance(info, Mapping) and info.get("hasNextPage") else None
        if not isinstance(cursor, str):
            return


def _change(shop: Shop, text: str, name: str, variables: Document, address: str) -> None:
    wanted = {"uri": address, "format": "JSON"}
    said = _sound(ask(shop, text, {**variables, "webhookSubscription": wanted}))
    payload = said.get(name)
    faults = payload.get("userErrors") if isinstance(payload, Mapping) else None
    if faults != []:
        first = faults[0] if isinstance(faults, list) else None
        text = str(first.get("message"))[:200] if isinstance(first, Mapping) else "no reason given"
        raise RefusedByShopError(f"Shopify makes no webhook: {text}")


def _sound(said: Said) -> Document:
    if said.fault is not None:
        raise UnreachableError(f"Shopify does not answer what was asked of its webhooks ({said.fault}).")
    return said.data


def _leads_to(subscription: Document, address: str) -> bool:
    return str(subscription.get("uri")).rstrip("/") == address.rstrip("/")


def _is_ours(subscription: Document, address: str) -> bool:
    """Say whether a subscription leads to Vefa, also at an address that it had before: by the path's end."""
    try:
        path = urlsplit(str(subscription.get("uri"))).path
    except ValueError:
        return False
    return path.rstrip("/") == urlsplit(address).path.rstrip("/")
